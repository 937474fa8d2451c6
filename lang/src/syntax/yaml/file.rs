//! A file: its items, and the mission that may be spread over its own keys.

use super::keys;
use super::node::{Entry, Node, NodeKind};
use super::reader::{Reader, is_name};
use crate::diagnostic::Kind;
use crate::source::{At, Span};
use crate::syntax::text::Text;
use crate::syntax::tree::{File, Ident, Item, Lead, Mission, Trivia, TypeItem, Use, UseFrom};

impl Reader<'_> {
    /// The whole file. Its items are in the one order of their kinds, whatever that of the keys.
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
        match &root.kind {
            NodeKind::Map(entries) => self.keys(root, entries, &mut head, &mut file.items),
            _ => self.expected("the keys of a mission, such as `tau: 1`", root),
        }
        file.items.sort_by_key(Item::rank);
        // The file begins with its first item, so the comments above `tau: 1` are that item's.
        let first = match file.items.first_mut() {
            Some(first) => &mut first.trivia_mut().before,
            None => &mut file.tail,
        };
        first.splice(0..0, head);
        file.tail.extend(self.comments.rest(0));
        file
    }

    fn keys(
        &mut self,
        root: &Node,
        entries: &[Entry],
        head: &mut Vec<Lead>,
        items: &mut Vec<Item>,
    ) {
        let of_mission =
            |entry: &Entry| entry.key.value == "mission" || is_member(&entry.key.value);
        let last = entries.iter().rposition(of_mission);
        let mut mission = Mission::empty(At(root.span));
        for (index, entry) in entries.iter().enumerate() {
            let (key, node) = (entry.key.value.as_str(), &entry.value);
            match key {
                "tau" => {
                    self.comments.before(entry.key.at.0.start, head);
                    self.version(node);
                }
                "use" => self.uses(entry, items),
                "types" => {
                    for entry in self.entries(node, "types by name") {
                        items.extend(self.type_item(entry).map(Item::Type));
                    }
                }
                "actions" => {
                    for entry in self.entries(node, "actions by name") {
                        items.extend(self.action(entry).map(Item::Action));
                    }
                }
                "mission" => self.mission_name(entry, root, &mut mission),
                "missions" => {
                    for entry in self.entries(node, "missions by name") {
                        items.extend(self.mission(entry).map(Item::Mission));
                    }
                }
                "tests" => {
                    for node in self.items(node, "a list of tests") {
                        items.extend(self.test(node).map(Item::Test));
                    }
                }
                "on" => {
                    for node in self.items(node, "a list of what starts a mission") {
                        items.extend(self.trigger(node).map(Item::On));
                    }
                }
                "policy" => items.push(Item::Policy(self.authority(entry))),
                key if is_member(key) => self.member(entry, &mut mission),
                _ => self.unknown_key(&entry.key, "a mission file", &keys::FILE, entries),
            }
            if Some(index) == last && self.cut.is_none() {
                let tail = self.comments.tail(1, entry.span().end);
                mission.body.tail.extend(tail);
            }
        }
        let has = |key: &str| entries.iter().any(|entry| entry.key.value == key);
        if !has("tau") {
            self.missing_key("tau", "a mission file", root);
        }
        let others = ["types", "actions", "missions", "tests", "on", "policy"];
        if last.is_none() && others.into_iter().any(has) {
            return;
        }
        if !has("mission") {
            self.missing_key("mission", "a mission file", root);
        }
        items.push(Item::Mission(mission));
    }

    /// `mission: name`: the file's other keys are the mission's.
    fn mission_name(&mut self, entry: &Entry, root: &Node, mission: &mut Mission) {
        let start = entry.key.at.0.start;
        let mut trivia = self.comments.open(start);
        self.comments.close(entry.value.span.end, &mut trivia);
        mission.trivia.before.extend(trivia.before);
        mission.trivia.after = trivia.after;
        mission.at = At(Span { start, ..root.span });
        if let Some(name) = self.text(&entry.value, "the mission's name") {
            mission.name.at = name.at;
            if let Some(name) = self.name(name) {
                mission.name = name;
            }
        }
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

    /// A type as it is written, or the keys `type` and `about`.
    fn type_item(&mut self, entry: &Entry) -> Option<TypeItem> {
        let span = entry.span();
        let mut trivia = self.comments.open(span.start);
        self.comments.close(span.end, &mut trivia);
        let name = self.name(&entry.key);
        let (mut ty, mut doc) = (None, None);
        match &entry.value.kind {
            NodeKind::Map(fields) => {
                for field in fields {
                    match field.key.value.as_str() {
                        "type" => ty = self.ty(&field.value),
                        "about" => doc = self.doc(&field.value),
                        _ => self.unknown_key(&field.key, "a type", &keys::TYPE, fields),
                    }
                }
                if entry.value.get("type").is_none() {
                    self.missing_key("type", "a type", &entry.value);
                }
            }
            _ => ty = self.ty(&entry.value),
        }
        Some(TypeItem {
            name: name?,
            ty: ty?,
            doc,
            trivia,
            at: At(span),
        })
    }

    /// `use: [std.fs, std.git]` is one line of the tau spelling; in a list with dashes each
    /// entry is one.
    fn uses(&mut self, entry: &Entry, items: &mut Vec<Item>) {
        match &entry.value.kind {
            NodeKind::List {
                items: lines,
                flow: false,
            } => {
                for line in lines {
                    self.use_line(line, line.span, line.span.start, items);
                }
            }
            _ => {
                let start = entry.key.at.0.start;
                self.use_line(&entry.value, entry.span(), start, items);
            }
        }
    }

    fn use_line(&mut self, line: &Node, span: Span, start: u32, items: &mut Vec<Item>) {
        let mut trivia = self.comments.open(start);
        let nodes = match &line.kind {
            NodeKind::Map(_) => std::slice::from_ref(line),
            _ => self.one_or_more(line, "libraries such as `std.fs` or `./review.tau`"),
        };
        let mut uses: Vec<Use> = Vec::new();
        for node in nodes {
            let text = match &node.kind {
                NodeKind::Map(fields) => {
                    uses.extend(self.source(node, fields, span));
                    continue;
                }
                _ => self.text(node, "a library such as `std.fs` or `./review.tau`"),
            };
            let Some(text) = text else {
                continue;
            };
            if !text.value.split('.').all(is_name) {
                uses.push(used(UseFrom::Source(text.clone()), None, span));
                continue;
            }
            let (root, name) = std_path(text);
            match (uses.last_mut().map(|last| &mut last.from), name) {
                (Some(UseFrom::Std { root: last, names }), Some(name))
                    if last.text == root.text && !names.is_empty() =>
                {
                    names.push(name);
                }
                (_, name) => {
                    let names = name.into_iter().collect();
                    uses.push(used(UseFrom::Std { root, names }, None, span));
                }
            }
        }
        self.comments.close(span.end, &mut trivia);
        match uses.first_mut() {
            Some(first) => first.trivia = trivia,
            None => return,
        }
        items.extend(uses.into_iter().map(Item::Use));
    }

    /// `{ from: ./lib/review.tau, as: review }`
    fn source(&mut self, node: &Node, fields: &[Entry], span: Span) -> Option<Use> {
        let (mut from, mut alias) = (None, None);
        for field in fields {
            match field.key.value.as_str() {
                "from" => from = self.text(&field.value, "a file or repository").cloned(),
                "as" => {
                    let text = self.text(&field.value, "a name for it");
                    alias = text.and_then(|text| self.name(text));
                }
                _ => self.unknown_key(&field.key, "`use`", &keys::USE, fields),
            }
        }
        if node.get("from").is_none() {
            self.missing_key("from", "`use`", node);
        }
        Some(used(UseFrom::Source(from?), alias, span))
    }
}

fn is_member(key: &str) -> bool {
    keys::MISSION.contains(&key)
}

fn used(from: UseFrom, alias: Option<Ident>, span: Span) -> Use {
    Use {
        from,
        alias,
        trivia: Trivia::default(),
        at: At(span),
    }
}

/// `std.fs` in its parts.
fn std_path(text: &Text) -> (Ident, Option<Ident>) {
    let part = |from: usize, to: usize| Ident {
        text: text.value[from..to].to_owned(),
        at: At(text.span(from, to)),
    };
    let end = text.value.len();
    match text.value.find('.') {
        Some(dot) => (part(0, dot), Some(part(dot + 1, end))),
        None => (part(0, end), None),
    }
}
