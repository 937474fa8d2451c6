//! The commands of a mission, as rules look at them: words, with the places where values go.

use std::collections::HashSet;

use super::{Subject, walk};
use crate::plan::{NodeKind, Plan};
use crate::source::Span;
use crate::syntax::command::{Part, assemble};
use crate::syntax::tree::{ActionBody, Item, Piece, Template, Value, ValueKind};
use crate::types::{Plain, Type};

/// One command that is written in a file.
pub(super) struct Command {
    /// Its words; those that do not begin it may hold values.
    pub(super) words: Vec<Word>,
    pub(super) at: Span,
}

/// One argument.
pub(super) struct Word {
    /// As it is known: values are left out.
    pub(super) text: String,
    /// Whether a value is put into it.
    pub(super) has_value: bool,
}

/// All commands that the missions with a plan start, their verifiers' first, and those of the
/// file's own actions.
pub(super) fn commands(subject: &Subject<'_>) -> Vec<Command> {
    let mut found: Vec<Command> = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |value: &Value| {
        // A default of an input stands in every call.
        if seen.insert(value.at.0) {
            found.extend(Command::of(value));
        }
    };
    for item in &subject.file.items {
        match item {
            Item::Mission(mission) => {
                let runs = mission.verifiers.iter();
                let runs = runs.flat_map(|it| it.run.iter().chain(&it.also));
                runs.for_each(&mut add);
                for input in &mission.inputs {
                    let is_command = input.ty.is_named("command");
                    input
                        .default
                        .iter()
                        .filter(|_| is_command)
                        .for_each(&mut add);
                }
            }
            Item::Action(face) => {
                if let Some(ActionBody::Command(value)) = &face.body {
                    add(value);
                }
            }
            Item::Use(_) | Item::Type(_) | Item::Test(_) | Item::On(_) | Item::Policy(_) => {}
        }
    }
    for plan in subject.plans {
        arguments(plan, &mut add);
    }
    found
}

/// The arguments of steps that are commands.
fn arguments(plan: &Plan, add: &mut impl FnMut(&Value)) {
    for node in walk::nodes(plan) {
        let args = match &node.kind {
            NodeKind::Step(step) => &step.args,
            NodeKind::Call(call) => &call.args,
            _ => continue,
        };
        for (_, value, ty) in args {
            if *ty.bare() == Type::Plain(Plain::Command) {
                add(value);
            }
        }
    }
}

impl Command {
    fn of(value: &Value) -> Option<Command> {
        let ValueKind::Text(template) = &value.kind else {
            return None;
        };
        Some(Command {
            words: words(template)?,
            at: value.at.0,
        })
    }

    /// The name of its program, without folders, and the words behind it. What only starts another
    /// program is skipped.
    pub(super) fn program(&self) -> Option<(&str, &[Word])> {
        let mut words = &self.words[..];
        loop {
            let (first, rest) = words.split_first()?;
            let name = first.text.rsplit('/').next()?;
            words = rest;
            match name {
                "env" | "sudo" | "nohup" | "nice" | "time" | "xvfb-run" => {
                    while words
                        .first()
                        .is_some_and(|it| it.text.starts_with('-') || it.text.contains('='))
                    {
                        words = &words[1..];
                    }
                }
                _ => return Some((name, words)),
            }
        }
    }
}

fn words(template: &Template) -> Option<Vec<Word>> {
    // Values are put in as one letter each, which is taken out of the words again.
    let parts: Vec<Part<'_>> = template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => Part::Written(text),
            Piece::Expr(_) => Part::Value("\u{fffc}"),
        })
        .collect();
    let words = assemble(&parts).ok()?;
    Some(
        words
            .into_iter()
            .map(|word| Word {
                has_value: word.contains('\u{fffc}'),
                text: word.replace('\u{fffc}', ""),
            })
            .collect(),
    )
}
