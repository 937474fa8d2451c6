//! What to do about a finding, where more can be said than its message says.

use super::{Kind, shortened};
use crate::syntax::tree::{Effect, LimitKind};

impl Kind {
    /// What to do about it, if more can be said than the message says.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        self.advice().map(shortened)
    }

    fn advice(&self) -> Option<String> {
        let mean =
            |near: &Option<String>| near.as_ref().map(|near| format!("did you mean `{near}`?"));
        match self {
            Kind::NameUnknown { name, near: None } if name == "previous" => {
                Some("it is there inside `repeat`: the results of the round before".to_owned())
            }
            Kind::ArgumentUnknown {
                near: None, known, ..
            } => (!known.is_empty()).then(|| format!("it takes `{}`", known.join("`, `"))),
            Kind::ActionUnknown { near, .. }
            | Kind::ArgumentUnknown { near, .. }
            | Kind::ComparisonImpossible { near, .. }
            | Kind::FilterUnknown { near, .. }
            | Kind::GivenUnknown { near, .. }
            | Kind::KeyUnknown { near, .. }
            | Kind::NameUnknown { near, .. }
            | Kind::PropertyUnknown { near, .. }
            | Kind::SuppressionUnknown { near, .. }
            | Kind::TestUnknown { near, .. }
            | Kind::TypeUnknown { near, .. }
            | Kind::UseUnknown { near, .. } => mean(near),
            Kind::ActionInExpression { name } => {
                Some(format!("write a step before: `step result = {name}(…)`"))
            }
            Kind::FilterInput { instead, .. } => instead
                .as_ref()
                .map(|instead| format!("write `{instead}` before it")),
            Kind::FunctionUnknown {
                instead: Some(instead),
                ..
            } => Some(format!("write `{instead}`")),
            Kind::FunctionUnknown { near, .. } => near
                .as_ref()
                .map(|near| format!("did you mean `{near}()`?")),
            Kind::MethodUnknown { instead, .. } => Some(match instead {
                Some(instead) => format!("write `{instead}`"),
                None => "values have fields and filters, and no methods".to_owned(),
            }),
            Kind::NameLater { name } => Some(format!("move it below `{name}`")),
            Kind::NameOwn { name } => Some(format!(
                "inside `repeat`, `previous.{name}` is that of the round before"
            )),
            Kind::NameReserved { .. } | Kind::NameShadowing { .. } => {
                Some("choose another name".to_owned())
            }
            Kind::OperandMismatch { operator, .. } if operator == "+" => {
                Some("`~` joins anything as text".to_owned())
            }
            Kind::MissionMissing { near, asked } => match asked {
                Some(_) => mean(near),
                None => Some("add `mission NAME { … }`".to_owned()),
            },
            Kind::LibraryConflict {
                name, there, way, ..
            } => Some(format!(
                "a project has one version of a library; {there} of `{name}` is what {way} takes"
            )),
            Kind::LibraryMissing { .. } => Some("fetch it with `tau lib fetch`".to_owned()),
            Kind::LibraryUnlocked { name } => {
                Some(format!("look at it and pin it with `tau lib add {name}`"))
            }
            Kind::LibraryUnpinned { name } => Some(format!(
                "name a tag, a branch or a commit: `{name}@…`; `tau lib add` pins its commit"
            )),
            Kind::LockInvalid { .. } => Some(
                "take it from the history again, or remove it and run `tau lib add`".to_owned(),
            ),
            Kind::UseAlias { .. } => Some("give it one: `use \"…\" as name`".to_owned()),
            Kind::UseBroken { first, .. } => Some(format!("the first: {first}")),
            Kind::UseCycle { .. } => Some("move what both need into a file of its own".to_owned()),
            Kind::AfterLater { name } => Some(format!("move this step below `{name}`")),
            Kind::AuthorityMissing { grant, to, .. } => {
                grant.as_ref().map(|grant| format!("add to {to}: {grant}"))
            }
            Kind::ActionRedundant { .. } => {
                Some("remove it: the steps of the body say it themselves".to_owned())
            }
            Kind::ActionResult { .. } => {
                Some("an action gives named outputs: `-> { name: type }`".to_owned())
            }
            Kind::ActionUnused { .. } => Some("call it or remove it".to_owned()),
            Kind::ActionWithoutBody { .. } => {
                Some("add one `run \"…\"` line, or steps and their outputs".to_owned())
            }
            Kind::OutputMissing { name, .. } => Some(format!("add `output {name} = …`")),
            Kind::AuthorityShadowed { .. } => {
                Some("a denial always wins: remove one of the two".to_owned())
            }
            Kind::AuthorityUnused { .. } => Some("remove it; least is safest".to_owned()),
            Kind::ForSerial { .. } => Some(
                "remove `at most … at once`, or let each round write only what its item names"
                    .to_owned(),
            ),
            Kind::GivenUnused { .. } => {
                Some("remove it, or name what the mission calls".to_owned())
            }
            Kind::CostUnbounded { add, .. } => Some(add.clone()),
            Kind::TypeRecursive { .. } => Some(
                "a value has an end, so a type cannot hold itself; give it a list of names instead"
                    .to_owned(),
            ),
            Kind::TypeReserved { name, .. } => {
                let mut letters = name.chars();
                let first = letters.next().map(|c| c.to_ascii_uppercase());
                let capital: String = first.into_iter().chain(letters).collect();
                Some(match capital == *name {
                    true => "choose another name".to_owned(),
                    false => format!("write `{capital}`"),
                })
            }
            Kind::InputUnused { .. } | Kind::TypeUnused { .. } => {
                Some("use it or remove it".to_owned())
            }
            Kind::KeyDuplicate { .. } => Some("keep one of them".to_owned()),
            Kind::LikelyMistake { meant, .. } => Some(meant.clone()),
            Kind::LimitMisplaced { effect, .. } => {
                let effect = Effect::parse(effect)?;
                let kinds = LimitKind::ALL.into_iter();
                let known: Vec<&str> = kinds
                    .filter(|kind| kind.bounds(effect))
                    .map(LimitKind::word)
                    .collect();
                Some(match known.is_empty() {
                    true => "remove it; `run` and `model` have limits".to_owned(),
                    false => format!("it can have {}", known.join(", ")),
                })
            }
            Kind::LiteralInvalid { .. } => Some(
                "units are ms s m h d, $ before money, k M for counts, B KB MB GB KiB MiB GiB; \
                 put a text in quotes"
                    .to_owned(),
            ),
            Kind::LoopUnbounded { list: true, .. } => Some(
                "say how many items there may be: `up to 20` behind the list, `up_to: 20` in YAML"
                    .to_owned(),
            ),
            Kind::LoopUnbounded { list: false, .. } => {
                Some("write a number from 1 to 1000, or an input of type `int`".to_owned())
            }
            Kind::OptionalUnhandled { .. } => {
                Some("give a value for the other case: `… or \"\"`, or `… | default(…)`".to_owned())
            }
            Kind::SuppressionRefused { .. } => Some("mend it, and remove this comment".to_owned()),
            Kind::SuppressionWithoutReason { .. } => Some("write why behind the `]`".to_owned()),
            Kind::ScheduleInvalid { .. } => Some(
                "write minute, hour, day of the month, month and day of the week: `0 7 * * 1-5`"
                    .to_owned(),
            ),
            Kind::TestExpectsNothing { .. } => {
                Some("add a line such as `expect outcome == \"succeeded\"`".to_owned())
            }
            Kind::TestWithoutRun { .. } => {
                Some("add a line `run MISSION(input: value)`".to_owned())
            }
            Kind::TriggerUnknown { near, .. } => mean(near)
                .or_else(|| Some("there are `comment`, `label`, `schedule`, `webhook`".to_owned())),
            Kind::TimeoutBeyondTime { .. } => Some("shorten it, or grant more `time`".to_owned()),
            Kind::TemplateUnclosed => {
                Some("close it with `}}`; a literal `{{` is written `{{ \"{{\" }}`".to_owned())
            }
            Kind::VerifierWithoutRun { .. } => {
                Some("add a line `run \"cargo test\"` with the command that decides".to_owned())
            }
            Kind::VersionUnknown { .. } => Some("write `tau: 1`".to_owned()),
            Kind::AfterRedundant { name, .. } => Some(format!("remove `after {name}`")),
            Kind::AuthorityRedundant { .. } => Some("remove it".to_owned()),
            Kind::BlockEmpty { .. } => {
                Some("remove it, or say in a comment why it is empty".to_owned())
            }
            Kind::CommandInjection { .. } => Some(
                "pass it as an argument behind the program text, or use a script of the repository"
                    .to_owned(),
            ),
            Kind::CommandShell { .. } => Some(
                "write the command without a shell, or start a script of the repository".to_owned(),
            ),
            Kind::CommandUnpinned { pin, .. } => Some(format!("name the version: `{pin}`")),
            Kind::ConditionRepeated { .. } => {
                Some("ask something else, or remove the branch".to_owned())
            }
            Kind::DenyUseless { .. } => Some("remove it, or grant more than it denies".to_owned()),
            Kind::LetUnused { .. } => Some("use it or remove it".to_owned()),
            Kind::LoopOnce => {
                Some("give it more rounds, or write its steps without a loop".to_owned())
            }
            Kind::LoopVariableUnused { .. } => {
                Some("use it, or begin its name with `_`".to_owned())
            }
            Kind::ScopeConfusable { .. } => Some("write it again with Latin letters".to_owned()),
            Kind::SecretExposed { .. } => {
                Some("give it to a started program with `secret NAME` in `authority`".to_owned())
            }
            Kind::SecretLiteral { .. } => Some(
                "withdraw it where it was issued, and name it with `secret NAME` instead"
                    .to_owned(),
            ),
            Kind::SecretSuspected { .. } => Some(
                "name it with `secret NAME` in `authority`, and keep its value out of the file"
                    .to_owned(),
            ),
            Kind::StepUnused { .. } => Some("use the result, or remove the step".to_owned()),
            Kind::UntilUnchanging { .. } => {
                Some("ask for something that a step of the loop gives".to_owned())
            }
            Kind::UrlInsecure { .. } => Some("use `https`".to_owned()),
            Kind::UseUnused { .. } => Some("remove it".to_owned()),
            Kind::VerdictOtherVerifier { verifier, near, .. } => Some(match near {
                Some(near) => format!("give it `{near}`, which verifier `{verifier}` has made"),
                None => format!("give it one that verifier `{verifier}` has made"),
            }),
            Kind::VerdictOutdated { made, edit, .. } => Some(format!(
                "move `{edit}` above `{made}`, or check again below it"
            )),
            Kind::VerdictUnused { name } => Some(format!("use `{name}.passed`")),
            Kind::VerifierTrivial { .. } => Some("run something that looks at the work".to_owned()),
            Kind::VerifierUnprotected { .. } => {
                Some("add a line such as `protect \"tests/**\"`".to_owned())
            }
            Kind::VerifierUnused { .. } => {
                Some("ask it with `verify.red` and `verify.check`, or remove it".to_owned())
            }
            Kind::WriteBeforeRed { red, .. } => Some(format!("move it below `{red}`")),
            Kind::YamlBoolean { .. } => Some("put it in quotes".to_owned()),
            Kind::AuthorityBroad {
                effect,
                enough: Some(enough),
                ..
            } => Some(format!(
                "this is enough: {effect} \"{}\"",
                enough.join("\", \"")
            )),
            Kind::AuthorityBroad { .. } => Some("grant what is needed, by name".to_owned()),
            kind => ways_out(kind),
        }
    }
}

/// How text from outside may come to where it was found, or what stands there instead.
fn ways_out(kind: &Kind) -> Option<String> {
    match kind {
        Kind::TaintBound { .. } => Some(
            "write the number here, or let an input of type `int` or `duration` give it".to_owned(),
        ),
        Kind::TaintBranch { .. } | Kind::TaintHost { .. } => Some(
            "write it here, choose it (`\"a\" or \"b\"`), or give it a form: \
             `… | matching(\"[a-z0-9-]{1,40}\")`"
                .to_owned(),
        ),
        Kind::TaintCommand { .. } => Some(
            "write the text to a file and name the file here, choose it (`\"a\" or \"b\"`), \
             or give it a form: `… | matching(\"[a-z0-9-]{1,40}\")`"
                .to_owned(),
        ),
        Kind::TaintCondition { .. } => Some(
            "let a verdict decide, an answer that is a choice (`\"yes\" or \"no\"`), or a text \
             with a form: `… | matching(\"[a-z]{1,20}\")`"
                .to_owned(),
        ),
        Kind::TaintGrant { .. } | Kind::TaintVerifier { .. } => {
            Some("write it here, or let an input give it that is not `untrusted`".to_owned())
        }
        Kind::TaintModel { .. } | Kind::TaintSecret { .. } => {
            Some("write its name here, or choose it: `\"a\" or \"b\"`".to_owned())
        }
        Kind::TaintPath { .. } => Some(
            "write it here, choose it (`\"a\" or \"b\"`), or give it a form: \
             `… | matching(\"[a-z0-9_/]{1,80}\")`"
                .to_owned(),
        ),
        Kind::TaintPattern { .. } => Some(
            "write the form that is meant as a text in quotes, such as `\"[a-z0-9-]{1,40}\"`"
                .to_owned(),
        ),
        _ => None,
    }
}
