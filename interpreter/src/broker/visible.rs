//! What commands see of the mission's tree: what no denial of reading takes away.

use tau_lang::authority::{Decision, Holder, Pattern, Rules};
use tau_lang::glob::Glob;
use tau_lang::syntax::tree::Effect;

use super::{Broker, repository};
use crate::action::Failure;
use crate::repository::{Edit, Oid};

impl Broker {
    /// `tree` without the files that a policy, or a mission that leads to the step, denies to be read.
    /// Narrower grants of reading bound what actions read, and no command: builds read whatever is
    /// beside their sources.
    pub(super) fn seen_by_steps(&self, tree: Oid) -> Result<Oid, Failure> {
        self.without_denied(tree, |_| true, &[])
    }

    /// The same for what decides about the tree: a mission may keep files from its steps which its
    /// verifier needs, such as tests that nobody is to see before. Also without `hidden`.
    pub(super) fn seen_by_verifiers(&self, tree: Oid, hidden: &[Glob]) -> Result<Oid, Failure> {
        self.without_denied(tree, |rules| rules.holder() == Holder::Policy, hidden)
    }

    fn without_denied(
        &self,
        tree: Oid,
        whose: impl Fn(&Rules) -> bool,
        hidden: &[Glob],
    ) -> Result<Oid, Failure> {
        let denies = |rules: &&Rules| {
            let mut all = rules.all().iter();
            let is_file = |pattern: &Pattern| matches!(pattern, Pattern::Glob(_));
            all.any(|it| it.deny && it.effect == Effect::Read && is_file(&it.pattern))
        };
        let denying = self.rules.iter().filter(|it| whose(it)).filter(denies);
        let denying: Vec<&Rules> = denying.collect();
        if denying.is_empty() && hidden.is_empty() {
            return Ok(tree);
        }
        let is_denied = |path: &str| {
            denying
                .iter()
                .any(|it| matches!(it.decide(Effect::Read, None, path), Decision::Denied(_)))
        };
        let store = self.world.workspace.store();
        let all = store.list(&tree).map_err(repository)?.into_iter();
        let gone = all
            .filter(|it| hidden.iter().any(|glob| glob.matches(&it.path)) || is_denied(&it.path));
        let edits: Vec<Edit> = gone
            .map(|entry| Edit {
                path: entry.path,
                to: None,
            })
            .collect();
        store.apply(&tree, &edits).map_err(repository)
    }
}
