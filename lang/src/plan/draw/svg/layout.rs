//! Where things stand: layers by the longest path, with a place in each for every edge that passes.

use std::collections::HashSet;

use super::arrange::arrange;

/// Between layers.
const BELOW: i64 = 36;
/// How many that wait for nothing, and for which nothing waits, stand side by side.
const ROW: usize = 6;
/// How often long edges bend, all together. Beyond, they go straight to where they lead.
const MAX_BENDS: usize = 20_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: i64,
    pub(super) height: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) x: i64,
    pub(super) y: i64,
}

/// Where boxes and edges are.
#[derive(Debug)]
pub(super) struct Layout {
    /// The upper left corner of each box.
    pub(super) boxes: Vec<Point>,
    /// The way of each edge: its beginning, where it leaves that layer, where it enters and leaves
    /// each layer that it passes, its end.
    pub(super) lines: Vec<Vec<Point>>,
    pub(super) size: Size,
}

/// A box, or a place at which a long edge passes a layer.
pub(super) struct Slot {
    layer: usize,
    pub(super) size: Size,
    /// Its middle.
    pub(super) x: i64,
    /// What leads to it, and where it leads, in the next layers.
    pub(super) above: Vec<usize>,
    pub(super) below: Vec<usize>,
}

impl Slot {
    fn new(layer: usize, size: Size) -> Slot {
        Slot {
            layer,
            size,
            x: 0,
            above: Vec::new(),
            below: Vec::new(),
        }
    }
}

/// Finds places for boxes of these sizes. Edges lead to later boxes and are sorted by those. The
/// last `handlers` boxes stand below all others.
pub(super) fn place(sizes: &[Size], edges: &[(usize, usize)], handlers: usize) -> Layout {
    let layers = layers(sizes.len(), edges, handlers);
    let all = layers.iter().zip(sizes);
    let mut slots: Vec<Slot> = all.map(|(layer, size)| Slot::new(*layer, *size)).collect();
    let bends = |(from, to): &(usize, usize)| layers[*to] - layers[*from] - 1;
    let bent = edges.iter().map(bends).sum::<usize>() <= MAX_BENDS;
    let mut ways: Vec<Vec<usize>> = Vec::with_capacity(edges.len());
    for (from, to) in edges {
        let mut way = vec![*from];
        for layer in (layers[*from] + 1..layers[*to]).take_while(|_| bent) {
            way.push(slots.len());
            slots.push(Slot::new(layer, Size::default()));
        }
        way.push(*to);
        for pair in way.windows(2) {
            slots[pair[0]].below.push(pair[1]);
            slots[pair[1]].above.push(pair[0]);
        }
        ways.push(way);
    }
    let mut rows = vec![Vec::new(); layers.iter().max().map_or(0, |last| last + 1)];
    for (index, slot) in slots.iter().enumerate() {
        rows[slot.layer].push(index);
    }
    arrange(&mut rows, &mut slots);
    drawn(sizes, &rows, &slots, &ways)
}

/// The layer of each box.
fn layers(count: usize, edges: &[(usize, usize)], handlers: usize) -> Vec<usize> {
    let mut layers = vec![0; count];
    let mut joined: HashSet<usize> = HashSet::new();
    for (from, to) in edges {
        layers[*to] = layers[*to].max(layers[*from] + 1);
        joined.extend([from, to]);
    }
    let others = count - handlers;
    let alone = (0..others).filter(|index| !joined.contains(index));
    for (number, index) in alone.enumerate() {
        layers[index] = number / ROW;
    }
    let next = layers[..others].iter().max().map_or(0, |last| last + 1);
    for (number, layer) in layers[others..].iter_mut().enumerate() {
        *layer = next + number;
    }
    layers
}

/// The places as they are drawn: from the left and the top.
fn drawn(sizes: &[Size], rows: &[Vec<usize>], slots: &[Slot], ways: &[Vec<usize>]) -> Layout {
    let left = |slot: &Slot| slot.x - slot.size.width / 2;
    let first = slots.iter().map(left).min().unwrap_or(0);
    let (mut tops, mut heights, mut top) = (Vec::new(), Vec::new(), 0);
    for row in rows {
        let all = row.iter().map(|index| slots[*index].size.height);
        let height = all.max().unwrap_or(0);
        tops.push(top);
        heights.push(height);
        top += height + BELOW;
    }
    let boxes = slots[..sizes.len()].iter().map(|slot| Point {
        x: left(slot) - first,
        y: tops[slot.layer],
    });
    let lines = ways.iter().map(|way| {
        let points = way.iter().enumerate().flat_map(|(at, index)| {
            let slot = &slots[*index];
            let (x, top) = (slot.x - first, tops[slot.layer]);
            let bottom = top + heights[slot.layer];
            // Out of a low box it first goes down beside its higher neighbours.
            let begins = (at == 0).then_some(top + slot.size.height);
            let enters = (at > 0).then_some(top);
            let leaves = (at + 1 < way.len()).then_some(bottom);
            let all = [begins, enters, leaves].into_iter().flatten();
            all.map(move |y| Point { x, y })
        });
        points.collect()
    });
    let right = slots.iter().map(|slot| left(slot) + slot.size.width);
    Layout {
        boxes: boxes.collect(),
        lines: lines.collect(),
        size: Size {
            width: right.max().unwrap_or(0) - first,
            height: (top - BELOW).max(0),
        },
    }
}
