//! The name that was meant: how far two names are from each other.

/// How many names are compared: of a file with more, one that is not found costs no more.
const MAX_NAMES: usize = 10_000;

/// The name among `known` that is nearest to `wrong`, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = wrong.chars().count();
    // A long name is not a slip of a known one, and comparing it with all would take long.
    if letters > 64 {
        return None;
    }
    let limit = 1 + letters / 4;
    let near = known
        .into_iter()
        .take(MAX_NAMES)
        // Names whose lengths differ by more cannot be near.
        .filter(|name| name.len().abs_diff(wrong.len()) <= limit * 4)
        .map(|name| (distance(wrong, name), name))
        .filter(|(distance, _)| *distance <= limit);
    // Of two that are equally near, neither is more likely to be meant.
    let mut best = None;
    let mut tied = false;
    for (distance, name) in near {
        match best {
            Some((least, _)) if distance > least => {}
            Some((least, first)) if distance == least => tied |= name != first,
            _ => (best, tied) = (Some((distance, name)), false),
        }
    }
    best.filter(|_| !tied).map(|(_, name)| name)
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour
/// (optimal string alignment), ignoring case.
#[must_use]
pub fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (row[j] + 1).min(next[j - 1] + 1).min(row[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("verfiy", ["fs", "verify", "git"]), Some("verify"));
        assert_eq!(nearest("comit", ["commit", "diff"]), Some("commit"));
        assert_eq!(nearest("banana", ["commit", "diff"]), None);
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn of_two_that_are_equally_near_neither_is_meant() {
        assert_eq!(nearest("tesx", ["test", "tess"]), None);
        assert_eq!(nearest("tesx", ["test", "other", "test"]), Some("test"));
        assert_eq!(nearest("test", ["tess", "tesx", "test"]), Some("test"));
    }
}
