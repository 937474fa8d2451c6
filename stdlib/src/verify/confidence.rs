//! How sure repeated runs make a verdict.

/// How surely runs that all agree, `reds` without the change and `greens` with it, are not those of
/// a check that passes by chance, whatever its rate of passing may be.
///
/// Such a check with the rate `p` shows them with the chance `p^greens * (1-p)^reds`, which is
/// largest where `p` is the part of the runs that passed.
pub(super) fn confidence(reds: u64, greens: u64) -> f64 {
    let (reds, greens) = (reds as f64, greens as f64);
    let all = reds + greens;
    if all == 0.0 {
        return 0.0;
    }
    1.0 - (greens / all).powf(greens) * (reds / all).powf(reds)
}

/// What a proof needs.
pub(super) const ENOUGH: f64 = 0.99;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_runs_are_surer() {
        let rounded = |reds, greens| (confidence(reds, greens) * 10_000.0).round() / 10_000.0;
        assert_eq!(rounded(1, 1), 0.75);
        assert_eq!(rounded(2, 2), 0.9375);
        assert_eq!(rounded(4, 4), 0.9961);
        assert_eq!(rounded(2, 6), 0.9889);
        assert_eq!(rounded(0, 0), 0.0);
        assert_eq!(rounded(0, 5), 0.0, "nothing failed, ever");
    }
}
