//! What types say of where their values come from.

use super::shape::Shape;
use super::trace::Trace;
use crate::library::Repeat;
use crate::types::{Plain, Type};

/// Whether a value of this type has parts that come from outside: `untrusted …`, or an `issue`.
pub(super) fn has_outside(ty: &Type) -> bool {
    match ty {
        Type::Untrusted(_) | Type::Plain(Plain::Issue) => true,
        Type::List(inner) | Type::Map(inner) | Type::Optional(inner) => has_outside(inner),
        Type::Named(_, inner) => has_outside(inner),
        Type::Record(fields) => fields.iter().any(|(_, ty)| has_outside(ty)),
        Type::Any | Type::None | Type::Plain(_) | Type::Choice(_) => false,
    }
}

/// The parts of a value of this type that come from outside, by the way `from`.
pub(super) fn declared(ty: &Type, from: &Trace) -> Shape {
    match ty {
        Type::Untrusted(inner) => outside(inner, from),
        Type::Plain(Plain::Issue) => Shape::Whole(from.clone()),
        Type::Optional(inner) => declared(inner, from),
        Type::Named(_, inner) => declared(inner, from),
        Type::List(item) => list(declared(item, from), from),
        Type::Map(value) => declared(value, from).flat(),
        Type::Record(fields) => parts(fields, |ty| declared(ty, from)),
        Type::Any | Type::None | Type::Plain(_) | Type::Choice(_) => Shape::Clean,
    }
}

/// A value of this type of which all comes from outside. One of a few texts that the author has
/// named is the author's own, whoever picks it: that is what a choice is for.
pub(super) fn outside(ty: &Type, from: &Trace) -> Shape {
    match ty {
        Type::Choice(_) | Type::None => Shape::Clean,
        // Of a map, who gives it names the fields.
        Type::Any | Type::Plain(_) | Type::Map(_) => Shape::Whole(from.clone()),
        Type::Optional(inner) | Type::Untrusted(inner) => outside(inner, from),
        Type::Named(_, inner) => outside(inner, from),
        Type::List(item) => list(outside(item, from), from),
        Type::Record(fields) => parts(fields, |ty| outside(ty, from)),
    }
}

/// A value that is put where this type is asked for: its choices have been compared with what the
/// type allows.
pub(super) fn narrowed(shape: Shape, ty: &Type) -> Shape {
    match (shape, ty) {
        (_, Type::Choice(_) | Type::None) => Shape::Clean,
        (shape, Type::Optional(inner) | Type::Untrusted(inner)) => narrowed(shape, inner),
        (shape, Type::Named(_, inner)) => narrowed(shape, inner),
        (Shape::Whole(trace), ty @ (Type::List(_) | Type::Record(_))) => outside(ty, &trace),
        (Shape::List { length, item }, Type::List(ty)) => match narrowed(*item, ty) {
            Shape::Clean => Shape::Clean,
            item => Shape::list(length, item),
        },
        (shape, Type::List(_)) => shape,
        // Fields that the type does not name stay as they are.
        (Shape::Record(mut all), Type::Record(fields)) => {
            for (name, ty) in fields {
                if let Some(shape) = all.remove(name) {
                    all.insert(name.clone(), narrowed(shape, ty));
                }
            }
            Shape::record(all)
        }
        (shape, Type::Record(_)) => shape,
        (shape, Type::Any | Type::Map(_) | Type::Plain(_)) => shape,
    }
}

/// What an action's result takes over from outside text that it was given, or that it read.
///
/// What an action looks up or computes (`observe`, `pure`) is all of it decided by what was asked
/// for. What it did is a receipt: its texts may hold what was given, its numbers and truth values
/// say what happened, and its paths are those it was allowed to write. Where a face marks something
/// as `untrusted`, it has said what is, and a sealed type is what an action vouches for.
pub(super) fn derived(ty: &Type, repeat: Repeat, from: &Trace) -> Shape {
    match repeat {
        _ if ty.is_sealed() || has_outside(ty) => Shape::Clean,
        Repeat::Pure | Repeat::Observe => outside(ty, from),
        Repeat::Replace | Repeat::External | Repeat::Unknown => texts(ty, from),
    }
}

/// The texts in a receipt.
fn texts(ty: &Type, from: &Trace) -> Shape {
    match ty {
        ty if ty.is_sealed() => Shape::Clean,
        Type::Any | Type::Map(_) => Shape::Whole(from.clone()),
        Type::Plain(Plain::Path | Plain::Glob) => Shape::Clean,
        Type::Plain(plain) if plain.is_text() => Shape::Whole(from.clone()),
        Type::Plain(_) | Type::Choice(_) | Type::None => Shape::Clean,
        Type::Optional(inner) | Type::Untrusted(inner) => texts(inner, from),
        Type::Named(_, inner) => texts(inner, from),
        Type::List(item) => list(texts(item, from), from),
        Type::Record(fields) => parts(fields, |ty| texts(ty, from)),
    }
}

/// Whether there is a text in it that is not the name of a file.
pub(super) fn holds_content(ty: &Type) -> bool {
    match ty {
        Type::Any | Type::Map(_) => true,
        Type::Plain(Plain::Path | Plain::Glob) => false,
        Type::Plain(plain) => plain.is_text(),
        Type::None | Type::Choice(_) => false,
        Type::List(inner) | Type::Optional(inner) | Type::Untrusted(inner) => holds_content(inner),
        Type::Named(_, inner) => holds_content(inner),
        Type::Record(fields) => fields.iter().any(|(_, ty)| holds_content(ty)),
    }
}

/// Who gives the items decides how many there are. A list of choices is a choice itself.
fn list(item: Shape, from: &Trace) -> Shape {
    let length = (!item.is_clean()).then(|| from.clone());
    Shape::list(length, item)
}

fn parts(fields: &[(String, Type)], shape: impl Fn(&Type) -> Shape) -> Shape {
    Shape::record(fields.iter().map(|(name, ty)| (name.clone(), shape(ty))))
}
