//! Models that nobody can ask: no provider, no key, no price.

use std::collections::BTreeSet;

use tau_lang::expr::{Context, Engine};
use tau_lang::plan::Plan;
use tau_lang::plan::needs::{Needed, Status, rules};
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::Effect;

use super::{Finding, Place};
use crate::action::Performer;
use crate::journal::MissingItem;
use crate::ledger::Ledger;
use crate::run::Actions;

/// What is missing for the models that steps ask: those that they name, and else the first that the
/// mission grants.
pub(super) fn lacking(
    plan: &Plan,
    engine: &Engine,
    inputs: &Context,
    needed: &[Needed],
    sources: &SourceMap,
    place: Place<'_>,
) -> Vec<Finding> {
    let asks = needed.iter().filter(|need| {
        need.effect == Effect::Model
            && !place.scripted.contains(&need.action)
            && !asks_elsewhere(place.actions, &need.action)
            && !matches!(need.status, Status::Missing { .. })
    });
    let granted = rules(plan, engine, inputs);
    let first = granted
        .all()
        .iter()
        .filter(|rule| rule.effect == Effect::Model && !rule.deny)
        .flat_map(|rule| place.providers.meant(&rule.pattern))
        .next();
    let mut found = Vec::new();
    let mut said = BTreeSet::new();
    for need in asks {
        let finding = |kind: &'static str, code: &'static str, model: &str, why: String| Finding {
            kind,
            code,
            // Which steps it concerns is said with what is missing; the reason is said once.
            message: format!("no model can be asked. {why}"),
            item: MissingItem {
                effect: "model".to_owned(),
                scope: model.to_owned(),
                step: need.step.clone(),
                at: sources.location(need.at),
                limited_by: "machine".to_owned(),
                limited_at: None,
                grant: None,
            },
        };
        let path = place.providers.path().display();
        let model = match (need.is_known, &first) {
            (true, _) => need.scope.as_str(),
            (false, Some(first)) => first.as_str(),
            // A called mission holds no model that its callers do not.
            (false, None) => {
                let why = format!(
                    "Nothing names one, and no provider of `{path}` has a `default` that is granted: write one \
                     there, such as `[openrouter]` with `default = \"openai/gpt-5\"`, or name a model in the mission"
                );
                found.push(finding("tool", "model-unnamed", "*", why));
                continue;
            }
        };
        if !said.insert((need.step.clone(), model.to_owned())) {
            continue;
        }
        let (provider, own) = match place.providers.of(model) {
            Ok(it) => it,
            Err(why) => {
                found.push(finding("tool", "provider-missing", model, why));
                continue;
            }
        };
        let key = provider.key.as_ref();
        let key = key.and_then(|key| Some((key, place.secrets.look(key, false).err()?)));
        if let Some((key, why)) = key {
            let why = format!("`{model}` needs the secret `{key}`, and {why}");
            found.push(finding("credential", "secret-missing", model, why));
        }
        let limited = Ledger::counts_money(std::slice::from_ref(&granted), model);
        if limited && provider.price(own).is_none() {
            let why = format!(
                "The money for `{model}` is limited, and `{path}` does not say what it costs, as `[{}.models.{own:?}]`",
                provider.name
            );
            found.push(finding("budget", "price-unknown", model, why));
        }
    }
    found
}

/// Whether an action's models are asked by a program that it starts.
fn asks_elsewhere(actions: &Actions, name: &str) -> bool {
    let performer = actions.get(name).map(|action| &action.performer);
    matches!(performer, Some(Performer::Replace(it)) if it.asks_elsewhere())
}
