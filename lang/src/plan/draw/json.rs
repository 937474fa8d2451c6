//! For programs: `tau.graph/1`.

use serde_json::{Value as Json, json};

use super::shape::{Shape, Shapes, shapes};
use crate::plan::Plan;
use crate::source::SourceMap;

/// The graph as data: `nodes` in the order of the text, each inside its `parent`, and `edges`
/// from what is first to what waits, those of a block before those inside it.
#[must_use]
pub fn json(plan: &Plan, map: &SourceMap) -> Json {
    let shapes = shapes(plan, map);
    let (mut all, mut edges) = (Vec::new(), Vec::new());
    collect(&shapes, None, &mut all, &mut edges);
    json!({
        "schema": "tau.graph/1",
        "mission": plan.mission,
        "nodes": all,
        "edges": edges,
    })
}

fn collect(shapes: &Shapes, parent: Option<&str>, all: &mut Vec<Json>, edges: &mut Vec<Json>) {
    for edge in &shapes.edges {
        edges.push(json!({
            "from": shapes.all[edge.from].id,
            "to": shapes.all[edge.to].id,
            "reason": edge.reason.to_string(),
            "kind": edge.reason.word(),
        }));
    }
    for shape in &shapes.all {
        all.push(node(shape, parent));
        collect(&shape.inside, Some(&shape.id), all, edges);
    }
}

fn node(shape: &Shape, parent: Option<&str>) -> Json {
    let mut node = json!({
        "id": shape.id,
        "name": shape.name,
        "kind": shape.kind.word(),
        "action": shape.action,
        "parent": parent,
    });
    if let Some(line) = shape.line {
        node["line"] = line.into();
    }
    if !shape.detail.is_empty() {
        node["detail"] = shape.detail.as_str().into();
    }
    if let Some(serial) = &shape.serial {
        node["serial"] = serial.as_str().into();
    }
    node
}
