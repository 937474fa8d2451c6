//! The words of every kind: one sentence that can be read alone. What to do is in `help.rs`.

use std::fmt;

use super::{Kind, Rule, Severity};

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            Kind::AuthorityShadowed { effect, scope } => write!(
                f,
                "`{effect} {scope}` is granted here and wholly denied below"
            ),
            Kind::AuthorityUnused { effect, scope } => {
                write!(f, "`{effect}{}` is granted and never needed", spaced(scope))
            }
            Kind::CommandInvalid { why } => write!(f, "this is not a command: {why}"),
            Kind::ComparisonImpossible { left, right, .. } => {
                write!(f, "these are never equal: {left} and {right}")
            }
            Kind::ConditionConstant { holds, why } => {
                let when = if *holds { "always" } else { "never" };
                write!(f, "this {when} holds: {why}")
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
            Kind::GivenUnknown { name, mission, .. } => write!(
                f,
                "`{name}` is neither an action nor a step of mission `{mission}`"
            ),
            Kind::GivenUnused { name, mission } => {
                write!(f, "mission `{mission}` never calls `{name}`")
            }
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
            Kind::LikelyMistake { found, .. } => write!(f, "`{found}` is not tau"),
            Kind::LiteralInvalid { raw } => {
                write!(f, "`{raw}` is not a number, duration, amount or size")
            }
            Kind::LoopTooLong { found, most } => {
                write!(
                    f,
                    "this may have from 1 to {most} rounds, and `{found}` is not"
                )
            }
            Kind::LoopUnbounded { found } => write!(
                f,
                "the number of rounds must be known before the start, and `{found}` is not"
            ),
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
            Kind::PropertyUnknown { of, name, .. } => write!(f, "{of} has no `{name}`"),
            Kind::ScheduleInvalid { schedule, why } => {
                write!(f, "`{schedule}` is not a schedule: {why}")
            }
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
            Kind::UseUnknown { name, .. } => write!(f, "`{name}` is not in the library"),
            Kind::VerifierWithoutRun { name } => {
                write!(f, "verifier `{name}` does not say what to run")
            }
            Kind::VersionUnknown { found } => {
                write!(
                    f,
                    "there is no version `{found}` of the language; this is version 1"
                )
            }
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
