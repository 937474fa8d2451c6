//! Items of a file and members of a mission.

use super::layout::{Block, Entry};
use super::statements::STATEMENTS;
use super::values::contents;
use super::{Reader, Rule};
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::Span;
use crate::syntax::tree::{File, Handler, Ident, Input, Item, Mission, TypeItem, Use, UseFrom};

/// Words that may begin a line of a mission.
const MEMBERS: &[&str] = &[
    "authority",
    "finally",
    "for",
    "if",
    "input",
    "let",
    "on failure",
    "output",
    "repeat",
    "step",
    "verifier",
];

impl Reader<'_> {
    pub(super) fn file(&mut self, whole: Block) -> File {
        let mut file = File {
            items: Vec::new(),
            tail: whole.tail,
        };
        for entry in whole.entries {
            let item = match self.keyword(&entry) {
                "use" => self.use_item(entry).map(Item::Use),
                "type" => self.type_item(entry).map(Item::Type),
                "action" => self.face(entry).map(Item::Action),
                "mission" => self.mission(entry).map(Item::Mission),
                "test" => self.test(entry).map(Item::Test),
                "policy" => {
                    let policy = self.authority(Rule::policy_head, entry);
                    Some(Item::Policy(policy))
                }
                "on" if entry.block.is_none() => self.trigger(entry).map(Item::On),
                _ => {
                    let words = &["action", "mission", "on", "policy", "test", "type", "use"];
                    let what = "`mission`, `use`, `type`, `action`, `test`, `on` or `policy`";
                    self.unexpected(&entry, words, what);
                    None
                }
            };
            file.items.extend(item);
        }
        file
    }

    fn use_item(&mut self, mut entry: Entry) -> Option<Use> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let mut line = self.line(Rule::use_line, entry.head)?;
        let from = line.next()?;
        let rule = from.as_rule();
        let mut parts = contents(from);
        let first = parts.next()?;
        let (from, alias) = match rule {
            Rule::use_source => (
                UseFrom::Source(self.text_of(&first, base)),
                parts.next().map(|name| self.ident(&name, base)),
            ),
            _ => (
                UseFrom::Std {
                    root: self.ident(&first, base),
                    names: parts.map(|name| self.ident(&name, base)).collect(),
                },
                None,
            ),
        };
        Some(Use {
            from,
            alias,
            trivia: around.trivia,
            at: around.at,
        })
    }

    fn type_item(&mut self, mut entry: Entry) -> Option<TypeItem> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let mut line = self.line(Rule::type_line, entry.head)?;
        Some(TypeItem {
            name: self.ident(&line.next()?, base),
            ty: self.type_expr(&line.next()?, base),
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        })
    }

    fn mission(&mut self, mut entry: Entry) -> Option<Mission> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let head = self.line(Rule::mission_head, entry.head.clone());
        let block = self.required_block(&mut entry);
        let name = match head {
            Some(mut line) => self.ident(&line.next()?, base),
            None => Ident {
                text: String::new(),
                at: around.at,
            },
        };
        let mut mission = Mission::empty(around.at);
        mission.name = name;
        mission.doc = around.doc;
        mission.trivia = around.trivia;
        mission.body.tail = block.tail;
        for entry in block.entries {
            self.member(&mut mission, entry);
        }
        Some(mission)
    }

    fn member(&mut self, mission: &mut Mission, entry: Entry) {
        match self.keyword(&entry) {
            "input" => mission.inputs.extend(self.input(Rule::input_line, entry)),
            "authority" => {
                let authority = self.authority(Rule::authority_head, entry);
                match &mut mission.authority {
                    None => mission.authority = Some(authority),
                    Some(first) => {
                        self.duplicate("authority", authority.at.0, first.at.0);
                        first.grants.extend(authority.grants);
                    }
                }
            }
            "verifier" => mission.verifiers.extend(self.verifier(entry)),
            "output" => mission.outputs.extend(self.output(entry)),
            "finally" => {
                let handler = self.handler(Rule::finally_head, entry);
                self.once("finally", &mut mission.finally, handler);
            }
            "on" if entry.block.is_some() => {
                let handler = self.handler(Rule::failure_head, entry);
                self.once("on failure", &mut mission.on_failure, handler);
            }
            word if STATEMENTS.contains(&word) => {
                let statement = self.statement(entry);
                mission.body.statements.push(statement);
            }
            _ => {
                self.unexpected(&entry, MEMBERS, "a statement");
                let statement = self.broken(entry);
                mission.body.statements.push(statement);
            }
        }
    }

    /// `on failure { }` or `finally { }`.
    fn handler(&mut self, rule: Rule, mut entry: Entry) -> Handler {
        let around = self.around(&mut entry);
        self.line(rule, entry.head.clone());
        let block = self.required_block(&mut entry);
        Handler {
            body: self.body(block),
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        }
    }

    fn once(&mut self, word: &str, place: &mut Option<Handler>, handler: Handler) {
        match place {
            None => *place = Some(handler),
            Some(first) => {
                // The words alone, of two blocks that may be long.
                let words = |at: Span| {
                    Span::new(at.file, at.start as usize, at.start as usize + word.len())
                };
                let (at, first) = (words(handler.at.0), words(first.at.0));
                self.duplicate(word, at, first);
            }
        }
    }

    fn duplicate(&mut self, block: &str, at: Span, first: Span) {
        let kind = Kind::DuplicateName {
            what: "a block".to_owned(),
            name: block.to_owned(),
        };
        self.diagnostics
            .push(Diagnostic::new(kind, at).label(first, "the first one"));
    }

    pub(super) fn input(&mut self, rule: Rule, mut entry: Entry) -> Option<Input> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let mut line = self.line(rule, entry.head)?;
        let name = self.ident(&line.next()?, base);
        let ty = self.type_expr(&line.next()?, base);
        let default = line.next().map(|value| self.value(value, base));
        Some(Input {
            name,
            ty,
            default,
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        })
    }
}
