//! Whether a text is a schedule that some time matches. It takes the five fields of cron
//! (crontab(5) of Vixie cron), without `@daily` and the like.

use std::ops::RangeInclusive;

struct Field {
    name: &'static str,
    range: RangeInclusive<u32>,
    /// The names of its numbers, the first that of the range's start.
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        range: 0..=59,
        names: &[],
    },
    Field {
        name: "hour",
        range: 0..=23,
        names: &[],
    },
    Field {
        name: "day of the month",
        range: 1..=31,
        names: &[],
    },
    Field {
        name: "month",
        range: 1..=12,
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Field {
        name: "day of the week",
        range: 0..=7,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

/// How many days a month has at most, January first.
const DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Checks a schedule.
///
/// # Errors
/// Why it is none, as a clause.
pub(super) fn check(text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        let fields = if parts.len() == 1 { "field" } else { "fields" };
        return Err(format!(
            "it has {} {fields}, and a schedule has 5",
            parts.len()
        ));
    }
    let mut sets = Vec::new();
    for (field, part) in FIELDS.iter().zip(&parts) {
        sets.push(field.numbers(part)?);
    }
    // With both days given either one suffices, so the month's decides only when the other is `*`.
    let never = parts[4] == "*"
        && sets[3].iter().all(|month| {
            let most = DAYS.get(*month as usize - 1).copied().unwrap_or(31);
            sets[2].iter().all(|day| *day > most)
        });
    match never {
        true => Err(format!("no month of `{}` has such a day", parts[3])),
        false => Ok(()),
    }
}

impl Field {
    /// The numbers that a field's text stands for.
    fn numbers(&self, text: &str) -> Result<Vec<u32>, String> {
        let mut all = Vec::new();
        for part in text.split(',') {
            if part.is_empty() {
                return Err(format!("the {} `{text}` has an empty part", self.name));
            }
            let number = |text| self.number(text).ok_or_else(|| self.wrong(part));
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => {
                    let step: u32 = step.parse().map_err(|_| self.wrong(part))?;
                    (range, step)
                }
                None => (part, 1),
            };
            if step == 0 {
                return Err(self.wrong(part));
            }
            let stepped = part.contains('/');
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (*self.range.start(), *self.range.end()),
                Some((from, to)) => (number(from)?, number(to)?),
                None if stepped => (number(range)?, *self.range.end()),
                None => (number(range)?, number(range)?),
            };
            if from > to {
                return Err(format!("the {} `{part}` ends before it begins", self.name));
            }
            all.extend((from..=to).step_by(step as usize));
        }
        Ok(all)
    }

    fn number(&self, text: &str) -> Option<u32> {
        let named = self
            .names
            .iter()
            .position(|name| text.eq_ignore_ascii_case(name))
            .and_then(|at| u32::try_from(at).ok())
            .map(|at| at + self.range.start());
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        named
            .or_else(|| digits.then(|| text.parse().ok())?)
            .filter(|number| self.range.contains(number))
    }

    fn wrong(&self, text: &str) -> String {
        format!(
            "the {} is from {} to {}, and `{text}` is not",
            self.name,
            self.range.start(),
            self.range.end()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_cron_takes() {
        for schedule in [
            "* * * * *",
            "0 7 * * 1-5",
            "*/15 0,12 1-7 jan,JUL mon-fri",
            "5/20 1-23/2 29 2 *",
            "0 0 31 2 1",
            "0 0 * * 7",
            "  0\t0 1 1 *  ",
        ] {
            assert_eq!(check(schedule), Ok(()), "{schedule}");
        }
    }

    #[test]
    fn what_it_does_not_take_is_told() {
        let mut text = String::new();
        for schedule in [
            "",
            "@daily",
            "0 7 * *",
            "60 7 * * *",
            "0 24 * * *",
            "0 0 0 * *",
            "0 0 * 13 *",
            "0 0 * * 8",
            "0 0 * * someday",
            "30-10 * * * *",
            "*/0 * * * *",
            "1,,2 * * * *",
            "-5 * * * *",
            "99999999999 * * * *",
            "0 0 31 2,4 *",
        ] {
            text.push_str(&format!("{schedule}: {}\n", check(schedule).unwrap_err()));
        }
        insta::assert_snapshot!(text, @r"
        : it has 0 fields, and a schedule has 5
        @daily: it has 1 field, and a schedule has 5
        0 7 * *: it has 4 fields, and a schedule has 5
        60 7 * * *: the minute is from 0 to 59, and `60` is not
        0 24 * * *: the hour is from 0 to 23, and `24` is not
        0 0 0 * *: the day of the month is from 1 to 31, and `0` is not
        0 0 * 13 *: the month is from 1 to 12, and `13` is not
        0 0 * * 8: the day of the week is from 0 to 7, and `8` is not
        0 0 * * someday: the day of the week is from 0 to 7, and `someday` is not
        30-10 * * * *: the minute `30-10` ends before it begins
        */0 * * * *: the minute is from 0 to 59, and `*/0` is not
        1,,2 * * * *: the minute `1,,2` has an empty part
        -5 * * * *: the minute is from 0 to 59, and `-5` is not
        99999999999 * * * *: the minute is from 0 to 59, and `99999999999` is not
        0 0 31 2,4 *: no month of `2,4` has such a day
        ");
    }
}
