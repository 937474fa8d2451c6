//! Bytes that are no text, or not the text that they seem to be.

use tau_tests::Sandbox;

use super::{bounded, every_command, lint, tau, yaml};

const NAMES: [&str; 2] = ["a.tau", "a.yaml"];

fn mission(name: &str, lines: &str) -> String {
    match name {
        "a.tau" => tau(lines),
        _ => yaml(lines),
    }
}

/// Why `tau lint` cannot read these bytes; and every other command refuses them as well.
#[track_caller]
fn refusal(name: &str, bytes: &[u8]) -> String {
    let sandbox = Sandbox::new();
    sandbox.write(name, bytes);
    sandbox.write("good.tau", "mission m {\n}\n");
    for arguments in [
        &["fmt", "--check", name][..],
        &["plan", name],
        &["convert", name, "--to", "tau"],
        &["apply", name, "--yes"],
    ] {
        let done = bounded(&sandbox, arguments);
        assert_ne!(done.code, 0, "{arguments:?}");
        assert!(
            done.err.contains("cannot read"),
            "{arguments:?}: {}",
            done.err
        );
    }
    let done = bounded(&sandbox, &["lint", name, "good.tau", "--format", "json"]).ends(1);
    let document = done.json();
    assert_eq!(document["files"], 2, "{document}");
    assert_eq!(document["summary"]["errors"], 1, "{document}");
    let found = &document["diagnostics"][0];
    assert_eq!(found["code"], "file-unreadable");
    assert_eq!(found["file"], name);
    found["message"].as_str().unwrap().to_owned()
}

#[test]
fn bytes_that_are_no_utf_8() {
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    for name in NAMES {
        let text = mission(name, "# é");
        for big in [false, true] {
            for text in [text.clone(), format!("\u{feff}{text}")] {
                assert_eq!(
                    refusal(name, &utf16(&text, big)),
                    format!("cannot read `{name}`: it is UTF-16; save it as UTF-8")
                );
            }
        }
        let latin = text.replace('é', "E").into_bytes();
        let at = latin.iter().position(|byte| *byte == b'E').unwrap();
        let mut latin = latin;
        latin[at] = 0xe9;
        assert_eq!(
            refusal(name, &latin),
            format!("cannot read `{name}`: it is not UTF-8: byte {at} is wrong; save it as UTF-8")
        );
        let overlong = [text.as_bytes(), b"# \xc0\x80\n"].concat();
        assert!(refusal(name, &overlong).contains("is not UTF-8"));
        let nul = [text.as_bytes(), b"# \0\n"].concat();
        assert_eq!(
            refusal(name, &nul),
            format!(
                "cannot read `{name}`: it has a NUL byte at offset {}, so it is not a text file",
                nul.len() - 2
            )
        );
    }
}

#[test]
fn ends_of_lines_tabs_and_a_byte_order_mark_are_no_matter() {
    for name in NAMES {
        let text = mission(name, "  # é");
        let mut ways = vec![
            text.clone(),
            text.replace('\n', "\r\n"),
            format!("\u{feff}{text}"),
            format!("\u{feff}{}", text.replace('\n', "\r\n")),
            text.trim_end().to_owned(),
        ];
        if name == "a.tau" {
            ways.push(text.replace("  ", "\t"));
        }
        for text in ways {
            assert_eq!(lint(name, &text), (0, vec![]), "{text:?}");
            every_command(name, &text);
        }
    }
    // YAML forbids tabs in front of a line.
    let tabs = yaml("").replace("  - a", "\t- a");
    let (code, found) = lint("a.yaml", tabs);
    assert_eq!(code, 1);
    assert!(found.contains(&"yaml-invalid".to_owned()), "{found:?}");
}

#[test]
fn letters_that_mislead_are_errors_wherever_they_stand() {
    let error = (1, vec!["unsafe-character".to_owned()]);
    for letter in [
        '\u{202e}',
        '\u{2066}',
        '\u{200f}',
        '\u{200b}',
        '\u{2060}',
        '\u{feff}',
        '\u{e0041}',
        '\u{7f}',
        '\u{9b}',
    ] {
        for name in NAMES {
            let text = mission(name, &format!("  # a{letter}b"));
            let (code, found) = lint(name, &text);
            assert_eq!(code, 1, "{letter:?} in {name}");
            assert!(
                found
                    .iter()
                    .all(|it| it == "unsafe-character" || it == "yaml-invalid"),
                "{letter:?} in {name}: {found:?}"
            );
            every_command(name, &text);
        }
        let text = tau(&format!("  let x = \"a{letter}b\""));
        assert_eq!(lint("a.tau", text), error, "{letter:?}");
    }
    // A return alone ends a line in some editors: what follows looks as if it were no comment.
    for name in NAMES {
        let text = mission(name, "  # a\r  # b");
        assert_eq!(lint(name, &text), error, "{name}");
        every_command(name, text.replace('\n', "\r"));
    }
}

#[test]
fn texts_and_comments_may_be_in_every_script() {
    let words = "имя 名前 اسم नाम שם ชื่อ 이름 όνομα 🐍 می\u{200c}خواهم 👩\u{200d}🔬";
    let text = tau(&format!(
        "  # {words}\n  let x = \"{words}\"\n  output y = x"
    ));
    assert_eq!(lint("a.tau", &text), (0, vec![]));
    every_command("a.tau", &text);
    let text = yaml(&format!("# {words}\noutputs:\n  y: \"{words}\""));
    assert_eq!(lint("a.yaml", &text), (0, vec![]));
    every_command("a.yaml", &text);
    // Names are ASCII; each other one is an error of its own.
    for word in words.split(' ') {
        let text = tau(&format!("  let {word} = 1"));
        assert_eq!(
            lint("a.tau", &text),
            (1, vec!["syntax".to_owned()]),
            "{word}"
        );
        every_command("a.tau", &text);
        let text = yaml(&format!("  - {word}: fs.glob"));
        assert_eq!(lint("a.yaml", &text).0, 1, "{word}");
        every_command("a.yaml", &text);
    }
}
