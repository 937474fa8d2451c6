//! The faces of actions.

use super::errors::FACE_LINE;
use super::layout::{Block, Entry, FACE_LINES};
use super::statements::STATEMENTS;
use super::values::contents;
use super::{Reader, Rule};
use crate::diagnostic::Kind;
use crate::source::At;
use crate::syntax::tree::{
    ActionBody, Body, Bound, Effect, Face, Lead, LimitKind, Need, Output, TypeExpr, TypeExprKind,
    Value,
};

/// Words that may begin a line of an action.
const WORDS: &[&str] = &[
    "for", "gate", "if", "kind", "let", "needs", "output", "reads", "repeat", "run", "spends",
    "step", "takes", "writes",
];

impl Reader<'_> {
    pub(super) fn face(&mut self, mut entry: Entry) -> Option<Face> {
        let mut around = self.around(&mut entry);
        let Some((params, parens)) = entry.params.take() else {
            self.line(Rule::action_head, entry.head.clone());
            return None;
        };
        let start = entry.head.start;
        let name = self.line(Rule::action_head, start..parens.start);
        let result = self.line(
            Rule::action_tail,
            parens.end..entry.head.end.max(parens.end),
        );
        let block = self.required_block(&mut entry);
        let mut face = Face {
            name: self.ident(&name?.next()?, start),
            params: Vec::new(),
            result: TypeExpr {
                kind: TypeExprKind::Name("none".to_owned()),
                at: around.at,
            },
            needs: Vec::new(),
            bounds: Vec::new(),
            kind: None,
            gate: false,
            body: None,
            doc: around.doc,
            trivia: std::mem::take(&mut around.trivia),
            at: around.at,
        };
        if let Some(ty) = result?.next() {
            face.result = self.type_expr(&ty, parens.end);
        }
        for param in params {
            face.params.extend(self.input(Rule::param_line, param));
        }
        self.face_lines(&mut face, block);
        Some(face)
    }

    fn face_lines(&mut self, face: &mut Face, block: Block) {
        let mut command = None;
        let (mut statements, mut outputs) = (Vec::new(), Vec::<Output>::new());
        for mut entry in block.entries {
            match self.keyword(&entry) {
                word if STATEMENTS.contains(&word) => statements.push(self.statement(entry)),
                "output" => outputs.extend(self.output(entry)),
                word if !FACE_LINES.contains(&word) => {
                    self.unexpected(&entry, WORDS, FACE_LINE);
                }
                _ => {
                    face.trivia.before.append(&mut comments(&mut entry));
                    self.face_line(face, &mut command, entry);
                }
            }
        }
        if statements.is_empty() && outputs.is_empty() {
            face.body = command.map(ActionBody::Command);
            let comments = block.tail.into_iter().filter(is_comment);
            return face.trivia.before.extend(comments);
        }
        if let Some(command) = command {
            let kind = Kind::Syntax {
                found: "a command beside statements".to_owned(),
                expected: "either one `run` line or statements with their outputs".to_owned(),
            };
            self.report(kind, command.at.0);
        }
        let tail = block.tail;
        face.body = Some(ActionBody::Steps {
            body: Body { statements, tail },
            outputs,
        });
    }

    fn face_line(
        &mut self,
        face: &mut Face,
        command: &mut Option<Value>,
        entry: Entry,
    ) -> Option<()> {
        let base = entry.head.start;
        let at = At(self.span(entry.head.clone()));
        let mut line = self.line(Rule::face_line, entry.head)?;
        let pair = line.next()?;
        let rule = pair.as_rule();
        let mut parts = contents(pair);
        match rule {
            Rule::gate_line => face.gate = true,
            Rule::kind_line => face.kind = Some(self.ident(&parts.next()?, base)),
            Rule::takes_line | Rule::spends_line => {
                let kind = match rule {
                    Rule::takes_line => LimitKind::Time,
                    _ => match parts.next()?.as_str() {
                        "calls" => LimitKind::Calls,
                        "money" => LimitKind::Cost,
                        _ => LimitKind::Tokens,
                    },
                };
                let most = self.value(parts.next()?, base);
                face.bounds.push(Bound { kind, most, at });
            }
            Rule::run_field => {
                let value = self.value(parts.next()?, base);
                if command.is_some() {
                    let key = "run".to_owned();
                    self.report(Kind::KeyDuplicate { key }, at.0);
                    return None;
                }
                *command = Some(value);
            }
            Rule::order_line => {
                let effect = match parts.next()?.as_str() {
                    "reads" => Effect::Read,
                    _ => Effect::Write,
                };
                let scope = self.value(parts.next()?, base);
                face.needs.push(Need {
                    asks: false,
                    effect,
                    verb: None,
                    scope,
                    at,
                });
            }
            _ => {
                let effect = Effect::parse(parts.next()?.as_str())?;
                let verb = match rule {
                    Rule::need_git => Some(self.ident(&parts.next()?, base)),
                    _ => None,
                };
                let scope = self.value(parts.next()?, base);
                face.needs.push(Need {
                    asks: true,
                    effect,
                    verb,
                    scope,
                    at,
                });
            }
        }
        Some(())
    }
}

/// The comments of a line that has no place of its own for them.
pub(super) fn comments(entry: &mut Entry) -> Vec<Lead> {
    let before = std::mem::take(&mut entry.before);
    let after = entry.after.take().map(Lead::Comment);
    let doc = entry.doc.take().map(|(text, _)| text);
    let lines = doc.iter().flat_map(|text| text.split('\n'));
    before
        .into_iter()
        .chain(lines.map(|line| Lead::Comment(line.to_owned())))
        .chain(after)
        .filter(is_comment)
        .collect()
}

pub(super) fn is_comment(lead: &Lead) -> bool {
    matches!(lead, Lead::Comment(_))
}
