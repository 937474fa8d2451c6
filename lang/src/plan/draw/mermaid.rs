//! For Mermaid, as GitHub and GitLab draw it.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::plain;
use super::shape::{Shape, Shapes, shapes};
use crate::plan::Plan;
use crate::source::SourceMap;

/// A flowchart from top to bottom; blocks are subgraphs, edges carry their reasons.
#[must_use]
pub fn mermaid(plan: &Plan, map: &SourceMap) -> String {
    let shapes = shapes(plan, map);
    let mut chart = Chart {
        text: "flowchart TD\n".to_owned(),
        names: HashMap::new(),
        taken: HashSet::new(),
    };
    chart.nodes(&shapes, 1);
    chart.edges(&shapes);
    chart.text
}

struct Chart<'a> {
    text: String,
    /// Mermaid's name of each id.
    names: HashMap<&'a str, String>,
    taken: HashSet<String>,
}

impl<'a> Chart<'a> {
    fn nodes(&mut self, shapes: &'a Shapes, depth: usize) {
        let pad = "  ".repeat(depth);
        for shape in &shapes.all {
            let name = self.name(&shape.id);
            let label = titled(shape);
            if shape.inside.all.is_empty() {
                let _ = writeln!(self.text, "{pad}{name}[\"{label}\"]");
            } else {
                let _ = writeln!(self.text, "{pad}subgraph {name}[\"{label}\"]");
                self.nodes(&shape.inside, depth + 1);
                let _ = writeln!(self.text, "{pad}end");
            }
        }
    }

    /// Edges stand behind all nodes: an edge that names a node first would draw it outside of its
    /// subgraph.
    fn edges(&mut self, shapes: &'a Shapes) {
        let name = |index: usize| {
            let shape = shapes.all.get(index)?;
            self.names.get(shape.id.as_str())
        };
        for edge in &shapes.edges {
            if let (Some(from), Some(to)) = (name(edge.from), name(edge.to)) {
                let reason = label(&edge.reason.to_string());
                let _ = writeln!(self.text, "  {from} -->|\"{reason}\"| {to}");
            }
        }
        for shape in &shapes.all {
            self.edges(&shape.inside);
        }
    }

    /// Mermaid takes some words and signs for its own wherever they stand, so an id keeps only
    /// letters and digits, behind a prefix that makes it no word.
    fn name(&mut self, id: &'a str) -> String {
        let letters = id.chars().map(|letter| match letter {
            letter if letter.is_ascii_alphanumeric() => letter,
            _ => '_',
        });
        let first: String = "n_".chars().chain(letters).collect();
        let mut name = first.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{first}_{number}");
            number += 1;
        }
        self.names.insert(id, name.clone());
        name
    }
}

fn titled(shape: &Shape) -> String {
    let [name, what] = shape.title();
    let mut lines = vec![label(&name)];
    lines.extend((!what.is_empty()).then(|| label(&what)));
    lines.extend(shape.modifiers().map(label));
    lines.join("<br>")
}

/// A text for a place in quotes. All signs but the harmless ones are written as numbers:
/// `#`, `%%` and `:` mean something to Mermaid even there.
fn label(text: &str) -> String {
    let mut label = String::new();
    for letter in plain(text).chars() {
        let harmless = letter.is_alphanumeric() || " _.,-+/*=()!?'".contains(letter);
        if harmless {
            label.push(letter);
        } else {
            let _ = write!(label, "#{};", u32::from(letter));
        }
    }
    label
}
