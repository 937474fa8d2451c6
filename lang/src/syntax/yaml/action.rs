//! `actions`: faces with what performs them.

use super::keys;
use super::mission::demote;
use super::node::{Entry, Node, NodeKind};
use super::reader::Reader;
use crate::diagnostic::Kind;
use crate::source::At;
use crate::syntax::tree::{
    ActionBody, Body, Bound, Effect, Face, LimitKind, Need, Trivia, TypeExpr, TypeExprKind,
};

/// The words under `spends`.
pub(crate) const SPENT: [(&str, LimitKind); 3] = [
    ("calls", LimitKind::Calls),
    ("money", LimitKind::Cost),
    ("tokens", LimitKind::Tokens),
];

impl Reader<'_> {
    pub(super) fn action(&mut self, entry: &Entry) -> Option<Face> {
        let span = entry.span();
        let found = self.diagnostics.len();
        let mut face = Face {
            name: self.name(&entry.key)?,
            params: Vec::new(),
            result: TypeExpr {
                kind: TypeExprKind::Name("none".to_owned()),
                at: At(span),
            },
            needs: Vec::new(),
            bounds: Vec::new(),
            kind: None,
            gate: false,
            body: None,
            doc: None,
            trivia: self.comments.open(span.start),
            at: At(span),
        };
        let (mut command, mut body, mut outputs) = (None, Body::default(), Vec::new());
        let fields = self.entries(&entry.value, "the keys of an action, such as `result`");
        for field in fields {
            let node = &field.value;
            let key = field.key.value.as_str();
            if !matches!(key, "params" | "steps" | "outputs") {
                let mut trivia = Trivia::default();
                self.comments.close(field.span().end, &mut trivia);
                demote(trivia, &mut face.trivia.before);
            }
            match key {
                "about" => face.doc = self.doc(node),
                "params" => {
                    for entry in self.entries(node, "parameters by name") {
                        face.params.extend(self.input(entry));
                    }
                }
                "result" => face.result = self.ty(node).unwrap_or(face.result),
                "needs" => face.needs = self.needs(node),
                "takes" => {
                    let most = self.value(node);
                    face.bounds.extend(most.map(|most| Bound {
                        kind: LimitKind::Time,
                        most,
                        at: At(field.span()),
                    }));
                }
                "spends" => self.spends(node, &mut face.bounds),
                "kind" => {
                    let what = "how it may be repeated, such as `observe`";
                    face.kind = self.text(node, what).and_then(|text| self.name(text));
                }
                "gate" => face.gate = self.flag(node),
                "run" => command = self.value(node),
                "steps" => body.statements = self.statements(node),
                "outputs" => {
                    for entry in self.entries(node, "outputs by name") {
                        outputs.extend(self.output(entry));
                    }
                }
                _ => self.unknown_key(&field.key, "an action", &keys::ACTION, fields),
            }
        }
        if entry.value.get("result").is_none() && found == self.diagnostics.len() {
            self.missing_key("result", "an action", &entry.value);
        }
        body.tail = self.tail_of(entry);
        if body.statements.is_empty() && outputs.is_empty() {
            let tail = std::mem::take(&mut body.tail);
            let trivia = Trivia {
                before: tail,
                after: None,
            };
            demote(trivia, &mut face.trivia.before);
            face.body = command.map(ActionBody::Command);
        } else {
            if let Some(command) = command {
                let kind = Kind::Syntax {
                    found: "a command beside steps".to_owned(),
                    expected: "either `run` or `steps` with their `outputs`".to_owned(),
                };
                self.report(kind, command.at.0);
            }
            face.body = Some(ActionBody::Steps { body, outputs });
        }
        self.comments.close(span.end, &mut face.trivia);
        Some(face)
    }

    /// What it needs, by effect or, where one stands twice or the order counts, a list of them.
    /// `reads` and `writes` only order.
    fn needs(&mut self, node: &Node) -> Vec<Need> {
        let mut needs = Vec::new();
        const WHAT: &str = "effects by name, such as `read: src/**`";
        match &node.kind {
            NodeKind::List { items, .. } => {
                for item in items {
                    let entries = self.entries(item, WHAT);
                    entries
                        .iter()
                        .for_each(|entry| self.need(entry, entries, &mut needs));
                }
            }
            _ => {
                let entries = self.entries(node, WHAT);
                entries
                    .iter()
                    .for_each(|entry| self.need(entry, entries, &mut needs));
            }
        }
        needs
    }

    fn need(&mut self, entry: &Entry, entries: &[Entry], needs: &mut Vec<Need>) {
        let (asks, effect) = match entry.key.value.as_str() {
            "reads" => (false, Effect::Read),
            "writes" => (false, Effect::Write),
            word => match Effect::parse(word).filter(|effect| *effect != Effect::Time) {
                Some(effect) => (true, effect),
                None => {
                    return self.unknown_key(&entry.key, "`needs`", &keys::NEEDS, entries);
                }
            },
        };
        let mut push = |verb, scope: Option<_>| {
            needs.extend(scope.map(|scope| Need {
                asks,
                effect,
                verb,
                scope,
                at: At(entry.span()),
            }));
        };
        match (effect, &entry.value.kind) {
            (Effect::Git | Effect::Github, NodeKind::Map(verbs)) => {
                for verb in verbs {
                    let name = self.name(&verb.key);
                    let scope = self.value(&verb.value);
                    push(name, scope);
                }
            }
            (Effect::Git, _) => {
                let what = "what is done there, such as `commit: \"tau/*\"`";
                self.expected(what, &entry.value);
            }
            _ => {
                let scope = self.value(&entry.value);
                push(None, scope);
            }
        }
    }

    fn spends(&mut self, node: &Node, bounds: &mut Vec<Bound>) {
        let entries = self.entries(node, "`calls`, `money` or `tokens` with the most of it");
        for entry in entries {
            let key = entry.key.value.as_str();
            match SPENT.iter().find(|(word, _)| *word == key) {
                Some((_, kind)) => {
                    let most = self.value(&entry.value);
                    bounds.extend(most.map(|most| Bound {
                        kind: *kind,
                        most,
                        at: At(entry.span()),
                    }));
                }
                None => {
                    let known = SPENT.map(|(word, _)| word);
                    self.unknown_key(&entry.key, "`spends`", &known, entries);
                }
            }
        }
    }
}
