//! A few lines that would stand for more than any memory holds.

use std::fmt::Write as _;

use super::{every_command, lint, tau};

/// The first line, and `next(n, n - 1)` for each n up to `count`.
fn lines(first: &str, count: usize, next: impl Fn(usize, usize) -> String) -> String {
    let mut text = format!("{first}\n");
    for n in 1..count {
        writeln!(text, "{}", next(n, n - 1)).unwrap();
    }
    text
}

#[test]
fn types_that_double() {
    let types = lines("type T0 = { a: int }", 40, |n, m| {
        format!("type T{n} = {{ a: T{m}, b: T{m} }}")
    });
    let text = types + &tau("");
    let (code, found) = lint("a.tau", &text);
    assert_eq!(code, 1);
    assert!(found.contains(&"type-too-large".to_owned()), "{found:?}");
    every_command("a.tau", text);
    let types = lines("type T0 = int", 5000, |n, m| format!("type T{n} = [T{m}]"));
    every_command("a.tau", types + &tau(""));
}

#[test]
fn values_that_double_or_nest() {
    for body in [
        lines("let x0 = { a: 1 }", 40, |n, m| {
            format!("let x{n} = {{ a: x{m}, b: x{m} }}")
        }),
        lines("let x0 = { a: 1 }", 40, |n, m| {
            format!("let x{n} = ({{'a': x{m}, 'b': x{m}}})")
        }),
        lines("let x0 = 1", 5000, |n, m| format!("let x{n} = [x{m}]")),
        lines("let x0 = \"0123456789\"", 40, |n, m| {
            format!("let x{n} = x{m} ~ x{m}")
        }),
        lines("let x0 = \"0123456789\"", 40, |n, m| {
            format!("let x{n} = \"{{{{ x{m} }}}}{{{{ x{m} }}}}\"")
        }),
        lines("let x0 = \"aaaaaaaa\"", 40, |n, m| {
            format!("let x{n} = x{m} | replace(\"a\", x{m})")
        }),
        lines("let x0 = [1, 1, 1, 1]", 40, |n, m| {
            format!("let x{n} = [x{m}, x{m}] | sum")
        }),
        "let x = \"a\" * 100000000\n".to_owned(),
        "let x = range(100000) | join(\"0123456789012345678901234567890123456789\" * 1000)\n"
            .to_owned(),
        "let x = [1] | batch(1000000000, 1) | list\n".to_owned(),
        "let x = \"%1000000000d\" | format(1)\n".to_owned(),
    ] {
        every_command("a.tau", tau(&body));
    }
}

#[test]
fn missions_that_call_each_other_twice() {
    let missions: String = (0..40)
        .map(|n| {
            let next = n + 1;
            format!(
                "mission m{n} {{\n  step a = m{next}()\n  step b = m{next}()\n  output x = {{ a: a, b: b }}\n}}\n"
            )
        })
        .collect();
    let text = missions + "mission m40 {\n  output x = 1\n}\n";
    let (code, found) = lint("a.tau", &text);
    assert_eq!(code, 1);
    assert!(found.contains(&"mission-too-large".to_owned()), "{found:?}");
    every_command("a.tau", text);
}

#[test]
fn one_large_mission_called_often() {
    // What each call takes from the mission that it calls, times the calls.
    let files: String = (0..2000)
        .map(|n| format!("{{ path: \"out/{n}\", text: \"\" }}, "))
        .collect();
    let inner = format!(
        "mission inner {{\n  input text : string = \"{}\"\n  authority {{\n    read \"**\"\n    write \"**\"\n  }}\n  step a = fs.write_many(files: [{files}])\n  output x = text\n}}\n",
        "x".repeat(500_000)
    );
    let calls: String = (0..2000)
        .map(|n| format!("  step s{n} = inner()\n"))
        .collect();
    let outer = format!(
        "mission m {{\n  authority {{\n    read \"**\"\n    write \"**\"\n  }}\n{calls}}}\n"
    );
    let (_, found) = lint("a.tau", format!("{outer}{inner}"));
    assert!(!found.contains(&"syntax".to_owned()), "{found:?}");
}
