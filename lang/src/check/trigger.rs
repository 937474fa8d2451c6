//! `on` items: the event, what it is asked for, and the mission that it starts.

use super::scope::{Scope, What};
use super::{Checker, schedule};
use crate::diagnostic::{Kind, nearest};
use crate::syntax::tree::{Arg, Step, Trigger, ValueKind};

impl<'a> Checker<'a> {
    pub(super) fn trigger(&mut self, trigger: &'a Trigger) {
        let name = trigger.event.text.as_str();
        let Some(event) = self.library.events.get(name) else {
            let near = nearest(name, self.library.events.keys().map(String::as_str));
            let kind = Kind::TriggerUnknown {
                name: name.to_owned(),
                near: near.map(str::to_owned),
            };
            self.report(kind, trigger.event.at.0);
            return;
        };
        let asked = Step {
            name: trigger.event.clone(),
            action: trigger.event.clone(),
            args: trigger.args.clone(),
            after: Vec::new(),
            when: None,
            retry: None,
            timeout: None,
            least_box: None,
            may_fail: false,
        };
        // What is waited for is known before anything happens.
        self.arguments(&asked, name, &event.params, &mut Scope::default());
        if name == "schedule" {
            self.schedule(&trigger.args);
        }
        if let Some(plan) = self.started_mission(&trigger.run) {
            let mut scope = Scope::default();
            scope.add("event", event.result.clone(), What::Result, trigger.at.0);
            let inputs = self.call_arguments(&trigger.run, &plan, &mut scope);
            let found = super::taint::trigger(trigger, &event.result, &plan, &inputs);
            self.diagnostics.extend(found);
        }
    }

    fn schedule(&mut self, args: &[Arg]) {
        let cron = args
            .iter()
            .find(|arg| arg.name.as_ref().is_none_or(|name| name.text == "cron"));
        let Some(cron) = cron else { return };
        if let ValueKind::Text(template) = &cron.value.kind
            && let Some(text) = template.as_literal()
            && let Err(why) = schedule::check(text)
        {
            let schedule = text.to_owned();
            self.report(Kind::ScheduleInvalid { schedule, why }, cron.value.at.0);
        }
    }
}
