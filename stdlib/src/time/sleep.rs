//! `time.sleep`

use std::time::Duration;

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use crate::perform::perform_waiting;

/// Lets time pass.
pub(super) struct Sleep;

#[derive(Deserialize)]
struct Params {
    /// In milliseconds.
    r#for: u64,
}

impl Observe for Sleep {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform_waiting(call, hands, sleep)
    }
}

async fn sleep(params: Params, hands: &dyn Look) -> Result<(), Failure> {
    hands.sleep(Duration::from_millis(params.r#for)).await
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fake::Fake;

    #[test]
    fn it_sleeps_as_long_as_it_is_told() {
        let hands = Fake::default();
        let result = hands.call("time.sleep", json!({ "for": 1500 }));
        assert_eq!(result, Ok(Value::Null));
        assert_eq!(hands.slept(), [Duration::from_millis(1500)]);
    }
}
