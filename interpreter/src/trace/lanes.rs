//! Which lane each span is drawn in: one where it overlaps nothing but what it is inside of.

use std::cmp::Reverse;

use super::spans::Span;

/// Gives each span a lane, from 0. Also how many lanes there are.
pub(super) fn share(mut spans: Vec<Span>) -> (usize, Vec<(usize, Span)>) {
    // What is around something comes before it.
    spans.sort_by(|a, b| {
        let key = |span: &Span| (span.from, Reverse(span.to), span.path.len(), span.depth);
        key(a).cmp(&key(b))
    });
    let mut lanes: Vec<Lane> = Vec::new();
    let mut placed = Vec::with_capacity(spans.len());
    for span in spans {
        let free = lanes.iter_mut().position(|lane| lane.has_room(&span));
        let lane = free.unwrap_or_else(|| {
            lanes.push(Lane::default());
            lanes.len() - 1
        });
        lanes[lane].0.push(Open {
            path: span.path.clone(),
            to: span.to,
        });
        placed.push((lane, span));
    }
    (lanes.len(), placed)
}

/// What is open in a lane at the time of the latest span, the innermost last.
#[derive(Default)]
struct Lane(Vec<Open>);

struct Open {
    path: String,
    to: u64,
}

impl Lane {
    fn has_room(&mut self, span: &Span) -> bool {
        while self.0.last().is_some_and(|open| open.to <= span.from) {
            self.0.pop();
        }
        self.0
            .last()
            .is_none_or(|open| span.to <= open.to && is_inside(&span.path, &open.path))
    }
}

/// An attempt has the name of its step, and a step begins with the name of its call.
fn is_inside(path: &str, around: &str) -> bool {
    path.strip_prefix(around)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
