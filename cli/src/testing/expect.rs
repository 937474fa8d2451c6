//! What a run came to, as expectations see it, and whether they hold.

use serde_json::{Map, Value as Json, json};
use tau_interpreter::home::Home;
use tau_interpreter::inspect;
use tau_interpreter::report::{Report, StepReport};
use tau_lang::expr::{self, Context as Values, Engine};
use tau_lang::plan::Plan;
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::Expr;

use super::outcome::Broken;

/// The longest value that is shown beside an expectation; of a longer one, its beginning.
const SHOWN: usize = 200;

/// What expectations can ask of a run: the value of [`Plan::result_type`].
///
/// # Errors
/// A sentence: the run's journal cannot be read.
pub(super) fn result(report: &Report, plan: &Plan, home: &Home) -> Result<Values, String> {
    let dir = home.find(&report.run).map_err(|error| error.to_string())?;
    let loaded = dir.load().map_err(|error| error.to_string())?;
    // A run that was blocked before its base was read has changed nothing.
    let change = inspect::change(&dir, &loaded.records).unwrap_or_default();
    let mut steps = Map::new();
    for step in &report.steps {
        count(&mut steps, step);
    }
    let attempts: u32 = report.steps.iter().map(|step| step.attempts).sum();
    let known = json!({
        "outcome": report.outcome,
        "reason": report.reason,
        "commit": report.commit,
        "changed": change.paths,
        "diff": String::from_utf8_lossy(&change.diff),
        "outputs": report.outputs,
        "steps": steps,
        "blocked": report.blocked,
        "spent": {
            "seconds": report.spent.seconds,
            "steps": attempts,
            "model_calls": report.spent.model_calls,
            "tokens": report.spent.tokens,
            "usd": report.spent.usd,
        },
    });
    match plan.result_type().filled(known) {
        Json::Object(values) => Ok(values),
        _ => Ok(Values::new()),
    }
}

/// Adds a step to the records of all. The last round of a loop counts, as the last attempt of a
/// call, and how many there were.
fn count(steps: &mut Map<String, Json>, step: &StepReport) {
    let mut names = step.name.split('/').map(without_round).collect::<Vec<_>>();
    let Some(name) = names.pop() else { return };
    let mut inner = steps;
    for call in names {
        let record = inner.entry(call).or_insert_with(|| json!({}));
        let Some(record) = record.as_object_mut() else {
            return;
        };
        inner = record;
    }
    let runs = inner.get(name).and_then(|it| it["runs"].as_u64());
    let state = match step.state.word() {
        // A run that has ended runs nothing.
        "running" => "cancelled",
        word => word,
    };
    let record = json!({
        "state": state,
        "runs": runs.unwrap_or(0) + 1,
        "attempts": step.attempts,
        "seconds": step.seconds,
        "result": step.result,
        "failure": step.failure,
    });
    inner.insert(name.to_owned(), record);
}

/// `edit#2` is the second round of `edit`, `call~2` the second attempt of `call`.
fn without_round(name: &str) -> &str {
    name.split(['#', '~']).next().unwrap_or(name)
}

/// The expectation, if it does not hold.
pub(super) fn broken(
    condition: &Expr,
    result: &Values,
    engine: &Engine,
    sources: &SourceMap,
) -> Option<Broken> {
    let values = match engine.condition(condition, result) {
        Ok(true) => return None,
        Ok(false) => parts(condition, result, engine),
        Err(error) => vec![(condition.source.value.clone(), error.why)],
    };
    Some(Broken {
        expect: condition.source.value.clone(),
        at: sources.location(condition.source.at.0),
        values,
    })
}

/// The names in an expectation with their values, so that nobody has to guess what differs.
fn parts(condition: &Expr, result: &Values, engine: &Engine) -> Vec<(String, String)> {
    let mut values: Vec<(String, String)> = Vec::new();
    for part in expr::paths(condition) {
        let value = engine.expression(&part, result).unwrap_or(Json::Null);
        let name = part.source.value;
        if !values.iter().any(|(it, _)| *it == name) {
            values.push((name, shown(&value)));
        }
    }
    values
}

/// A value for a person.
pub(super) fn shown(value: &Json) -> String {
    let text = match value {
        Json::Null => "none".to_owned(),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
