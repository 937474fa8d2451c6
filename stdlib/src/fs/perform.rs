//! From a call's arguments to a typed result: what all file actions share.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tau_interpreter::action::{Call, Failure, Hands, Running};

/// Reads the arguments into `P`, performs the action, and turns its result into a value.
pub(super) fn perform<P, R>(
    call: &Call,
    action: fn(P, &dyn Hands) -> Result<R, Failure>,
) -> Running<'_>
where
    P: DeserializeOwned + 'static,
    R: Serialize + 'static,
{
    Box::pin(async move {
        let params = serde_json::from_value(Value::Object(call.args.clone()))
            .map_err(|error| unusable("arguments", &error))?;
        let result = action(params, call.hands.as_ref())?;
        serde_json::to_value(result).map_err(|error| unusable("result", &error))
    })
}

/// The face is checked before the call, so this is a fault of the caller, not of its user.
fn unusable(what: &str, error: &serde_json::Error) -> Failure {
    Failure::new(
        &format!("action-{what}"),
        format!("The action's {what} do not fit its face: {error}."),
    )
}
