//! `test` items: the mission, what is scripted, what is expected.

use std::sync::Arc;

use super::Checker;
use super::scope::{Scope, What};
use crate::diagnostic::{Kind, nearest};
use crate::glob;
use crate::plan::test::{Given, Outcome, Target, Test};
use crate::plan::{NodeKind, Plan};
use crate::syntax::tree::{self, CallOf, GivenOutcome, Value, ValueKind};
use crate::types::{STRING, Type};

impl<'a> Checker<'a> {
    /// A test whose mission has a plan. Its values are known before the run, so they use no names.
    pub(super) fn test(&mut self, test: &'a tree::Test) -> Option<Test> {
        let name = test.name.value.clone();
        if test.expect.is_empty() {
            let name = name.clone();
            self.report(Kind::TestExpectsNothing { name }, test.name.at.0);
        }
        let files = self.test_files(test);
        let Some(run) = &test.run else {
            self.report(Kind::TestWithoutRun { name }, test.name.at.0);
            return None;
        };
        let plan = self.started_mission(run)?;
        let args = self.call_arguments(run, &plan, &mut Scope::default());
        let given: Vec<Given> = test
            .given
            .iter()
            .filter_map(|given| self.given(given, &plan))
            .collect();
        let mut scope = result_scope(&plan);
        for expect in &test.expect {
            self.condition(&expect.condition, &mut scope);
        }
        Some(Test {
            name,
            plan,
            args,
            files,
            given,
            expect: test.expect.iter().map(|it| it.condition.clone()).collect(),
            at: test.at.0,
        })
    }

    /// The mission that something other than a step starts.
    pub(super) fn started_mission(&mut self, run: &CallOf) -> Option<Arc<Plan>> {
        let name = &run.mission.text;
        if !self.is_callable(name) {
            let imported: Vec<String> = self.imports.callables().collect();
            let own = self.local.keys().copied();
            let known = own.chain(imported.iter().map(String::as_str));
            let near = self.diagnostics.nearest(name, known);
            let kind = Kind::MissionMissing {
                asked: Some(name.clone()),
                near: near.map(str::to_owned),
            };
            self.report(kind, run.mission.at.0);
            return None;
        }
        self.called.insert(name.clone());
        self.plan(name)
    }

    /// Its inputs.
    pub(super) fn call_arguments(
        &mut self,
        run: &CallOf,
        plan: &Plan,
        scope: &mut Scope,
    ) -> Vec<(String, Value, Type)> {
        let step = tree::Step {
            name: run.mission.clone(),
            action: run.mission.clone(),
            args: run.args.clone(),
            after: Vec::new(),
            when: None,
            retry: None,
            timeout: None,
            least_box: None,
            may_fail: false,
        };
        self.arguments(&step, &run.mission.text, &plan.inputs, scope)
    }

    fn test_files(&mut self, test: &tree::Test) -> Vec<(String, Value)> {
        let mut files: Vec<(String, Value)> = Vec::new();
        for (path, text) in &test.files {
            let name = &path.value;
            if let Err(why) = glob::check_path(name) {
                let kind = Kind::PathInvalid {
                    path: name.clone(),
                    why,
                };
                self.report(kind, path.at.0);
                continue;
            }
            if files.iter().any(|(it, _)| it == name) {
                let kind = Kind::DuplicateName {
                    what: "a file".to_owned(),
                    name: name.clone(),
                };
                self.report(kind, path.at.0);
                continue;
            }
            let what = format!("the text of `{name}`");
            self.value(text, &STRING, &what, &mut Scope::default());
            files.push((name.clone(), text.clone()));
        }
        files
    }

    fn given(&mut self, given: &tree::Given, plan: &Plan) -> Option<Given> {
        let (target, ty) = self.given_target(given, plan)?;
        let what = format!("what `{}` returns", given.target);
        let outcome = match &given.outcome {
            GivenOutcome::Returns(value) => {
                self.returned(value, &ty, &what);
                Outcome::Returns(value.clone())
            }
            GivenOutcome::Fails(message) => {
                self.value(message, &STRING, "the message", &mut Scope::default());
                Outcome::Fails(message.clone())
            }
        };
        Some(Given {
            target,
            outcome,
            ty,
            at: given.at.0,
        })
    }

    /// A dotted name is an action, any other a step of the mission itself.
    fn given_target(&mut self, given: &tree::Given, plan: &Plan) -> Option<(Target, Type)> {
        let name = given.target.text.as_str();
        let mut called: Vec<&str> = Vec::new();
        let mut steps: Vec<(&str, &Type)> = Vec::new();
        called_actions(plan, &mut called);
        for block in plan.blocks() {
            block.each_step(&mut |node, step| {
                steps.push((&node.name, &step.result));
            });
        }
        if let Some(signature) = self.library.actions.get(name) {
            if !called.contains(&name) {
                let name = name.to_owned();
                let mission = plan.mission.clone();
                self.report(Kind::GivenUnused { name, mission }, given.target.at.0);
            }
            return Some((Target::Action(name.to_owned()), signature.result.clone()));
        }
        if let Some((_, ty)) = steps.iter().find(|(it, _)| *it == name) {
            return Some((Target::Step(name.to_owned()), (*ty).clone()));
        }
        let known = called.into_iter().chain(steps.iter().map(|(it, _)| *it));
        let kind = Kind::GivenUnknown {
            name: name.to_owned(),
            mission: plan.mission.clone(),
            near: nearest(name, known).map(str::to_owned),
        };
        self.report(kind, given.target.at.0);
        None
    }

    /// What a scripted action returns: of a record, as many fields as the test cares for.
    fn returned(&mut self, value: &Value, wanted: &Type, what: &str) {
        let scope = &mut Scope::default();
        let (ValueKind::Map(entries), Type::Record(fields)) = (&value.kind, wanted.bare()) else {
            self.value(value, wanted, what, scope);
            return;
        };
        for (name, value) in entries {
            match fields.iter().find(|(it, _)| *it == name.text) {
                Some((_, ty)) => self.returned(value, ty, &format!("`{name}`")),
                None => {
                    let near = nearest(&name.text, fields.iter().map(|(it, _)| it.as_str()));
                    let kind = Kind::PropertyUnknown {
                        of: what.to_owned(),
                        name: name.text.clone(),
                        near: near.map(str::to_owned),
                    };
                    self.report(kind, name.at.0);
                }
            }
        }
    }
}

/// The actions that a mission performs, also those of the missions it calls.
fn called_actions<'p>(plan: &'p Plan, found: &mut Vec<&'p str>) {
    fn block<'p>(it: &'p crate::plan::Block, found: &mut Vec<&'p str>) {
        for node in &it.nodes {
            match &node.kind {
                NodeKind::Step(step) => found.push(&step.action),
                NodeKind::Call(call) => called_actions(&call.plan, found),
                kind => kind.blocks().into_iter().for_each(|it| block(it, found)),
            }
        }
    }
    plan.blocks().for_each(|it| block(it, found));
}

/// What an expectation can see.
fn result_scope(plan: &Plan) -> Scope {
    let mut scope = Scope::default();
    if let Type::Record(fields) = plan.result_type() {
        for (name, ty) in fields {
            scope.add(&name, ty, What::Result, plan.at);
        }
    }
    scope
}
