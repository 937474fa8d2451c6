//! How far the statements of a file reach: those that hold no others, so that a comment above a
//! block is not about all that stands in it.

use crate::source::Span;
use crate::syntax::tree::{ActionBody, Body, File, Input, Item, Output, StatementKind};

/// The places of such statements, in the order of the text.
#[derive(Debug, Default)]
pub(crate) struct Extents {
    places: Vec<Span>,
}

impl Extents {
    pub(crate) fn of(file: &File) -> Extents {
        let mut extents = Extents::default();
        for item in &file.items {
            extents.item(item);
        }
        extents.places.sort();
        extents
    }

    /// The statement that holds `place`.
    pub(crate) fn holding(&self, place: Span) -> Option<Span> {
        let after = self.places.partition_point(|it| it.start <= place.start);
        let last = self.places[..after].last()?;
        (place.start < last.end).then_some(*last)
    }

    /// As [`Extents::holding`], if that is one statement: in YAML one `let` can name several values.
    pub(crate) fn only(&self, place: Span) -> Option<Span> {
        let holding = self.holding(place)?;
        let from = self.places.partition_point(|it| *it < holding);
        (self.places.get(from + 1) != Some(&holding)).then_some(holding)
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Use(it) => self.places.push(it.at.0),
            Item::Type(it) => self.places.push(it.at.0),
            Item::Action(it) => {
                self.inputs(&it.params);
                self.places.extend(it.needs.iter().map(|need| need.at.0));
                if let Some(ActionBody::Steps { body, outputs }) = &it.body {
                    self.body(body);
                    self.outputs(outputs);
                }
            }
            Item::Mission(it) => {
                self.inputs(&it.inputs);
                let grants = it.authority.iter().flat_map(|it| &it.grants);
                self.places.extend(grants.map(|grant| grant.at.0));
                self.places.extend(it.verifiers.iter().map(|it| it.at.0));
                self.body(&it.body);
                for handler in it.on_failure.iter().chain(&it.finally) {
                    self.body(&handler.body);
                }
                self.outputs(&it.outputs);
            }
            Item::Test(it) => {
                self.places.extend(it.run.iter().map(|run| run.at.0));
                self.places.extend(it.given.iter().map(|given| given.at.0));
                self.places.extend(it.expect.iter().map(|it| it.at.0));
            }
            Item::On(it) => self.places.push(it.at.0),
            Item::Policy(it) => self.places.extend(it.grants.iter().map(|grant| grant.at.0)),
        }
    }

    fn inputs(&mut self, inputs: &[Input]) {
        self.places.extend(inputs.iter().map(|it| it.at.0));
    }

    fn outputs(&mut self, outputs: &[Output]) {
        self.places.extend(outputs.iter().map(|it| it.at.0));
    }

    fn body(&mut self, body: &Body) {
        for statement in &body.statements {
            match &statement.kind {
                StatementKind::Let { .. } | StatementKind::Step(_) => {
                    self.places.push(statement.at.0);
                }
                StatementKind::If {
                    then, otherwise, ..
                } => {
                    self.body(then);
                    self.body(otherwise);
                }
                StatementKind::For { body, .. } | StatementKind::Repeat { body, .. } => {
                    self.body(body);
                }
                StatementKind::Broken { .. } => {}
            }
        }
    }
}
