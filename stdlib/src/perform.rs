//! From a call's arguments to a typed result: what all actions share.

use std::future::{Future, ready};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tau_interpreter::action::{Call, Failure, Running};

/// Reads the arguments into `P`, performs the action with the hands `H` of its kind, and turns its
/// result into a value.
pub(crate) fn perform<'a, P, R, H: ?Sized + Sync>(
    call: &'a Call,
    hands: &'a H,
    action: impl FnOnce(P, &'a H) -> Result<R, Failure> + Send + 'a,
) -> Running<'a>
where
    P: DeserializeOwned + Send + 'a,
    R: Serialize + Send + 'a,
{
    perform_waiting(call, hands, move |params, hands| {
        ready(action(params, hands))
    })
}

/// Does the same for an action that waits, for a process or for time.
pub(crate) fn perform_waiting<'a, P, R, F, H: ?Sized + Sync>(
    call: &'a Call,
    hands: &'a H,
    action: impl FnOnce(P, &'a H) -> F + Send + 'a,
) -> Running<'a>
where
    P: DeserializeOwned + Send + 'a,
    R: Serialize,
    F: Future<Output = Result<R, Failure>> + Send + 'a,
{
    Box::pin(async move {
        let params = serde_json::from_value(Value::Object(call.args.clone()))
            .map_err(|error| unusable("arguments", &error))?;
        let result = action(params, hands).await?;
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
