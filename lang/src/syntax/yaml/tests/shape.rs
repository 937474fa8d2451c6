use super::{file, mission};
use crate::syntax::tree::{
    Item, Lead, LimitKind, LiteralValue, StatementKind, TypeExprKind, UseFrom, ValueKind,
};

#[test]
fn the_example() {
    let mission = mission(super::FIX);
    assert_eq!(mission.name.text, "fix");
    assert_eq!(
        mission.doc.map(|doc| doc.text).as_deref(),
        Some("Fix one issue and prove it.")
    );
    assert_eq!(mission.inputs.len(), 2);
    let authority = mission.authority.expect("an authority");
    let words: Vec<String> = authority
        .grants
        .iter()
        .map(|grant| format!("{}{}", if grant.deny { "deny " } else { "" }, grant.effect))
        .collect();
    assert_eq!(
        words,
        [
            "read",
            "write",
            "deny write",
            "run",
            "model",
            "git",
            "github",
            "secret",
            "time"
        ]
    );
    let limits: Vec<LimitKind> = authority.grants[4]
        .limits
        .iter()
        .map(|limit| limit.kind)
        .collect();
    assert_eq!(limits, [LimitKind::Tokens, LimitKind::Cost]);
    assert_eq!(mission.body.statements.len(), 6);
    assert!(matches!(
        &mission.body.statements[2].kind,
        StatementKind::Repeat { until: Some(until), body, .. }
            if until.source.value == "green.passed" && body.statements.len() == 2
    ));
    assert!(matches!(mission.outputs[0].value.kind, ValueKind::Expr(_)));
}

#[test]
fn uses() {
    let names = |text: &str| -> Vec<String> {
        file(&format!("tau: 1\nuse: {text}\nmission: m\n"))
            .items
            .iter()
            .filter_map(|item| match item {
                Item::Use(node) => match &node.from {
                    UseFrom::Std { root, names } => {
                        let words = std::iter::once(root).chain(names);
                        let words: Vec<&str> = words.map(|name| name.text.as_str()).collect();
                        Some(words.join(" "))
                    }
                    UseFrom::Source(source) => Some(source.value.clone()),
                },
                _ => None,
            })
            .collect()
    };
    assert_eq!(names("std"), ["std"]);
    assert_eq!(names("[std.fs, std.git]"), ["std fs git"]);
    assert_eq!(names("[std, std.git]"), ["std", "std git"]);
    assert_eq!(
        names("\n  - std.fs\n  - [std.git, std.time]"),
        ["std fs", "std git time"]
    );
}

#[test]
fn types_as_texts_and_as_yaml_are_the_same() {
    let text = |ty: &str| {
        mission(&format!(
            "tau: 1\nmission: m\ninputs:\n  a: {{ type: {ty} }}\n"
        ))
    };
    let same = [
        ("[path]", "'[path]'"),
        ("{ a: int, b: [string] }", "'{ a: int, b: [string], }'"),
        ("{ a: string? }", "'{a:string ?}'"),
    ];
    for (yaml, tau) in same {
        assert_eq!(text(yaml).inputs, text(tau).inputs);
    }
    let choice = text("'\"yes\" or \"no\"?'");
    assert!(matches!(
        &choice.inputs[0].ty.kind,
        TypeExprKind::Optional(inner) if matches!(&inner.kind, TypeExprKind::Choice(all) if all.len() == 2)
    ));
}

#[test]
fn plain_scalars_are_literals_and_quoted_ones_texts() {
    let mission =
        mission("tau: 1\nmission: m\noutputs: { a: 30m, b: '30m', c: ~, d: null, e: true }\n");
    let kinds: Vec<&ValueKind> = mission
        .outputs
        .iter()
        .map(|output| &output.value.kind)
        .collect();
    assert!(
        matches!(kinds[0], ValueKind::Literal(it) if it.value == LiteralValue::Duration(1_800_000))
    );
    assert!(matches!(kinds[1], ValueKind::Text(it) if it.as_literal() == Some("30m")));
    for kind in &kinds[2..4] {
        assert!(matches!(kind, ValueKind::Literal(it) if it.raw == "none"));
    }
    assert!(matches!(kinds[4], ValueKind::Literal(it) if it.value == LiteralValue::Bool(true)));
}

#[test]
fn comments_find_their_places() {
    let text = "# head

tau: 1
use: [std] # used
# of the mission
mission: m # named
inputs:
  # first
  a: int # one

  # second
  b: { type: int, # inner
    default: 3 } # last
authority: # may
  # reading
  read: [a]
  # authority's tail
steps:
  - repeat: 3 # times
    # why
    steps:
      - x: fs.read # ex

      # why
      - y: fs.read
        # in y
        with: { path: a }
      # body's tail

  - z: fs.read
  # mission's tail
# file's tail
";
    let tree = file(text);
    let comment = |text: &str| Lead::Comment(text.to_owned());
    let Item::Use(used) = &tree.items[0] else {
        panic!("no use")
    };
    assert_eq!(used.trivia.before, [comment("head"), Lead::Blank]);
    assert_eq!(used.trivia.after.as_deref(), Some("used"));
    let Item::Mission(mission) = &tree.items[1] else {
        panic!("no mission")
    };
    assert_eq!(mission.trivia.before, [comment("of the mission")]);
    assert_eq!(mission.trivia.after.as_deref(), Some("named"));
    assert_eq!(mission.inputs[0].trivia.before, [comment("first")]);
    assert_eq!(mission.inputs[0].trivia.after.as_deref(), Some("one"));
    assert_eq!(
        mission.inputs[1].trivia.before,
        [Lead::Blank, comment("second"), comment("last")]
    );
    assert_eq!(mission.inputs[1].trivia.after.as_deref(), Some("inner"));
    let authority = mission.authority.as_ref().expect("an authority");
    assert_eq!(authority.trivia.after.as_deref(), Some("may"));
    assert_eq!(authority.grants[0].trivia.before, [comment("reading")]);
    assert_eq!(authority.tail, [comment("authority's tail")]);
    let repeat = &mission.body.statements[0];
    assert_eq!(repeat.trivia.before, [comment("why")]);
    assert_eq!(repeat.trivia.after.as_deref(), Some("times"));
    let StatementKind::Repeat { body, .. } = &repeat.kind else {
        panic!("no repeat")
    };
    assert_eq!(body.statements[0].trivia.after.as_deref(), Some("ex"));
    assert_eq!(
        body.statements[1].trivia.before,
        [Lead::Blank, comment("why"), comment("in y")]
    );
    assert_eq!(body.tail, [comment("body's tail")]);
    assert_eq!(mission.body.statements[1].trivia.before, [Lead::Blank]);
    assert_eq!(mission.body.tail, [comment("mission's tail")]);
    assert_eq!(tree.tail, [comment("file's tail")]);
}
