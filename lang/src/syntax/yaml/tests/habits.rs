//! What is said of habits of other languages, and of slips in the newer keys.

use insta::assert_snapshot;

use super::errors;

/// The findings of each text.
fn said<'a>(texts: impl IntoIterator<Item = &'a str>, around: fn(&str) -> String) -> String {
    let said = |text| format!("{}\n{}", text, indented(&errors(&around(text))));
    texts.into_iter().map(said).collect()
}

fn indented(found: &str) -> String {
    found.lines().map(|line| format!("    {line}\n")).collect()
}

#[test]
fn of_a_file() {
    let texts = [
        "jobs: {}",
        "permissions: {}",
        "import: [a]",
        "on_error: []",
        "foreach: a",
        "use: { form: ./a.tau }",
        "use: [{ as: a }]",
        "use: [a b]",
        "types: { A: { type: int, abuot: x } }",
        "types: { A: { a: int } }",
        "types: { A: \"untrusted\" }",
        "types: { A: \"string | none\" }",
        "actions: { a: { run: x } }",
        "actions: { a: { result: int, run: x, steps: [{ b: fs.read }] } }",
        "actions: { a: { result: int, needs: [read] } }",
        "actions: { a: { result: int, needs: { raed: x, git: x } } }",
        "actions: { a: { result: int, spends: { dollars: 3 } } }",
        "missions: [a]",
        "missions: { b: { stpes: [] } }",
        "missions: { b c: {} }",
        "tests: { a: b }",
        "tests: [{ run: m }]",
        "tests: [{ test: a }]",
        "tests: [{ test: a, run: m, given: [fs.read] }]",
        "tests: [{ test: a, run: m, given: [{ fs.read: { return: 1 } }] }]",
        "tests: [{ test: a, run: m, given: [{ fs.read: { returns: 1, fails: x } }] }]",
        "tests: [{ test: a, run: m, given: [{ fs.read: {} }] }]",
        "tests: [{ test: a, run: m, expect: { a: b } }]",
        "tests: [{ test: a, run: m b, files: [a] }]",
        "on: { label: tau }",
        "on: [{ label: tau }]",
        "on: [{ run: m }]",
        "on: [{ label: tau, run: m, wiht: {} }]",
        "on_failure: { step: [] }",
        "finally: x",
    ];
    let around = |line: &str| format!("tau: 1\nmission: m\n{line}\n");
    assert_snapshot!(said(texts, around), @r#"
    jobs: {}
        likely-mistake m.yaml:3:1 `jobs`: `jobs` is not tau
          write `missions:` or, for one, `mission: NAME` and its `steps:`
    permissions: {}
        likely-mistake m.yaml:3:1 `permissions`: `permissions` is not tau
          write `authority:`
    import: [a]
        likely-mistake m.yaml:3:1 `import`: `import` is not tau
          write `use: [std.NAME, ./file.tau]`
    on_error: []
        likely-mistake m.yaml:3:1 `on_error`: `on_error` is not tau
          write `on_failure:` in the mission, or `may_fail: true` in a step
    foreach: a
        likely-mistake m.yaml:3:1 `foreach`: `foreach` is not tau
          write `for: NAME`, `in: LIST`, `up_to: N` and `steps:`
    use: { form: ./a.tau }
        key-unknown m.yaml:3:8 `form`: `use` has no key `form`
          did you mean `from`?
        key-missing m.yaml:3:8 `form`: `use` needs the key `from`
    use: [{ as: a }]
        key-missing m.yaml:3:9 `as`: `use` needs the key `from`
    use: [a b]
    types: { A: { type: int, abuot: x } }
        key-unknown m.yaml:3:26 `abuot`: a type has no key `abuot`
          did you mean `about`?
    types: { A: { a: int } }
        key-unknown m.yaml:3:15 `a`: a type has no key `a`
        key-missing m.yaml:3:15 `a`: a type needs the key `type`
    types: { A: "untrusted" }
        syntax m.yaml:3:23 ``: expected a type, found the end of the type
    types: { A: "string | none" }
        syntax m.yaml:3:21 `|`: expected the end of the type, found `|`
    actions: { a: { run: x } }
        key-missing m.yaml:3:17 `run`: an action needs the key `result`
    actions: { a: { result: int, run: x, steps: [{ b: fs.read }] } }
        syntax m.yaml:3:35 `x`: expected either `run` or `steps` with their `outputs`, found a command beside steps
    actions: { a: { result: int, needs: [read] } }
        syntax m.yaml:3:38 `read`: expected effects by name, such as `read: src/**`, found a text
    actions: { a: { result: int, needs: { raed: x, git: x } } }
        key-unknown m.yaml:3:39 `raed`: `needs` has no key `raed`
          did you mean `read`?
        syntax m.yaml:3:53 `x`: expected what is done there, such as `commit: "tau/*"`, found a text
    actions: { a: { result: int, spends: { dollars: 3 } } }
        key-unknown m.yaml:3:40 `dollars`: `spends` has no key `dollars`
    missions: [a]
        syntax m.yaml:3:11 `[a]`: expected missions by name, found a list
    missions: { b: { stpes: [] } }
        key-unknown m.yaml:3:18 `stpes`: a mission has no key `stpes`
          did you mean `steps`?
    missions: { b c: {} }
        syntax m.yaml:3:13 `b c`: expected a name of the letters a to z, digits and `_`, found `b c`
    tests: { a: b }
        syntax m.yaml:3:8 `{ a: b }`: expected a list of tests, found keys with values
    tests: [{ run: m }]
        key-missing m.yaml:3:11 `run`: a test needs the key `test`
    tests: [{ test: a }]
        key-missing m.yaml:3:11 `test`: a test needs the key `run`
    tests: [{ test: a, run: m, given: [fs.read] }]
        syntax m.yaml:3:36 `fs.read`: expected an action with what it does, such as `verify.check: { fails: why }`, found a text
    tests: [{ test: a, run: m, given: [{ fs.read: { return: 1 } }] }]
        key-unknown m.yaml:3:49 `return`: `given` has no key `return`
          did you mean `returns`?
    tests: [{ test: a, run: m, given: [{ fs.read: { returns: 1, fails: x } }] }]
        syntax m.yaml:3:61 `fails: x`: expected `returns` with a value or `fails` with a text, found both
    tests: [{ test: a, run: m, given: [{ fs.read: {} }] }]
        syntax m.yaml:3:47 `{}`: expected `returns` with a value or `fails` with a text, found keys with values
    tests: [{ test: a, run: m, expect: { a: b } }]
        syntax m.yaml:3:36 `{ a: b }`: expected a list of conditions such as `outcome == "failed"`, found keys with values
    tests: [{ test: a, run: m b, files: [a] }]
        syntax m.yaml:3:25 `m b`: expected the name of a mission, found `m b`
        syntax m.yaml:3:37 `[a]`: expected files by their path, with their texts, found a list
    on: { label: tau }
        syntax m.yaml:3:5 `{ label: tau }`: expected a list of what starts a mission, found keys with values
    on: [{ label: tau }]
        key-missing m.yaml:3:8 `label`: `on: label` needs the key `run`
    on: [{ run: m }]
        syntax m.yaml:3:6 `{ run: m }`: expected `comment`, `label`, `schedule` or `webhook`, found no event
    on: [{ label: tau, run: m, wiht: {} }]
    on_failure: { step: [] }
        key-unknown m.yaml:3:15 `step`: what runs at the end has no key `step`
          did you mean `steps`?
        key-missing m.yaml:3:15 `step`: what runs at the end needs the key `steps`
    finally: x
        syntax m.yaml:3:10 `x`: expected a list of steps, found a text
    "#);
}

#[test]
fn of_a_statement() {
    let texts = [
        "{ foreach: x, in: \"{{ xs }}\", steps: [] }",
        "{ while: x, steps: [] }",
        "{ loop: 3, do: [] }",
        "{ uses: actions/checkout@v4 }",
        "{ name: Build it, run: cargo build }",
        "{ parallel: [], steps: [] }",
        "{ loop: fs.read, with: { path: a } }",
        "{ for: x, steps: [] }",
        "{ for: x, in: \"{{ xs }}\" }",
        "{ for: x y, in: \"{{ xs }}\", at_most: 3, steps: [] }",
        "{ for: x, in: \"{{ xs }}\", steps: {} }",
    ];
    let around = |line: &str| format!("tau: 1\nmission: m\nsteps:\n  - {line}\n");
    assert_snapshot!(said(texts, around), @r#"
    { foreach: x, in: "{{ xs }}", steps: [] }
        likely-mistake m.yaml:4:7 `foreach`: `foreach` is not tau
          write `for: NAME`, `in: LIST`, `up_to: N` and `steps:`
    { while: x, steps: [] }
        likely-mistake m.yaml:4:7 `while`: `while` is not tau
          loops are bounded: write `repeat: N`, `until: CONDITION` and `steps:`
    { loop: 3, do: [] }
        likely-mistake m.yaml:4:7 `loop`: `loop` is not tau
          loops are bounded: write `repeat: N`, `until: CONDITION` and `steps:`
    { uses: actions/checkout@v4 }
        likely-mistake m.yaml:4:7 `uses`: `uses` is not tau
          write `NAME: ACTION`, as in `red: verify.red`
    { name: Build it, run: cargo build }
        likely-mistake m.yaml:4:23 `run`: `run` is not tau
          write `NAME: process.run` and `with: { command: "…" }`
    { parallel: [], steps: [] }
        likely-mistake m.yaml:4:7 `parallel`: `parallel` is not tau
          steps run at the same time by themselves where nothing orders them
    { loop: fs.read, with: { path: a } }
    { for: x, steps: [] }
        key-missing m.yaml:4:7 `for`: `for` needs the key `in`
    { for: x, in: "{{ xs }}" }
        key-missing m.yaml:4:7 `for`: `for` needs the key `steps`
    { for: x y, in: "{{ xs }}", at_most: 3, steps: [] }
        syntax m.yaml:4:12 `x y`: expected a name of the letters a to z, digits and `_`, found `x y`
        key-unknown m.yaml:4:33 `at_most`: `for` has no key `at_most`
    { for: x, in: "{{ xs }}", steps: {} }
        syntax m.yaml:4:38 `{}`: expected a list of steps, found keys with values
    "#);
}
