//! What may be spent on models. All scopes of a line share its limits, and what is asked is taken
//! from the first line that covers it.

use std::collections::BTreeSet;

use super::line::Line;
use crate::syntax::tree::{Effect, LimitKind};

/// The lines of the new mission, by number, with which more may be spent than the old one allows.
///
/// Each line of the old mission is an account. What the new lines may take together of what the old
/// mission would have taken from it must fit into it.
pub(super) fn over(old: &[Line], new: &[Line]) -> BTreeSet<usize> {
    let (old, new) = (models(old), models(new));
    let mut over = BTreeSet::new();
    for account in old.iter().map(|line| line.grant).collect::<BTreeSet<_>>() {
        let takers: BTreeSet<usize> = new
            .iter()
            .enumerate()
            .filter(|(at, taker)| {
                old.iter().enumerate().any(|(from, line)| {
                    line.grant == account && may_take((&old, from), (&new, *at), line, taker)
                })
            })
            .map(|(_, taker)| taker.grant)
            .collect();
        for kind in [LimitKind::Calls, LimitKind::Tokens, LimitKind::Cost] {
            let Some(most) = limit(&old, account, kind) else {
                continue;
            };
            let all = takers.iter().map(|taker| limit(&new, *taker, kind));
            let sum = all
                .reduce(|a, b| Some(a?.saturating_add(b?)))
                .unwrap_or(Some(0));
            if sum.is_none_or(|sum| sum > most) {
                over.extend(&takers);
            }
        }
    }
    over
}

fn models(lines: &[Line]) -> Vec<&Line> {
    lines.iter().filter(|line| line.is_model()).collect()
}

/// Whether there may be a model that the old mission takes from `line` and the new one from
/// `taker`: both cover it, and none of the lines before them surely does.
fn may_take(
    (old, from): (&[&Line], usize),
    (new, at): (&[&Line], usize),
    line: &Line,
    taker: &Line,
) -> bool {
    let before = old[..from].iter().chain(&new[..at]);
    let mut before = before.map(|it| &it.scope);
    line.scope.may_meet(&taker.scope)
        && !before.any(|it| {
            it.covers(&line.scope, Effect::Model, false)
                || it.covers(&taker.scope, Effect::Model, false)
        })
}

/// The least limit of this kind that a line has.
fn limit(lines: &[&Line], number: usize, kind: LimitKind) -> Option<u64> {
    let line = lines.iter().find(|line| line.grant == number)?;
    line.limits
        .iter()
        .filter(|it| it.kind == kind)
        .filter_map(|it| kind.amount(&it.amount.value))
        .min()
}
