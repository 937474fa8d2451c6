//! What can be wrong, in one alphabetical list. Wording is in `wording.rs`, the page that
//! `tau explain` prints in `pages/<code>.md`.

use super::Severity;

/// Declares the kinds: the enum, their codes, severities and pages.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident $({ $($field:ident : $type:ty),* $(,)? })? = $severity:ident $code:literal; )*) => {
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

            /// Every code with its page, in alphabetical order.
            pub const PAGES: &'static [(&'static str, &'static str)] = &[
                $( ($code, include_str!(concat!("pages/", $code, ".md"))), )*
            ];
        }
    };
}

kinds! {
    /// A called action does not exist.
    ActionUnknown { name: String, near: Option<String> } = Error "action-unknown";
    /// `after` names a step that stands below.
    AfterLater { name: String } = Error "after-later";
    /// The same parameter is given twice.
    ArgumentDuplicate { name: String } = Error "argument-duplicate";
    /// More positional arguments than parameters.
    ArgumentExtra { action: String, takes: usize } = Error "argument-extra";
    /// A required parameter is not given.
    ArgumentMissing { action: String, name: String, ty: String } = Error "argument-missing";
    /// No parameter has this name.
    ArgumentUnknown { action: String, name: String, near: Option<String> } = Error "argument-unknown";
    /// Needed, and not granted.
    AuthorityMissing { effect: String, scope: String, step: String, grant: Option<String>, denied_by: Option<String> } = Error "authority-missing";
    /// A grant that a denial takes away wholly.
    AuthorityShadowed { effect: String, scope: String } = Error "authority-shadowed";
    /// Granted, and never needed.
    AuthorityUnused { effect: String, scope: String } = Warning "authority-unused";
    /// A command that does not split into words.
    CommandInvalid { why: String } = Error "command-invalid";
    /// Two things of one name.
    DuplicateName { what: String, name: String } = Error "duplicate-name";
    /// Not a Jinja expression.
    ExpressionInvalid { why: String } = Error "expression-invalid";
    /// A file that could not be read.
    FileUnreadable { name: String, why: String } = Error "file-unreadable";
    /// A pattern that can match no path.
    GlobInvalid { pattern: String, why: String } = Error "glob-invalid";
    /// An input of a type that only an action can make.
    InputSealed { name: String, ty: String } = Error "input-sealed";
    /// An input that nothing uses.
    InputUnused { name: String } = Warning "input-unused";
    /// A YAML key given twice.
    KeyDuplicate { key: String } = Error "key-duplicate";
    /// A YAML key that must be there.
    KeyMissing { key: String, of: String } = Error "key-missing";
    /// A YAML key that does not exist there.
    KeyUnknown { key: String, of: String, near: Option<String> } = Error "key-unknown";
    /// A habit of another language.
    LikelyMistake { found: String, meant: String } = Error "likely-mistake";
    /// A number or unit that does not exist.
    LiteralInvalid { raw: String } = Error "literal-invalid";
    /// A loop or retry with too many rounds, or none.
    LoopTooLong { found: String, most: i64 } = Error "loop-too-long";
    /// A loop without a bound that is known before it starts.
    LoopUnbounded { found: String } = Error "loop-unbounded";
    /// A file without a mission, or none of the asked name.
    MissionMissing { asked: Option<String>, near: Option<String> } = Error "mission-missing";
    /// A mission that calls itself, directly or not.
    MissionRecursive { path: Vec<String> } = Error "mission-recursive";
    /// A mission with more statements than a plan may have, those of called missions counted.
    MissionTooLarge { most: usize } = Error "mission-too-large";
    /// A name that nothing defines.
    NameUnknown { name: String, near: Option<String> } = Error "name-unknown";
    /// A result that may be absent, where a value is required.
    OptionalUnhandled { found: String, expected: String } = Error "optional-unhandled";
    /// A path that no repository can have.
    PathInvalid { path: String, why: String } = Error "path-invalid";
    /// A record without such a field.
    PropertyUnknown { of: String, name: String, near: Option<String> } = Error "property-unknown";
    /// The grammar does not allow it.
    Syntax { found: String, expected: String } = Error "syntax";
    /// `{{ }}` with nothing in it.
    TemplateEmpty = Error "template-empty";
    /// `{{` without `}}`.
    TemplateUnclosed = Error "template-unclosed";
    /// A value of one type where another is asked for.
    TypeMismatch { what: String, expected: String, found: String } = Error "type-mismatch";
    /// A type that does not exist.
    TypeUnknown { name: String, near: Option<String> } = Error "type-unknown";
    /// A bracket without its partner.
    Unclosed { bracket: String } = Error "unclosed";
    /// Something outside the language's characters.
    UnsafeCharacter { code: u32 } = Error "unsafe-character";
    /// `use` of something that does not exist.
    UseUnknown { name: String, near: Option<String> } = Error "use-unknown";
    /// A verifier without a command.
    VerifierWithoutRun { name: String } = Error "verifier-without-run";
    /// A version of the language that this program does not read.
    VersionUnknown { found: String } = Error "version-unknown";
    /// Not YAML, or YAML that a mission may not use.
    YamlInvalid { why: String } = Error "yaml-invalid";
}
