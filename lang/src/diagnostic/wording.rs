//! The words of every kind: one sentence that can be read alone, and what to do.

use std::fmt;

use super::Kind;

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
            Kind::DuplicateName { what, name } => write!(f, "there is already {what} `{name}`"),
            Kind::ExpressionInvalid { why } => write!(f, "this is not an expression: {why}"),
            Kind::FileUnreadable { name, why } => write!(f, "cannot read `{name}`: {why}"),
            Kind::GlobInvalid { pattern, why } => {
                write!(f, "`{pattern}` is not a path pattern: {why}")
            }
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
            Kind::MissionMissing { asked: None, .. } => write!(f, "this file has no mission"),
            Kind::MissionMissing {
                asked: Some(name), ..
            } => write!(f, "this file has no mission `{name}`"),
            Kind::MissionTooLarge { most } => write!(
                f,
                "this plan is too large: with the missions it calls it may have {most} statements, \
                 and missions may call each other {} deep",
                crate::check::MAX_CALL_DEPTH
            ),
            Kind::MissionRecursive { path } => {
                write!(
                    f,
                    "missions call each other in a circle: {}",
                    path.join(" → ")
                )
            }
            Kind::NameUnknown { name, .. } => write!(f, "nothing here is called `{name}`"),
            Kind::OptionalUnhandled { found, expected } => write!(
                f,
                "this may be absent (`{found}`), and `{expected}` is required"
            ),
            Kind::PathInvalid { path, why } => write!(f, "`{path}` is not a path here: {why}"),
            Kind::PropertyUnknown { of, name, .. } => write!(f, "{of} has no `{name}`"),
            Kind::Syntax { found, expected } => write!(f, "expected {expected}, found {found}"),
            Kind::TemplateEmpty => write!(f, "this `{{{{ }}}}` has nothing in it"),
            Kind::TemplateUnclosed => write!(f, "this `{{{{` is never closed"),
            Kind::TypeMismatch {
                what,
                expected,
                found,
            } => write!(f, "{what} must be `{expected}`, and this is `{found}`"),
            Kind::TypeUnknown { name, .. } => write!(f, "there is no type `{name}`"),
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

impl Kind {
    /// Whether it says that authority is missing. Such a mission has a plan; applying it blocks.
    #[must_use]
    pub fn is_authority(&self) -> bool {
        matches!(self, Kind::AuthorityMissing { .. })
    }

    /// What to do about it, if more can be said than the message says.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let mean =
            |near: &Option<String>| near.as_ref().map(|near| format!("did you mean `{near}`?"));
        match self {
            Kind::ActionUnknown { near, .. }
            | Kind::ArgumentUnknown { near, .. }
            | Kind::KeyUnknown { near, .. }
            | Kind::NameUnknown { near, .. }
            | Kind::PropertyUnknown { near, .. }
            | Kind::TypeUnknown { near, .. }
            | Kind::UseUnknown { near, .. } => mean(near),
            Kind::MissionMissing { near, asked } => match asked {
                Some(_) => mean(near),
                None => Some("add `mission NAME { … }`".to_owned()),
            },
            Kind::AfterLater { name } => Some(format!("move this step below `{name}`")),
            Kind::AuthorityMissing { grant, .. } => grant
                .as_ref()
                .map(|grant| format!("add to `authority`: {grant}")),
            Kind::AuthorityShadowed { .. } => {
                Some("a denial always wins: remove one of the two".to_owned())
            }
            Kind::AuthorityUnused { .. } => Some("remove it; least is safest".to_owned()),
            Kind::InputUnused { .. } => Some("use it or remove it".to_owned()),
            Kind::KeyDuplicate { .. } => Some("keep one of them".to_owned()),
            Kind::LikelyMistake { meant, .. } => Some(meant.clone()),
            Kind::LiteralInvalid { .. } => Some(
                "units are ms s m h d, $ before money, k M for counts, B KB MB GB KiB MiB GiB; \
                 put a text in quotes"
                    .to_owned(),
            ),
            Kind::LoopUnbounded { .. } => {
                Some("write a number from 1 to 1000, or an input of type `int`".to_owned())
            }
            Kind::OptionalUnhandled { .. } => {
                Some("give a value for the other case: `… or \"\"`, or `… | default(…)`".to_owned())
            }
            Kind::TemplateUnclosed => {
                Some("close it with `}}`; a literal `{{` is written `{{ \"{{\" }}`".to_owned())
            }
            Kind::VerifierWithoutRun { .. } => {
                Some("add a line `run \"cargo test\"` with the command that decides".to_owned())
            }
            Kind::VersionUnknown { .. } => Some("write `tau: 1`".to_owned()),
            _ => None,
        }
    }
}

fn spaced(scope: &str) -> String {
    match scope {
        "" => String::new(),
        scope => format!(" {scope}"),
    }
}
