//! What an agent asks permission for. The box and the look at the tree hold whatever is answered; the
//! answer spares an agent work that would be taken back.

use serde_json::{Value, json};
use tau_interpreter::action::Desk;

/// The answer to a request for permission: once or not at all, and never for always.
pub(super) fn answer(params: &Value, desk: &dyn Desk) -> Value {
    let call = &params["toolCall"];
    let options = params["options"].as_array().map_or(&[][..], Vec::as_slice);
    let of_kind = |kind: &str| {
        let found = options.iter().find(|option| option["kind"] == kind);
        found.and_then(|option| option["optionId"].as_str())
    };
    let chosen = match is_granted(call, desk) {
        true => of_kind("allow_once"),
        false => of_kind("reject_once").or_else(|| of_kind("reject_always")),
    };
    match chosen {
        Some(id) => json!({ "outcome": { "outcome": "selected", "optionId": id } }),
        None => json!({ "outcome": { "outcome": "cancelled" } }),
    }
}

/// Whether a call is within what the step may do, as far as it says what it does: a change is of files
/// that may be written. Anything else it could do without asking.
fn is_granted(call: &Value, desk: &dyn Desk) -> bool {
    let changes = matches!(call["kind"].as_str(), Some("edit" | "delete" | "move"));
    let located = call["locations"].as_array().into_iter().flatten();
    let shown = call["content"].as_array().into_iter().flatten();
    let differs = shown.filter(|part| part["type"] == "diff");
    let may_write = |part: &Value| match part["path"].as_str() {
        Some(path) => desk.may_write(path).is_ok(),
        None => false,
    };
    let located: Vec<&Value> = located.filter(|_| changes).collect();
    located.into_iter().chain(differs).all(may_write)
}
