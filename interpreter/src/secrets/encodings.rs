//! The forms in which a value is usually met in what programs write.

use std::collections::BTreeSet;

use super::MIN_BYTES;

/// A line of a value that has several is looked for by itself when it has so many bytes: programs
/// indent such values, or put each line behind a time. Shorter ones, such as `{`, say nothing.
const LINE: usize = 16;

/// The value itself, its longer lines, and both percent-encoded, as base64 behind any other bytes,
/// as hexadecimal digits, and as they stand within a JSON text.
pub(super) fn encodings(value: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let lines = value.lines().map(str::trim);
    let lines = lines.filter(|line| line.len() >= LINE && line.len() < value.len());
    for text in std::iter::once(value).chain(lines) {
        all.insert(text.to_owned());
        percent(text, &mut all);
        base64(text.as_bytes(), &mut all);
        json(text, &mut all);
        let digits = |byte: u8| format!("{byte:02x}");
        let hex: String = text.bytes().map(digits).collect();
        all.insert(hex.to_uppercase());
        all.insert(hex);
    }
    all.retain(|text| text.len() >= MIN_BYTES);
    all
}

/// As a part of a URL: all but unreserved characters, or as `encodeURIComponent` leaves some more;
/// and as a field of a form, with `+` for a space. Digits may be large or small.
fn percent(text: &str, all: &mut BTreeSet<String>) {
    let encode = |kept: &str, space: &str, small: bool| {
        let mut encoded = String::new();
        for byte in text.bytes() {
            match byte {
                b' ' => encoded.push_str(space),
                _ if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) => {
                    encoded.push(char::from(byte));
                }
                _ if small => encoded.push_str(&format!("%{byte:02x}")),
                _ => encoded.push_str(&format!("%{byte:02X}")),
            }
        }
        encoded
    };
    for small in [false, true] {
        for kept in ["-_.~", "-_.!~*'()", "-_.~/", "-_.*"] {
            for space in ["%20", "+"] {
                all.insert(encode(kept, space, small));
            }
        }
    }
}

/// Both alphabets of base64.
const ALPHABETS: [&[u8; 64]; 2] = [
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
];

/// The digits of base64 that the value alone decides, when a multiple of three bytes stands before
/// it, or one more, or two more. Those at its ends are shared with what stands there.
fn base64(bytes: &[u8], all: &mut BTreeSet<String>) {
    for alphabet in ALPHABETS {
        for before in 0..3 {
            let bit = |index: usize| {
                let byte = bytes.get((index / 8).checked_sub(before)?)?;
                Some((byte >> (7 - index % 8)) & 1)
            };
            let digit = |number: usize| {
                (number * 6..number * 6 + 6)
                    .try_fold(0, |sum, index| Some(sum * 2 + usize::from(bit(index)?)))
            };
            let first = (before * 8).div_ceil(6);
            let digits = (first..).map_while(digit);
            let sure: String = digits.map(|digit| char::from(alphabet[digit])).collect();
            // Where the value is the end of what is encoded, its last digit is filled with zeros.
            let last = (first + sure.len()) * 6;
            let left = (last..last + 6).map_while(bit);
            let left: Vec<usize> = left.map(usize::from).collect();
            if !left.is_empty() {
                let digit = left.iter().fold(0, |sum, bit| sum * 2 + bit) << (6 - left.len());
                let filled = format!("{sure}{}", char::from(alphabet[digit]));
                all.insert(format!("{filled}{}", "=".repeat(3 - left.len() / 2)));
                all.insert(filled);
            }
            all.insert(sure);
        }
    }
}

/// Within the quotes of a JSON text: with only what must be escaped, with `/` too, with what Go
/// escapes for HTML, and in ASCII alone.
fn json(text: &str, all: &mut BTreeSet<String>) {
    let quoted = serde_json::Value::from(text).to_string();
    let plain = quoted[1..quoted.len() - 1].to_owned();
    let ascii: String = plain
        .chars()
        .map(|letter| match letter.is_ascii() {
            true => letter.to_string(),
            false => {
                let mut units = [0; 2];
                let units = letter.encode_utf16(&mut units).iter();
                units.map(|unit| format!("\\u{unit:04x}")).collect()
            }
        })
        .collect();
    let html = ['<', '>', '&'].iter().fold(plain.clone(), |text, letter| {
        text.replace(*letter, &format!("\\u{:04x}", u32::from(*letter)))
    });
    all.insert(plain.replace('/', "\\/"));
    all.extend([ascii, html, plain]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_are_known() {
        let all = encodings("p/s wörd\"1");
        for form in [
            "p/s wörd\"1",
            "p%2Fs%20w%C3%B6rd%221",
            "p%2fs%20w%c3%b6rd%221",
            "p%2Fs+w%C3%B6rd%221",
            "p/s%20w%C3%B6rd%221",
            "p/s wörd\\\"1",
            "p\\/s wörd\\\"1",
            "p/s w\\u00f6rd\\\"1",
            "702f732077c3b672642231",
            "702F732077C3B672642231",
        ] {
            assert!(all.contains(form), "no `{form}` in {all:#?}");
        }
        assert!(encodings("a<b>c&d").contains("a\\u003cb\\u003ec\\u0026d"));
    }

    #[test]
    fn base64_is_known_behind_any_bytes() {
        // `printf 'user:hunter2!!' | base64` and the like.
        let all = encodings("hunter2!!");
        for (encoded, inner) in [
            ("aHVudGVyMiEh", "aHVudGVyMiEh"),
            ("dXNlcjpodW50ZXIyISE=", "odW50ZXIyISE="),
            ("eGh1bnRlcjIhIQ==", "h1bnRlcjIhIQ=="),
            ("eHhodW50ZXIyISE=", "odW50ZXIyISE="),
            ("eHhodW50ZXIyISF4", "odW50ZXIyISF"),
        ] {
            let forms = all.iter().filter(|form| encoded.contains(form.as_str()));
            let longest = forms.max_by_key(|form| form.len());
            assert!(inner.starts_with(longest.unwrap()), "{encoded} {longest:?}");
            assert!(
                inner.len() - longest.unwrap().len() < 2,
                "{encoded} {longest:?}"
            );
        }
    }

    #[test]
    fn longer_lines_are_looked_for_by_themselves() {
        let key = "-----BEGIN KEY-----\n  MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nab\n-----END KEY-----";
        let all = encodings(key);
        assert!(all.contains("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"));
        assert!(all.contains(key));
        assert!(!all.contains("ab"));
    }
}
