//! `issue.admit`

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Call, Failure, FailureKind, Look, Missing, Observe, Running};

use super::classify::{self, Classification, Verdict, Want};
use super::opinion;
use super::plan::{self, VerifierPlan};
use super::read::{self, read};
use super::ticket::Ticket;
use crate::perform::perform_waiting;

/// What is missing where nothing decides.
const VERIFIER: &str = "verifier";

/// Lets an issue in.
pub(super) struct Admit;

#[derive(Deserialize)]
struct Params {
    #[serde(flatten)]
    read: read::Params,
    #[serde(deserialize_with = "Option::deserialize")]
    check: Option<String>,
    wants: Vec<Want>,
    overrides: Vec<String>,
    files: String,
    #[serde(flatten)]
    wanted: opinion::Wanted,
}

#[derive(Serialize)]
struct Admitted {
    ticket: Ticket,
    classification: Classification,
    plan: VerifierPlan,
    /// The command that decides.
    check: String,
}

impl Observe for Admit {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform_waiting(call, hands, admit)
    }

    fn tells_what_for(&self) -> bool {
        true
    }
}

async fn admit(params: Params, hands: &dyn Look) -> Result<Admitted, Failure> {
    let ticket = read(params.read, hands).await?;
    let plan = plan::plan(&ticket, params.check.as_deref(), &params.files, hands)?;
    let given = classify::given(Some(&plan), &params.wants, hands);
    let overrides = &params.overrides;
    let decided = classify::classify(&ticket, given, overrides);
    let classification = opinion::heard(&params.wanted, &ticket, decided, overrides, hands).await?;
    match plan.check.clone().filter(|_| classification.ready) {
        Some(check) => Ok(Admitted {
            ticket,
            classification,
            plan,
            check,
        }),
        None => Err(refused(&ticket, &classification, &plan)),
    }
}

/// The run is blocked, with everything that is needed to go on.
fn refused(ticket: &Ticket, found: &Classification, plan: &VerifierPlan) -> Failure {
    let lacks: Vec<Missing> = lacking(found, plan);
    let lacks_check = lacks.iter().any(|it| it.effect == VERIFIER);
    let mut all = lacks.into_iter();
    let first = all.next().unwrap_or_else(|| item("intake", "", None));
    let others: Vec<Value> = all.map(|it| json!(it)).collect();
    let cited = found
        .findings
        .iter()
        .find(|it| !it.overridden && !it.quote.is_empty());
    let cited = cited.map_or_else(String::new, |it| {
        format!(" It says: \"{}\".", one_line(&it.quote))
    });
    let thinks = match &found.opinion {
        Some(it) if found.findings.iter().any(|it| it.rule == opinion::RULE) => {
            format!(" `{}` says: \"{}\".", it.model, it.because)
        }
        _ => String::new(),
    };
    let code = match found.verdict {
        Verdict::Unsafe => "issue-unsafe",
        Verdict::TooBroad => "issue-too-broad",
        Verdict::Underspecified => "issue-underspecified",
        Verdict::MissingVerifier => "issue-missing-verifier",
        Verdict::MissingEditAuthority => "issue-missing-edit-authority",
        Verdict::MissingProviderAuthority => "issue-missing-provider-authority",
        Verdict::MissingCredentials | Verdict::Ready => "issue-missing-credentials",
    };
    Failure {
        kind: FailureKind::Blocked(first),
        ..Failure::new(code, format!("{}{cited}{thinks}", found.why))
    }
    .help(help(found.verdict))
    .detail(json!({
        "title": ticket.title,
        "classification": found,
        "plan": plan,
        "also": others,
        // An input of the mission may be what the step is given for it.
        "param": lacks_check.then_some("check"),
    }))
}

/// One item for each verdict that counts, with the line that would give it.
fn lacking(found: &Classification, plan: &VerifierPlan) -> Vec<Missing> {
    let mut verdicts: Vec<Verdict> = Vec::new();
    let counts = found.findings.iter().filter(|it| !it.overridden);
    for finding in counts {
        if !verdicts.contains(&finding.verdict) {
            verdicts.push(finding.verdict);
        }
    }
    let rule = |verdict: Verdict| {
        let mut of = found
            .findings
            .iter()
            .filter(|it| !it.overridden && it.verdict == verdict);
        of.next().map_or("", |it| it.rule)
    };
    verdicts
        .into_iter()
        .map(|verdict| match verdict {
            Verdict::MissingVerifier => item(VERIFIER, "check", None),
            Verdict::MissingEditAuthority => {
                let line = plan.authority.iter().find(|it| it.starts_with("write "));
                let line = line
                    .cloned()
                    .unwrap_or_else(|| "write \"src/**\"".to_owned());
                let scope = plan.write.first().map_or("src/**", String::as_str);
                item("write", scope, Some(line))
            }
            Verdict::MissingProviderAuthority => item(
                "model",
                "*",
                Some("model \"*\" up to 200k tokens, $2".to_owned()),
            ),
            Verdict::MissingCredentials => item(
                "credential",
                "GITHUB_TOKEN",
                Some("secret GITHUB_TOKEN".to_owned()),
            ),
            verdict => item("intake", rule(verdict), None),
        })
        .collect()
}

fn item(effect: &str, scope: &str, grant: Option<String>) -> Missing {
    Missing {
        effect: effect.to_owned(),
        scope: scope.to_owned(),
        limited_by: "mission".to_owned(),
        limited_at: None,
        grant,
    }
}

/// What is to be done about it.
fn help(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unsafe => {
            "Nobody should do this for a stranger. If it is harmless, name the rule in `overrides` of the step."
        }
        Verdict::TooBroad => {
            "Write an issue for each thing that can be decided by itself, and start with one of them."
        }
        Verdict::Underspecified => {
            "Answer the questions in the issue, then go on: it is read again."
        }
        Verdict::MissingVerifier => {
            "Give the step a `check`: a command that fails now, and passes when it is done."
        }
        _ => "Add what is missing to the `authority` of the mission, then go on.",
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
