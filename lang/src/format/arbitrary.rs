//! Trees as a careful author might have written them, for laws that hold for all of them.

mod action;
mod authority;
mod expr;
mod mission;
mod statement;
mod test;
mod trivia;
mod types;
mod value;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use self::action::face;
use self::mission::mission;
use self::test::{test, trigger};
use self::trivia::{ident, leads, name, plain, trivia};
use self::types::type_item;
use super::styled;
use crate::source::At;
use crate::syntax::tree::{File, Item, Use, UseFrom};

/// A file with whatever a file may hold, in the order of the one style.
pub(crate) fn file() -> impl Strategy<Value = File> {
    let item = prop_oneof![
        1 => a_use().prop_map(Item::Use),
        1 => a_source().prop_map(Item::Use),
        1 => type_item().prop_map(Item::Type),
        1 => face().prop_map(Item::Action),
        2 => mission().prop_map(Item::Mission),
        1 => test().prop_map(Item::Test),
        1 => trigger().prop_map(Item::On),
        1 => authority::authority().prop_map(Item::Policy),
    ];
    let some = |items: &Vec<Item>| items.iter().any(|item| !matches!(item, Item::Use(_)));
    let items = vec(item, 1..5).prop_filter("more than uses", some);
    (items, leads()).prop_map(|(mut items, tail)| {
        items.sort_by_key(Item::rank);
        // The one key for it in YAML.
        items.dedup_by(|a, b| matches!((a, b), (Item::Policy(_), Item::Policy(_))));
        for (number, item) in items.iter_mut().enumerate() {
            let name = match item {
                Item::Type(node) => &mut node.name,
                Item::Action(node) => &mut node.name,
                Item::Mission(node) => &mut node.name,
                Item::Use(_) | Item::Test(_) | Item::On(_) | Item::Policy(_) => continue,
            };
            *name = ident(format!("{name}_{number}"));
        }
        styled(File { items, tail })
    })
}

fn a_use() -> impl Strategy<Value = Use> {
    let names = select(vec![
        vec![],
        vec!["fs"],
        vec!["issue", "model", "verify"],
        vec!["prove_patch", "git"],
    ]);
    (names, trivia()).prop_map(|(names, trivia)| Use {
        from: UseFrom::Std {
            root: ident("std"),
            names: names.into_iter().map(ident).collect(),
        },
        alias: None,
        trivia,
        at: At::default(),
    })
}

fn a_source() -> impl Strategy<Value = Use> {
    let sources = select(vec![
        "./lib/review.tau",
        "https://host/owner/repo@v1.2",
        "../flows@v1",
        "a: \"b\"",
        "std",
    ]);
    (sources, option::of(name()), trivia()).prop_map(|(source, alias, trivia)| Use {
        from: UseFrom::Source(plain(source)),
        alias,
        trivia,
        at: At::default(),
    })
}
