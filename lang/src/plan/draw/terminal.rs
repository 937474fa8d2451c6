//! For a person at a terminal: the statements in the order of the text, and what each waits for.

use super::plain;
use super::shape::{Shape, Shapes, shapes};
use crate::plan::{Plan, Reason};
use crate::source::SourceMap;

/// Columns that a name and its action may take before what it waits for moves right.
const WIDE: usize = 44;

/// A list of the statements, blocks indented, without colours. What waits for nothing starts at
/// once.
#[must_use]
pub fn terminal(plan: &Plan, map: &SourceMap) -> String {
    let mut text = format!("{}\n", plain(&plan.mission));
    for line in steps(&shapes(plan, map), 1) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// The lines of a list, `depth` steps from the left.
pub(crate) fn steps(shapes: &Shapes, depth: usize) -> Vec<String> {
    let pad = "  ".repeat(depth);
    let titles: Vec<[String; 2]> = shapes
        .all
        .iter()
        .map(|shape| shape.title().map(|text| plain(&text)))
        .collect();
    // Blocks have long titles and stand on their own.
    let leaf = |index: &usize| shapes.all[*index].inside.all.is_empty();
    let leaves = || (0..titles.len()).filter(leaf);
    let width = |column: usize| leaves().map(|at| titles[at][column].chars().count()).max();
    let names = width(0).unwrap_or(0);
    let left: Vec<String> = (titles.iter().enumerate())
        .map(|(at, [name, what])| match leaf(&at) {
            true => format!("{name:names$}  {what}"),
            false => format!("{name} {what}").trim_end().to_owned(),
        })
        .collect();
    let columns = leaves().map(|at| left[at].chars().count()).max();
    let columns = columns.unwrap_or(0).min(WIDE);
    let mut waits = waits(shapes);
    let mut lines = Vec::new();
    for (at, (shape, left)) in shapes.all.iter().zip(left).enumerate() {
        let mut notes = std::mem::take(&mut waits[at]);
        notes.extend(shape.modifiers().map(plain));
        let mut notes = notes.into_iter();
        let first = notes.next().unwrap_or_default();
        lines.push(
            format!("{pad}{left:columns$}  {first}")
                .trim_end()
                .to_owned(),
        );
        lines.extend(notes.map(|note| format!("{pad}{:columns$}  {note}", "")));
        lines.extend(steps(&shape.inside, depth + 1));
    }
    lines
}

/// What each shape waits for, and why.
fn waits(shapes: &Shapes) -> Vec<Vec<String>> {
    let mut waits = vec![Vec::new(); shapes.all.len()];
    for edge in &shapes.edges {
        waits[edge.to].push(wait(&shapes.all[edge.from], &edge.reason));
    }
    waits
}

fn wait(from: &Shape, reason: &Reason) -> String {
    let name = plain(&from.called());
    match reason {
        Reason::After(_) => format!("after {name}"),
        Reason::Data(_) | Reason::Gate { .. } | Reason::Effect { .. } => {
            format!("after {name}: {}", plain(&reason.to_string()))
        }
    }
}
