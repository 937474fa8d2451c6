//! Which parts of a value come from outside.

use std::collections::BTreeMap;

use super::trace::Trace;

/// A value seen as what of it comes from outside. What a shape does not name is the author's own.
#[derive(Clone, Debug, Default)]
pub(super) enum Shape {
    /// Nothing of it.
    #[default]
    Clean,
    /// All of it, and whether it is there at all.
    Whole(Trace),
    /// Some of its fields.
    Record(BTreeMap<String, Shape>),
    /// Something of a list.
    List {
        /// How it came from outside how many items there are.
        length: Option<Trace>,
        /// What of its items.
        item: Box<Shape>,
    },
}

impl Shape {
    /// A record; [`Shape::Clean`] when none of its fields comes from outside.
    pub(super) fn record(fields: impl IntoIterator<Item = (String, Shape)>) -> Shape {
        let tainted = fields.into_iter().filter(|(_, shape)| !shape.is_clean());
        let fields: BTreeMap<String, Shape> = tainted.collect();
        if fields.is_empty() {
            Shape::Clean
        } else {
            Shape::Record(fields)
        }
    }

    /// A list; [`Shape::Clean`] when neither its items nor their number come from outside.
    pub(super) fn list(length: Option<Trace>, item: Shape) -> Shape {
        match (length, item) {
            (None, Shape::Clean) => Shape::Clean,
            (length, item) => Shape::List {
                length,
                item: Box::new(item),
            },
        }
    }

    pub(super) fn is_clean(&self) -> bool {
        matches!(self, Shape::Clean)
    }

    /// How anything of it came from outside.
    pub(super) fn any(&self) -> Option<&Trace> {
        match self {
            Shape::Clean => None,
            Shape::Whole(trace) => Some(trace),
            Shape::Record(fields) => Trace::nearest(fields.values().filter_map(Shape::any)),
            Shape::List { length, item } => {
                Trace::nearest(item.any().into_iter().chain(length.as_ref()))
            }
        }
    }

    /// How it came from outside whether it is there, holds, or has items. That a record is there
    /// does not depend on its fields.
    pub(super) fn own(&self) -> Option<&Trace> {
        match self {
            Shape::Clean | Shape::Record(_) => None,
            Shape::Whole(trace) => Some(trace),
            Shape::List { length, .. } => length.as_ref(),
        }
    }

    /// A field of it.
    pub(super) fn field(&self, name: &str) -> Shape {
        match self {
            Shape::Record(fields) => fields.get(name).cloned().unwrap_or_default(),
            Shape::Clean => Shape::Clean,
            Shape::Whole(trace) => Shape::Whole(trace.clone()),
            // What a list gives for a name, only the evaluation knows.
            list @ Shape::List { .. } => list.flat(),
        }
    }

    /// An item that is there, whichever.
    pub(super) fn item(&self) -> Shape {
        match self {
            Shape::List { item, .. } => (**item).clone(),
            other => other.flat(),
        }
    }

    /// The same without parts: what is made from it in a way that mixes them.
    pub(super) fn flat(&self) -> Shape {
        self.any().cloned().map_or(Shape::Clean, Shape::Whole)
    }

    /// What may be one or the other. Where both come from outside, the nearer way is kept.
    pub(super) fn join(self, other: Shape) -> Shape {
        match (self, other) {
            (Shape::Clean, it) | (it, Shape::Clean) => it,
            (Shape::Whole(trace), other) => other.with(Some(&trace)),
            (shape, Shape::Whole(trace)) => shape.with(Some(&trace)),
            (
                Shape::List { length, item },
                Shape::List {
                    length: other_length,
                    item: other,
                },
            ) => {
                let length = Trace::nearest(length.iter().chain(&other_length)).cloned();
                Shape::list(length, item.join(*other))
            }
            (Shape::Record(mut a), Shape::Record(b)) => {
                for (name, shape) in b {
                    let joined = a.remove(&name).unwrap_or_default().join(shape);
                    a.insert(name, joined);
                }
                Shape::Record(a)
            }
            (a, b) => match b.any() {
                Some(trace) => a.with(Some(trace)),
                None => a.flat(),
            },
        }
    }

    /// This where it comes from outside, and else `under`.
    pub(super) fn over(self, under: Shape) -> Shape {
        match (self, under) {
            (Shape::Whole(trace), _) => Shape::Whole(trace),
            (Shape::Record(mut a), Shape::Record(b)) => {
                for (name, shape) in b {
                    let over = a.remove(&name).unwrap_or_default().over(shape);
                    a.insert(name, over);
                }
                Shape::Record(a)
            }
            (a, b) => a.join(b),
        }
    }

    /// The same, decided as a whole by what took this way, if anything did.
    pub(super) fn with(self, decided: Option<&Trace>) -> Shape {
        match decided {
            Some(trace) => Shape::Whole(self.any().map_or(trace, |it| it.nearer(trace)).clone()),
            None => self,
        }
    }

    /// The same with every way changed.
    pub(super) fn map(&self, change: &impl Fn(&Trace) -> Trace) -> Shape {
        match self {
            Shape::Clean => Shape::Clean,
            Shape::Whole(trace) => Shape::Whole(change(trace)),
            Shape::Record(fields) => Shape::Record(
                fields
                    .iter()
                    .map(|(name, shape)| (name.clone(), shape.map(change)))
                    .collect(),
            ),
            Shape::List { length, item } => {
                Shape::list(length.as_ref().map(change), item.map(change))
            }
        }
    }

    /// Whether the same parts come from outside, by whatever way that is as near.
    pub(super) fn is_like(&self, other: &Shape) -> bool {
        match (self, other) {
            (Shape::Clean, Shape::Clean) => true,
            (Shape::Whole(a), Shape::Whole(b)) => a.least == b.least,
            (
                Shape::List { length, item },
                Shape::List {
                    length: other_length,
                    item: other,
                },
            ) => {
                let least = |length: &Option<Trace>| length.as_ref().map(|it| it.least);
                least(length) == least(other_length) && item.is_like(other)
            }
            (Shape::Record(a), Shape::Record(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .all(|((x, a), (y, b))| x == y && a.is_like(b))
            }
            _ => false,
        }
    }
}
