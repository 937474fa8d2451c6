//! `time.until`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use super::date::moment;
use crate::perform::perform_waiting;

/// Waits for a date.
pub(super) struct Until;

#[derive(Deserialize)]
struct Params {
    at: String,
}

impl Observe for Until {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform_waiting(call, hands, until)
    }
}

async fn until(params: Params, hands: &dyn Look) -> Result<(), Failure> {
    let date = moment(&params.at);
    let date =
        date.map_err(|why| Failure::new("date-invalid", format!("It cannot wait: {why}.")))?;
    hands.wait_until(date).await
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tau_interpreter::action::FailureKind;

    use crate::fake::Fake;

    #[test]
    fn a_date_that_is_over_is_not_waited_for() {
        let until = |at: &str| Fake::default().call("time.until", json!({ "at": at }));
        assert_eq!(until("1969-12-31T00:00Z"), Ok(Value::Null));
        let waits = until("2026-12-01T09:00+01:00").unwrap_err();
        let FailureKind::Until(wait) = waits.kind else {
            panic!("{waits:?}");
        };
        assert_eq!(wait.to_string(), "until 2026-12-01T08:00:00Z");
    }

    #[test]
    fn what_is_no_date_is_said() {
        let args = json!({ "at": "soon" });
        let failure = Fake::default().call("time.until", args).unwrap_err();
        assert_eq!(failure.code, "date-invalid");
        assert!(failure.message.contains("`soon` is no date and time"));
    }
}
