//! Steps that may take or spend any amount, and timeouts that the mission's time makes vain.

use super::Checker;
use crate::diagnostic::{Diagnostic, Kind, Severity};
use crate::expr;
use crate::plan::cost::{Unbounded, Why, unbounded};
use crate::plan::document::{duration, line};
use crate::plan::{Block, For, Modifiers, NodeKind, Plan, Step};
use crate::source::Span;
use crate::syntax::tree::{LimitKind, LiteralValue, Value, ValueKind};

impl Checker<'_> {
    pub(super) fn cost(&mut self, plan: &Plan) {
        let mut found = unbounded(plan, &self.library.engine);
        // What cannot be read has no bound that could be.
        found.retain(|it| !self.is_wrong_in(it.step.at));
        // What one step spends is one finding, however many things it is.
        while let Some(first) = found.first().cloned() {
            let (same, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| {
                it.step == first.step && it.grant.is_some() == first.grant.is_some()
            });
            found = others;
            self.unbounded(plan, &same);
        }
        if let Some(most) = plan.time_limit() {
            let time = plan.grants.iter().find(|grant| {
                let limits = grant.limits.iter();
                limits.clone().any(|limit| limit.kind == LimitKind::Time)
            });
            for block in plan.blocks() {
                self.beyond(block, most, time.map(|grant| grant.at));
            }
        }
    }

    fn is_wrong_in(&self, span: Span) -> bool {
        self.diagnostics.iter().any(|one| {
            one.severity() == Severity::Error
                && !one.kind.is_authority()
                && one.span.file == span.file
                && span.start <= one.span.start
                && one.span.end <= span.end
        })
    }

    fn unbounded(&mut self, plan: &Plan, same: &[Unbounded]) {
        let Some(first) = same.first() else { return };
        let words: Vec<&str> = same.iter().map(|it| word(it.what)).collect();
        let stated = match &first.step.why {
            Why::Unstated(action) => format!("`{action}` states no bound"),
            Why::KnownLater(value) => format!("`{value}` is known only when it runs"),
        };
        let grant = first.grant.and_then(|index| plan.grants.get(index));
        let (why, add) = match grant {
            None => (
                format!("{stated}, it has no `timeout`, and no `time` is granted"),
                "add `timeout 10m` to the step, or `time 30m` to `authority`".to_owned(),
            ),
            Some(grant) => {
                let line = line(grant);
                let mut limits: Vec<String> = same.iter().map(|it| example(it.what)).collect();
                limits.dedup();
                let before = if grant.limits.is_empty() {
                    " up to"
                } else {
                    ","
                };
                let bounded = format!("{line}{before} {}", limits.join(", "));
                (
                    format!("{stated}, and neither does `{line}`"),
                    format!("bound the grant: `{bounded}`"),
                )
            }
        };
        let kind = Kind::CostUnbounded {
            step: first.step.step.clone(),
            what: words.join(" and "),
            why,
            add,
        };
        let found = Diagnostic::new(kind, first.step.at);
        self.diagnostics.push(match grant {
            Some(grant) => found.label(grant.at, "granted here without a bound"),
            None => found,
        });
    }

    /// Steps of the mission itself whose own bound is written, and longer than all of it may take.
    fn beyond(&mut self, block: &Block, most: u64, time: Option<Span>) {
        for node in &block.nodes {
            let written = match &node.kind {
                NodeKind::Step(step) => {
                    timeout(&step.modifiers).or_else(|| argument(step, node.at))
                }
                NodeKind::Call(call) => timeout(&call.modifiers),
                NodeKind::If {
                    then, otherwise, ..
                } => {
                    self.beyond(then, most, time);
                    self.beyond(otherwise, most, time);
                    None
                }
                NodeKind::For(For { body, .. }) | NodeKind::Repeat { body, .. } => {
                    self.beyond(body, most, time);
                    None
                }
                NodeKind::Let(_) => None,
            };
            let Some((found, at)) = written.and_then(literal).filter(|(it, _)| *it > most) else {
                continue;
            };
            let kind = Kind::TimeoutBeyondTime {
                found: duration(found),
                step: node.name.clone(),
                time: duration(most),
            };
            let found = Diagnostic::new(kind, at);
            self.diagnostics.push(match time {
                Some(time) => found.label(time, "the whole run"),
                None => found,
            });
        }
    }
}

fn word(what: LimitKind) -> &'static str {
    match what {
        LimitKind::Calls => "model calls",
        LimitKind::Cost => "money",
        kind => kind.word(),
    }
}

/// A limit as it may be written.
fn example(what: LimitKind) -> String {
    match what.is_told() {
        true => format!("{} {}", what.example(), what.word()),
        false => what.example().to_owned(),
    }
}

fn timeout(modifiers: &Modifiers) -> Option<&Value> {
    modifiers.timeout.as_ref()
}

/// The argument that says how long the action takes, if it is written in the step itself.
fn argument(step: &Step, at: Span) -> Option<&Value> {
    let bound = step.bounds.iter().find(|it| it.kind == LimitKind::Time)?;
    let ValueKind::Expr(expr) = &bound.most.kind else {
        return None;
    };
    let param = expr::names_in(expr).into_iter().next()?;
    let (_, value, _) = step.args.iter().find(|(name, _, _)| *name == param)?;
    let written = value.at.0;
    let inside = written.file == at.file && at.start <= written.start && written.end <= at.end;
    (expr.source.value == param && inside).then_some(value)
}

fn literal(value: &Value) -> Option<(u64, Span)> {
    match &value.kind {
        ValueKind::Literal(literal) => match literal.value {
            LiteralValue::Duration(millis) => Some((millis, value.at.0)),
            _ => None,
        },
        _ => None,
    }
}
