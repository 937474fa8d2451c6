//! Numbers with units, the same in both spellings.

use super::tree::{Literal, LiteralValue};

/// Reads one literal: `none`, `true`, `3`, `0.5`, `200k`, `30m`, `$2`, `10MB`.
/// `None` when `raw` is no literal, or one whose value does not fit.
#[must_use]
pub fn parse(raw: &str) -> Option<Literal> {
    let value = match raw {
        "none" => LiteralValue::None,
        "true" => LiteralValue::Bool(true),
        "false" => LiteralValue::Bool(false),
        _ => number(raw)?,
    };
    Some(Literal {
        value,
        raw: raw.to_owned(),
    })
}

/// Milliseconds of a duration such as `250ms` or `30m`.
#[must_use]
pub fn duration(raw: &str) -> Option<u64> {
    match number(raw)? {
        LiteralValue::Duration(millis) => Some(millis),
        _ => None,
    }
}

/// Bytes of a size such as `10MB`.
#[must_use]
pub fn size(raw: &str) -> Option<u64> {
    match number(raw)? {
        LiteralValue::Size(bytes) => Some(bytes),
        _ => None,
    }
}

/// Millionths of a dollar of an amount such as `$0.05`.
#[must_use]
pub fn money(raw: &str) -> Option<u64> {
    match number(raw)? {
        LiteralValue::Money(micros) => Some(micros),
        _ => None,
    }
}

fn number(raw: &str) -> Option<LiteralValue> {
    if let Some(amount) = raw.strip_prefix('$') {
        return scaled(amount, 1_000_000).map(LiteralValue::Money);
    }
    let (negative, digits) = match raw.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, raw),
    };
    let end = digits
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(digits.len());
    let (amount, unit) = digits.split_at(end);
    if amount.is_empty() || (negative && !unit.is_empty()) {
        return None;
    }
    match unit {
        "" if amount.contains('.') => {
            plain(amount)?;
            raw.parse().ok().map(LiteralValue::Float)
        }
        "" => raw.parse().ok().map(LiteralValue::Int),
        "k" => count(amount, 1_000),
        "M" => count(amount, 1_000_000),
        "ms" => scaled(amount, 1).map(LiteralValue::Duration),
        "s" => scaled(amount, 1_000).map(LiteralValue::Duration),
        "m" => scaled(amount, 60_000).map(LiteralValue::Duration),
        "h" => scaled(amount, 3_600_000).map(LiteralValue::Duration),
        "d" => scaled(amount, 86_400_000).map(LiteralValue::Duration),
        "B" => scaled(amount, 1).map(LiteralValue::Size),
        "KB" => scaled(amount, 1_000).map(LiteralValue::Size),
        "MB" => scaled(amount, 1_000_000).map(LiteralValue::Size),
        "GB" => scaled(amount, 1_000_000_000).map(LiteralValue::Size),
        "KiB" => scaled(amount, 1 << 10).map(LiteralValue::Size),
        "MiB" => scaled(amount, 1 << 20).map(LiteralValue::Size),
        "GiB" => scaled(amount, 1 << 30).map(LiteralValue::Size),
        _ => None,
    }
}

fn count(amount: &str, unit: u64) -> Option<LiteralValue> {
    let value = i64::try_from(scaled(amount, unit)?).ok()?;
    Some(LiteralValue::Int(value))
}

/// Digits with at most one point between them: the whole and the fraction's digits.
fn plain(amount: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = match amount.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (amount, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(fraction)).then_some((whole, fraction))
}

/// `amount × unit`, exactly; `None` when it does not fit or has a remainder.
fn scaled(amount: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = plain(amount)?;
    let mut total = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    if !fraction.is_empty() {
        let power = 10u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let part = fraction.parse::<u64>().ok()?.checked_mul(unit)?;
        if part % power != 0 {
            return None;
        }
        total = total.checked_add(part / power)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let value = |raw| parse(raw).map(|literal| literal.value);
        assert_eq!(value("30m"), Some(LiteralValue::Duration(1_800_000)));
        assert_eq!(value("1.5s"), Some(LiteralValue::Duration(1_500)));
        assert_eq!(value("$0.05"), Some(LiteralValue::Money(50_000)));
        assert_eq!(value("200k"), Some(LiteralValue::Int(200_000)));
        assert_eq!(value("10MB"), Some(LiteralValue::Size(10_000_000)));
        assert_eq!(value("1KiB"), Some(LiteralValue::Size(1024)));
        assert_eq!(value("-3"), Some(LiteralValue::Int(-3)));
        assert_eq!(value("0.5"), Some(LiteralValue::Float(0.5)));
        assert_eq!(value("none"), Some(LiteralValue::None));
    }

    #[test]
    fn what_is_no_literal() {
        for raw in [
            "",
            "-",
            ".5",
            "5.",
            "1.2.3",
            "-5m",
            "$",
            "$-1",
            "30x",
            "30 m",
            "1e9",
            "0.0001ms",
            "99999999999999999999",
            "18446744073709551615d",
            "NaN",
            "+1",
        ] {
            assert_eq!(parse(raw), None, "{raw}");
        }
    }
}
