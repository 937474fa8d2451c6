//! `on` items: what an event brings is followed into the mission that it starts.

use super::expression::Names;
use super::trace::Trace;
use super::{Frame, Walk, insert, types, until_nothing_is_new};
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::syntax::tree::{Trigger, Value};
use crate::types::Type;

/// What the mission that an `on` item starts does with what the event brings, and may not.
///
/// `event` is the type of that, and `inputs` are the inputs that the item gives to the mission.
pub(in crate::check) fn trigger(
    item: &Trigger,
    event: &Type,
    plan: &Plan,
    inputs: &[(String, Value, Type)],
) -> Vec<Diagnostic> {
    if !types::has_outside(event) {
        return Vec::new();
    }
    let event_name = &item.event;
    let says = format!("`{event_name}` brings text from outside");
    let source = Trace::source(event_name.at.0, says, 0);
    let mut names = Names::new();
    insert(&mut names, "event", types::declared(event, &source));
    until_nothing_is_new(|walk| walk.event(item, names.clone(), plan, inputs))
}

impl<'a> Walk<'a> {
    /// The item is where the way begins, as if it were a mission that calls the other one.
    fn event(
        &mut self,
        item: &'a Trigger,
        names: Names,
        plan: &'a Plan,
        inputs: &[(String, Value, Type)],
    ) {
        self.frames.push(Frame {
            at: item.at.0,
            called: None,
            names,
        });
        let mission = &item.run.mission;
        let mut args = Names::new();
        for (name, value, ty) in inputs {
            let shape = self.passed(value, || format!("goes into `{name}` of `{mission}`"));
            insert(&mut args, name, types::narrowed(shape, ty));
        }
        if !args.is_empty() {
            self.mission(plan, Some((&mission.text, mission.at.0)), args);
        }
        self.frames.pop();
    }
}
