//! What decides. Another command, environment or number of runs may let through what was refused,
//! so it counts as more.

use serde_json::Value as Json;

use super::{Change, Difference};
use crate::expr::{Context, Engine};
use crate::format;
use crate::plan::document::with_defaults;
use crate::plan::needs::verifier_value;
use crate::plan::{Plan, Verifier};

/// Adds how the verifiers of two missions differ.
pub(super) fn changes(
    from: Option<&Plan>,
    to: Option<&Plan>,
    engine: &Engine,
    found: &mut Difference,
) {
    let parts = |plan: Option<&Plan>| plan.map(|plan| parts(plan, engine)).unwrap_or_default();
    let (old, new) = (parts(from), parts(to));
    for part in new.iter().filter(|part| !old.contains(part)) {
        let mut of_it = old.iter().filter(|it| it.verifier == part.verifier);
        let before = of_it.clone().find(|it| it.what == part.what);
        let stricter = before.is_some_and(|before| part.asks_more_runs(before));
        found.adds.push(Change {
            line: part.line.clone(),
            // Where there was no such verifier, there was nothing that it could refuse.
            widens: of_it.next().is_some() && !stricter,
        });
    }
    for part in old.iter().filter(|part| !new.contains(part)) {
        // What has something else in its place is told there.
        let mut of_it = new.iter().filter(|it| it.verifier == part.verifier);
        let widens = to.is_some() && !of_it.any(|it| it.what == part.what);
        let line = part.line.clone();
        found.drops.push(Change { line, widens });
    }
}

/// One thing that a verifier says.
struct Part {
    verifier: String,
    what: String,
    line: String,
    /// What it comes to, with the defaults of the inputs.
    known: Json,
}

impl Part {
    /// Whether both say how many runs must agree, and this one more of them.
    fn asks_more_runs(&self, before: &Part) -> bool {
        let runs = |part: &Part| part.known.as_u64().filter(|_| part.what == "runs");
        matches!((runs(before), runs(self)), (Some(before), Some(runs)) if before <= runs)
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Part) -> bool {
        (&self.line, &self.known) == (&other.line, &other.known)
    }
}

fn parts(plan: &Plan, engine: &Engine) -> Vec<Part> {
    let known = with_defaults(plan, engine, &Context::new());
    let all = plan.verifiers.iter();
    all.flat_map(|it| parts_of(it, &verifier_value(it, engine, &known).unwrap_or_default()))
        .collect()
}

fn parts_of(verifier: &Verifier, known: &Json) -> Vec<Part> {
    let part = |what: &str, text: &str, known: &Json| Part {
        verifier: verifier.name.clone(),
        what: what.to_owned(),
        line: format!("verifier {} {what} {text}", verifier.name),
        known: known.clone(),
    };
    let runs = verifier.runs.as_ref();
    let runs = runs.map_or_else(|| "1".to_owned(), format::value);
    let mut parts = vec![
        part("run", &format::value(&verifier.run), &known["run"]),
        part("runs", &runs, &known["runs"]),
    ];
    for (at, value) in verifier.also.iter().enumerate() {
        let text = format::value(value);
        parts.push(part(&format!("run {text}"), "", &known["also"][at]));
    }
    let further = [
        ("report", &verifier.report),
        ("red", &verifier.red),
        ("heldout", &verifier.heldout),
    ];
    for (word, value) in further {
        let value = value.as_ref().map(format::value);
        parts.extend(value.map(|value| part(word, &value, &known[word])));
    }
    for (at, value) in verifier.loses.iter().enumerate() {
        let text = format::value(value);
        parts.push(part(&format!("loses {text}"), "", &known["loses"][at]));
    }
    for (name, value) in &verifier.env {
        let value = format::value(value);
        parts.push(part(&format!("env {name}:"), &value, &known["env"][name]));
    }
    parts
}
