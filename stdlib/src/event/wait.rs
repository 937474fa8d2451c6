//! `event.wait`

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};
use tau_interpreter::wait;

use crate::perform::perform;

/// Waits for an event.
pub(super) struct Wait;

#[derive(Deserialize)]
struct Params {
    name: String,
    /// In milliseconds. It must be there, also when it is `null`.
    #[serde(deserialize_with = "Option::deserialize")]
    within: Option<u64>,
}

#[derive(Serialize)]
struct Came {
    text: String,
    fields: BTreeMap<String, String>,
    by: String,
    at: String,
}

impl Observe for Wait {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, wait)
    }
}

fn wait(params: Params, hands: &dyn Look) -> Result<Came, Failure> {
    wait::check(&params.name, &Json::Null).map_err(|why| {
        let message = format!("`{}` is no name of an event: {why}.", params.name);
        Failure::new("event-invalid", message)
    })?;
    let sent = hands.event(&params.name, params.within.map(Duration::from_millis))?;
    let fields = sent.data.as_object().into_iter().flatten();
    Ok(Came {
        fields: fields
            .map(|(name, value)| (name.clone(), text(value)))
            .collect(),
        text: text(&sent.data),
        by: sent.by.name,
        at: sent.at.to_string(),
    })
}

/// A text as it is, anything else as JSON.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tau_interpreter::action::FailureKind;

    use crate::fake::Fake;

    #[test]
    fn it_waits_until_the_event_comes() {
        let hands = Fake::default();
        let args = json!({ "name": "review", "within": 60_000 });
        let waits = hands.call("event.wait", args.clone()).unwrap_err();
        let FailureKind::Until(wait) = waits.kind else {
            panic!("{waits:?}");
        };
        assert_eq!(wait.event.as_deref(), Some("review"));
        assert_eq!(wait.until, Some("1970-01-01T00:01:00Z".parse().unwrap()));
        hands.sends("review", json!({ "verdict": "accept", "notes": [1, "b"] }));
        let came = hands.call("event.wait", args).unwrap();
        let fields = json!({ "verdict": "accept", "notes": "[1,\"b\"]" });
        assert_eq!(came["fields"], fields);
        assert_eq!(came["text"], "{\"notes\":[1,\"b\"],\"verdict\":\"accept\"}");
        assert_eq!(
            (&came["by"], &came["at"]),
            (&json!("ann"), &json!("1970-01-01T00:00:00Z"))
        );
    }

    #[test]
    fn a_text_is_given_as_it_is() {
        let hands = Fake::default();
        hands.sends("note", json!("one\ntwo"));
        let came = hands.call("event.wait", json!({ "name": "note", "within": null }));
        let came = came.unwrap();
        assert_eq!(
            (&came["text"], &came["fields"]),
            (&json!("one\ntwo"), &json!({}))
        );
    }

    #[test]
    fn a_name_that_nobody_could_send_is_refused() {
        let args = json!({ "name": "two words", "within": null });
        let failure = Fake::default().call("event.wait", args).unwrap_err();
        assert_eq!(failure.code, "event-invalid");
    }
}
