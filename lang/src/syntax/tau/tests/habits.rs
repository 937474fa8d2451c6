//! What is said of habits of other languages, and of slips in the newer constructs.

use insta::assert_snapshot;

use super::findings;

/// The first finding of each text, behind its first line.
fn said<'a>(texts: impl IntoIterator<Item = &'a str>, around: fn(&str) -> String) -> String {
    let lines = texts.into_iter().map(|text| {
        let found = findings(&around(text));
        let first = found.lines().next().unwrap_or("nothing");
        format!("{}\n  {first}\n", text.replace('\n', " ⏎ "))
    });
    lines.collect()
}

#[test]
fn in_a_mission() {
    let texts = [
        "foreach x in xs {\n  }",
        "for (x in xs) {\n  }",
        "for x of xs {\n  }",
        "for i, x in xs {\n  }",
        "for x xs {\n  }",
        "for x in {\n  }",
        "for x in xs at most 4 {\n  }",
        "for x in xs at most 4 at once up to 20 {\n  }",
        "for x in xs up to {\n  }",
        "while a {\n  }",
        "try {\n    step a = fs.read(\"a\")\n  }",
        "catch {\n    step a = fs.read(\"a\")\n  }",
        "on error {\n    step a = fs.read(\"a\")\n  }",
        "on label(\"tau\") run m()",
        "if a {\n    on failure {\n    }\n  }",
        "on failure {\n  }\n  on failure {\n  }",
        "finally x {\n  }",
        "x = 1",
        "written = fs.write(\"a\")",
        "fs.write(\"a\")",
        "step a fs.read(\"x\")",
        "input a : string[]",
        "input a : \"a\" | \"b\"",
        "input a : list<string>",
        "parallel {\n    step a = fs.read(\"a\")\n  }",
        "test \"a\" {\n  }",
        "for x in [1, 2 {\n  }",
        "for x in xs {\n    input a : int\n  }",
    ];
    let around = |line: &str| format!("mission m {{\n{line}\n}}\n");
    assert_snapshot!(said(texts, around), @r#"
    foreach x in xs { ⏎   }
      f:2:1 [likely-mistake] `foreach`: `foreach` is not tau (write `for NAME in LIST up to N { … }`)
    for (x in xs) { ⏎   }
      f:2:5 [likely-mistake] `(`: `(` is not tau (write `for NAME in LIST {`, without round brackets)
    for x of xs { ⏎   }
      f:2:7 [likely-mistake] `of`: `of` is not tau (write `in`)
    for i, x in xs { ⏎   }
      f:2:6 [likely-mistake] `,`: `,` is not tau (each item has one name; its parts are `NAME.part` and `NAME[0]`)
    for x xs { ⏎   }
      f:2:7 [syntax] `xs`: expected `in`, found `xs`
    for x in { ⏎   }
      f:2:9 [syntax] ``: expected a list, found the end of the line
    for x in xs at most 4 { ⏎   }
      f:2:22 [syntax] ``: expected `at once`, found the end of the line
    for x in xs at most 4 at once up to 20 { ⏎   }
      f:2:31 [likely-mistake] `up to`: `up to` is not tau (`up to N` stands before `at most N at once`)
    for x in xs up to { ⏎   }
      f:2:18 [syntax] ``: expected a number or an input, found the end of the line
    while a { ⏎   }
      f:2:1 [likely-mistake] `while`: `while` is not tau (loops are bounded: write `repeat up to N { … } until CONDITION`)
    try { ⏎     step a = fs.read("a") ⏎   }
      f:2:1 [likely-mistake] `try`: `try` is not tau (write `on failure { … }` behind the statements of the mission, or `may fail` behind a step)
    catch { ⏎     step a = fs.read("a") ⏎   }
      f:2:1 [likely-mistake] `catch`: `catch` is not tau (write `on failure { … }` behind the statements of the mission, or `may fail` behind a step)
    on error { ⏎     step a = fs.read("a") ⏎   }
      f:2:4 [syntax] `error`: expected `failure`, found `error`
    on label("tau") run m()
      f:2:1 [syntax] `on`: expected a statement; `on` stands beside missions, not in one, found `on`
    if a { ⏎     on failure { ⏎     } ⏎   }
      f:3:5 [syntax] `on`: expected a statement; `on failure` belongs to the mission itself, found `on`
    on failure { ⏎   } ⏎   on failure { ⏎   }
      f:4:3 [duplicate-name] `on failure`: there is already a block `on failure`
    finally x { ⏎   }
      f:2:9 [syntax] `x`: expected the end of the line, found `x`
    x = 1
      f:2:1 [syntax] `x`: expected a statement such as `let x = 1`, found `x`
    written = fs.write("a")
      f:2:1 [syntax] `written`: expected a statement such as `step written = fs.write("a")`, found `written`
    fs.write("a")
      f:2:1 [syntax] `fs`: expected a statement such as `step NAME = fs.write("a")`, found `fs`
    step a fs.read("x")
      f:2:8 [syntax] `fs`: expected `=`, found `fs`
    input a : string[]
      f:2:17 [likely-mistake] `[]`: `[]` is not tau (write `[string]` for a list of texts)
    input a : "a" | "b"
      f:2:15 [likely-mistake] `|`: `|` is not tau (write `or` between the texts of a choice, and `T?` for what may be absent)
    input a : list<string>
      f:2:15 [likely-mistake] `<`: `<` is not tau (write `[T]` for a list and `T?` for what may be absent)
    parallel { ⏎     step a = fs.read("a") ⏎   }
      f:2:1 [likely-mistake] `parallel`: `parallel` is not tau (steps run at the same time by themselves where nothing orders them)
    test "a" { ⏎   }
      f:2:1 [syntax] `test`: expected a statement; `test` stands beside missions, not in one, found `test`
    for x in [1, 2 { ⏎   }
      f:2:10 [unclosed] `[`: this `[` is never closed
    for x in xs { ⏎     input a : int ⏎   }
      f:3:5 [syntax] `input`: expected a statement; `input` belongs to the mission itself, found `input`
    "#);
}

#[test]
fn beside_missions() {
    let texts = [
        "use ./lib/review.tau",
        "use \"./lib/review.tau\" review",
        "use std::fs",
        "import \"x\"",
        "type A { a: int }",
        "type A = \"a\" | \"b\"",
        "type A = untrusted",
        "type A = review.",
        "action a() {\n  run \"x\"\n}",
        "action a() -> int {\n  run \"x\"\n  step b = fs.read(\"x\")\n}",
        "action a() -> int {\n  run \"x\"\n  run \"y\"\n}",
        "action a() -> int {\n  need read \"x\"\n}",
        "test fix {\n}",
        "test \"a\" {\n  given verify.check = 1\n}",
        "test \"a\" {\n  given verify.check fails \"x\"\n}",
        "test \"a\" {\n  run fix\n}",
        "test \"a\" {\n  run a()\n  run b()\n}",
        "test \"a\" {\n  files [\"a\"]\n}",
        "test \"a\" {\n  assert x == 1\n}",
        "test \"a\" {\n  step x = fs.read(\"a\")\n}",
        "on push run a()",
        "on label(\"tau\")",
        "on label(\"tau\") {\n}",
        "on failure {\n}",
        "on label(\"tau\") start a()",
        "schedule \"0 7 * * *\"",
        "step a = fs.read(\"a\")",
    ];
    assert_snapshot!(said(texts, |text| text.to_owned()), @r#"
    use ./lib/review.tau
      f:1:5 [likely-mistake] `./lib/review.tau`: `./lib/review.tau` is not tau (put a file or a repository in quotes, as in `use "./lib/review.tau"`)
    use "./lib/review.tau" review
      f:1:24 [syntax] `review`: expected `as` or the end of the line, found `review`
    use std::fs
      f:1:8 [likely-mistake] `::`: `::` is not tau (write `.`)
    import "x"
      f:1:1 [likely-mistake] `import`: `import` is not tau (write `use std.{NAME}` or `use "./file.tau"`)
    type A { a: int }
      f:1:8 [syntax] `{`: expected `=`, found `{`
    type A = "a" | "b"
      f:1:14 [likely-mistake] `|`: `|` is not tau (write `or` between the texts of a choice, and `T?` for what may be absent)
    type A = untrusted
      f:1:19 [syntax] ``: expected `[`, `{`, a text in quotes or a type, found the end of the line
    type A = review.
      f:1:16 [syntax] `.`: expected the end of the line, found `.`
    action a() { ⏎   run "x" ⏎ }
      f:1:11 [syntax] ``: expected `->` and the result's type, found the end of the line
    action a() -> int { ⏎   run "x" ⏎   step b = fs.read("x") ⏎ }
      f:2:7 [syntax] `"x"`: expected either one `run` line or statements with their outputs, found a command beside statements
    action a() -> int { ⏎   run "x" ⏎   run "y" ⏎ }
      f:3:3 [key-duplicate] `run "y"`: the key `run` stands here twice (keep one of them)
    action a() -> int { ⏎   need read "x" ⏎ }
      f:2:3 [syntax] `need`: expected `needs`, `reads`, `writes`, `takes`, `spends`, `kind`, `gate`, `run` or a statement, found `need`
    test fix { ⏎ }
      f:1:6 [syntax] `fix`: expected a text in quotes, found `fix`
    test "a" { ⏎   given verify.check = 1 ⏎ }
      f:2:22 [syntax] `=`: expected `returns` or `fails with`, found `=`
    test "a" { ⏎   given verify.check fails "x" ⏎ }
      f:2:28 [syntax] `"`: expected `with`, found `"`
    test "a" { ⏎   run fix ⏎ }
      f:2:10 [syntax] ``: expected `(`, found the end of the line
    test "a" { ⏎   run a() ⏎   run b() ⏎ }
      f:3:3 [key-duplicate] `run b()`: the key `run` stands here twice (keep one of them)
    test "a" { ⏎   files ["a"] ⏎ }
      f:2:9 [syntax] `[`: expected `{`, found `[`
    test "a" { ⏎   assert x == 1 ⏎ }
      f:2:3 [likely-mistake] `assert`: `assert` is not tau (write `expect CONDITION` in a `test`)
    test "a" { ⏎   step x = fs.read("a") ⏎ }
      f:2:3 [syntax] `step`: expected `run`, `files`, `given` or `expect`; `step` stands in a mission, found `step`
    on push run a()
      f:1:9 [syntax] `run`: expected `(`, found `run`
    on label("tau")
      f:1:16 [syntax] ``: expected `run` and a mission, found the end of the line
    on label("tau") { ⏎ }
      f:1:17 [syntax] `{`: expected `run` and a mission, found `{`
    on failure { ⏎ }
      f:1:1 [syntax] `on`: expected `mission`, `use`, `type`, `action`, `test`, `on` or `policy`; `on failure` belongs to the mission itself, found `on`
    on label("tau") start a()
      f:1:17 [syntax] `start`: expected `run` and a mission, found `start`
    schedule "0 7 * * *"
      f:1:1 [likely-mistake] `schedule`: `schedule` is not tau (write `on schedule("0 7 * * *") run MISSION()`)
    step a = fs.read("a")
      f:1:1 [syntax] `step`: expected `mission`, `use`, `type`, `action`, `test`, `on` or `policy`; `step` stands in a mission, found `step`
    "#);
}
