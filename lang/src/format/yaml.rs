//! The YAML spelling: a file and its items.

mod action;
mod authority;
mod mission;
mod node;
mod scalar;
mod statement;
mod test;

use self::mission::{Place, documented, members};
use self::node::{Node, entry};
use super::WIDTH;
use super::page::{Page, width};
use crate::syntax::text::Text;
use crate::syntax::tree::{File, Ident, Item, Mission, Trivia, TypeItem, Use, UseFrom};

/// The whole file, whose items are in the one order.
pub(super) fn print(file: &File) -> String {
    let mut page = Page::default();
    let Some(first) = file.items.first() else {
        page.leads(&file.tail);
        return page.text;
    };
    // The file begins with its first item, so that item's comments stand above all.
    page.leads(&first.trivia().before);
    page.line("tau: 1");
    let missions = file.items.iter();
    let flat = missions
        .filter(|item| matches!(item, Item::Mission(_)))
        .count()
        == 1;
    let mut at = 0;
    for group in file.items.chunk_by(|a, b| a.rank() == b.rank()) {
        print_group(&mut page, group, at == 0, flat);
        at += group.len();
    }
    if !file.tail.is_empty() {
        page.blank();
        page.leads(&file.tail);
    }
    page.text
}

/// The items of one kind. The leads of the file's `first` item are printed already.
fn print_group(page: &mut Page, group: &[Item], first: bool, flat: bool) {
    let leads = |page: &mut Page, index: usize, trivia: &Trivia| {
        if !first || index > 0 {
            page.leads(&trivia.before);
        }
    };
    let key = match &group[0] {
        Item::Use(_) => {
            let uses: Vec<&Use> = group.iter().filter_map(Item::as_use).collect();
            if !first && uses.len() == 1 {
                page.leads(&uses[0].trivia.before);
            }
            return print_uses(page, &uses);
        }
        Item::Mission(node) if flat => {
            leads(page, 0, &node.trivia);
            let after = node.trivia.after.as_deref();
            entry(page, "mission", &Node::text(&node.name.text), after);
            return members(page, node, Place::File);
        }
        Item::Policy(node) => {
            // There is one of them; of several, converting says that they have one name.
            leads(page, 0, &node.trivia);
            return authority::authority(page, "policy", node);
        }
        Item::Type(_) => "types",
        Item::Action(_) => "actions",
        Item::Mission(_) => "missions",
        Item::Test(_) => "tests",
        Item::On(_) => "on",
    };
    page.line(&format!("{key}:"));
    page.indented(|page| {
        for (index, item) in group.iter().enumerate() {
            if index > 0 && matches!(item, Item::Action(_) | Item::Mission(_) | Item::Test(_)) {
                page.blank();
            }
            leads(page, index, item.trivia());
            match item {
                Item::Use(_) | Item::Policy(_) => {}
                Item::Type(node) => type_item(page, node),
                Item::Action(node) => action::action(page, node),
                Item::Mission(node) => nested_mission(page, node),
                Item::Test(node) => test::test(page, node),
                Item::On(node) => test::trigger(page, node),
            }
        }
    });
}

/// One line of uses as `use: [std.a, std.b]`, several as a list of such lines.
fn print_uses(page: &mut Page, uses: &[&Use]) {
    let names = |node: &Use| -> Vec<Node> {
        match &node.from {
            UseFrom::Std { root, names } if names.is_empty() => vec![Node::text(&root.text)],
            UseFrom::Std { root, names } => names
                .iter()
                .map(|name| Node::text(&format!("{root}.{name}")))
                .collect(),
            UseFrom::Source(source) => vec![self::source(source, node.alias.as_ref())],
        }
    };
    match uses {
        [] => {}
        [node] => {
            let after = node.trivia.after.as_deref();
            entry(page, "use", &Node::List(names(node)), after);
        }
        uses => {
            page.line("use:");
            page.indented(|page| {
                for (index, node) in uses.iter().enumerate() {
                    if index > 0 {
                        page.leads(&node.trivia.before);
                    }
                    let mut names = names(node);
                    let line = match names.len() {
                        1 => names.remove(0),
                        _ => Node::List(names),
                    };
                    node::item(page, &line, node.trivia.after.as_deref());
                }
            });
        }
    }
}

/// A file or repository: its place alone, or with the name that it has here.
fn source(source: &Text, alias: Option<&Ident>) -> Node {
    let from = Node::text(&source.value);
    let like_std = source.value.split('.').all(|part| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    let mut fields = vec![("from".to_owned(), from)];
    match alias {
        None if !like_std => return Node::text(&source.value),
        None => {}
        Some(alias) => fields.push(("as".to_owned(), Node::text(&alias.text))),
    }
    Node::Map(fields)
}

/// A type as the tau spelling writes it, where it fits in a line.
fn type_item(page: &mut Page, node: &TypeItem) {
    let (name, after) = (&node.name.text, node.trivia.after.as_deref());
    let text = super::types::ty(&node.ty);
    let ty = match page.indent + width(name) + width(&text) + 14 <= WIDTH {
        true => Node::text(&text),
        false => mission::ty(&node.ty),
    };
    if node.doc.is_none() && !matches!(ty, Node::Map(_)) {
        return entry(page, name, &ty, after);
    }
    let mut fields = vec![("type".to_owned(), ty)];
    documented(&mut fields, node.doc.as_ref());
    entry(page, name, &Node::Map(fields), after);
}

fn nested_mission(page: &mut Page, node: &Mission) {
    page.line_with(&format!("{}:", node.name), node.trivia.after.as_deref());
    page.indented(|page| {
        let start = page.text.len();
        members(page, node, Place::Name);
        if page.text.len() == start || only_comments(&page.text[start..]) {
            let tail = page.text.split_off(start);
            page.line("steps: []");
            page.text.push_str(&tail);
        }
    });
}

fn only_comments(text: &str) -> bool {
    text.lines()
        .all(|line| line.trim_start().starts_with('#') || line.trim().is_empty())
}

/// Whether a node has neither comments nor blank lines about it.
fn is_plain(trivia: &Trivia) -> bool {
    trivia.after.is_none() && trivia.before.is_empty()
}
