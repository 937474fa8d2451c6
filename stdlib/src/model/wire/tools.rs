//! What tools are in a conversation, the same for every form: each wire only puts it in its own words.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A tool that a model may call.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::model) struct Tool {
    /// Letters, digits and `_`: no provider takes more.
    pub(in crate::model) name: String,
    pub(in crate::model) description: String,
    /// The JSON schema of its arguments, which are an object.
    pub(in crate::model) parameters: Value,
}

/// A call of a tool, as a model has written it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::model) struct ToolCall {
    /// What its result refers to.
    pub(in crate::model) id: String,
    pub(in crate::model) name: String,
    /// Its arguments as they were written: JSON, if the model made no mistake.
    pub(in crate::model) arguments: String,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::model) struct ToolResult {
    /// That of its call.
    pub(in crate::model) id: String,
    pub(in crate::model) text: String,
    /// It was refused, or did not work.
    pub(in crate::model) is_error: bool,
}

impl ToolCall {
    /// Its arguments; none written are none given.
    ///
    /// # Errors
    /// They are no JSON object: what they are, as a clause.
    pub(in crate::model) fn arguments(&self) -> Result<Map<String, Value>, String> {
        if self.arguments.trim().is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_str(&self.arguments) {
            Ok(Value::Object(arguments)) => Ok(arguments),
            Ok(_) => Err("they are JSON, and no object".to_owned()),
            Err(error) => Err(format!("they are no JSON: {error}")),
        }
    }

    /// Its arguments as they are sent back: a provider refuses a whole request for one that is broken.
    pub(super) fn sent(&self) -> Value {
        Value::Object(self.arguments().unwrap_or_default())
    }
}

/// The calls of an answer, while it comes in pieces. Each piece names the place of its call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::model) struct Called(Vec<(u64, ToolCall)>);

impl Called {
    /// The call at a place.
    pub(super) fn at(&mut self, place: u64) -> &mut ToolCall {
        let known = self.0.iter().position(|(it, _)| *it == place);
        let index = known.unwrap_or_else(|| {
            self.0.push((place, ToolCall::default()));
            self.0.len() - 1
        });
        &mut self.0[index].1
    }

    /// The call at a place, if it has begun.
    pub(super) fn begun(&mut self, place: u64) -> Option<&mut ToolCall> {
        let mut all = self.0.iter_mut();
        all.find(|(it, _)| *it == place).map(|(_, call)| call)
    }

    /// The place of the call that began last.
    pub(super) fn last(&self) -> Option<u64> {
        self.0.last().map(|(place, _)| *place)
    }

    /// Adds a call that came at once.
    pub(super) fn push(&mut self, call: ToolCall) {
        let place = self.0.iter().map(|(place, _)| place + 1).max();
        self.0.push((place.unwrap_or(0), call));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The calls in their order. Each gets an id that no other of them has: some servers give none, or
    /// the same one again. Without a name and arguments it is none.
    pub(in crate::model) fn calls(&self) -> Vec<ToolCall> {
        let written = self.0.iter().map(|(_, call)| call);
        let written = written.filter(|call| !call.name.is_empty() || !call.arguments.is_empty());
        let mut all: Vec<ToolCall> = Vec::new();
        for call in written {
            let mut call = call.clone();
            let is_taken = |id: &str| all.iter().any(|other| other.id == id);
            if call.id.is_empty() || is_taken(&call.id) {
                let mut number = all.len() + 1;
                while is_taken(&format!("call_{number}")) {
                    number += 1;
                }
                call.id = format!("call_{number}");
            }
            all.push(call);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
        ToolCall {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        }
    }

    #[test]
    fn every_call_has_an_id_of_its_own() {
        let mut called = Called::default();
        for it in [
            call("a", "x", ""),
            call("", "x", "{}"),
            call("a", "y", ""),
            call("call_2", "y", ""),
            call("z", "", ""),
        ] {
            called.push(it);
        }
        let ids: Vec<String> = called.calls().into_iter().map(|it| it.id).collect();
        assert_eq!(ids, ["a", "call_2", "call_3", "call_4"]);
    }

    #[test]
    fn arguments_are_an_object_or_a_mistake() {
        let arguments = |text| call("", "x", text).arguments();
        assert_eq!(arguments(" "), Ok(Map::new()));
        assert_eq!(arguments("{\"a\":1}").unwrap()["a"], 1);
        assert_eq!(
            arguments("[1]").unwrap_err(),
            "they are JSON, and no object"
        );
        assert!(arguments("{\"a\":").unwrap_err().contains("no JSON"));
        assert_eq!(call("", "x", "{\"a\":").sent(), serde_json::json!({}));
    }
}
