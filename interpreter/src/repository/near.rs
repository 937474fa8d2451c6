//! The names that a misspelt one may have meant.

use tau_lang::diagnostic::distance;

/// At most three of `names` that are near `word` and not the same, the nearest first.
pub(crate) fn near<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 4);
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .map(|name| (distance(word, name), name))
        .filter(|(distance, name)| *distance <= limit && *name != word)
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn gives_the_nearest_first() {
        let names = ["main", "maint", "master", "topic"];
        assert_eq!(near("mian", names), ["main"]);
        assert_eq!(near("Topic", names), ["topic"]);
        assert_eq!(near("mainx", names), ["main", "maint"]);
        assert_eq!(near("mastre", names), ["master"]);
        assert_eq!(near("main", names), ["maint"]);
        assert_eq!(near("", names), [""; 0]);
    }
}
