//! `verify.prove`

use serde::Deserialize;
use serde_json::json;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use super::judge::{MAKE_STEADY, Place, judge};
use super::proof::{Level, Proof, edited_since, limits};
use super::refusal::{refusal, refused};
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
    } = params;
    admit(&verifier, &red, &green, hands)?;
    let again = green_again(&verifier, hands).await?;
    let taken_back = red_again(&verifier, &red, hands).await?;
    Ok(Proof {
        tree: again.tree.clone(),
        base: taken_back.tree.clone(),
        digest: verifier.digest(),
        protect: verifier.protect.clone(),
        level: Level::Tested,
        limits: limits(&verifier),
        verifier: verifier.name,
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
    let digest = verifier.digest();
    for (name, verdict) in [("red", red), ("green", green)] {
        if verdict.digest != digest {
            return Err(Failure::new(
                "proof-other-verifier",
                format!(
                    "The verdict `{name}` is not of the verifier `{}` as it is now: the command, its variables, its limits or the protected files are others.",
                    verifier.name
                ),
            )
            .help("Give `verify.red`, `verify.check` and `verify.prove` the same verifier.")
            .detail(json!({ "digest": digest, "verdict": verdict })));
        }
    }
    let now = hands.candidate(&verifier.protect)?;
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
    let judged = judge(hands, verifier, Place::TakenBack).await?;
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
        Word::Red => Ok(judged.verdict),
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
