//! Items of a file and members of a mission.

use super::layout::{Block, Entry};
use super::{Reader, Rule};
use crate::diagnostic::Kind;
use crate::syntax::tree::{Body, File, Ident, Input, Item, Mission, TypeItem, Use};

/// Words that may begin a line of a mission.
const MEMBERS: &[&str] = &[
    "authority",
    "if",
    "input",
    "let",
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
                _ => {
                    let words = &["action", "mission", "type", "use"];
                    self.unexpected(&entry, words, "`mission`, `use`, `type` or `action`");
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
        let root = self.ident(&line.next()?, base);
        let mut names = Vec::new();
        while let Some(pair) = line.next() {
            names.push(self.ident(&pair, base));
        }
        Some(Use {
            root,
            names,
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
        let mut mission = Mission {
            name,
            inputs: Vec::new(),
            authority: None,
            verifiers: Vec::new(),
            body: Body {
                statements: Vec::new(),
                tail: block.tail,
            },
            outputs: Vec::new(),
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        };
        for entry in block.entries {
            self.member(&mut mission, entry);
        }
        Some(mission)
    }

    fn member(&mut self, mission: &mut Mission, entry: Entry) {
        match self.keyword(&entry) {
            "input" => mission.inputs.extend(self.input(Rule::input_line, entry)),
            "authority" => {
                let authority = self.authority(entry);
                match &mut mission.authority {
                    None => mission.authority = Some(authority),
                    Some(first) => {
                        self.diagnostics.push(
                            crate::diagnostic::Diagnostic::new(
                                Kind::DuplicateName {
                                    what: "a block".to_owned(),
                                    name: "authority".to_owned(),
                                },
                                authority.at.0,
                            )
                            .label(first.at.0, "the first one"),
                        );
                        first.grants.extend(authority.grants);
                    }
                }
            }
            "verifier" => mission.verifiers.extend(self.verifier(entry)),
            "output" => mission.outputs.extend(self.output(entry)),
            "let" | "step" | "if" | "repeat" => {
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
