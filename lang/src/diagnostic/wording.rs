//! The words of every kind: one sentence that can be read alone. What to do is in `help.rs`.

use std::fmt::{self, Write};

use super::{Kind, Rule, Severity, shortened};

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.words(&mut text)?;
        f.write_str(&shortened(text))
    }
}

impl Kind {
    /// What it says, with all that it quotes.
    fn words(&self, f: &mut impl Write) -> fmt::Result {
        match self {
            Kind::ActionInExpression { name } => {
                write!(
                    f,
                    "`{name}` is an action, and actions run in steps of their own"
                )
            }
            Kind::ActionUnknown { name, .. } => write!(f, "there is no action or mission `{name}`"),
            Kind::AfterLater { name } => {
                write!(f, "`after {name}` names a step that stands below this one")
            }
            Kind::AfterRedundant { name, step } => write!(
                f,
                "`{step}` uses the result of `{name}`, so it waits for it anyway"
            ),
            Kind::ArgumentDuplicate { name } => write!(f, "`{name}` is given twice"),
            Kind::ArgumentExtra { action, takes } => write!(
                f,
                "`{action}` takes {takes} argument{}, and this is one more",
                if *takes == 1 { "" } else { "s" }
            ),
            Kind::ArgumentMissing { action, name, ty } => {
                write!(f, "`{action}` needs `{name}` ({ty})")
            }
            Kind::ArgumentUnknown { action, name, .. } => {
                write!(f, "`{action}` has no parameter `{name}`")
            }
            Kind::AuthorityBroad { effect, scope, .. } => {
                write!(f, "`{effect} {scope}` grants everything of its kind")
            }
            Kind::ActionRedundant { line } => {
                write!(f, "an action with a body has no line of `{line}`")
            }
            Kind::ActionResult { name, found } => {
                write!(
                    f,
                    "action `{name}` is to give a {found}, which has no names"
                )
            }
            Kind::ActionUnused { name } => write!(f, "nothing calls the action `{name}`"),
            Kind::ActionWithoutBody { name } => {
                write!(f, "nothing performs the action `{name}`")
            }
            Kind::OutputMissing { action, name, ty } => write!(
                f,
                "action `{action}` is to give `{name}: {ty}`, and has no such output"
            ),
            Kind::AuthorityMissing {
                effect,
                scope,
                step,
                denied_by,
                ..
            } => match denied_by {
                Some(by) => write!(f, "step `{step}` needs to {effect} `{scope}`, which {by}"),
                None => write!(
                    f,
                    "step `{step}` needs to {effect} `{scope}`, which is not granted"
                ),
            },
            Kind::AuthorityRedundant {
                deny,
                effect,
                scope,
            } => write!(
                f,
                "`{effect} {scope}` is {} already",
                if *deny { "denied" } else { "granted" }
            ),
            Kind::AuthorityShadowed { effect, scope } => write!(
                f,
                "`{effect} {scope}` is granted here and wholly denied below"
            ),
            Kind::AuthorityUnused { effect, scope } => {
                write!(f, "`{effect}{}` is granted and never needed", spaced(scope))
            }
            Kind::BlockEmpty { what } => write!(f, "this `{what}` has nothing in it"),
            Kind::CommandInjection { program } => write!(
                f,
                "a value becomes a part of the program that `{program}` runs"
            ),
            Kind::CommandInvalid { why } => write!(f, "this is not a command: {why}"),
            Kind::CommandShell { program } => write!(
                f,
                "`{program}` runs a program that stands in this text, which can start anything"
            ),
            Kind::CommandUnpinned { what, .. } => {
                write!(
                    f,
                    "`{what}` is fetched without a version that stays the same"
                )
            }
            Kind::ComparisonImpossible { left, right, .. } => {
                write!(f, "these are never equal: {left} and {right}")
            }
            Kind::ConditionConstant { holds, why } => {
                let when = if *holds { "always" } else { "never" };
                write!(f, "this {when} holds: {why}")
            }
            Kind::ConditionRepeated { text } => {
                write!(f, "this is never reached: `{text}` was asked above")
            }
            Kind::CostUnbounded {
                step, what, why, ..
            } => write!(f, "nothing bounds the {what} of step `{step}`: {why}"),
            Kind::DefaultUseless { name, ty } => {
                write!(
                    f,
                    "`{name}` is never absent (`{ty}`), so this default never counts"
                )
            }
            Kind::DenyUseless { effect, scope } => {
                write!(f, "nothing grants what `deny {effect} {scope}` takes away")
            }
            Kind::DivisionByZero { operator } => {
                write!(f, "`{operator}` cannot work with zero here")
            }
            Kind::DuplicateName { what, name } => write!(f, "there is already {what} `{name}`"),
            Kind::ExpressionInvalid { why } => write!(f, "this is not an expression: {why}"),
            Kind::FileUnreadable { name, why } => write!(f, "cannot read `{name}`: {why}"),
            Kind::FilterInput {
                name, takes, found, ..
            } => write!(f, "`{name}` takes {takes}, and this is `{found}`"),
            Kind::FilterUnknown { name, .. } => write!(f, "there is no filter `{name}`"),
            Kind::FunctionUnknown { name, .. } => write!(f, "there is no function `{name}()`"),
            Kind::ForSerial { why } => {
                write!(
                    f,
                    "these rounds run one after the other all the same, as {why}"
                )
            }
            Kind::GivenUnknown { name, mission, .. } => write!(
                f,
                "`{name}` is neither an action nor a step of mission `{mission}`"
            ),
            Kind::GivenUnused { name, mission } => {
                write!(f, "mission `{mission}` never calls `{name}`")
            }
            Kind::FindingsCut { most } => write!(
                f,
                "this file has more than {most} errors, and the rest is not shown"
            ),
            Kind::GlobInvalid { pattern, why } => {
                write!(f, "`{pattern}` is not a path pattern: {why}")
            }
            Kind::IndexOutside { index, items } => write!(
                f,
                "this list has {items} item{}, and none at `{index}`",
                if *items == 1 { "" } else { "s" }
            ),
            Kind::InputSealed { name, ty } => write!(
                f,
                "input `{name}` cannot be a `{ty}`: only a step of the same run makes one"
            ),
            Kind::InputUnused { name } => write!(f, "input `{name}` is never used"),
            Kind::KeyDuplicate { key } => write!(f, "the key `{key}` stands here twice"),
            Kind::KeyMissing { key, of } => write!(f, "{of} needs the key `{key}`"),
            Kind::KeyUnknown { key, of, .. } => write!(f, "{of} has no key `{key}`"),
            Kind::LibraryConflict {
                name, here, there, ..
            } => write!(
                f,
                "this takes `{name}` at {here}, and another file at {there}"
            ),
            Kind::LibraryMissing { name } => {
                write!(f, "the library `{name}` is not on this machine")
            }
            Kind::LibraryTampered { name, why } => {
                write!(f, "the library `{name}` is not what `tau.lock` says: {why}")
            }
            Kind::LibraryUnlocked { name } => {
                write!(f, "no `tau.lock` says what the library `{name}` is")
            }
            Kind::LibraryUnpinned { name } => {
                write!(f, "the library `{name}` is used at no version")
            }
            Kind::LockInvalid { why } => write!(f, "the lock file cannot be read: {why}"),
            Kind::LetUnused { name } => write!(f, "`{name}` is never used"),
            Kind::LimitMisplaced { limit, effect } => {
                write!(f, "a grant of `{effect}` has no limit of `{limit}`")
            }
            Kind::LikelyMistake { found, .. } => write!(f, "`{found}` is not tau"),
            Kind::LiteralInvalid { raw } => {
                write!(f, "`{raw}` is not a number, duration, amount or size")
            }
            Kind::LoopOnce => write!(f, "this loop has one round"),
            Kind::LoopTooLong { found, most } => {
                write!(
                    f,
                    "this may have from 1 to {most} rounds, and `{found}` is not"
                )
            }
            Kind::LoopTooWide { found, most } => write!(
                f,
                "from 1 to {most} rounds may run at the same time, and `{found}` is not"
            ),
            Kind::LoopUnbounded { found, list: false } => write!(
                f,
                "the number of rounds must be known before the start, and `{found}` is not"
            ),
            Kind::LoopUnbounded { found, list: true } => write!(
                f,
                "how long a list is must be known before the start, and `{found}` may have any length"
            ),
            Kind::LoopVariableUnused { name } => {
                write!(f, "the loop does the same for every `{name}`")
            }
            Kind::MethodUnknown { of, name, .. } => write!(f, "a `{of}` has no `{name}`"),
            Kind::MissionMissing { asked: None, .. } => write!(f, "this file has no mission"),
            Kind::MissionMissing {
                asked: Some(name), ..
            } => write!(f, "this file has no mission `{name}`"),
            Kind::MissionRecursive { path } => {
                write!(
                    f,
                    "missions call each other in a circle: {}",
                    path.join(" → ")
                )
            }
            Kind::MissionTooLarge { most } => write!(
                f,
                "this plan is too large: with the missions it calls it may have {most} statements, \
                 and missions may call each other {} deep",
                crate::check::MAX_CALL_DEPTH
            ),
            Kind::NameLater { name } => write!(f, "`{name}` is defined below"),
            Kind::NameOwn { name } => write!(f, "`{name}` uses itself"),
            Kind::NameReserved { name } => {
                write!(
                    f,
                    "`{name}` is a word of the language, so nothing can be called so"
                )
            }
            Kind::NameShadowing { name } => write!(f, "`{name}` hides the function `{name}()`"),
            Kind::NameUnknown { name, .. } => write!(f, "nothing here is called `{name}`"),
            Kind::NoneCompared { is } => {
                write!(f, "`==` does not see what is absent; `{is}` does")
            }
            Kind::OperandMismatch {
                operator,
                takes,
                found,
            } => write!(f, "`{operator}` takes {takes}, and this is {found}"),
            Kind::OptionalUnhandled { found, expected } => write!(
                f,
                "this may be absent (`{found}`), and `{expected}` is required"
            ),
            Kind::PathInvalid { path, why } => write!(f, "`{path}` is not a path here: {why}"),
            Kind::PolicyInvalid { why } => write!(f, "no policy can say this: {why}"),
            Kind::PropertyUnknown { of, name, .. } => write!(f, "{of} has no `{name}`"),
            Kind::RouteUseless { why } => write!(f, "this `else` leads nowhere: {why}"),
            Kind::ScheduleInvalid { schedule, why } => {
                write!(f, "`{schedule}` is not a schedule: {why}")
            }
            Kind::ScopeConfusable { word, letter } => write!(
                f,
                "`{word}` mixes alphabets: `{letter}` (U+{:04X}) only looks like a Latin letter",
                u32::from(*letter)
            ),
            Kind::SecretExposed { name, place } => {
                write!(f, "the secret `{name}` is put into {place}")
            }
            Kind::SecretLiteral { what } => write!(f, "{what} stands in this file"),
            Kind::SecretSuspected { name } => {
                write!(f, "the value of `{name}` looks like a credential")
            }
            Kind::StepUnused { name, action } => write!(
                f,
                "`{action}` changes nothing, and nothing uses the result of `{name}`"
            ),
            Kind::SubscriptInvalid { of, takes, found } => {
                write!(f, "a `{of}` takes {takes}, and this is `{found}`")
            }
            Kind::SuppressionInvalid { why } => write!(f, "this comment silences nothing: {why}"),
            Kind::SuppressionRefused { code } => {
                write!(f, "`{code}` cannot be ignored: it {}", stopping(code))
            }
            Kind::SuppressionUnknown { code, .. } => {
                write!(f, "no finding has the code `{code}`, so nothing is ignored")
            }
            Kind::SuppressionUnused { codes } => {
                write!(f, "this ignores `{codes}`, which is not found here")
            }
            Kind::SuppressionWithoutReason { code } => {
                write!(f, "ignoring `{code}` needs a reason")
            }
            Kind::Syntax { found, expected } => write!(f, "expected {expected}, found {found}"),
            Kind::TaintBound { what } => write!(f, "text from outside decides {what}"),
            Kind::TaintBranch { step } => {
                write!(f, "text from outside decides the branch of `{step}`")
            }
            Kind::TaintCommand { step } => {
                write!(f, "text from outside decides the command of `{step}`")
            }
            Kind::TaintCondition { step } => {
                write!(f, "text from outside decides whether `{step}` runs")
            }
            Kind::TaintGrant { effect } => {
                write!(f, "text from outside decides what `{effect}` grants")
            }
            Kind::TaintHost { step } => {
                write!(f, "text from outside decides whom `{step}` talks to")
            }
            Kind::TaintModel { step } => {
                write!(f, "text from outside decides which model `{step}` asks")
            }
            Kind::TaintPath { step } => {
                write!(f, "text from outside decides the path of `{step}`")
            }
            Kind::TaintPattern { why } => write!(f, "this pattern holds nothing back: {why}"),
            Kind::TaintSecret { step } => {
                write!(f, "text from outside decides which secret `{step}` uses")
            }
            Kind::TaintVerifier { name } => {
                write!(f, "text from outside decides what verifier `{name}` checks")
            }
            Kind::TemplateEmpty => write!(f, "this `{{{{ }}}}` has nothing in it"),
            Kind::TemplateUnclosed => write!(f, "this `{{{{` is never closed"),
            Kind::TestExpectsNothing { name } => {
                write!(f, "test `{name}` expects nothing, so it cannot fail")
            }
            Kind::TestUnknown { name, .. } => write!(f, "there is no test `is {name}`"),
            Kind::TestWithoutRun { name } => write!(f, "test `{name}` runs no mission"),
            Kind::TimeoutBeyondTime { found, step, time } => write!(
                f,
                "step `{step}` may take {found}, and the whole run is stopped after {time}"
            ),
            Kind::TriggerUnknown { name, .. } => write!(f, "there is no event `{name}`"),
            Kind::TypeMismatch {
                what,
                expected,
                found,
            } => write!(f, "{what} must be `{expected}`, and this is `{found}`"),
            Kind::TypeRecursive { path } => {
                write!(f, "types name each other in a circle: {}", path.join(" → "))
            }
            Kind::TypeReserved { name, why } => {
                write!(f, "no type of a file can be called `{name}`: it is {why}")
            }
            Kind::TypeTooLarge => write!(
                f,
                "this type is too large: with the types it names it may have {} parts, {} inside \
                 of each other",
                crate::types::MAX_PARTS,
                crate::types::MAX_DEPTH
            ),
            Kind::TypeUnknown { name, .. } => write!(f, "there is no type `{name}`"),
            Kind::TypeUnused { name } => write!(f, "type `{name}` is never used"),
            Kind::Unclosed { bracket } => write!(f, "this `{bracket}` is never closed"),
            Kind::UnsafeCharacter { code } => {
                write!(f, "the character U+{code:04X} may not stand in a tau file")
            }
            Kind::UntilUnchanging { text } => {
                write!(f, "no round of this loop changes `{text}`")
            }
            Kind::UrlInsecure { url } => {
                write!(f, "what comes from `{url}` can be changed on its way")
            }
            Kind::UseAlias { why } => write!(f, "this has no name here: {why}"),
            Kind::UseBroken { name, errors, .. } => {
                let plural = if *errors == 1 { "" } else { "s" };
                write!(f, "`{name}` has {errors} error{plural}")
            }
            Kind::UseCycle { path } => {
                write!(f, "files use each other in a circle: {}", path.join(" → "))
            }
            Kind::UseInvalid { name, why } => write!(f, "`{name}` names no file: {why}"),
            Kind::UseUnreadable { name, why } => write!(f, "cannot read `{name}`: {why}"),
            Kind::UseUnknown { name, .. } => write!(f, "`{name}` is not in the library"),
            Kind::UseUnused { name } => write!(f, "nothing here uses `{name}`"),
            Kind::VerdictOtherVerifier {
                what,
                of,
                step,
                verifier,
                ..
            } => write!(
                f,
                "this {what} is of verifier `{of}`, and `{step}` asks verifier `{verifier}`"
            ),
            Kind::VerdictOutdated {
                what,
                step,
                made,
                edit,
            } => write!(
                f,
                "this {what} is about the files as `{made}` found them, and `{edit}` edits them before `{step}`"
            ),
            Kind::VerdictUnused { name } => write!(
                f,
                "nothing looks at the verdict of `{name}`, and the step succeeds with any"
            ),
            Kind::VerifierTrivial { name, program } => write!(
                f,
                "verifier `{name}` decides nothing: `{program}` looks at no file"
            ),
            Kind::VerifierUnprotected { name } => write!(
                f,
                "verifier `{name}` protects no file, so an edit can change what it checks"
            ),
            Kind::VerifierUnused { name } => write!(f, "no step asks verifier `{name}`"),
            Kind::VerifierWithoutRun { name } => {
                write!(f, "verifier `{name}` does not say what to run")
            }
            Kind::VersionUnknown { found } => {
                write!(
                    f,
                    "there is no version `{found}` of the language; this is version 1"
                )
            }
            Kind::WarningsCut { most } => write!(
                f,
                "this file has more than {most} warnings, and the rest is not shown"
            ),
            Kind::WriteBeforeRed { step, red } => {
                write!(f, "`{step}` edits before `{red}` has shown the failure")
            }
            Kind::YamlBoolean { text } => write!(
                f,
                "`{text}` is a text here, and true or false to other readers of YAML"
            ),
            Kind::YamlInvalid { why } => write!(f, "this YAML cannot be a mission: {why}"),
        }
    }
}

/// Why a finding of this code cannot be silenced.
fn stopping(code: &str) -> &'static str {
    match Rule::named(code).map(|rule| rule.severity) {
        Some(Severity::Warning) => "is about such comments",
        _ => "keeps the mission from running",
    }
}

fn spaced(scope: &str) -> String {
    match scope {
        "" => String::new(),
        scope => format!(" {scope}"),
    }
}
