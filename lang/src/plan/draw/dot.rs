//! For Graphviz.

use std::fmt::Write as _;

use super::plain;
use super::shape::{Shape, Shapes, shapes};
use crate::plan::Plan;
use crate::source::SourceMap;

/// A digraph; blocks are clusters, edges carry their reasons.
#[must_use]
pub fn dot(plan: &Plan, map: &SourceMap) -> String {
    let mut text = format!(
        "digraph {} {{\n  compound=true\n  node [shape=box, style=rounded]\n",
        quoted(&plan.mission)
    );
    let shapes = shapes(plan, map);
    nodes(&shapes, 1, &mut text);
    edges(&shapes, &mut text);
    text.push_str("}\n");
    text
}

fn nodes(shapes: &Shapes, depth: usize, text: &mut String) {
    let pad = "  ".repeat(depth);
    for shape in &shapes.all {
        let id = quoted(&shape.id);
        let label = titled(shape);
        if shape.inside.all.is_empty() {
            let _ = writeln!(text, "{pad}{id} [label={label}]");
        } else {
            let cluster = cluster(shape);
            let _ = writeln!(text, "{pad}subgraph {cluster} {{\n{pad}  label={label}");
            nodes(&shape.inside, depth + 1, text);
            let _ = writeln!(text, "{pad}}}");
        }
    }
}

fn edges(shapes: &Shapes, text: &mut String) {
    for edge in &shapes.edges {
        let (from, to) = (&shapes.all[edge.from], &shapes.all[edge.to]);
        let label = quoted(&edge.reason.to_string());
        let mut more = format!("label={label}");
        // Graphviz has edges between nodes only; one to a cluster is cut at its border.
        if !from.inside.all.is_empty() {
            let _ = write!(more, ", ltail={}", cluster(from));
        }
        if !to.inside.all.is_empty() {
            let _ = write!(more, ", lhead={}", cluster(to));
        }
        let tail = quoted(&last(from).id);
        let head = quoted(&first(to).id);
        let _ = writeln!(text, "  {tail} -> {head} [{more}]");
    }
    for shape in &shapes.all {
        edges(&shape.inside, text);
    }
}

/// The node at which an edge into a cluster ends.
fn first(shape: &Shape) -> &Shape {
    shape.inside.all.first().map_or(shape, first)
}

/// The node at which an edge out of a cluster begins.
fn last(shape: &Shape) -> &Shape {
    shape.inside.all.last().map_or(shape, last)
}

fn cluster(shape: &Shape) -> String {
    quoted(&format!("cluster {}", shape.id))
}

fn titled(shape: &Shape) -> String {
    let [name, what] = shape.title();
    let mut lines = vec![escaped(&name)];
    lines.extend((!what.is_empty()).then(|| escaped(&what)));
    lines.extend(shape.modifiers().map(escaped));
    format!("\"{}\"", lines.join("\\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text for a place in quotes. Graphviz also reads `\N` and HTML's entities there.
fn escaped(text: &str) -> String {
    plain(text)
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('&', "&amp;")
}
