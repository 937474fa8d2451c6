//! `authority`: what a mission may do.

use super::node::{Entry, Node, NodeKind};
use super::reader::Reader;
use crate::source::At;
use crate::syntax::text::Text;
use crate::syntax::tree::{
    Authority, Effect, Grant, Ident, Limit, LimitKind, LiteralValue, Trivia,
};

const LIMITS: [(&str, LimitKind); 4] = [
    ("calls", LimitKind::Calls),
    ("cost", LimitKind::Cost),
    ("time", LimitKind::Time),
    ("tokens", LimitKind::Tokens),
];

impl Reader<'_> {
    /// The block under `authority`: effects by name or, where one stands twice, a list of them.
    pub(super) fn authority(&mut self, entry: &Entry) -> Authority {
        const WHAT: &str = "effects by name, such as `read: [src/**]`";
        let span = entry.span();
        let found = self.diagnostics.len();
        let mut authority = Authority {
            trivia: self.comments.open(entry.key.at.0.start),
            at: At(span),
            ..Authority::default()
        };
        match &entry.value.kind {
            NodeKind::List { items, .. } => {
                for item in items {
                    for entry in self.entries(item, WHAT) {
                        self.effect(entry, false, &mut authority.grants);
                    }
                }
            }
            NodeKind::Empty => {}
            _ => {
                for entry in self.entries(&entry.value, WHAT) {
                    self.effect(entry, false, &mut authority.grants);
                }
            }
        }
        let column = self.comments.column(entry.key.at.0.start) + 1;
        authority.tail = self.comments.tail(column, span.end);
        authority.broken = found < self.diagnostics.len() || self.is_cut(&entry.value);
        authority
    }

    fn effect(&mut self, entry: &Entry, deny: bool, grants: &mut Vec<Grant>) {
        if entry.key.value == "deny" && !deny {
            for entry in self.entries(&entry.value, "effects by name, such as `write: [src/**]`") {
                self.effect(entry, true, grants);
            }
            return;
        }
        let Some(effect) = Effect::parse(&entry.key.value) else {
            let known: Vec<&str> = Effect::ALL
                .into_iter()
                .map(Effect::word)
                .chain((!deny).then_some("deny"))
                .collect();
            return self.unknown_key(&entry.key, "`authority`", &known);
        };
        match (effect, &entry.value.kind) {
            (Effect::Git, NodeKind::Map(verbs)) => {
                for verb in verbs {
                    if let Some(name) = self.name(&verb.key) {
                        let grant = self.grant(&verb.key, &verb.value, effect, deny, Some(name));
                        grants.push(grant);
                    }
                }
            }
            (Effect::Git, _) => {
                self.expected(
                    "what may be done, such as `commit: [\"tau/*\"]`",
                    &entry.value,
                );
            }
            _ => {
                let grant = self.grant(&entry.key, &entry.value, effect, deny, None);
                grants.push(grant);
            }
        }
    }

    fn grant(
        &mut self,
        key: &Text,
        node: &Node,
        effect: Effect,
        deny: bool,
        verb: Option<Ident>,
    ) -> Grant {
        let span = key.at.0.to(node.span);
        let mut trivia: Trivia = self.comments.open(span.start);
        self.comments.close(span.end, &mut trivia);
        let mut grant = Grant {
            deny,
            effect,
            verb,
            scopes: Vec::new(),
            limits: Vec::new(),
            trivia,
            at: At(span),
        };
        match &node.kind {
            NodeKind::Scalar { text, .. } if effect == Effect::Time => {
                grant.limits.extend(self.limit(text, LimitKind::Time, node));
            }
            NodeKind::Map(entries) => {
                for entry in entries {
                    let key = entry.key.value.as_str();
                    let limit = LIMITS.iter().find(|(word, _)| *word == key);
                    match limit {
                        Some((_, kind)) => {
                            let limit = self.limit(&entry.key, *kind, &entry.value);
                            grant.limits.extend(limit);
                        }
                        None if key == "allow" => {
                            grant.scopes = self.values(&entry.value, "a list of scopes").0;
                        }
                        None => {
                            let known = ["allow", "calls", "cost", "time", "tokens"];
                            self.unknown_key(&entry.key, &format!("`{effect}`"), &known);
                        }
                    }
                }
            }
            _ if effect == Effect::Time => self.expected("a duration such as `30m`", node),
            _ => grant.scopes = self.values(node, "a list of scopes").0,
        }
        grant
    }

    fn limit(&mut self, key: &Text, kind: LimitKind, node: &Node) -> Option<Limit> {
        let what = match kind {
            LimitKind::Calls => "a number such as `10`",
            LimitKind::Cost => "an amount such as `$2`",
            LimitKind::Time => "a duration such as `30m`",
            LimitKind::Tokens => "a number such as `200k`",
        };
        let amount = self.literal(node, what)?;
        let fits = match kind {
            LimitKind::Calls | LimitKind::Tokens => matches!(amount.value, LiteralValue::Int(_)),
            LimitKind::Cost => matches!(amount.value, LiteralValue::Money(_)),
            LimitKind::Time => matches!(amount.value, LiteralValue::Duration(_)),
        };
        if !fits {
            if let NodeKind::Scalar { text, .. } = &node.kind {
                self.wrong_text(text, what);
            }
            return None;
        }
        Some(Limit {
            kind,
            amount,
            at: At(key.at.0.to(node.span)),
        })
    }
}
