//! Needed against granted: one computation for linting, planning and the moment before a run.

mod frame;
mod judge;
mod limited;
mod walk;

use self::frame::Frame;
pub use self::frame::{DEFAULT_TIMEOUT_MS, Granting, grantings, verifier_value};
pub(super) use self::frame::{granted_texts, scope_text};
use self::walk::Walk;
use super::Plan;
use crate::authority::Rules;
use crate::expr::{Context, Engine};
use crate::policy::Policies;
use crate::source::Span;
use crate::syntax::command;
use crate::syntax::tree::Effect;

/// One thing that a step needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Needed {
    /// What it is about.
    pub effect: Effect,
    /// For git.
    pub verb: Option<String>,
    /// A path, command or ref, or the expression that gives it.
    pub scope: String,
    /// It is the former.
    pub is_known: bool,
    /// The step, with the calls that lead to it: `prove/edit`.
    pub step: String,
    /// The dotted name of its action.
    pub action: String,
    /// Where the step stands; for one in a called mission, where the call stands.
    pub at: Span,
    /// Whether it is granted.
    pub status: Status,
}

/// See [`Needed::status`].
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// By the grant at this place.
    Granted(Span),
    /// Its value is known only when it runs; it is checked then.
    Later,
    /// By nothing.
    Missing {
        /// Who limits it: `mission`, `caller`, `policy`.
        limited_by: &'static str,
        /// The line of the policy that limits it, as `/etc/tau/policy.tau:3:3`.
        limited_at: Option<String>,
        /// Who takes it away, as a clause, if it is denied.
        denied_by: Option<String>,
        /// The line that would grant it; none for what is denied.
        grant: Option<String>,
        /// Where that line is missing, if not in the mission itself: the called mission or action,
        /// such as "action `note`".
        callee: Option<String>,
    },
}

impl Status {
    /// The line that would grant it, with a comment that says where, unless that is the mission.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let Status::Missing { grant, callee, .. } = self else {
            return None;
        };
        let line = grant.clone()?;
        Some(match callee {
            Some(callee) => format!("{line}  # in the {callee}"),
            None => line,
        })
    }
}

/// Everything that the steps of a plan need, in the order of the text, judged with what is
/// `known`: nothing while linting, the inputs before a run; and with the policies that hold, of
/// which linting knows none.
#[must_use]
pub fn needed(plan: &Plan, policies: &Policies, engine: &Engine, known: &Context) -> Vec<Needed> {
    let mut walk = Walk {
        engine,
        policies,
        found: Vec::new(),
        path: Vec::new(),
        called_at: None,
        expanded: 0,
        frames: vec![Frame::new(plan, engine, known.clone(), &[])],
    };
    plan.blocks().for_each(|block| walk.block(block));
    walk.found
}

/// The rules of a plan as far as its grants are known, with what its verifiers protect.
#[must_use]
pub fn rules(plan: &Plan, engine: &Engine, known: &Context) -> Rules {
    Frame::new(plan, engine, known.clone(), &[]).rules
}

/// What is known at the beginning of a mission whose inputs are: its verifiers, and the branch that it
/// will have.
pub(in crate::plan) fn known_at(plan: &Plan, engine: &Engine, inputs: &Context) -> Context {
    Frame::new(plan, engine, inputs.clone(), &[]).known
}

/// The words of a written command, for finding its program.
#[must_use]
pub fn program(command_text: &str) -> Option<String> {
    command::words(command_text).ok()?.into_iter().next()
}
