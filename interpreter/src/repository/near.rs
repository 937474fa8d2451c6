//! The names that a misspelt one may have meant.

/// At most three of `names` that are near `word` and not the same, the nearest first.
pub(crate) fn near<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 4);
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .map(|name| (distance(word, name), name))
        .filter(|(distance, _)| (1..=limit).contains(distance))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

/// Levenshtein's distance: insertions, removals and replacements of one character.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn gives_the_nearest_first() {
        let names = ["main", "maint", "master", "topic"];
        assert_eq!(near("mian", names), [""; 0]);
        assert_eq!(near("mainx", names), ["main", "maint"]);
        assert_eq!(near("mastre", names), ["master"]);
        assert_eq!(near("main", names), ["maint"]);
        assert_eq!(near("", names), [""; 0]);
    }
}
