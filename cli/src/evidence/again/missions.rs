//! The missions that run the verifiers of a receipt again, as tau writes them.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::super::text::{Recorded, authority};
use super::Verifying;
use super::said::Frozen;

/// The one that is started.
pub(super) const WHOLE: &str = "verify_receipt";

/// The patch of the change, and that of the frozen files, as inputs.
pub(super) const CHANGE: &str = "patch_of_change";
/// See [`CHANGE`].
pub(super) const FROZEN: &str = "patch_of_frozen";

/// The steps that run verifiers again, by what they judge.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) base: String,
    frozen: String,
    pub(super) made: String,
    proof: String,
}

impl Steps {
    pub(super) fn of(verifiers: &[Verifying<'_>], has_frozen: bool) -> Steps {
        let mut steps = Steps::default();
        let with = if has_frozen { ", frozen: frozen" } else { "" };
        let judge = |passed: bool| if passed { "check" } else { "red" };
        for Verifying { id: name, said, .. } in verifiers {
            if let Some(passed) = said.base {
                let word = judge(passed);
                let _ = writeln!(steps.base, "  step base_{name} = verify.{word}({name})");
            }
            if let Some(passed) = said.frozen {
                let word = judge(passed);
                let line = format!("  step frozen_{name} = verify.{word}({name}{with})");
                let _ = writeln!(steps.frozen, "{line}");
            }
            if said.made.is_some() {
                let line = format!("  step made_{name} = verify.check({name}{with})");
                let _ = writeln!(steps.made, "{line}");
            }
            let red = match (said.frozen, said.base, said.made) {
                (Some(false), _, Some(true)) => "frozen",
                (None, Some(false), Some(true)) => "base",
                _ => continue,
            };
            let _ = writeln!(
                steps.proof,
                "  step proof_{name} = verify.prove({name}, red: {red}_{name}, green: made_{name}{with})"
            );
        }
        steps
    }

    pub(super) fn rests_on_base(&self) -> bool {
        !self.base.is_empty() || !self.frozen.is_empty()
    }
}

/// Writes the missions of one receipt.
pub(super) struct Writer<'a> {
    pub(super) grants: &'a Json,
    pub(super) verifiers: &'a [Verifying<'a>],
}

impl Writer<'_> {
    /// Judges what is checked out.
    pub(super) fn as_it_is(&self, steps: &str) -> String {
        file(&self.judging(WHOLE, "", None, steps))
    }

    /// Judges the base, makes the change, and judges again.
    pub(super) fn with_change(&self, steps: &Steps, patch: &str) -> String {
        let Steps {
            base, made, proof, ..
        } = steps;
        let body = format!("{base}  step change = fs.patch({CHANGE})\n{made}{proof}");
        file(&self.judging(WHOLE, &input(CHANGE), Some(patch), &body))
    }

    /// The same with files that are frozen between. Each part is a mission of its own: what writes those
    /// files has no verifier that protects them.
    pub(super) fn with_frozen(&self, steps: &Steps, patch: &str, frozen: &Frozen) -> String {
        let Frozen { files, rest, .. } = frozen;
        let before = match steps.base.is_empty() {
            true => String::new(),
            false => self.judging("base_of_receipt", "", None, &steps.base),
        };
        let begins = if before.is_empty() {
            ""
        } else {
            "  step before = base_of_receipt()\n"
        };
        let write = format!(
            "  step write = fs.patch({FROZEN})\n  step frozen = verify.freeze([\"**\"])\n\n  output frozen = frozen\n"
        );
        let write = mission(
            "frozen_of_receipt",
            &input(FROZEN),
            &self.authority(Some(files)),
            &write,
        );
        let change = match rest.is_empty() {
            true => String::new(),
            false => format!("  step change = fs.patch({CHANGE})\n"),
        };
        let body = format!("{}{change}{}{}", steps.frozen, steps.made, steps.proof);
        let inputs = format!("{}  input frozen : frozen?\n", input(CHANGE));
        let judge = self.judging("change_of_receipt", &inputs, Some(rest), &body);
        let all = format!(
            "{begins}  step write = frozen_of_receipt({FROZEN}: {FROZEN})\n  \
             step judge = change_of_receipt({CHANGE}: {CHANGE}, frozen: write.frozen)\n"
        );
        let inputs = format!("{}{}", input(CHANGE), input(FROZEN));
        let whole = mission(WHOLE, &inputs, &self.authority(Some(patch)), &all);
        file(&format!("{whole}{before}{write}{judge}"))
    }

    /// A mission with the verifiers.
    fn judging(&self, name: &str, inputs: &str, patch: Option<&str>, body: &str) -> String {
        let blocks: Vec<&str> = self.verifiers.iter().map(|it| it.block.as_str()).collect();
        let authority = format!("{}{}", self.authority(patch), blocks.concat());
        mission(name, inputs, &authority, body)
    }

    fn authority(&self, patch: Option<&str>) -> String {
        let recorded: Vec<Recorded<'_>> = self.verifiers.iter().map(|it| it.recorded).collect();
        authority(self.grants, &recorded, patch)
    }
}

fn file(missions: &str) -> String {
    format!("use std.{{fs, verify}}\n{missions}")
}

fn mission(name: &str, inputs: &str, authority: &str, body: &str) -> String {
    format!(
        "\n## Run the verifiers of a receipt again.\nmission {name} {{\n{inputs}{authority}{body}}}\n"
    )
}

fn input(name: &str) -> String {
    format!("  input {name} : file\n")
}
