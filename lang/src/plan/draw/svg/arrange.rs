//! What stands beside what: each layer in the order in which edges cross little, as far as the mean
//! of the neighbours tells, and as near to them as there is room.

use super::layout::Slot;

/// Between neighbours of one layer.
const ASIDE: i64 = 24;
/// How often the layers are put in order.
const SWEEPS: usize = 4;

/// Puts each row in order and gives all slots their places, from top to bottom and back.
pub(super) fn arrange(rows: &mut [Vec<usize>], slots: &mut [Slot]) {
    for row in rows.iter() {
        settle(row, &vec![0; row.len()], slots);
    }
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        let all: Vec<usize> = match down {
            true => (0..rows.len()).collect(),
            false => (0..rows.len()).rev().collect(),
        };
        for at in all {
            let row = &mut rows[at];
            let wanted = |index: &usize| {
                let slot = &slots[*index];
                let near = if down { &slot.above } else { &slot.below };
                mean(near.iter().map(|it| slots[*it].x)).unwrap_or(slot.x)
            };
            row.sort_by_cached_key(wanted);
            let wanted: Vec<i64> = row.iter().map(wanted).collect();
            settle(row, &wanted, slots);
        }
    }
}

/// Puts a row as near as can be to where its slots want to be, in this order and with room
/// between them: the least squares, by merging neighbours that would overlap.
fn settle(row: &[usize], wanted: &[i64], slots: &mut [Slot]) {
    let mut offset = 0;
    let mut offsets: Vec<i64> = Vec::with_capacity(row.len());
    for (at, index) in row.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).and_then(|at| row.get(at)) {
            offset += (slots[*before].size.width + slots[*index].size.width) / 2 + ASIDE;
        }
        offsets.push(offset);
    }
    // Runs of slots that touch: the sum of where they want the first to be, and how many.
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let mut run = (wanted - offset, 1);
        while let Some(before) = runs.pop_if(|before| before.0 * run.1 >= run.0 * before.1) {
            run = (run.0 + before.0, run.1 + before.1);
        }
        runs.push(run);
    }
    let firsts = runs
        .iter()
        .flat_map(|(sum, count)| (0..*count).map(|_| sum.div_euclid(*count)));
    for ((index, offset), first) in row.iter().zip(&offsets).zip(firsts) {
        slots[*index].x = first + offset;
    }
}

fn mean(all: impl ExactSizeIterator<Item = i64>) -> Option<i64> {
    let count = i64::try_from(all.len()).ok()?;
    all.sum::<i64>().checked_div_euclid(count)
}
