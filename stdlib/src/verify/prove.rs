//! `verify.prove`

use serde::Deserialize;
use serde_json::json;
use tau_interpreter::action::{Call, Changed, Failure, Replace, Running, Subject, Work};

use super::confidence::confidence;
use super::freeze::Frozen;
use super::judge::{Asked, MAKE_STEADY, Place, judge, run};
use super::kept::loss;
use super::outcome::Outcome;
use super::proof::{Proof, Shown, edited_since, in_environment, of_verifier};
use super::red::compare;
use super::refusal::{refusal, refused};
use super::together::run_all;
use super::verdict::{Verdict, Word};
use super::verifier::Verifier;
use crate::perform::perform_waiting;

/// Shows that the change is what turns the verifier from RED to GREEN.
pub(super) struct Prove;

#[derive(Deserialize)]
struct Params {
    verifier: Verifier,
    red: Verdict,
    green: Verdict,
    #[serde(default)]
    frozen: Option<Frozen>,
}

impl Replace for Prove {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, prove)
    }
}

async fn prove(params: Params, hands: &dyn Work) -> Result<Proof, Failure> {
    let Params {
        verifier,
        red,
        green,
        frozen,
    } = params;
    let verifier = verifier.with(frozen);
    admit(&verifier, &red, &green, hands)?;
    let again = green_again(&verifier, hands).await?;
    for verdict in [&green, &again] {
        if let Some(loss) = loss(&verifier, &red, verdict) {
            return Err(refused(loss.code, &loss.why, verdict).help(loss.help));
        }
    }
    let taken_back = red_again(&verifier, &red, hands).await?;
    for (name, before, now) in [("red", &red, &taken_back), ("green", &green, &again)] {
        in_environment(name, before, now)?;
    }
    let changed = hands.changed(&verifier.ground())?;
    let idle = idle_files(&verifier, &red, &changed, hands).await?;
    let heldout = held_out(&verifier, hands).await?;
    let confidence = confidence(red.runs + taken_back.runs, green.runs + again.runs);
    let (level, limits) = Shown {
        verifier: &verifier,
        changed: &changed,
        confidence,
        verdicts: [&red, &green, &again, &taken_back],
    }
    .level();
    Ok(Proof {
        tree: again.tree.clone(),
        base: taken_back.tree.clone(),
        digest: verifier.digest(),
        protect: verifier.protect.clone(),
        level,
        limits,
        confidence,
        changed: changed.into_iter().map(|it| it.path).collect(),
        idle,
        heldout,
        frozen: verifier.frozen,
        verifier: verifier.name,
        red,
        green: again,
        taken_back,
    })
}

/// Refuses what could not become a proof, before anything is run.
fn admit(
    verifier: &Verifier,
    red: &Verdict,
    green: &Verdict,
    hands: &dyn Work,
) -> Result<(), Failure> {
    if red.verdict != Word::Red {
        return Err(refused(
            "proof-without-red",
            &format!(
                "There is nothing to prove: no failure was shown. {}",
                red.why
            ),
            red,
        )
        .help("Give `red` the verdict of a `verify.red` step."));
    }
    if green.verdict != Word::Green || !green.passed {
        return Err(refused(
            "proof-without-green",
            &format!(
                "There is nothing to prove: the check does not pass. {}",
                green.why
            ),
            green,
        )
        .help("Correct what the verdict tells, then run `verify.check` again."));
    }
    for (name, verdict) in [("red", red), ("green", green)] {
        of_verifier(name, verdict, verifier)?;
    }
    let now = hands.candidate(&verifier.ground())?;
    if now != green.tree {
        return Err(edited_since("verdict", &green.tree, &now));
    }
    if now == red.tree {
        return Err(Failure::new(
            "proof-nothing-changed",
            "There is nothing to prove: the mission's tree is the base's. Either no file was edited, or only files that the verifier protects.",
        )
        .help("Edit files that the verifier does not protect."));
    }
    Ok(())
}

/// GREEN once more, on the tree that was GREEN.
async fn green_again(verifier: &Verifier, hands: &dyn Work) -> Result<Verdict, Failure> {
    let judged = judge(hands, verifier, Place::Candidate).await?;
    let verdict = &judged.verdict;
    match verdict.verdict {
        Word::Green => Ok(judged.verdict),
        // On the same tree, so it is not the edit that is wrong.
        Word::Red => Err(refused(
            "verify-flaky",
            &format!(
                "The check passed on this tree before, and now it does not: {}",
                verdict.why
            ),
            verdict,
        )
        .help(MAKE_STEADY)),
        _ => Err(refusal(&judged)),
    }
}

const DEPEND_ON_CODE: &str = "Find what else the check depends on (time, order, files outside of the tree), and make it depend on the code alone.";

/// RED again without the change, on the base that was RED.
async fn red_again(
    verifier: &Verifier,
    red: &Verdict,
    hands: &dyn Work,
) -> Result<Verdict, Failure> {
    let mut judged = judge(hands, verifier, Place::TakenBack).await?;
    compare(verifier, &mut judged);
    let verdict = &judged.verdict;
    if verdict.tree != red.tree {
        return Err(Failure::new(
            "proof-other-base",
            format!(
                "The verdict `red` is not about this run's base: it is about the tree `{}`, and the base's is `{}`.",
                red.tree, verdict.tree
            ),
        )
        .help("Give `red` the verdict of a `verify.red` step of this run."));
    }
    match verdict.verdict {
        Word::Red if verdict.tests == red.tests => Ok(judged.verdict),
        Word::Red => Err(refused(
            "verify-flaky",
            &format!(
                "The check fails on the base in another way than before: {}",
                verdict.why
            ),
            verdict,
        )
        .help(MAKE_STEADY)),
        Word::AlreadyGreen => Err(refused(
            "verify-vacuous",
            &format!(
                "The change is not what makes `{}` pass: with the change taken back it passes too, though it failed on the same files before.",
                verifier.shown()
            ),
            verdict,
        )
        .help(DEPEND_ON_CODE)),
        _ => Err(refusal(&judged)),
    }
}

/// How many files are taken back one at a time.
const TRIED: usize = 4;

/// The changed files without whose change the tests that were RED pass as well. Where there are
/// many, only the first are tried; where there is one, it was tried already.
async fn idle_files(
    verifier: &Verifier,
    red: &Verdict,
    changed: &[Changed],
    hands: &dyn Work,
) -> Result<Vec<String>, Failure> {
    let mut idle = Vec::new();
    if changed.len() < 2 {
        return Ok(idle);
    }
    let failed = red.tests.as_ref().filter(|tests| tests.broken.is_empty());
    let only: Option<Vec<String>> = failed.map(|tests| tests.failed.iter().cloned().collect());
    for file in changed.iter().take(TRIED) {
        let subject = Subject::Without {
            ground: verifier.ground(),
            paths: vec![file.path.clone()],
        };
        let (_, run) = run_all(hands, verifier, subject, 0, only.as_deref()).await?;
        if run.outcome == Outcome::Passed {
            idle.push(file.path.clone());
        }
    }
    Ok(idle)
}

/// Runs the held-out check, if there is one; says whether there is. What it writes is told to
/// nobody: whoever edits next could read it.
async fn held_out(verifier: &Verifier, hands: &dyn Work) -> Result<bool, Failure> {
    let Some(command) = &verifier.heldout else {
        return Ok(false);
    };
    let asked = Asked {
        subject: Subject::Candidate(verifier.ground()),
        run: command,
        hidden: &[],
        round: 0,
        only: None,
    };
    // A report that `run` leaves is not one that this command leaves.
    let its_own = Verifier {
        report: None,
        ..verifier.clone()
    };
    let (about, run) = run(hands, &its_own, asked).await?;
    let why = match run.outcome {
        Outcome::Passed => return Ok(true),
        Outcome::Failed(_) => "does not pass",
        Outcome::Vacuous(_) => "ran no tests",
        Outcome::Broken { .. } => "could not decide",
        Outcome::Compromised(_) => "is not to be believed",
    };
    Err(Failure::new(
        "verify-heldout",
        format!(
            "The held-out check of verifier `{}` {why} on this tree, though `{}` passes.",
            verifier.name,
            verifier.shown()
        ),
    )
    .help("Mend what is wrong in general, and not only what the check shows.")
    .detail(json!({ "tree": about.tree })))
}
