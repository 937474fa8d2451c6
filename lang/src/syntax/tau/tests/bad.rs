//! Input that is odd or hostile.

use insta::assert_snapshot;

use super::{findings, read};
use crate::syntax::tree::File;

fn clean(text: &str) -> File {
    let (file, found) = read(text);
    assert_eq!(found, [], "{text}");
    file
}

#[test]
fn line_ends_of_windows_say_nothing() {
    let text = "mission m {\n  let a = \"\"\"\n  one\n    two\n\n  \"\"\" # c\n\n  # d\n  let b = [\n    1,\n  ]\n}\n";
    assert_eq!(clean(&text.replace('\n', "\r\n")), clean(text));
}

#[test]
fn tabs_are_white_space() {
    let spaces = "mission m {\n  step a = fs.read(\"x\") when b\n  for c in d up to 3 {\n  }\n}\n";
    let tabs = "mission\tm\t{\n\tstep\ta\t=\tfs.read(\"x\")\twhen\tb\n\tfor\tc\tin\td\tup\tto\t3\t{\n\t}\n}\n";
    assert_eq!(clean(tabs), clean(spaces));
}

#[test]
fn a_key_stands_once() {
    let text = r#"type T = { a: int, a: string }
mission m {
  let a = { b: 1, "b": 2 }
  verifier v {
    run "x"
    env { A: "1", A: "2" }
  }
}
test "t" {
  run m()
  files { "a": "1", "a": "2" }
}
"#;
    assert_snapshot!(findings(text), @r#"
    f:3:19 [key-duplicate] `"b"`: the key `b` stands here twice (keep one of them)
    f:6:19 [key-duplicate] `A`: the key `A` stands here twice (keep one of them)
    f:11:21 [key-duplicate] `"a"`: the key `a` stands here twice (keep one of them)
    "#);
}

#[test]
fn names_are_of_one_alphabet_and_texts_of_all() {
    let text = r#"mission größe {
  let 名前 = 1
  step имя = fs.read("ж")
  for π in [1] {
  }
  output ключ = "名前 {{ a }}"
  input é_1 : int
}
type Größe = int
"#;
    assert_snapshot!(findings(text), @r#"
    f:1:9 [syntax] `größe`: expected a name of the letters a to z, digits and `_`, found `größe`
    f:2:7 [syntax] `名前`: expected a name of the letters a to z, digits and `_`, found `名前`
    f:3:8 [syntax] `имя`: expected a name of the letters a to z, digits and `_`, found `имя`
    f:4:7 [syntax] `π`: expected a name of the letters a to z, digits and `_`, found `π`
    f:6:10 [syntax] `ключ`: expected a name of the letters a to z, digits and `_`, found `ключ`
    f:7:9 [syntax] `é_1`: expected a name of the letters a to z, digits and `_`, found `é_1`
    f:9:6 [syntax] `Größe`: expected a name of the letters a to z, digits and `_`, found `Größe`
    "#);
}

#[test]
fn letters_that_turn_the_text_around_stand_nowhere() {
    let text = "# \u{202e}\nuse \"./\u{2066}a.tau\"\ntest \"\u{200f}\" {\n  run m()\n}\n";
    // A snapshot with the letters themselves could not be compiled.
    let found = findings(text).replace(['\u{202e}', '\u{2066}', '\u{200f}'], "x");
    assert_snapshot!(found, @r#"
    f:1:3 [unsafe-character] `x`: the character U+202E may not stand in a tau file
    f:2:8 [unsafe-character] `x`: the character U+2066 may not stand in a tau file
    f:3:7 [unsafe-character] `x`: the character U+200F may not stand in a tau file
    "#);
}

#[test]
fn types_and_blocks_nest_64_deep_at_most() {
    for text in [
        format!("type A = {}int\n", "untrusted ".repeat(5000)),
        format!("type A = {}int\n", "[".repeat(5000)),
        format!("type A = int{}\n", "?".repeat(5000)),
        format!("mission m {{\n{}", "for a in b {\n".repeat(5000)),
        format!("mission m {{\non failure {{\n{}", "if a {\n".repeat(5000)),
        format!("test \"a\" {{\nfiles {}", "{ a: ".repeat(5000)),
    ] {
        let found = findings(&text);
        assert!(
            found.contains("64 levels"),
            "{}",
            &found[..found.len().min(300)]
        );
        assert!(found.lines().count() < 4, "{}", found.lines().count());
    }
}
