//! What all effects on GitHub have in common: intended, done, looked up.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tau_interpreter::action::{
    Act, Acting, Call, External, Failure, Found, Intended, Intention, Later, NotDone, Survey,
};

use super::marker::Marker;
use crate::by_hand;

/// One effect. It is made of the arguments of its action, and looked up from itself alone.
pub(super) trait Effect: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Looks at what it needs to know before, and says what it is about to do.
    fn prepare<'a>(&'a mut self, hands: &'a dyn Survey) -> Later<'a, String>;

    /// What the action gives, if it is there.
    fn look<'a>(&'a self, marker: &'a Marker, hands: &'a dyn Survey) -> Later<'a, Option<Value>>;

    /// The command with which a person does it.
    fn by_hand(&self) -> String;

    /// Does it, once.
    fn act<'a>(&'a self, marker: &'a Marker, hands: &'a dyn Act) -> Acting<'a>;
}

/// The action that performs it.
pub(super) struct Performed<E>(PhantomData<fn() -> E>);

impl<E> Performed<E> {
    pub(super) fn new() -> Performed<E> {
        Performed(PhantomData)
    }
}

impl<E: Effect> External for Performed<E> {
    fn intend<'a>(&'a self, call: &'a Call, hands: &'a dyn Survey) -> Later<'a, Intention> {
        Box::pin(async move {
            let mut effect: E = read("arguments", Value::Object(call.args.clone()))?;
            let prepared = effect.prepare(hands).await;
            let what = prepared.map_err(|failure| by_hand::told(failure, &effect.by_hand()))?;
            Ok(Intention {
                what,
                detail: json!(effect),
                result: None,
            })
        })
    }

    fn look_up<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Survey) -> Later<'a, Found> {
        Box::pin(found::<E>(intended, hands))
    }

    fn act<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Act) -> Acting<'a> {
        Box::pin(async move {
            let effect: E = of(intended).map_err(NotDone::Refused)?;
            let acted = effect.act(&Marker::new(&intended.marker), hands).await;
            acted.map_err(|not| match not {
                NotDone::Refused(failure) => {
                    NotDone::Refused(by_hand::told(failure, &effect.by_hand()))
                }
                not @ NotDone::Unclear(_) => not,
            })
        })
    }

    fn read_back<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Survey) -> Later<'a, Found> {
        Box::pin(found::<E>(intended, hands))
    }
}

async fn found<E: Effect>(intended: &Intended, hands: &dyn Survey) -> Result<Found, Failure> {
    let effect: E = of(intended)?;
    let there = effect.look(&Marker::new(&intended.marker), hands).await?;
    Ok(there.map_or(Found::Absent, Found::There))
}

fn of<E: Effect>(intended: &Intended) -> Result<E, Failure> {
    read("intention", intended.intention.detail.clone())
}

/// The face is checked before the call, so this is a fault of the caller, not of its user.
fn read<E: Effect>(what: &str, value: Value) -> Result<E, Failure> {
    serde_json::from_value(value).map_err(|error| {
        let message = format!("The action's {what} do not fit its face: {error}.");
        Failure::new(&format!("action-{what}"), message)
    })
}
