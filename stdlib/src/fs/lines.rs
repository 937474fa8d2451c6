//! How many lines differ between two texts.

/// Beyond this many differing lines the exact number is not looked for; see [`changed`].
const EXACT_UP_TO: usize = 2000;

/// How many lines `after` has that `before` has not, and the reverse: `(added, removed)`.
///
/// These are the numbers of the shortest line difference, as `git diff --stat` shows them. When
/// more than 2,000 lines differ, everything between the first and the last of them counts as
/// replaced.
pub(super) fn changed(before: &[u8], after: &[u8]) -> (usize, usize) {
    let before: Vec<&[u8]> = before.split_inclusive(|&byte| byte == b'\n').collect();
    let after: Vec<&[u8]> = after.split_inclusive(|&byte| byte == b'\n').collect();

    let start = before
        .iter()
        .zip(&after)
        .take_while(|(a, b)| a == b)
        .count();
    let (before, after) = (&before[start..], &after[start..]);
    let end = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let before = &before[..before.len() - end];
    let after = &after[..after.len() - end];

    // INVARIANT: d = added + removed is at least the difference of the lengths, so this cannot
    // go below zero; and added - removed is that difference, so both are known.
    let d = shortest_edit(before, after).unwrap_or(before.len() + after.len());
    let added = (d + after.len() - before.len()) / 2;
    (added, d - added)
}

/// The length of the shortest edit script (Myers 1986, the greedy algorithm without its trace).
fn shortest_edit(a: &[&[u8]], b: &[&[u8]]) -> Option<usize> {
    let longest = (a.len() + b.len()).min(EXACT_UP_TO);
    // reach[k + longest + 1]: how far along `a` the best path on diagonal k = x - y has come.
    let mut reach = vec![0usize; 2 * longest + 3];
    for d in 0..=longest {
        for index in (longest + 1 - d..=longest + 1 + d).step_by(2) {
            let (left, right) = (reach[index - 1], reach[index + 1]);
            let down =
                d == 0 || index == longest + 1 - d || (index != longest + 1 + d && left < right);
            let mut x = if down { right } else { left + 1 };
            // On these diagonals y is never negative: x grows with each step to the right.
            let mut y = (x + longest + 1) - index;
            while x < a.len() && y < b.len() && a[x] == b[y] {
                x += 1;
                y += 1;
            }
            reach[index] = x;
            if x >= a.len() && y >= b.len() {
                return Some(d);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::changed;

    #[test]
    fn counts_are_those_of_a_line_difference() {
        assert_eq!(changed(b"", b""), (0, 0));
        assert_eq!(changed(b"", b"a\nb"), (2, 0));
        assert_eq!(changed(b"a\nb\n", b""), (0, 2));
        assert_eq!(changed(b"a\nb\nc\n", b"a\nX\nc\n"), (1, 1));
        assert_eq!(
            changed(b"a\n", b"a"),
            (1, 1),
            "a last newline is part of its line"
        );
        assert_eq!(changed(b"1\n2\n3\n4\n", b"0\n1\n3\n5\n4\n"), (2, 1));
    }

    #[test]
    fn a_very_large_difference_counts_as_replaced() {
        let lines =
            |name: &str| (0..3000).fold(String::new(), |all, n| all + name + &n.to_string() + "\n");
        assert_eq!(
            changed(lines("a").as_bytes(), lines("b").as_bytes()),
            (3000, 3000)
        );
    }

    proptest! {
        #[test]
        fn what_stays_is_the_longest_common_subsequence(a in "[ab\n]{0,24}", b in "[ab\n]{0,24}") {
            let x: Vec<&str> = a.split_inclusive('\n').collect();
            let y: Vec<&str> = b.split_inclusive('\n').collect();
            let mut common = vec![vec![0; y.len() + 1]; x.len() + 1];
            for i in 0..x.len() {
                for j in 0..y.len() {
                    common[i + 1][j + 1] = if x[i] == y[j] {
                        common[i][j] + 1
                    } else {
                        common[i][j + 1].max(common[i + 1][j])
                    };
                }
            }
            let stay = common[x.len()][y.len()];
            prop_assert_eq!(changed(a.as_bytes(), b.as_bytes()), (y.len() - stay, x.len() - stay));
        }
    }
}
