//! Where text from outside comes into a mission, and where all that is made from it ends.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::shape::Shape;
use super::{Walk, again_and_again, has_source};
use crate::plan::Plan;
use crate::source::Span;

/// How many sources are followed at most.
const MAX_SOURCES: usize = 200;
/// How many statements are gone through for that: all of them once for each source, so that what is
/// made from two of them is told of both.
const MAX_WALKED: usize = 200_000;

/// A text from outside, and where it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outside {
    /// An input, a step that gives it, or `failure`; in a called mission behind the step that calls.
    pub source: String,
    /// The action that gives it, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Each place once, in the order of the names. None if it goes nowhere.
    pub ends: Vec<End>,
}

/// A place where text from outside is used up, or leaves the mission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum End {
    /// An argument of an action.
    Argument {
        /// The step.
        step: String,
        /// Its action.
        action: String,
        /// The parameter.
        name: String,
    },
    /// Whether some statements run.
    Condition {
        /// The statements.
        of: Vec<String>,
    },
    /// An output of the mission.
    Output {
        /// Its name.
        name: String,
    },
}

/// See [`Walk::flows`].
#[derive(Default)]
pub(super) struct Flows {
    /// The one source that is followed; without one, all are found.
    only: Option<String>,
    /// The sources in the order in which they are come by, each with the action that gives it.
    sources: Vec<(String, Option<String>)>,
    known: HashSet<String>,
    ends: BTreeSet<End>,
}

/// What comes into a mission from outside, with where it ends, and how many more sources there are
/// that were not followed. Of what goes nowhere only the mission's own inputs are told.
pub(crate) fn outside(plan: &Plan) -> (Vec<Outside>, usize) {
    if !has_source(plan, &mut Vec::new()) {
        return (Vec::new(), 0);
    }
    let all = followed(plan, None).sources;
    let most = (MAX_WALKED / plan.size.statements.max(1)).clamp(1, MAX_SOURCES);
    let more = all.len().saturating_sub(most);
    let sources = all.into_iter().take(most).map(|(source, action)| {
        let ends = followed(plan, Some(source.clone())).ends;
        Outside {
            source,
            action,
            ends: ends.into_iter().collect(),
        }
    });
    let is_input = |it: &Outside| plan.inputs.iter().any(|input| input.name == it.source);
    let sources = sources.filter(|it| is_input(it) || !it.ends.is_empty());
    (sources.collect(), more)
}

fn followed(plan: &Plan, only: Option<String>) -> Flows {
    let mut walk = Walk {
        flows: Some(Flows {
            only,
            ..Flows::default()
        }),
        ..Walk::default()
    };
    again_and_again(&mut walk, |walk| walk.root(plan));
    walk.flows.unwrap_or_default()
}

impl<'a> Walk<'a> {
    /// Something comes in from outside: as `shape` says, or not at all if something else is
    /// followed.
    pub(super) fn source(
        &mut self,
        shape: Shape,
        called: Option<(&'a str, Span)>,
        name: &str,
        action: Option<&str>,
    ) -> Shape {
        if self.flows.is_none() || shape.is_clean() {
            return shape;
        }
        let mut full = self.full_name(name);
        if let Some((step, _)) = called {
            full = format!("{}/{name}", self.full_name(step));
        }
        let Some(flows) = &mut self.flows else {
            return shape;
        };
        match &flows.only {
            Some(only) if *only == full => shape,
            Some(_) => Shape::Clean,
            None => {
                if flows.known.insert(full.clone()) {
                    flows.sources.push((full, action.map(str::to_owned)));
                }
                shape
            }
        }
    }

    /// What is followed ends here.
    pub(super) fn ends(&mut self, end: impl FnOnce(&Self) -> End) {
        if self.flows.as_ref().is_none_or(|flows| flows.only.is_none()) {
            return;
        }
        let end = end(self);
        if let Some(flows) = &mut self.flows {
            flows.ends.insert(end);
        }
    }
}
