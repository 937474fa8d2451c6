//! Dates as missions write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The moment that a text names: a date and time, and an offset from UTC or a time zone. Of a time
/// that a zone has twice it is the first; of one that it leaves out, as much later as it leaves out.
///
/// # Errors
/// Why it names none, as a sentence without its full stop.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let forms = "write it as `2026-12-01T09:00:00Z` or `2026-12-01T09:00 Europe/Berlin`";
    let Some((time, zone)) = text.rsplit_once(' ') else {
        return Err(match text.parse::<DateTime>() {
            Ok(_) => format!("`{text}` says no time zone: {forms}"),
            Err(_) => format!("`{text}` is no date and time: {forms}"),
        });
    };
    let Ok(time) = time.trim_end().parse::<DateTime>() else {
        return Err(format!("`{text}` is no date and time: {forms}"));
    };
    let zone = match zone {
        // Also where nothing is installed that knows of zones.
        "UTC" => TimeZone::UTC,
        zone => {
            TimeZone::get(zone).map_err(|_| format!("this machine knows no time zone `{zone}`"))?
        }
    };
    let moment = zone.to_timestamp(time);
    moment.map_err(|_| format!("`{text}` is out of the range of dates"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Result<String, String> {
        moment(text).map(|moment| moment.to_string())
    }

    #[test]
    fn an_offset_or_a_zone_makes_a_moment() {
        for text in [
            "2026-12-01T08:00:00Z",
            "2026-12-01T09:00+01:00",
            "2026-12-01 09:00:00+01",
            " 2026-12-01T08:00Z ",
            "2026-12-01T08:00 UTC",
            "2026-12-01 08:00 UTC",
        ] {
            assert_eq!(utc(text).as_deref(), Ok("2026-12-01T08:00:00Z"), "{text}");
        }
    }

    #[test]
    fn a_zone_knows_its_summer() {
        let utc = |text| utc(text).unwrap();
        assert_eq!(
            utc("2026-12-01T09:00 Europe/Berlin"),
            "2026-12-01T08:00:00Z"
        );
        assert_eq!(
            utc("2026-07-01T09:00 Europe/Berlin"),
            "2026-07-01T07:00:00Z"
        );
        // There twice, and not at all.
        assert_eq!(
            utc("2026-10-25T02:30 Europe/Berlin"),
            "2026-10-25T00:30:00Z"
        );
        assert_eq!(
            utc("2026-03-29T02:30 Europe/Berlin"),
            "2026-03-29T01:30:00Z"
        );
    }

    #[test]
    fn what_names_no_moment_says_what_would() {
        let forms = "write it as `2026-12-01T09:00:00Z` or `2026-12-01T09:00 Europe/Berlin`";
        let why = |text| moment(text).unwrap_err();
        assert_eq!(
            why("2026-12-01T09:00"),
            format!("`2026-12-01T09:00` says no time zone: {forms}")
        );
        for text in ["", "tomorrow", "next Monday", "2026-13-01T00:00Z"] {
            let text = text.trim();
            assert_eq!(why(text), format!("`{text}` is no date and time: {forms}"));
        }
        assert_eq!(
            why("2026-12-01T09:00 Mars/Olympus"),
            "this machine knows no time zone `Mars/Olympus`"
        );
    }
}
