//! A file and the mission in it: everything but authority and statements.

use super::keys;
use super::node::{Entry, Node, NodeKind};
use super::reader::Reader;
use crate::diagnostic::Kind;
use crate::source::{At, Span};
use crate::syntax::tree::{
    Body, Doc, File, Handler, Ident, Input, Item, Lead, Mission, Output, Trivia, Use, UseFrom,
    Verifier,
};

impl Reader<'_> {
    /// The whole file.
    pub(super) fn file(&mut self, root: Option<&Node>) -> File {
        let mut file = File::default();
        let Some(root) = root else {
            let start = Span::new(self.file, 0, 0);
            if self.diagnostics.is_empty() {
                let why = "it is empty; begin with `tau: 1` and `mission: NAME`";
                self.report(Kind::YamlInvalid { why: why.into() }, start);
            }
            file.tail = self.comments.rest(0);
            return file;
        };
        let mut head = Vec::new();
        let mut mission = self.mission(root, &mut head, &mut file);
        if let (Some(mission), true) = (&mut mission, self.cut.is_none()) {
            mission.body.tail.extend(self.comments.rest(1));
        }
        file.items.extend(mission.map(Item::Mission));
        // The file begins with its first item, so the comments above `tau: 1` are that item's.
        let first = match file.items.first_mut() {
            Some(Item::Use(first)) => &mut first.trivia.before,
            Some(Item::Mission(first)) => &mut first.trivia.before,
            _ => &mut file.tail,
        };
        first.splice(0..0, head);
        file.tail.extend(self.comments.rest(0));
        file
    }

    fn mission(&mut self, root: &Node, head: &mut Vec<Lead>, file: &mut File) -> Option<Mission> {
        let NodeKind::Map(entries) = &root.kind else {
            self.expected("the keys of a mission, such as `tau: 1`", root);
            return None;
        };
        let mut mission = Mission {
            name: Ident {
                text: String::new(),
                at: At::default(),
            },
            inputs: Vec::new(),
            authority: None,
            verifiers: Vec::new(),
            body: Default::default(),
            on_failure: None,
            finally: None,
            outputs: Vec::new(),
            doc: None,
            trivia: Trivia::default(),
            at: At(root.span),
        };
        let mut named = false;
        for entry in entries {
            let (key, node) = (entry.key.value.as_str(), &entry.value);
            let start = entry.key.at.0.start;
            match key {
                "tau" => {
                    self.comments.before(start, head);
                    self.version(node);
                }
                "use" => self.uses(entry, &mut file.items),
                "mission" => {
                    let mut trivia = self.comments.open(start);
                    self.comments.close(node.span.end, &mut trivia);
                    mission.trivia.before.extend(trivia.before);
                    mission.trivia.after = trivia.after;
                    named = true;
                    mission.at = At(Span { start, ..root.span });
                    if let Some(name) = self.text(node, "the mission's name") {
                        mission.name.at = name.at;
                        mission.name = self.name(name).unwrap_or(mission.name);
                    }
                }
                "about" => {
                    let mut trivia = self.comments.open(start);
                    self.comments.close(node.span.end, &mut trivia);
                    demote(trivia, &mut mission.trivia.before);
                    mission.doc = self.doc(node);
                }
                "inputs" => {
                    for entry in self.entries(node, "inputs by name") {
                        let input = self.input(entry);
                        mission.inputs.extend(input);
                    }
                }
                "authority" => mission.authority = Some(self.authority(entry)),
                "verifiers" => {
                    for entry in self.entries(node, "verifiers by name") {
                        let verifier = self.verifier(entry);
                        mission.verifiers.extend(verifier);
                    }
                }
                "steps" => {
                    let body = self.statements(node);
                    mission.body.statements = body;
                }
                "on_failure" => mission.on_failure = Some(self.handler(entry)),
                "finally" => mission.finally = Some(self.handler(entry)),
                "outputs" => {
                    for entry in self.entries(node, "outputs by name") {
                        let output = self.output(entry);
                        mission.outputs.extend(output);
                    }
                }
                _ => self.unknown_key(&entry.key, "a mission file", &keys::FILE, entries),
            }
        }
        let has = |key: &str| entries.iter().any(|entry| entry.key.value == key);
        if !has("tau") {
            self.missing_key("tau", "a mission file", root);
        }
        if !named {
            self.missing_key("mission", "a mission file", root);
        }
        Some(mission)
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

    fn version(&mut self, node: &Node) {
        let Some(text) = self.text(node, "the version of the language: `tau: 1`") else {
            return;
        };
        if text.value != "1" {
            let found = text.value.clone();
            self.report(Kind::VersionUnknown { found }, text.at.0);
        }
    }

    /// `use: [std.fs, std.git]` is one line of the tau spelling; in a list with dashes each
    /// entry is one.
    fn uses(&mut self, entry: &Entry, items: &mut Vec<Item>) {
        const WHAT: &str = "libraries such as `std` or `std.fs`";
        match &entry.value.kind {
            NodeKind::List {
                items: lines,
                flow: false,
            } => {
                for line in lines {
                    let span = line.span;
                    let names = self.one_or_more(line, WHAT);
                    self.use_line(names, span, span.start, items);
                }
            }
            _ => {
                let names = self.one_or_more(&entry.value, WHAT);
                self.use_line(names, entry.span(), entry.key.at.0.start, items);
            }
        }
    }

    fn use_line(&mut self, names: &[Node], span: Span, start: u32, items: &mut Vec<Item>) {
        let mut trivia = self.comments.open(start);
        let mut uses: Vec<Use> = Vec::new();
        for node in names {
            let Some(dotted) = self.text(node, "a library such as `std.fs`") else {
                continue;
            };
            let Some(path) = self.dotted(dotted) else {
                continue;
            };
            let (root, name) = match path.text.split_once('.') {
                Some((root, name)) => (root, Some(name)),
                None => (path.text.as_str(), None),
            };
            let part = |from: usize, to: usize, text: &str| Ident {
                text: text.to_owned(),
                at: At(dotted.span(from, to)),
            };
            let name = name.map(|name| part(root.len() + 1, dotted.value.len(), name));
            match (uses.last_mut(), name) {
                (
                    Some(Use {
                        from: UseFrom::Std { root: last, names },
                        ..
                    }),
                    Some(name),
                ) if last.text == root && !names.is_empty() => names.push(name),
                (_, name) => uses.push(Use {
                    from: UseFrom::Std {
                        root: part(0, root.len(), root),
                        names: name.into_iter().collect(),
                    },
                    alias: None,
                    trivia: Trivia::default(),
                    at: At(span),
                }),
            }
        }
        self.comments.close(span.end, &mut trivia);
        match uses.first_mut() {
            Some(first) => first.trivia = trivia,
            None => return,
        }
        items.extend(uses.into_iter().map(Item::Use));
    }

    fn input(&mut self, entry: &Entry) -> Option<Input> {
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
            protect: Vec::new(),
            env: Vec::new(),
            timeout: None,
            runs: None,
            doc: None,
            trivia,
            at: At(span),
        };
        let fields = self.entries(&entry.value, "the keys of a verifier, such as `run`");
        for field in fields {
            let node = &field.value;
            match field.key.value.as_str() {
                "run" => verifier.run = self.value(node),
                "protect" => verifier.protect = self.values(node, "path patterns"),
                "env" => verifier.env = self.named_values(node, "variables with their values"),
                "timeout" => verifier.timeout = self.value(node),
                "runs" => verifier.runs = self.value(node),
                "about" => verifier.doc = self.doc(node),
                _ => self.unknown_key(&field.key, "a verifier", &keys::VERIFIER, fields),
            }
        }
        Some(verifier)
    }

    fn output(&mut self, entry: &Entry) -> Option<Output> {
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
