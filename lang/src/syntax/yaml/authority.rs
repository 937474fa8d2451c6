//! `authority`: what a mission may do.

use super::keys;
use super::node::{Entry, Node, NodeKind};
use super::reader::Reader;
use crate::diagnostic::Kind;
use crate::source::At;
use crate::syntax::text::Text;
use crate::syntax::tree::{Authority, Effect, Grant, Limit, LimitKind, Trivia, Value};

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
                    let entries = self.entries(item, WHAT);
                    for entry in entries {
                        self.effect(entry, entries, None, &mut authority.grants);
                    }
                }
            }
            NodeKind::Empty => {}
            _ => {
                let entries = self.entries(&entry.value, WHAT);
                for entry in entries {
                    self.effect(entry, entries, None, &mut authority.grants);
                }
            }
        }
        let column = self.comments.column(entry.key.at.0.start) + 1;
        authority.tail = self.comments.tail(column, span.end);
        authority.broken = found < self.diagnostics.len() || self.is_cut(&entry.value);
        authority
    }

    /// The grants under one effect, which is one of `entries`. With `denied`, they stand under `deny`, and it holds the
    /// comments around that word, which are the first grant's.
    fn effect(
        &mut self,
        entry: &Entry,
        entries: &[Entry],
        denied: Option<&mut Option<Trivia>>,
        grants: &mut Vec<Grant>,
    ) {
        let deny = denied.is_some();
        let mut trivia = match denied.and_then(Option::take) {
            Some(trivia) => Some(trivia),
            None => Some(self.comments.open(entry.key.at.0.start)),
        };
        if entry.key.value == "deny" && !deny {
            let what = "effects by name, such as `write: [src/**]`";
            let entries = self.entries(&entry.value, what);
            for entry in entries {
                self.effect(entry, entries, Some(&mut trivia), grants);
            }
            return;
        }
        let Some(effect) = Effect::parse(&entry.key.value) else {
            let known: Vec<&str> = Effect::ALL
                .into_iter()
                .map(Effect::word)
                .chain((!deny).then_some("deny"))
                .collect();
            return self.unknown_key(&entry.key, "`authority`", &known, entries);
        };
        let blank = |trivia: Trivia| Grant {
            deny,
            effect,
            verb: None,
            scopes: Vec::new(),
            elses: 0,
            limits: Vec::new(),
            trivia,
            at: At::default(),
        };
        match (effect, &entry.value.kind) {
            (Effect::Git, NodeKind::Map(verbs)) => {
                for verb in verbs {
                    let trivia = match trivia.take() {
                        Some(trivia) => trivia,
                        None => self.comments.open(verb.key.at.0.start),
                    };
                    let mut grant = blank(trivia);
                    grant.verb = self.name(&verb.key);
                    grant.scopes = self.scopes(&verb.value);
                    self.add_grant(grant, verb, grants);
                }
            }
            (Effect::Git, _) => {
                self.expected(
                    "what may be done, such as `commit: [\"tau/*\"]`",
                    &entry.value,
                );
            }
            _ => {
                let mut grant = blank(trivia.unwrap_or_default());
                self.scopes_and_limits(&entry.value, &mut grant);
                self.add_grant(grant, entry, grants);
            }
        }
    }

    fn add_grant(&mut self, mut grant: Grant, entry: &Entry, grants: &mut Vec<Grant>) {
        grant.at = At(entry.span());
        self.comments.close(entry.span().end, &mut grant.trivia);
        grants.push(grant);
    }

    /// What stands behind any effect but `git`.
    fn scopes_and_limits(&mut self, node: &Node, grant: &mut Grant) {
        let effect = grant.effect;
        match &node.kind {
            NodeKind::Scalar { text, .. } if effect == Effect::Time => {
                grant.limits.extend(self.limit(text, LimitKind::Time, node));
            }
            _ if effect == Effect::Time => self.expected("a duration such as `30m`", node),
            NodeKind::Map(entries) => {
                // What stands first is asked first, wherever the keys stand.
                let mut otherwise = Vec::new();
                for entry in entries {
                    let key = entry.key.value.as_str();
                    // Names are had or not had; there is nothing to count.
                    let limit = LimitKind::parse(key).filter(|_| !effect.has_names());
                    match limit {
                        Some(kind) => {
                            let limit = self.limit(&entry.key, kind, &entry.value);
                            grant.limits.extend(limit);
                        }
                        None if key == "allow" => grant.scopes = self.scopes(&entry.value),
                        None if key == "else" && effect == Effect::Model => {
                            otherwise = self.scopes(&entry.value);
                        }
                        None => {
                            let known: &[&str] = match effect {
                                Effect::Model => &keys::MODEL_GRANT,
                                _ => &keys::GRANT,
                            };
                            self.unknown_key(&entry.key, &format!("`{effect}`"), known, entries);
                        }
                    }
                }
                grant.elses = otherwise.len();
                grant.scopes.append(&mut otherwise);
                if node.get("allow").is_none() {
                    self.missing_key("allow", &format!("`{effect}`"), node);
                }
            }
            _ => grant.scopes = self.scopes(node),
        }
    }

    /// At least one scope.
    fn scopes(&mut self, node: &Node) -> Vec<Value> {
        let what = "one scope or a list of them";
        if matches!(&node.kind, NodeKind::List { items, .. } if items.is_empty()) {
            let kind = Kind::Syntax {
                found: "an empty list".to_owned(),
                expected: what.to_owned(),
            };
            self.report(kind, node.span);
        }
        self.values(node, what)
    }

    fn limit(&mut self, key: &Text, kind: LimitKind, node: &Node) -> Option<Limit> {
        let thing = match kind {
            LimitKind::Calls | LimitKind::OpenFiles | LimitKind::Processes | LimitKind::Tokens => {
                "a number"
            }
            LimitKind::Cost => "an amount",
            LimitKind::Cpu | LimitKind::Time => "a duration",
            LimitKind::FileSize | LimitKind::Memory | LimitKind::Output | LimitKind::Scratch => {
                "a size"
            }
        };
        let what = format!("{thing} such as `{}`", kind.example());
        let amount = self.literal(node, &what)?;
        if kind.amount(&amount.value).is_none() {
            if let NodeKind::Scalar { text, .. } = &node.kind {
                self.wrong_text(text, &what);
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
