//! What can be wrong, in one alphabetical list. Wording is in `wording.rs` and `help.rs`, the page
//! that `tau explain` prints in `pages/<code>.md`.

use super::{Family, Severity};

/// One kind of finding without its words.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its stable code, such as `unknown-name`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub family: Family,
    /// What `tau explain` says, as Markdown.
    pub page: &'static str,
}

impl Rule {
    /// The rule with this code.
    #[must_use]
    pub fn named(code: &str) -> Option<&'static Rule> {
        Kind::RULES.iter().find(|rule| rule.code == code)
    }

    /// Whether a comment may silence it: a warning, but for those about such comments, and of the
    /// errors those that a person can answer for. No other mission with an error has a plan.
    #[must_use]
    pub fn may_be_ignored(&self) -> bool {
        match self.severity {
            Severity::Warning => self.family != Family::Suppressions,
            Severity::Error => is_answerable(self.family, self.code),
        }
    }

    /// Whether a comment that silences it must say why.
    #[must_use]
    pub fn needs_reason(&self) -> bool {
        matches!(
            self.family,
            Family::Authority | Family::Taint | Family::Secrets
        )
    }

    /// Whether there is a change that mends it, as its page says: `safe`, `unsafe` or `none`.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        let part = self.page.rsplit("## Fix\n\n").next().unwrap_or_default();
        match part.split([':', '.']).next() {
            Some("Safe") => "safe",
            Some("Unsafe") => "unsafe",
            _ => "none",
        }
    }

    /// What its page says first, on one line.
    #[must_use]
    pub fn gist(&self) -> String {
        let paragraph = self.page.split("\n\n").nth(1).unwrap_or_default();
        paragraph.replace('\n', " ")
    }
}

/// Whether a person can answer for an error of this kind: the plan is right all the same, and the
/// run still refuses what is not granted.
fn is_answerable(family: Family, code: &str) -> bool {
    matches!(family, Family::Taint | Family::Secrets) || code == "authority-shadowed"
}

impl Kind {
    /// Whether nothing can be planned with it, whoever answers for it.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        self.severity() == Severity::Error
            && !self.is_authority()
            && !is_answerable(self.family(), self.code())
    }

    /// Whether it says that authority is missing. Such a mission has a plan; applying it blocks.
    #[must_use]
    pub fn is_authority(&self) -> bool {
        matches!(self, Kind::AuthorityMissing { .. })
    }
}

/// Declares the kinds: the enum, their severities, families and codes, and their rules.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident $({ $($field:ident : $type:ty),* $(,)? })? = $severity:ident $family:ident $code:literal; )*) => {
        /// What a diagnostic says, without where.
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs, reason = "the fields are named for the words in the message")]
        pub enum Kind {
            $( $(#[$doc])* $name $({ $($field: $type),* })?, )*
        }

        impl Kind {
            /// Its stable code.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $( Kind::$name { .. } => $code, )* }
            }

            /// How bad it is.
            #[must_use]
            pub fn severity(&self) -> Severity {
                match self { $( Kind::$name { .. } => Severity::$severity, )* }
            }

            /// What it is about.
            #[must_use]
            pub fn family(&self) -> Family {
                match self { $( Kind::$name { .. } => Family::$family, )* }
            }

            /// Every rule, in the alphabetical order of the codes.
            pub const RULES: &'static [Rule] = &[
                $( Rule {
                    code: $code,
                    severity: Severity::$severity,
                    family: Family::$family,
                    page: include_str!(concat!("pages/", $code, ".md")),
                }, )*
            ];
        }
    };
}

kinds! {
    /// An action called in the midst of an expression.
    ActionInExpression { name: String } = Error Expressions "action-in-expression";
    /// A line of a face that its body answers already.
    ActionRedundant { line: String } = Error Flow "action-redundant";
    /// An action that gives something other than a record.
    ActionResult { name: String, found: String } = Error Types "action-result";
    /// A called action does not exist.
    ActionUnknown { name: String, near: Option<String> } = Error Names "action-unknown";
    /// An action that nothing calls.
    ActionUnused { name: String } = Warning Names "action-unused";
    /// A face outside the library that nothing performs.
    ActionWithoutBody { name: String } = Error Flow "action-without-body";
    /// `after` names a step that stands below.
    AfterLater { name: String } = Error Flow "after-later";
    /// `after` names a step whose result is used anyway.
    AfterRedundant { name: String, step: String } = Warning Flow "after-redundant";
    /// The same parameter is given twice.
    ArgumentDuplicate { name: String } = Error Names "argument-duplicate";
    /// More positional arguments than parameters.
    ArgumentExtra { action: String, takes: usize } = Error Names "argument-extra";
    /// A required parameter is not given.
    ArgumentMissing { action: String, name: String, ty: String } = Error Names "argument-missing";
    /// No parameter has this name.
    ArgumentUnknown { action: String, name: String, near: Option<String>, known: Vec<String> } = Error Names "argument-unknown";
    /// A grant of everything, where less is enough.
    AuthorityBroad { effect: String, scope: String, enough: Option<Vec<String>> } = Warning Authority "authority-broad";
    /// Needed, and not granted.
    AuthorityMissing { effect: String, scope: String, step: String, grant: Option<String>, to: String, denied_by: Option<String> } = Error Authority "authority-missing";
    /// A grant or denial that another one holds already.
    AuthorityRedundant { deny: bool, effect: String, scope: String } = Warning Authority "authority-redundant";
    /// A grant that a denial takes away wholly.
    AuthorityShadowed { effect: String, scope: String } = Error Authority "authority-shadowed";
    /// Granted, and never needed.
    AuthorityUnused { effect: String, scope: String } = Warning Authority "authority-unused";
    /// A block with nothing in it.
    BlockEmpty { what: String } = Warning Flow "block-empty";
    /// A value put into program text.
    CommandInjection { program: String } = Error Taint "command-injection";
    /// A command that does not split into words.
    CommandInvalid { why: String } = Error Types "command-invalid";
    /// Program text given to a shell or an interpreter.
    CommandShell { program: String } = Warning Authority "command-shell";
    /// Something fetched and run that may be another thing tomorrow.
    CommandUnpinned { what: String, pin: String } = Warning Libraries "command-unpinned";
    /// A comparison of what is never equal.
    ComparisonImpossible { left: String, right: String, near: Option<String> } = Error Expressions "comparison-impossible";
    /// A condition that always or never holds.
    ConditionConstant { holds: bool, why: String } = Warning Expressions "condition-constant";
    /// An `else if` that asks what was asked above.
    ConditionRepeated { text: String } = Warning Flow "condition-repeated";
    /// A step that may take or spend any amount.
    CostUnbounded { step: String, what: String, why: String, add: String } = Error Cost "cost-unbounded";
    /// A default for what is never absent.
    DefaultUseless { name: String, ty: String } = Warning Expressions "default-useless";
    /// A denial of what nothing grants.
    DenyUseless { effect: String, scope: String } = Warning Authority "deny-useless";
    /// A division by a zero that is written there.
    DivisionByZero { operator: String } = Error Expressions "division-by-zero";
    /// Two things of one name.
    DuplicateName { what: String, name: String } = Error Names "duplicate-name";
    /// Not a Jinja expression.
    ExpressionInvalid { why: String } = Error Expressions "expression-invalid";
    /// A file that could not be read.
    FileUnreadable { name: String, why: String } = Error Syntax "file-unreadable";
    /// A filter or test of what it does not take.
    FilterInput { name: String, takes: String, found: String, instead: Option<String> } = Error Expressions "filter-input";
    /// A filter that does not exist.
    FilterUnknown { name: String, near: Option<String> } = Error Expressions "filter-unknown";
    /// More errors than anybody reads.
    FindingsCut { most: usize } = Error Syntax "findings-cut";
    /// Rounds that were to run at the same time and cannot.
    ForSerial { why: String } = Warning Flow "for-serial";
    /// A function that does not exist.
    FunctionUnknown { name: String, near: Option<String>, instead: Option<String> } = Error Expressions "function-unknown";
    /// `given` names neither an action nor a step of the mission.
    GivenUnknown { name: String, mission: String, near: Option<String> } = Error Tests "given-unknown";
    /// `given` scripts an action that the mission never calls.
    GivenUnused { name: String, mission: String } = Warning Tests "given-unused";
    /// A pattern that can match no path.
    GlobInvalid { pattern: String, why: String } = Error Types "glob-invalid";
    /// An item that a list does not have.
    IndexOutside { index: i64, items: usize } = Error Expressions "index-outside";
    /// An input of a type that only an action can make.
    InputSealed { name: String, ty: String } = Error Proof "input-sealed";
    /// An input that nothing uses.
    InputUnused { name: String } = Warning Names "input-unused";
    /// A YAML key given twice.
    KeyDuplicate { key: String } = Error Yaml "key-duplicate";
    /// A YAML key that must be there.
    KeyMissing { key: String, of: String } = Error Yaml "key-missing";
    /// A YAML key that does not exist there.
    KeyUnknown { key: String, of: String, near: Option<String> } = Error Yaml "key-unknown";
    /// A value that nothing uses.
    LetUnused { name: String } = Warning Names "let-unused";
    /// Two versions of one library.
    LibraryConflict { name: String, here: String, there: String, way: String } = Error Libraries "library-conflict";
    /// A pinned library that is not on this machine.
    LibraryMissing { name: String } = Error Libraries "library-missing";
    /// A library that is not what is pinned.
    LibraryTampered { name: String, why: String } = Error Libraries "library-tampered";
    /// A library that `tau.lock` does not pin.
    LibraryUnlocked { name: String } = Error Libraries "library-unlocked";
    /// A library without a version.
    LibraryUnpinned { name: String } = Error Libraries "library-unpinned";
    /// A habit of another language.
    LikelyMistake { found: String, meant: String } = Error Syntax "likely-mistake";
    /// A limit of something that its grant does not count.
    LimitMisplaced { limit: String, effect: String } = Error Authority "limit-misplaced";
    /// A number or unit that does not exist.
    LiteralInvalid { raw: String } = Error Syntax "literal-invalid";
    /// A lock file that cannot be read.
    LockInvalid { why: String } = Error Libraries "lock-invalid";
    /// A loop with one round.
    LoopOnce = Warning Flow "loop-once";
    /// A loop or retry with too many rounds, or none.
    LoopTooLong { found: String, most: i64 } = Error Cost "loop-too-long";
    /// More rounds at the same time than a loop may have, or none.
    LoopTooWide { found: String, most: i64 } = Error Cost "loop-too-wide";
    /// A loop without a bound that is known before it starts.
    LoopUnbounded { found: String, list: bool } = Error Cost "loop-unbounded";
    /// A loop over a list that does the same for every item.
    LoopVariableUnused { name: String } = Warning Names "loop-variable-unused";
    /// A method or property that values do not have.
    MethodUnknown { of: String, name: String, instead: Option<String> } = Error Expressions "method-unknown";
    /// A file without a mission, or none of the asked name.
    MissionMissing { asked: Option<String>, near: Option<String> } = Error Syntax "mission-missing";
    /// A mission that calls itself, directly or not.
    MissionRecursive { path: Vec<String> } = Error Cost "mission-recursive";
    /// A mission with more statements than a plan may have, those of called missions counted.
    MissionTooLarge { most: usize } = Error Cost "mission-too-large";
    /// A name that is defined below.
    NameLater { name: String } = Error Names "name-later";
    /// A step or value that uses itself.
    NameOwn { name: String } = Error Names "name-own";
    /// A name that expressions read as something else.
    NameReserved { name: String } = Error Names "name-reserved";
    /// A name that hides a function.
    NameShadowing { name: String } = Warning Names "name-shadowing";
    /// A name that nothing defines.
    NameUnknown { name: String, near: Option<String> } = Error Names "name-unknown";
    /// `==` with `none`, where `is none` is meant.
    NoneCompared { is: String } = Warning Expressions "none-compared";
    /// Values that an operator cannot work with.
    OperandMismatch { operator: String, takes: String, found: String } = Error Expressions "operand-mismatch";
    /// A result that may be absent, where a value is required.
    OptionalUnhandled { found: String, expected: String } = Error Types "optional-unhandled";
    /// A field that an action says it gives, and does not.
    OutputMissing { action: String, name: String, ty: String } = Error Types "output-missing";
    /// A path that no repository can have.
    PathInvalid { path: String, why: String } = Error Types "path-invalid";
    /// A policy that nothing can be held to.
    PolicyInvalid { why: String } = Error Authority "policy-invalid";
    /// A record without such a field.
    PropertyUnknown { of: String, name: String, near: Option<String> } = Error Names "property-unknown";
    /// An `else` of a grant that leads nowhere.
    RouteUseless { why: String } = Error Authority "route-useless";
    /// A schedule that no time can match, or that is none.
    ScheduleInvalid { schedule: String, why: String } = Error Flow "schedule-invalid";
    /// A word of authority that mixes letters which look alike.
    ScopeConfusable { word: String, letter: char } = Warning Authority "scope-confusable";
    /// A secret put where others can read it.
    SecretExposed { name: String, place: String } = Error Secrets "secret-exposed";
    /// A credential in the text of a file.
    SecretLiteral { what: String } = Error Secrets "secret-literal";
    /// A value in the file under a name that a credential has.
    SecretSuspected { name: String } = Warning Secrets "secret-suspected";
    /// A step that changes nothing, and whose result nothing uses.
    StepUnused { name: String, action: String } = Warning Names "step-unused";
    /// Brackets behind what has no such items.
    SubscriptInvalid { of: String, takes: String, found: String } = Error Expressions "subscript-invalid";
    /// A comment that silences nothing, as it is written or where it stands.
    SuppressionInvalid { why: String } = Warning Suppressions "suppression-invalid";
    /// A comment that names what no comment may silence.
    SuppressionRefused { code: String } = Warning Suppressions "suppression-refused";
    /// A comment that names a finding that does not exist.
    SuppressionUnknown { code: String, near: Option<String> } = Warning Suppressions "suppression-unknown";
    /// A comment that silences what is not there.
    SuppressionUnused { codes: String } = Warning Suppressions "suppression-unused";
    /// A comment that must say why, and does not.
    SuppressionWithoutReason { code: String } = Error Suppressions "suppression-without-reason";
    /// The grammar does not allow it.
    Syntax { found: String, expected: String } = Error Syntax "syntax";
    /// Text from outside decides how often or how long.
    TaintBound { what: String } = Error Taint "taint-bound";
    /// Text from outside decides a branch or a ref.
    TaintBranch { step: String } = Error Taint "taint-branch";
    /// Text from outside decides a command or a part of one.
    TaintCommand { step: String } = Error Taint "taint-command";
    /// Text from outside decides whether a privileged step runs.
    TaintCondition { step: String } = Error Taint "taint-condition";
    /// Text from outside decides what a mission may do.
    TaintGrant { effect: String } = Error Taint "taint-grant";
    /// Text from outside decides whom a step talks to.
    TaintHost { step: String } = Error Taint "taint-host";
    /// Text from outside decides which model is asked.
    TaintModel { step: String } = Error Taint "taint-model";
    /// Text from outside decides a path.
    TaintPath { step: String } = Error Taint "taint-path";
    /// A pattern of `matching` that holds nothing back.
    TaintPattern { why: String } = Error Taint "taint-pattern";
    /// Text from outside decides which secret or variable is used.
    TaintSecret { step: String } = Error Taint "taint-secret";
    /// Text from outside decides what a verifier checks.
    TaintVerifier { name: String } = Error Taint "taint-verifier";
    /// `{{ }}` with nothing in it.
    TemplateEmpty = Error Expressions "template-empty";
    /// `{{` without `}}`.
    TemplateUnclosed = Error Expressions "template-unclosed";
    /// A test without `expect`: it cannot fail.
    TestExpectsNothing { name: String } = Error Tests "test-expects-nothing";
    /// A test that does not exist.
    TestUnknown { name: String, near: Option<String> } = Error Expressions "test-unknown";
    /// A test that runs no mission.
    TestWithoutRun { name: String } = Error Tests "test-without-run";
    /// A step that may take longer than the whole mission.
    TimeoutBeyondTime { found: String, step: String, time: String } = Warning Cost "timeout-beyond-time";
    /// `on` an event that does not exist.
    TriggerUnknown { name: String, near: Option<String> } = Error Flow "trigger-unknown";
    /// A value of one type where another is asked for.
    TypeMismatch { what: String, expected: String, found: String } = Error Types "type-mismatch";
    /// Types that name each other in a circle.
    TypeRecursive { path: Vec<String> } = Error Types "type-recursive";
    /// A type with a name that it may not have.
    TypeReserved { name: String, why: String } = Error Types "type-reserved";
    /// A type with more parts than one may have, with those of the types that it names.
    TypeTooLarge = Error Types "type-too-large";
    /// A type that does not exist.
    TypeUnknown { name: String, near: Option<String> } = Error Types "type-unknown";
    /// A type that nothing uses.
    TypeUnused { name: String } = Warning Names "type-unused";
    /// A bracket without its partner.
    Unclosed { bracket: String } = Error Syntax "unclosed";
    /// Something outside the language's characters.
    UnsafeCharacter { code: u32 } = Error Syntax "unsafe-character";
    /// A loop whose rounds cannot change whether it ends.
    UntilUnchanging { text: String } = Warning Flow "until-unchanging";
    /// An address that anyone on the way can read and change.
    UrlInsecure { url: String } = Warning Libraries "url-insecure";
    /// `use` of a file that has no name here.
    UseAlias { why: String } = Error Names "use-alias";
    /// `use` of a file with errors.
    UseBroken { name: String, errors: usize, first: String } = Error Libraries "use-broken";
    /// Files that use each other in a circle.
    UseCycle { path: Vec<String> } = Error Libraries "use-cycle";
    /// `use` of what is neither a file nor a library.
    UseInvalid { name: String, why: String } = Error Libraries "use-invalid";
    /// `use` of something that does not exist.
    UseUnknown { name: String, near: Option<String> } = Error Names "use-unknown";
    /// `use` of a file that cannot be read.
    UseUnreadable { name: String, why: String } = Error Libraries "use-unreadable";
    /// A `use` that nothing of the file needs.
    UseUnused { name: String } = Warning Names "use-unused";
    /// A verdict or a proof given to a step that asks another verifier.
    VerdictOtherVerifier { what: String, of: String, step: String, verifier: String, near: Option<String> } = Error Proof "verdict-other-verifier";
    /// A verdict or a proof of files that have been edited since.
    VerdictOutdated { what: String, step: String, made: String, edit: String } = Error Proof "verdict-outdated";
    /// A check whose verdict nothing looks at.
    VerdictUnused { name: String } = Warning Proof "verdict-unused";
    /// A verifier whose command says the same whatever the files hold.
    VerifierTrivial { name: String, program: String } = Warning Proof "verifier-trivial";
    /// A verifier that the mission's own edits can talk into passing.
    VerifierUnprotected { name: String } = Warning Proof "verifier-unprotected";
    /// A verifier that no step asks.
    VerifierUnused { name: String } = Warning Proof "verifier-unused";
    /// A verifier without a command.
    VerifierWithoutRun { name: String } = Error Proof "verifier-without-run";
    /// A version of the language that this program does not read.
    VersionUnknown { found: String } = Error Yaml "version-unknown";
    /// More warnings than anybody reads.
    WarningsCut { most: usize } = Warning Syntax "warnings-cut";
    /// An edit above the step that shows the failure.
    WriteBeforeRed { step: String, red: String } = Warning Proof "write-before-red";
    /// A text that other readers of YAML take for a truth value.
    YamlBoolean { text: String } = Warning Yaml "yaml-boolean";
    /// Not YAML, or YAML that a mission may not use.
    YamlInvalid { why: String } = Error Yaml "yaml-invalid";
}
