//! For browsers and documents: a picture that needs nothing but itself.

mod arrange;
mod layout;
mod paper;
#[cfg(test)]
mod tests;

use self::layout::{Layout, Size, place};
use self::paper::{LETTER, LINE, Paper, columns};
use super::shape::{Shape, ShapeKind, Shapes, shapes};
use crate::plan::Plan;
use crate::source::SourceMap;

/// Between a box's border and what is in it.
const PAD: i64 = 10;
/// Around the whole picture.
const MARGIN: i64 = 20;

/// A picture from top to bottom: what has no path between it stands side by side, blocks are
/// frames around their statements, and an edge tells its reason to who points at it.
#[must_use]
pub fn svg(plan: &Plan, map: &SourceMap) -> String {
    let shapes = shapes(plan, map);
    let sheet = Sheet::new(&shapes);
    let size = sheet.layout.size;
    let mut paper = Paper::new(
        &plan.mission,
        size.width + 2 * MARGIN,
        size.height + 2 * MARGIN,
    );
    sheet.draw(MARGIN, MARGIN, 1, &mut paper);
    paper.finish()
}

/// The statements of one block, with their places in it.
struct Sheet<'a> {
    shapes: &'a Shapes,
    frames: Vec<Frame<'a>>,
    layout: Layout,
}

/// One statement: its texts and, of a block, what is in it.
struct Frame<'a> {
    shape: &'a Shape,
    lines: Vec<String>,
    size: Size,
    inside: Option<Sheet<'a>>,
}

impl<'a> Sheet<'a> {
    fn new(shapes: &'a Shapes) -> Sheet<'a> {
        let frames: Vec<Frame<'a>> = shapes.all.iter().map(Frame::new).collect();
        let sizes: Vec<Size> = frames.iter().map(|frame| frame.size).collect();
        let edges: Vec<(usize, usize)> = shapes
            .edges
            .iter()
            .map(|edge| (edge.from, edge.to))
            .collect();
        let handler =
            |shape: &Shape| matches!(shape.kind, ShapeKind::OnFailure | ShapeKind::Finally);
        let handlers = shapes.all.iter().filter(|shape| handler(shape)).count();
        let layout = place(&sizes, &edges, handlers);
        Sheet {
            shapes,
            frames,
            layout,
        }
    }

    /// Draws it with its corner at this place: boxes first, so that edges lie above them.
    fn draw(&self, x: i64, y: i64, depth: usize, paper: &mut Paper) {
        for (frame, at) in self.frames.iter().zip(&self.layout.boxes) {
            frame.draw(x + at.x, y + at.y, depth, paper);
        }
        for (edge, points) in self.shapes.edges.iter().zip(&self.layout.lines) {
            let (from, to) = (&self.shapes.all[edge.from], &self.shapes.all[edge.to]);
            let why = format!(
                "{} waits for {}: {}",
                to.called(),
                from.called(),
                edge.reason
            );
            let points = points.iter().map(|at| (x + at.x, y + at.y));
            paper.edge(edge.reason.word(), &why, &points.collect::<Vec<_>>(), depth);
        }
    }
}

impl<'a> Frame<'a> {
    fn new(shape: &'a Shape) -> Frame<'a> {
        let [name, what] = shape.title();
        let mut lines = vec![name];
        lines.extend((!what.is_empty()).then_some(what));
        lines.extend(shape.modifiers().map(str::to_owned));
        let inside = (!shape.inside.all.is_empty()).then(|| Sheet::new(&shape.inside));
        let widest = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
        let mut size = Size {
            width: widest * LETTER,
            height: LINE * i64::try_from(lines.len()).unwrap_or(1),
        };
        if let Some(inside) = &inside {
            size.width = size.width.max(inside.layout.size.width);
            size.height += PAD + inside.layout.size.height;
        }
        size.width += 2 * PAD;
        size.height += 2 * PAD;
        Frame {
            shape,
            lines,
            size,
            inside,
        }
    }

    fn draw(&self, x: i64, y: i64, depth: usize, paper: &mut Paper) {
        let class = match self.inside {
            Some(_) => "block",
            None => "step",
        };
        let title = match self.shape.line {
            Some(line) => format!("{} in line {line}", self.shape.id),
            None => self.shape.id.clone(),
        };
        let mut texts = self.lines.iter().map(String::as_str).zip(1..);
        paper.open(class, &title, depth);
        paper.frame(x, y, self.size.width, self.size.height, depth + 1);
        for (text, number) in texts.by_ref() {
            let class = if number == 1 { "name" } else { "more" };
            // A letter's foot stands some way above the end of its line.
            let foot = y + PAD + LINE * number - 5;
            paper.text(class, text, x + PAD, foot, depth + 1);
        }
        if let Some(inside) = &self.inside {
            let head = LINE * i64::try_from(self.lines.len()).unwrap_or(1) + PAD;
            // What is narrower than its frame's head stands in the middle.
            let left = (self.size.width - inside.layout.size.width) / 2;
            inside.draw(x + left, y + PAD + head, depth + 1, paper);
        }
        paper.close(depth);
    }
}
