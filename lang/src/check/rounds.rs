//! `for`: its list, its bounds, the names of a round, and whether rounds may run at the same time.

use super::Checker;
use super::mission::names_of;
use super::scope::{Scope, What};
use super::statements::{MAX_ROUNDS, compound};
use crate::diagnostic::Kind;
use crate::expr::{self, Context};
use crate::plan::{For, Node, NodeKind, Rounds, rounds_meet};
use crate::source::Span;
use crate::syntax::tree::{Body, Expr, Ident, LiteralValue, Value, ValueKind};
use crate::types::{INT, STRING, Type};

/// The most rounds of a `for` that may run at the same time.
pub const MAX_AT_ONCE: i64 = 16;

/// A `for` as it is written.
pub(super) struct Written<'a> {
    pub(super) name: &'a Ident,
    pub(super) items: &'a Value,
    pub(super) most: Option<&'a Value>,
    pub(super) at_once: Option<&'a Value>,
    pub(super) body: &'a Body,
}

impl<'a> Checker<'a> {
    pub(super) fn rounds(&mut self, it: &Written<'a>, at: Span, scope: &mut Scope) -> Node {
        let list = self.list_of_items(it.items, scope);
        let bound = self.bound(it, scope);
        if let Some(at_once) = it.at_once {
            let wide = |found| Kind::LoopTooWide {
                found,
                most: MAX_AT_ONCE,
            };
            self.number_of_rounds(at_once, MAX_AT_ONCE, wide, scope);
        }
        let item = match list.bare() {
            Type::List(item) => (**item).clone(),
            _ => Type::Any,
        };
        // No round comes before another.
        let previous = scope.swap("previous", None);
        self.define(it.name, item, What::Item, scope);
        let body = self.body(it.body, scope);
        scope.take_away(&it.name.text, it.name.at.0);
        scope.swap("previous", previous);
        let items = self.known_items(it.items, &list);
        let meet = rounds_meet(
            &Rounds {
                name: &it.name.text,
                items: items.as_deref(),
                body: &body,
            },
            &self.library.engine,
        );
        if let (Some(at_once), Some(why)) = (it.at_once, &meet)
            && bound > 1
            && !is_one(at_once)
        {
            let why = why.between_rounds();
            self.report(Kind::ForSerial { why }, at_once.at.0);
        }
        let values: Vec<&Value> = [Some(it.items), it.most, it.at_once]
            .into_iter()
            .flatten()
            .collect();
        let outside = names_of(values.iter().copied());
        let mut node = compound("for", at, &[&body], &[] as &[&Expr], &values);
        // The item's name is the loop's own, whatever is called so outside of it.
        let own = |name: &String| *name == it.name.text && !outside.contains(name);
        node.uses.retain(|name| !own(name) && name != "previous");
        scope.make_lists(&node.defines);
        node.kind = NodeKind::For(For {
            name: it.name.text.clone(),
            items: it.items.clone(),
            list,
            most: it.most.cloned(),
            at_once: it.at_once.cloned(),
            bound,
            body,
            meet,
        });
        node
    }

    /// The type of the list.
    fn list_of_items(&mut self, items: &Value, scope: &mut Scope) -> Type {
        let any = Type::List(Box::new(Type::Any));
        let what = "what `for` goes over";
        let found = match &items.kind {
            ValueKind::List(texts) if texts.iter().all(is_text) => {
                self.value(items, &Type::List(Box::new(STRING)), what, scope)
            }
            // Its items say what they are.
            ValueKind::List(_) => self.value(items, &Type::Any, what, scope),
            _ => self.value(items, &any, what, scope),
        };
        match found.bare() {
            Type::List(_) => found.bare().clone(),
            _ => any,
        }
    }

    /// How many rounds there may be. It must be known before the loop starts.
    fn bound(&mut self, it: &Written<'a>, scope: &mut Scope) -> usize {
        let most = usize::try_from(MAX_ROUNDS).unwrap_or(usize::MAX);
        let said = it
            .most
            .map(|value| self.number_of_rounds_up_to(value, scope));
        let said = said.map(|said| said.unwrap_or(most));
        let written = match &it.items.kind {
            ValueKind::List(items) => Some(items.len()),
            // A name of such a list.
            ValueKind::Expr(expr) => scope.get(&expr.source.value).and_then(|it| it.items),
            _ => None,
        };
        match written {
            Some(items) => {
                let most = said.unwrap_or(most);
                if items > most {
                    let found = format!("{items} items");
                    let most = i64::try_from(most).unwrap_or(MAX_ROUNDS);
                    self.report(Kind::LoopTooLong { found, most }, it.items.at.0);
                }
                items.min(most)
            }
            None if said.is_none() && !is_known_before(it.items, scope) => {
                let found = match &it.items.kind {
                    ValueKind::Expr(expr) => expr.source.value.clone(),
                    _ => "this".to_owned(),
                };
                self.report(Kind::LoopUnbounded { found, list: true }, it.items.at.0);
                most
            }
            None => said.unwrap_or(most),
        }
    }

    /// A number of rounds, which must be known before the loop starts. What it is, when the text
    /// says it.
    pub(super) fn number_of_rounds_up_to(
        &mut self,
        times: &Value,
        scope: &mut Scope,
    ) -> Option<usize> {
        let long = |found| Kind::LoopTooLong {
            found,
            most: MAX_ROUNDS,
        };
        self.number_of_rounds(times, MAX_ROUNDS, long, scope)
    }

    fn number_of_rounds(
        &mut self,
        times: &Value,
        most: i64,
        too_many: impl FnOnce(String) -> Kind,
        scope: &mut Scope,
    ) -> Option<usize> {
        let found = match &times.kind {
            ValueKind::Literal(literal) => {
                match literal.value {
                    LiteralValue::Int(number) if (1..=most).contains(&number) => {
                        return usize::try_from(number).ok();
                    }
                    LiteralValue::Int(_) => {
                        self.report(too_many(literal.raw.clone()), times.at.0);
                    }
                    _ => {
                        self.value(times, &INT, "the number of rounds", scope);
                    }
                }
                return None;
            }
            ValueKind::Expr(expr) => {
                if is_known_before(times, scope) {
                    self.value(times, &INT, "the number of rounds", scope);
                    return None;
                }
                expr.source.value.clone()
            }
            _ => "this".to_owned(),
        };
        self.report(Kind::LoopUnbounded { found, list: false }, times.at.0);
        None
    }

    /// The items, when the text says them.
    fn known_items(&self, items: &Value, list: &Type) -> Option<Vec<serde_json::Value>> {
        if !expr::names(items).is_empty() {
            return None;
        }
        match self.library.engine.value(items, list, &Context::new()) {
            Ok(serde_json::Value::Array(items)) => Some(items),
            _ => None,
        }
    }
}

/// Whether a value rests on nothing but inputs. A name that nothing defines is reported elsewhere.
fn is_known_before(value: &Value, scope: &Scope) -> bool {
    let known = |name: &String| {
        let found = scope.get(name);
        found.is_none_or(|it| it.what == What::Input)
    };
    expr::names(value).iter().all(known)
}

fn is_text(value: &Value) -> bool {
    matches!(value.kind, ValueKind::Text(_))
}

fn is_one(value: &Value) -> bool {
    matches!(&value.kind, ValueKind::Literal(literal) if literal.value == LiteralValue::Int(1))
}
