//! The head of a part that is only a `---` and a `+++` line, as `diff -u` writes it.

use super::name::{self, Side};
use super::part::Target;

/// What becomes of which file, from what follows `--- ` and `+++ `; `None` if they name no file
/// or two unrelated ones.
pub(super) fn target(old_text: &str, new_text: &str) -> Option<Target> {
    let (old, new) = match (name::side(old_text)?, name::side(new_text)?) {
        (Side::Nothing, Side::Nothing) => return None,
        (Side::Nothing, Side::Name(new)) => {
            return Some(Target::Create(name::lone(&new).to_owned()));
        }
        (Side::Name(old), Side::Nothing) => {
            return Some(Target::Delete(name::lone(&old).to_owned()));
        }
        (Side::Name(old), Side::Name(new)) => (old, new),
    };
    let path = one_file(&old, &new)?;
    // GNU diff writes the beginning of time for a file that is not there.
    Some(if is_epoch(old_text) {
        Target::Create(path)
    } else if is_epoch(new_text) {
        Target::Delete(path)
    } else {
        Target::Modify(path)
    })
}

/// The file that both names mean. Where one is the other with something at its end, such as
/// `x.orig`, the shorter one is meant.
fn one_file(old: &str, new: &str) -> Option<String> {
    if let Some(name) = name::same(old, new) {
        return Some(name);
    }
    let (old, new) = match (name::strip(old), name::strip(new)) {
        (Some(old), Some(new)) => (old, new),
        (None, None) => (old, new),
        _ => return None,
    };
    if old.starts_with(new) {
        Some(new.to_owned())
    } else {
        new.starts_with(old).then(|| old.to_owned())
    }
}

/// Whether the time after a name, such as `1970-01-01 01:00:00.000000000 +0100`, is time zero.
fn is_epoch(text: &str) -> bool {
    let Some((_, time)) = text.split_once('\t') else {
        return false;
    };
    let mut words = time.split_whitespace();
    let (Some(date), Some(clock), Some(zone)) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let day = match date {
        "1970-01-01" => 0,
        "1969-12-31" => -24 * 60,
        _ => return false,
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let minutes = |hours: &str, minutes: &str| {
        Some(
            hours.parse::<u8>().ok().map(i32::from)? * 60
                + minutes.parse::<u8>().ok().map(i32::from)?,
        )
    };
    let clock = match clock.split(':').collect::<Vec<_>>()[..] {
        [hour, minute, "00"] => minutes(hour, minute),
        _ => None,
    };
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let zone = zone
        .get(1..3)
        .zip(zone.get(3..))
        .and_then(|(hour, minute)| minutes(hour, minute.trim_start_matches(':')));
    let whole = fraction.bytes().all(|digit| digit == b'0');
    whole
        && clock
            .zip(zone)
            .is_some_and(|(clock, zone)| day + clock == sign * zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_bare_pair() {
        let modify = |path: &str| Some(Target::Modify(path.to_owned()));
        assert_eq!(target("a/x", "b/x"), modify("x"));
        assert_eq!(target("a/x y\t", "b/x y\t"), modify("x y"));
        assert_eq!(
            target("src/x", "src/x"),
            modify("src/x"),
            "both sides the same: no prefix"
        );
        assert_eq!(target("x", "x"), modify("x"));
        assert_eq!(
            target("x.orig\t2020-01-01 00:00:00 +0000", "x"),
            modify("x")
        );
        assert_eq!(target("old/d/x", "new/d/x~"), modify("d/x"));
        assert_eq!(target("a/x", "b/y"), None);
        assert_eq!(target("/dev/null", "/dev/null"), None);
        assert_eq!(
            target("/dev/null", "b/x"),
            Some(Target::Create("x".to_owned()))
        );
        assert_eq!(
            target("src/x", "/dev/null"),
            Some(Target::Delete("src/x".to_owned()))
        );
    }

    #[test]
    fn time_zero_means_that_there_is_no_file() {
        for zero in [
            "1970-01-01 00:00:00.000000000 +0000",
            "1969-12-31 19:00:00 -0500",
            "1970-01-01 05:30:00.0 +05:30",
        ] {
            let old = format!("a/x\t{zero}");
            assert_eq!(
                target(&old, "b/x\t2024-05-01 10:00:00 +0000"),
                Some(Target::Create("x".to_owned()))
            );
            assert_eq!(
                target("a/x", &format!("b/x\t{zero}")),
                Some(Target::Delete("x".to_owned()))
            );
        }
        for other in [
            "1970-01-01 00:00:01 +0000",
            "1970-01-01 01:00:00 +0000",
            "1970-01-01",
            "x y ää",
            "1970-01-01 0:0:00 é",
        ] {
            assert!(!is_epoch(&format!("a/x\t{other}")), "{other}");
        }
    }
}
