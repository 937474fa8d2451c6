//! What redaction promises, on texts and secrets of chance.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn redactor(secrets: &[String]) -> Redactor {
    let redactor = Redactor::default();
    for (number, secret) in secrets.iter().enumerate() {
        redactor.add(&format!("S{number}"), secret).unwrap();
    }
    redactor
}

/// Few letters, so that secrets begin, end and hold each other.
fn secret() -> impl Strategy<Value = String> {
    let all = "[ab/é\n]{6,12}";
    // What is nothing but ends of lines is refused.
    all.prop_filter("it has letters", |secret| !secret.trim().is_empty())
}

fn secrets() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(secret(), 0..4)
}

/// Text with secrets in it, and with their beginnings.
fn texts(secrets: Vec<String>) -> impl Strategy<Value = (Vec<String>, Vec<u8>)> {
    let piece = match secrets.is_empty() {
        true => "[ab/é\n]{0,9}".prop_map(String::into_bytes).boxed(),
        false => {
            let forms: Vec<String> = secrets
                .iter()
                .flat_map(|secret| super::encodings::encodings(secret))
                .collect();
            prop_oneof![
                "[ab/é\n]{0,9}".prop_map(String::into_bytes),
                prop::collection::vec(any::<u8>(), 0..4),
                prop::sample::select(forms.clone()).prop_map(String::into_bytes),
                (prop::sample::select(forms), 0..12_usize).prop_map(|(form, length)| {
                    form.as_bytes()[..length.min(form.len())].to_vec()
                }),
            ]
            .boxed()
        }
    };
    let text = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    text.prop_map(move |text| (secrets.clone(), text))
}

fn holds(text: &[u8], part: &str) -> bool {
    memchr::memmem::find(text, part.as_bytes()).is_some()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn pieces_give_the_same_as_the_whole(
        (secrets, text) in secrets().prop_flat_map(texts),
        cuts in prop::collection::vec(0..80_usize, 0..12),
    ) {
        let redactor = redactor(&secrets);
        let whole = redactor.bytes(&text).into_owned();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let mut stream = redactor.stream();
        let mut pieces = Vec::new();
        for cut in cuts.windows(2) {
            stream.push(&text[cut[0]..cut[1]], &mut pieces);
            prop_assert!(whole.starts_with(&pieces));
        }
        stream.finish(&mut pieces);
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn no_secret_survives_and_lines_stay_lines((secrets, text) in secrets().prop_flat_map(texts)) {
        let redactor = redactor(&secrets);
        let redacted = redactor.bytes(&text).into_owned();
        for secret in &secrets {
            for form in super::encodings::encodings(secret) {
                prop_assert!(!holds(&redacted, &form), "{form:?} in {redacted:?}");
            }
        }
        let lines = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
        prop_assert_eq!(lines(&redacted), lines(&text));
        let again = redactor.bytes(&redacted).into_owned();
        prop_assert_eq!(again, redacted);
    }

    #[test]
    fn text_without_secrets_is_as_it_was(secrets in secrets(), text in prop::collection::vec(any::<u8>(), 0..200)) {
        let redactor = redactor(&secrets);
        let all = secrets.iter().flat_map(|secret| super::encodings::encodings(secret));
        let is_clean = all.into_iter().all(|form| !holds(&text, &form));
        let redacted = redactor.bytes(&text);
        prop_assert_eq!(redacted.as_ref() == text.as_slice(), is_clean);
    }

    #[test]
    fn a_text_stays_a_text((secrets, text) in secrets().prop_flat_map(texts)) {
        let redactor = redactor(&secrets);
        let text = String::from_utf8_lossy(&text).into_owned();
        let redacted = redactor.text(&text).into_owned();
        let bytes = redactor.bytes(text.as_bytes()).into_owned();
        prop_assert_eq!(redacted.into_bytes(), bytes);
    }
}

#[test]
fn the_longest_of_several_is_taken() {
    let redactor = redactor(&["hunter".into(), "hunter2hunter2".into()]);
    assert_eq!(
        redactor.text("a hunter2hunter2 b hunter2 c"),
        "a *** b ***2 c"
    );
}

#[test]
fn nothing_is_held_back_that_begins_no_secret() {
    let redactor = redactor(&["hunter2!".into()]);
    let mut stream = redactor.stream();
    let mut out = Vec::new();
    stream.push(b"a line\nhunt", &mut out);
    assert_eq!(out, b"a line\n");
    stream.push(b"ing\nhunter2", &mut out);
    assert_eq!(out, b"a line\nhunting\n");
    stream.push(b"!", &mut out);
    stream.finish(&mut out);
    assert_eq!(out, b"a line\nhunting\n***");
}

#[test]
fn a_key_of_several_lines_leaves_as_many_lines() {
    let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END KEY-----";
    let redactor = redactor(&[key.into()]);
    let text = format!("1\n{key}\n  | MIIEvQIBADANBgkqhkiG9w0B\n6\n");
    assert_eq!(redactor.text(&text), "1\n***\n***\n***\n  | ***\n6\n");
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(redactor.text(&crlf).matches("\r\n").count(), 6);
}

#[test]
fn values_lose_them_in_texts_and_in_names() {
    let redactor = redactor(&["hunter2!".into()]);
    let mut value = json!({ "hunter2!": [1, "x hunter2! y", { "a": "b" }] });
    assert!(redactor.json(&mut value));
    assert_eq!(value, json!({ "***": [1, "x *** y", { "a": "b" }] }));
    assert!(!redactor.json(&mut value));
}

#[test]
fn of_a_name_with_two_values_both_are_taken_out() {
    let redactor = Redactor::default();
    redactor.add("A", "hunter2!").unwrap();
    redactor.add("A", "hunter3!").unwrap();
    redactor.add("A", "hunter2!").unwrap();
    assert_eq!(redactor.text("hunter2! hunter3!"), "*** ***");
    let names: Vec<String> = redactor.names_in(b"hunter3!").into_iter().collect();
    assert_eq!(names, ["A"]);
    assert!(!format!("{redactor:?}").contains("hunter"));
}

#[test]
fn what_cannot_be_hidden_is_refused() {
    let redactor = Redactor::default();
    for (value, weak) in [
        ("short", Weak::Short),
        ("******\n***", Weak::Mark),
        ("a\0bcdefgh", Weak::Zero),
    ] {
        assert_eq!(redactor.add("A", value), Err(weak));
    }
    assert_eq!(
        redactor.add("A", &"x".repeat(MAX_BYTES + 1)),
        Err(Weak::Long)
    );
    assert_eq!(redactor.add("A", &"x".repeat(MAX_BYTES)), Ok(()));
    assert_eq!(redactor.add("B", "123456"), Ok(()));
}

#[test]
fn a_host_is_the_same_whatever_its_letters_and_with_its_port() {
    assert!(is_same("api.github.com", "API.GitHub.com."));
    assert!(is_same("api.github.com", "api.github.com:443"));
    assert!(is_same("localhost:80", "localhost:80"));
    assert!(!is_same("localhost:80", "localhost:81"));
    assert!(!is_same("localhost:80", "localhost"));
    assert!(!is_same("api.github.com", "api.github.com.evil.example"));
    assert!(!is_same("api.github.com", "evil-api.github.com"));
    assert!(is_same("[::1]:80", "[::1]:80"));
    assert!(is_same("::1", "::1"));
    assert!(!is_same("::1", "::2"));
}
