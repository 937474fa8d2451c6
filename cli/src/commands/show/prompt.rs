//! `tau show RUN STEP --prompt`: what a step has sent to models.

use serde_json::{Value as Json, json};
use tau_interpreter::blobs::Blobs;
use tau_interpreter::journal::{Entry, ModelAnswered};

use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::sanitize::{one_line, sanitize};
use crate::render::style::{FAINT, STRONG, paint};
use crate::runner::{self, Found};

/// Shows the prompts of a step; of one in a loop, those of all its rounds.
pub(super) fn show(found: &Found, step: &str, context: &mut Context) -> Outcome {
    let blobs = Blobs::new(runner::home()?.blobs());
    let calls: Vec<&ModelAnswered> = found
        .records
        .iter()
        .filter_map(|record| match &record.entry {
            Entry::ModelAnswered(it) if is_of(step, &it.step) => Some(&**it),
            _ => None,
        })
        .collect();
    if calls.is_empty() {
        let message = format!("no model has answered a step `{step}` of this run");
        return Err(Failure::usage(message).help("`tau show` lists the steps"));
    }
    let mut documents = Vec::new();
    for call in calls {
        let lost = |error: std::io::Error| Failure::failed(format!("a prompt is lost: {error}"));
        let sent = call.sent(&blobs).map_err(lost)?;
        let sent = sent.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        match context.form() {
            Form::Human => context.print(&text(call, sent.as_deref())),
            Form::Json | Form::JsonStream => documents.push(document(call, sent.as_deref())),
        }
    }
    if context.form() != Form::Human {
        context.json(&json!({ "schema": "tau.prompts/1", "calls": documents }));
    }
    Ok(Exit::Succeeded)
}

/// Whether a step has this name, or is a round of one that has.
fn is_of(name: &str, step: &str) -> bool {
    let rest = step.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
}

fn text(call: &ModelAnswered, sent: Option<&str>) -> String {
    let head = format!("── {} · {}", one_line(&call.step), one_line(&call.model));
    let mut out = format!("{}\n", paint(STRONG, head));
    let Some(sent) = sent else {
        out.push_str("its record has no prompt: the step says so with `record`\n");
        return out;
    };
    for (role, text) in tau_stdlib::prompt_turns(sent) {
        let role = paint(FAINT, format!("[{}]", one_line(&role)));
        out.push_str(&format!("{role}\n{}\n", sanitize(text.trim_end())));
    }
    out
}

fn document(call: &ModelAnswered, sent: Option<&str>) -> Json {
    let turns = sent.map(tau_stdlib::prompt_turns).map(|turns| {
        let turns = turns.into_iter();
        let turns = turns.map(|(role, text)| json!({ "role": role, "text": text }));
        turns.collect::<Vec<_>>()
    });
    json!({
        "step": call.step,
        "model": call.model,
        "url": call.url,
        "request": call.request,
        "answer": call.answer,
        "status": call.status,
        "seconds": call.seconds,
        "used": call.used,
        "facts": call.facts,
        "turns": turns,
    })
}
