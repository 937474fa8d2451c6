//! A mission: everything but authority and statements.

use super::keys;
use super::node::{Entry, Node, NodeKind};
use super::reader::Reader;
use crate::source::At;
use crate::syntax::tree::{Body, Doc, Handler, Input, Lead, Mission, Output, Trivia, Verifier};

impl Reader<'_> {
    /// A mission under its name.
    pub(super) fn mission(&mut self, entry: &Entry) -> Option<Mission> {
        let span = entry.span();
        let mut mission = Mission::empty(At(span));
        mission.trivia = self.comments.open(span.start);
        mission.name = self.name(&entry.key)?;
        let fields = match &entry.value.kind {
            NodeKind::Empty => &[],
            _ => self.entries(&entry.value, "the keys of a mission, such as `steps`"),
        };
        for field in fields {
            match keys::MISSION.contains(&field.key.value.as_str()) {
                true => self.member(field, &mut mission),
                false => self.unknown_key(&field.key, "a mission", &keys::MISSION, fields),
            }
        }
        mission.body.tail = self.tail_of(entry);
        self.comments.close(span.end, &mut mission.trivia);
        Some(mission)
    }

    /// The comments behind the last key of what stands under a name.
    pub(super) fn tail_of(&mut self, entry: &Entry) -> Vec<Lead> {
        let start = entry.key.at.0.start;
        let column = self.comments.column(start) + 1;
        let column = match &entry.value.kind {
            NodeKind::Map(fields) => fields.first().map_or(column, |first| {
                // In brackets the first key may stand anywhere.
                match self.comments.same_line(start, first.key.at.0.start) {
                    true => column,
                    false => self.comments.column(first.key.at.0.start),
                }
            }),
            _ => column,
        };
        self.comments.tail(column, entry.span().end)
    }

    /// One key of a mission.
    pub(super) fn member(&mut self, entry: &Entry, mission: &mut Mission) {
        let node = &entry.value;
        match entry.key.value.as_str() {
            "about" => {
                let mut trivia = self.comments.open(entry.key.at.0.start);
                self.comments.close(node.span.end, &mut trivia);
                demote(trivia, &mut mission.trivia.before);
                mission.doc = self.doc(node);
            }
            "inputs" => {
                for entry in self.entries(node, "inputs by name") {
                    mission.inputs.extend(self.input(entry));
                }
            }
            "authority" => mission.authority = Some(self.authority(entry)),
            "verifiers" => {
                for entry in self.entries(node, "verifiers by name") {
                    mission.verifiers.extend(self.verifier(entry));
                }
            }
            "steps" => mission.body.statements = self.statements(node),
            "on_failure" => mission.on_failure = Some(self.handler(entry)),
            "finally" => mission.finally = Some(self.handler(entry)),
            _ => {
                for entry in self.entries(node, "outputs by name") {
                    mission.outputs.extend(self.output(entry));
                }
            }
        }
    }

    /// Statements that run when the others have ended: a list of them or, with documentation, the
    /// keys `about` and `steps`.
    fn handler(&mut self, entry: &Entry) -> Handler {
        let span = entry.span();
        let mut handler = Handler {
            body: Body::default(),
            doc: None,
            trivia: self.comments.open(span.start),
            at: At(span),
        };
        let NodeKind::Map(fields) = &entry.value.kind else {
            handler.body = self.body(entry);
            return handler;
        };
        for field in fields {
            let mut trivia = Trivia::default();
            match field.key.value.as_str() {
                "about" => {
                    self.comments.close(field.span().end, &mut trivia);
                    handler.doc = self.doc(&field.value);
                }
                "steps" => {
                    self.comments
                        .before(field.key.at.0.start, &mut trivia.before);
                    demote(std::mem::take(&mut trivia), &mut handler.trivia.before);
                    handler.body = self.body(field);
                }
                _ => self.unknown_key(&field.key, "what runs at the end", &keys::HANDLER, fields),
            }
            demote(trivia, &mut handler.trivia.before);
        }
        if entry.value.get("steps").is_none() {
            self.missing_key("steps", "what runs at the end", &entry.value);
        }
        handler
    }

    pub(super) fn input(&mut self, entry: &Entry) -> Option<Input> {
        let span = entry.span();
        let mut trivia = self.comments.open(span.start);
        self.comments.close(span.end, &mut trivia);
        let name = self.name(&entry.key);
        let (mut ty, mut default, mut doc) = (None, None, None);
        match &entry.value.kind {
            NodeKind::Map(fields) => {
                for field in fields {
                    match field.key.value.as_str() {
                        "type" => ty = self.ty(&field.value),
                        "default" => default = self.value(&field.value),
                        "about" => doc = self.doc(&field.value),
                        _ => self.unknown_key(&field.key, "an input", &keys::INPUT, fields),
                    }
                }
                if entry.value.get("type").is_none() {
                    self.missing_key("type", "an input", &entry.value);
                }
            }
            _ => ty = self.ty(&entry.value),
        }
        Some(Input {
            name: name?,
            ty: ty?,
            default,
            doc,
            trivia,
            at: At(span),
        })
    }

    fn verifier(&mut self, entry: &Entry) -> Option<Verifier> {
        let span = entry.span();
        let mut trivia = self.comments.open(span.start);
        self.comments.close(span.end, &mut trivia);
        let mut verifier = Verifier {
            name: self.name(&entry.key)?,
            run: None,
            also: Vec::new(),
            protect: Vec::new(),
            env: Vec::new(),
            timeout: None,
            runs: None,
            red: None,
            loses: Vec::new(),
            report: None,
            heldout: None,
            hides: Vec::new(),
            needs: Vec::new(),
            installed: Vec::new(),
            doc: None,
            trivia,
            at: At(span),
        };
        let fields = self.entries(&entry.value, "the keys of a verifier, such as `run`");
        for field in fields {
            let node = &field.value;
            match field.key.value.as_str() {
                "run" => {
                    let mut commands = self.values(node, "commands").into_iter();
                    verifier.run = commands.next();
                    verifier.also.extend(commands);
                }
                "protect" => verifier.protect = self.values(node, "path patterns"),
                "env" => verifier.env = self.named_values(node, "variables with their values"),
                "timeout" => verifier.timeout = self.value(node),
                "runs" => verifier.runs = self.value(node),
                "red" => verifier.red = self.value(node),
                "loses" => verifier.loses = self.values(node, "patterns of tests"),
                "report" => verifier.report = self.value(node),
                "heldout" => verifier.heldout = self.value(node),
                "hides" => verifier.hides = self.values(node, "path patterns"),
                "needs" => verifier.needs = self.values(node, "programs"),
                "installed" => verifier.installed = self.values(node, "paths"),
                "about" => verifier.doc = self.doc(node),
                _ => self.unknown_key(&field.key, "a verifier", &keys::VERIFIER, fields),
            }
        }
        Some(verifier)
    }

    pub(super) fn output(&mut self, entry: &Entry) -> Option<Output> {
        let span = entry.span();
        let mut trivia = self.comments.open(span.start);
        self.comments.close(span.end, &mut trivia);
        let name = self.name(&entry.key);
        let (value, doc) = match entry.value.get("value") {
            Some(value) => (self.value(value), self.output_doc(&entry.value)),
            None => (self.value(&entry.value), None),
        };
        Some(Output {
            name: name?,
            value: value?,
            doc,
            trivia,
            at: At(span),
        })
    }

    fn output_doc(&mut self, node: &Node) -> Option<Doc> {
        let mut doc = None;
        let fields = self.entries(node, "an output");
        for field in fields {
            match field.key.value.as_str() {
                "value" => {}
                "about" => doc = self.doc(&field.value),
                _ => self.unknown_key(&field.key, "an output", &keys::OUTPUT, fields),
            }
        }
        doc
    }
}

/// Comments of a part that has no place for them, moved before the whole.
pub(super) fn demote(trivia: Trivia, before: &mut Vec<Lead>) {
    let comments = trivia
        .before
        .into_iter()
        .filter(|lead| *lead != Lead::Blank)
        .chain(trivia.after.map(Lead::Comment));
    before.extend(comments);
}
