//! Commands that may reach hosts, where no box gives them a way there.

use std::collections::BTreeSet;

use tau_lang::format;
use tau_lang::plan::Plan;
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::Effect;

use crate::journal::{Blocked, MissingItem};
use crate::sandbox::Tier;

/// What keeps a plan from running in a box of this tier: a command of it is granted hosts, and the
/// box leads to no proxy. Without a box it has the machine's network.
#[must_use]
pub(crate) fn no_network(
    plan: &Plan,
    tier: Tier,
    scripted: &BTreeSet<String>,
    sources: &SourceMap,
) -> Option<Blocked> {
    if matches!(tier, Tier::None | Tier::Full) {
        return None;
    }
    let (node, _) = plan.reaching(&|action| scripted.contains(action))?;
    let grants = plan.grants.iter().filter(|grant| !grant.deny);
    let grants = grants.filter(|grant| grant.effect == Effect::Net);
    let hosts = grants.flat_map(|grant| &grant.scopes);
    let missing = hosts.map(|host| MissingItem {
        effect: Effect::Net.to_string(),
        scope: format::value(host).trim_matches('"').to_owned(),
        step: node.name.clone(),
        at: sources.location(node.at),
        limited_by: "machine".to_owned(),
        limited_at: None,
        grant: None,
    });
    Some(Blocked {
        kind: "enforcement".to_owned(),
        code: "box-without-network".to_owned(),
        message: format!(
            "Step `{}` starts a command that is granted hosts, and in a box `{tier}` no command reaches \
             any. A box `full` gives it those hosts alone; with `--box none` it has all your rights.",
            node.name
        ),
        mutations: 0,
        missing: missing.collect(),
        inputs: Vec::new(),
    })
}
