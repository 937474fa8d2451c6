use insta::assert_snapshot;

use super::errors;
use crate::source::SourceId;
use crate::syntax::tree::{Item, StatementKind};
use crate::syntax::yaml::parse;

#[test]
fn an_empty_file() {
    assert_snapshot!(errors(""), @r#"yaml-invalid m.yaml:1:1 ``: this YAML cannot be a mission: it is empty; begin with `tau: 1` and `mission: NAME`"#);
    assert_snapshot!(errors("# only a comment\n"), @r#"yaml-invalid m.yaml:1:1 ``: this YAML cannot be a mission: it is empty; begin with `tau: 1` and `mission: NAME`"#);
}

#[test]
fn keys() {
    assert_snapshot!(errors("tau: 2\nmision: fix\nsteps: fix it\nsteps: []\n"), @r#"
    key-missing m.yaml:1:1 `tau`: a mission file needs the key `mission`
    version-unknown m.yaml:1:6 `2`: there is no version `2` of the language; this is version 1
      write `tau: 1`
    key-unknown m.yaml:2:1 `mision`: a mission file has no key `mision`
      did you mean `mission`?
    syntax m.yaml:3:8 `fix it`: expected a list of steps, found a text
    key-duplicate m.yaml:4:1 `steps`: the key `steps` stands here twice
      m.yaml:3:1: it stands here first
      keep one of them
    "#);
    assert_snapshot!(errors("- a\n- b\n"), @r#"syntax m.yaml:1:1 `- a\n- b`: expected the keys of a mission, such as `tau: 1`, found a list"#);
}

#[test]
fn a_broken_step_costs_itself_alone() {
    let text = r#"tau: 1
mission: m
steps:
  - one: verify.red
    wth: { verifier: tests }
  - two: 3x
  - three: fs.read
    with: { path: "a{{ b" }
  - just text
  - four: fs.read
    with: [a]
  - five: fs.read
    with: { path: a }
"#;
    assert_snapshot!(errors(text), @r#"
    key-unknown m.yaml:5:5 `wth`: a step has no key `wth`
      did you mean `with`?
    syntax m.yaml:6:10 `3x`: expected the name of an action such as `fs.write`, found `3x`
    template-unclosed m.yaml:8:21 `{{`: this `{{` is never closed
      close it with `}}`; a literal `{{` is written `{{ "{{" }}`
    syntax m.yaml:9:5 `just text`: expected a step such as `red: verify.red`, found a text
    syntax m.yaml:11:11 `[a]`: expected arguments by name, found a list
    "#);
    let (file, _) = parse(text, SourceId(0));
    let Some(Item::Mission(mission)) = file.items.first() else {
        panic!("no mission");
    };
    let kinds: Vec<String> = mission
        .body
        .statements
        .iter()
        .map(|statement| match &statement.kind {
            StatementKind::Step(step) => step.name.text.clone(),
            StatementKind::Broken { name: Some(name) } => format!("broken {name}"),
            _ => "broken".to_owned(),
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "broken one",
            "broken two",
            "broken three",
            "broken",
            "broken four",
            "five"
        ]
    );
}

#[test]
fn statements() {
    let text = r#"tau: 1
mission: m
steps:
  - if: ""
    then: []
  - if: a.b
  - repeat: 3
    until: x
    stepps: []
  - let: { 1a: 2, b: }
  - after: a
  - step: fs.read
    may_fail: yes
    retry: { every: 10s }
  - again: fs.read
    retry: { times: 2, up_to: 1m }
"#;
    assert_snapshot!(errors(text), @r#"
    template-empty m.yaml:4:9 `\"\"`: this `{{ }}` has nothing in it
    key-missing m.yaml:6:5 `if`: `if` needs the key `then`
    key-missing m.yaml:7:5 `repeat`: `repeat` needs the key `steps`
    key-unknown m.yaml:9:5 `stepps`: `repeat` has no key `stepps`
      did you mean `steps`?
    syntax m.yaml:10:12 `1a`: expected a name of the letters a to z, digits and `_`, found `1a`
    syntax m.yaml:10:20 ``: expected a value, found nothing
    syntax m.yaml:11:5 `after: a`: expected a name and an action, such as `red: verify.red`, found a step without a name
    syntax m.yaml:13:15 `yes`: expected `true` or `false`, found a text
    key-missing m.yaml:14:14 `every`: `retry` needs the key `times`
    key-missing m.yaml:16:14 `times`: `retry` with `up_to` needs the key `every`
    "#);
}

#[test]
fn authority() {
    let text = r#"tau: 1
mission: m
authority:
  wirte: [a]
  git: [commit]
  time: soon
  model: { allow: [x], tokens: $2, price: $3 }
  deny: [a]
"#;
    assert_snapshot!(errors(text), @r#"
    key-unknown m.yaml:4:3 `wirte`: `authority` has no key `wirte`
      did you mean `write`?
    syntax m.yaml:5:8 `[commit]`: expected what may be done, such as `commit: ["tau/*"]`, found a list
    syntax m.yaml:6:9 `soon`: expected a duration such as `30m`, found `soon`
    syntax m.yaml:7:32 `$2`: expected a number such as `200k`, found `$2`
    key-unknown m.yaml:7:36 `price`: `model` has no key `price`
    syntax m.yaml:8:9 `[a]`: expected effects by name, such as `write: [src/**]`, found a list
    "#);
}

#[test]
fn inputs_and_types() {
    let text = r#"tau: 1
mission: m
inputs:
  a: "[strin"
  b: { default: 3 }
  c: { type: [a, b] }
  d: { type: '{ a: }' }
  e f: int
  g: '"a" or b'
  h:
outputs:
  o: { value: "{{ }}", abuot: x }
"#;
    assert_snapshot!(errors(text), @r#"
    syntax m.yaml:4:13 ``: expected `]`, found the end of the type
    key-missing m.yaml:5:8 `default`: an input needs the key `type`
    syntax m.yaml:6:14 `[a, b]`: expected one type in the brackets, as in `[path]`, found a list
    syntax m.yaml:7:20 `}`: expected a type, found `}`
    syntax m.yaml:8:3 `e f`: expected a name of the letters a to z, digits and `_`, found `e f`
    syntax m.yaml:9:14 `b`: expected a text in quotes, found `b`
    syntax m.yaml:10:4 ``: expected a type, found nothing
    template-empty m.yaml:12:16 `{{ }}`: this `{{ }}` has nothing in it
    key-unknown m.yaml:12:24 `abuot`: an output has no key `abuot`
      did you mean `about`?
    "#);
}

#[test]
fn yaml_that_a_mission_may_not_use() {
    let text = r#"tau: 1
mission: &m fix
inputs: { a: !!str int }
outputs:
  <<: *m
  b: *nothing
  [x]: y
"#;
    assert_snapshot!(errors(text), @r#"
    yaml-invalid m.yaml:2:10 `&m`: this YAML cannot be a mission: an anchor such as `&x` is not allowed; remove it
    yaml-invalid m.yaml:3:14 `!!str`: this YAML cannot be a mission: a tag such as `!x` has no meaning here; remove it
    yaml-invalid m.yaml:5:3 `<<`: this YAML cannot be a mission: `<<` merges nothing here; write the keys out
    yaml-invalid m.yaml:5:7 `*m`: this YAML cannot be a mission: an alias such as `*x` is not allowed; write the value out
    yaml-invalid m.yaml:6:6 `*nothing`: this YAML cannot be a mission: an alias such as `*x` is not allowed; write the value out
    yaml-invalid m.yaml:7:3 `[x]`: this YAML cannot be a mission: a key must be a name; quote a text that begins with `{` or `[`
    "#);
    assert_snapshot!(errors("tau: 1\nmission: a\n---\ntau: 1\n"), @r#"yaml-invalid m.yaml:3:1 `---`: this YAML cannot be a mission: a file holds one mission, and here a second begins"#);
    assert_snapshot!(errors("%YAML 1.2\n---\ntau: 1\n"), @r#"yaml-invalid m.yaml:1:1 `%`: this YAML cannot be a mission: a `%` directive has no meaning here; remove the line"#);
}

#[test]
fn what_is_no_yaml_is_located_and_what_stands_above_is_kept() {
    let text = "tau: 1\nmission: m\nsteps:\n  - a: fs.read\n  - b: fs.read\n    with: { path: x\n  - c: fs.read\n";
    assert_snapshot!(errors(text), @r#"yaml-invalid m.yaml:7:6 `:`: this YAML cannot be a mission: a `,` or `}` is missing here"#);
    let (file, _) = parse(text, SourceId(0));
    let Some(Item::Mission(mission)) = file.items.first() else {
        panic!("no mission");
    };
    assert!(matches!(
        mission.body.statements[0].kind,
        StatementKind::Step(_)
    ));
    assert!(matches!(
        &mission.body.statements[1].kind,
        StatementKind::Broken { name: Some(name) } if name.text == "b"
    ));
    assert_snapshot!(errors("tau: 1\nmission: m\nsteps:\n\t- a: b\n"), @r#"yaml-invalid m.yaml:4:2 `-`: this YAML cannot be a mission: a tab stands where only spaces may"#);
    assert_snapshot!(errors("tau: 1\nmission: it's: b\n"), @r#"
    syntax m.yaml:2:10 `it\'s`: expected a name of the letters a to z, digits and `_`, found `it's`
    yaml-invalid m.yaml:2:14 `:`: this YAML cannot be a mission: a `:` may not stand here; is something above not closed, or is a text with `: ` in it not quoted?
    "#);
    assert_snapshot!(errors("tau: 1\nmission: m\noutputs:\n  a: \"b\n"), @r#"yaml-invalid m.yaml:4:6 `\"`: this YAML cannot be a mission: this quote is never closed"#);
}

#[test]
fn what_is_nested_too_deeply() {
    let deep = format!(
        "tau: 1\nmission: m\noutputs:\n  a: {}{}\n",
        "[".repeat(500),
        "]".repeat(500)
    );
    assert_snapshot!(errors(&deep), @r#"yaml-invalid m.yaml:4:70 `[`: this YAML cannot be a mission: it is nested too deeply; 64 levels are enough"#);
    let types = format!(
        "tau: 1\nmission: m\ninputs:\n  a: '{}{}'\n",
        "[".repeat(500),
        "]".repeat(500)
    );
    assert_snapshot!(errors(&types).lines().last().unwrap_or(""), @r#"syntax m.yaml:4:71 `[`: expected at most 64 levels, found `[`"#);
}
