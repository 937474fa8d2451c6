//! `authority` and `policy`, without the comments above: effects by name, or a list of them where names alone would not tell all.

use super::node::{Node, dashed, entry};
use super::{Page, is_plain};
use crate::syntax::tree::{Authority, Effect, Grant, Limit};

pub(super) fn authority(page: &mut Page, key: &str, node: &Authority) {
    let after = node.trivia.after.as_deref();
    if node.grants.is_empty() {
        entry(page, key, &Node::Map(Vec::new()), after);
    } else {
        page.line_with(&format!("{key}:"), after);
    }
    page.indented(|page| {
        match by_name(&node.grants) {
            Some(groups) => {
                for group in groups {
                    page.leads(&group.first.trivia.before);
                    let after = group.first.trivia.after.as_deref();
                    entry(page, group.key, &group.node, after);
                }
            }
            None => {
                for grant in &node.grants {
                    page.leads(&grant.trivia.before);
                    let (key, node) = keyed(grant);
                    let after = grant.trivia.after.as_deref();
                    dashed(page, |page| entry(page, key, &node, after));
                }
            }
        }
        page.leads(&node.tail);
    });
}

/// Grants under one key.
struct Group<'a> {
    key: &'static str,
    node: Node,
    first: &'a Grant,
}

/// The grants with each key once; `None` when the order or a comment would be lost.
fn by_name(grants: &[Grant]) -> Option<Vec<Group<'_>>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for grant in grants {
        let (key, node) = keyed(grant);
        match groups.iter_mut().find(|group| group.key == key) {
            None => groups.push(Group {
                key,
                node,
                first: grant,
            }),
            Some(_) if !is_plain(&grant.trivia) => return None,
            Some(group) if group.first.trivia.after.is_some() => return None,
            Some(group) => merge(&mut group.node, node)?,
        }
    }
    // A key that came again after another one has changed the order.
    let order = groups
        .iter()
        .flat_map(|group| grants.iter().filter(|grant| keyed(grant).0 == group.key));
    order
        .zip(grants)
        .all(|(a, b)| std::ptr::eq(a, b))
        .then_some(groups)
}

/// Puts the keys of one map behind those of another; `None` when one stands in both.
fn merge(node: &mut Node, more: Node) -> Option<()> {
    let (Node::Map(entries), Node::Map(more)) = (node, more) else {
        return None;
    };
    for (key, value) in more {
        let last = entries.last_mut()?;
        if last.0 == key {
            // `deny` holds `git`, which holds the verbs.
            if key != "git" {
                return None;
            }
            merge(&mut last.1, value)?;
        } else if entries.iter().any(|(earlier, _)| *earlier == key) {
            return None;
        } else {
            entries.push((key, value));
        }
    }
    Some(())
}

/// A grant as one key and what stands behind it.
fn keyed(grant: &Grant) -> (&'static str, Node) {
    let mut node = match grant.limits.as_slice() {
        [limit] if grant.effect == Effect::Time => Node::Raw(limit.amount.raw.clone()),
        [] if grant.elses == 0 => Node::values(&grant.scopes),
        limits => {
            let (first, otherwise) = grant.routes();
            let mut fields = vec![("allow".to_owned(), Node::values(first))];
            if !otherwise.is_empty() {
                fields.push(("else".to_owned(), Node::values(otherwise)));
            }
            fields.extend(limits.iter().map(limit));
            Node::Map(fields)
        }
    };
    if let Some(verb) = &grant.verb {
        node = Node::Map(vec![(verb.text.clone(), node)]);
    }
    let word = grant.effect.word();
    match grant.deny {
        true => ("deny", Node::Map(vec![(word.to_owned(), node)])),
        false => (word, node),
    }
}

fn limit(limit: &Limit) -> (String, Node) {
    (
        limit.kind.word().to_owned(),
        Node::Raw(limit.amount.raw.clone()),
    )
}
