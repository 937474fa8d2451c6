mod bad;
mod habits;

use insta::assert_snapshot;

use super::parse;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, SourceMap};
use crate::syntax::tree::{File, Item, Piece, StatementKind, UseFrom, ValueKind};

fn read(text: &str) -> (File, Vec<Diagnostic>) {
    parse(text, SourceId(0))
}

/// The findings, one a line: place, underlined text, words.
fn findings(text: &str) -> String {
    let mut map = SourceMap::default();
    let id = map.add("f", text);
    let (_, found) = parse(text, id);
    found
        .iter()
        .map(|one| {
            let help = one
                .kind
                .help()
                .map(|help| format!(" ({help})"))
                .unwrap_or_default();
            let place = map.location(one.span);
            format!(
                "{place} [{}] `{}`: {}{help}\n",
                one.code(),
                map.text(one.span),
                one.kind
            )
        })
        .collect()
}

const FIX: &str = r#"# fix.tau: fix one issue.

use std.{issue, model, verify, git, github}

## Fix one issue and prove it.
mission fix {
  input ticket : issue                       ## "owner/repo#42", a URL, or a file
  input check  : command = "cargo test"      ## decides whether the work is done

  authority {
    read   "**"
    write  "src/**"
    deny   write "src/generated/**"
    run    check
    model  "openrouter/*" up to 200k tokens, $2
    git    commit on "tau/*"
    github draft_pr
    secret GITHUB_TOKEN, OPENROUTER_API_KEY
    time   30m
  }

  verifier tests {
    run     check
    protect "tests/**"
  }

  step intake = issue.read(ticket)
  step red    = verify.red(tests)

  repeat up to 3 {
    step edit  = model.edit(goal: intake.text, failure: previous.green.log or red.log)
    step green = verify.check(tests)
  } until green.passed

  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "fix: {{ intake.title }}")
  step pr     = github.draft_pr(commit, proof)

  output url = pr.url
}
"#;

#[test]
fn the_example_of_the_language_page() {
    let (file, found) = read(FIX);
    assert_eq!(found, []);
    let [Item::Use(library), Item::Mission(mission)] = file.items.as_slice() else {
        panic!("{file:?}");
    };
    let UseFrom::Std { names, .. } = &library.from else {
        panic!("{library:?}");
    };
    assert_eq!(names.len(), 5);
    assert_eq!(
        mission.doc.as_ref().unwrap().text,
        "Fix one issue and prove it."
    );
    assert_eq!(mission.inputs.len(), 2);
    assert_eq!(
        mission.inputs[0].doc.as_ref().unwrap().text,
        "\"owner/repo#42\", a URL, or a file"
    );
    let authority = mission.authority.as_ref().unwrap();
    assert_eq!(authority.grants.len(), 9);
    assert_eq!(authority.grants[4].limits.len(), 2);
    assert_eq!(mission.verifiers.len(), 1);
    assert_eq!(mission.body.statements.len(), 6);
    let StatementKind::Repeat { body, until, .. } = &mission.body.statements[2].kind else {
        panic!("{:?}", mission.body.statements[2]);
    };
    assert_eq!(body.statements.len(), 2);
    assert_eq!(until.as_ref().unwrap().source.value, "green.passed");
    let StatementKind::Step(commit) = &mission.body.statements[4].kind else {
        panic!("{:?}", mission.body.statements[4]);
    };
    let ValueKind::Text(message) = &commit.args[1].value.kind else {
        panic!("{commit:?}");
    };
    let Piece::Expr(title) = &message.pieces[1] else {
        panic!("{message:?}");
    };
    let span = title.source.at.0;
    assert_eq!(&FIX[span.start as usize..span.end as usize], "intake.title");
    assert_eq!(mission.outputs.len(), 1);
}

#[test]
fn each_broken_statement_is_its_own_error() {
    let text = "mission m {\n  step a = fs.read(path \"x\")\n  step b = fs.read(\n  stpe c = fs.read(path: \"x\")\n  let d = 3\n  let e = 5;\n  retrun 5\n}\n";
    assert_snapshot!(findings(text), @r"
    f:3:19 [unclosed] `(`: this `(` is never closed
    f:4:3 [syntax] `stpe`: expected a statement, found `stpe`
    f:6:12 [likely-mistake] `;`: `;` is not tau (a statement ends with its line; remove the `;`)
    f:7:3 [syntax] `retrun`: expected a statement, found `retrun`
    ");
    let (file, _) = read(text);
    let Item::Mission(mission) = &file.items[0] else {
        panic!()
    };
    assert_eq!(mission.body.statements.len(), 6);
    assert!(
        matches!(&mission.body.statements[2].kind, StatementKind::Broken { name: Some(name) } if name.text == "c")
    );
}

#[test]
fn habits_of_other_languages() {
    assert_snapshot!(findings("import x\nmission m {\n  // hello\n  let a := 5\n  step b = fs.read(path = \"x\")\n  while x {\n  }\n  let t = \"abc\n}\n"), @r#"
    f:1:1 [likely-mistake] `import`: `import` is not tau (write `use std.{NAME}` or `use "./file.tau"`)
    f:3:3 [likely-mistake] `//`: `//` is not tau (a comment begins with `#`, documentation with `##`)
    f:4:9 [likely-mistake] `:=`: `:=` is not tau (write `=`)
    f:5:25 [likely-mistake] `=`: `=` is not tau (an argument is named with `:`, as in `path: "a.txt"`)
    f:6:3 [likely-mistake] `while`: `while` is not tau (loops are bounded: write `repeat up to N { … } until CONDITION`)
    f:8:11 [likely-mistake] `"`: `"` is not tau (close the text with `"` on the same line, or use `"""` for many lines)
    "#);
}

#[test]
fn parameters_that_are_never_closed_end_with_the_block() {
    assert_snapshot!(findings("action a(x : int\n}\nmission m { }\n"), @r"
    f:1:9 [unclosed] `(`: this `(` is never closed
    f:2:1 [syntax] `}`: expected a statement or the end of the file, found `}` without its partner
    f:2:1 [syntax] ``: expected `->` and the result's type, found the end of the line
    f:1:17 [syntax] ``: expected `{` and what belongs to it, found the end of the line
    ");
}

#[test]
fn letters_of_other_scripts_before_a_brace_are_read() {
    let text = "mission m {\n  let x = }if\u{1f600}{n\n  if \u{e9}{ a: 1 } {\n  }\n}\n";
    assert!(findings(text).contains("[syntax]"), "{}", findings(text));
}

#[test]
fn a_quote_that_is_never_closed_is_no_expression() {
    let text = "mission m {\n  authority {\n    read' \"**\"\n  }\n  let a = 'x\n}\n";
    let (_, found) = read(text);
    let codes: Vec<_> = found.iter().map(Diagnostic::code).collect();
    assert_eq!(codes, ["syntax", "syntax"]);
}

#[test]
fn members_of_a_mission_stand_in_no_block() {
    let text = "mission m {\n  if true {\n    output x = 1\n  }\n}\noutput y = 1\n";
    assert_snapshot!(findings(text), @r"
    f:3:5 [syntax] `output`: expected a statement; `output` belongs to the mission itself, found `output`
    f:6:1 [syntax] `output`: expected `mission`, `use`, `type`, `action`, `test`, `on` or `policy`; `output` belongs to the mission itself, found `output`
    ");
}

#[test]
fn shapes_that_do_not_close() {
    assert_snapshot!(findings("mission m {\n  let a = 1\n"), @"f:1:11 [unclosed] `{`: this `{` is never closed");
    assert_snapshot!(findings("}\nmission m {\n}\n}\n"), @r"
    f:1:1 [syntax] `}`: expected a statement or the end of the file, found `}` without its partner
    f:4:1 [syntax] `}`: expected a statement or the end of the file, found `}` without its partner
    ");
    assert_snapshot!(findings("mission m {\n  step a = fs.read(path: \"x\"\n}\nmission n { }\n"), @"f:2:19 [unclosed] `(`: this `(` is never closed");
    assert_snapshot!(findings(&"[".repeat(10_000)), @r"
    f:1:65 [syntax] `[`: expected at most 64 levels of brackets and blocks, found one more level
    f:1:1 [syntax] `[`: expected `mission`, `use`, `type`, `action`, `test`, `on` or `policy`, found `[`
    ");
    assert_snapshot!(findings(&"if a {\n".repeat(10_000)), @r"
    f:65:6 [syntax] `{`: expected at most 64 levels of brackets and blocks, found one more level
    f:1:1 [syntax] `if`: expected `mission`, `use`, `type`, `action`, `test`, `on` or `policy`; `if` stands in a mission, found `if`
    ");
}

#[test]
fn texts_are_decoded_and_keep_their_places() {
    let text = "mission m {\n  let a = \"x \\\"{{ b }}\\u{e9}\"\n  let c = \"\"\"\n    one\n      two {{ d }}\n    \"\"\"\n}\n";
    let (file, found) = read(text);
    assert_eq!(found, []);
    let Item::Mission(mission) = &file.items[0] else {
        panic!()
    };
    let pieces = |at: usize| match &mission.body.statements[at].kind {
        StatementKind::Let { value, .. } => match &value.kind {
            ValueKind::Text(template) => template.pieces.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let shown = |pieces: &[Piece]| -> String {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => format!("{text:?}"),
                Piece::Expr(expr) => {
                    let span = expr.source.at.0;
                    format!("<{}>", &text[span.start as usize..span.end as usize])
                }
            })
            .collect()
    };
    assert_snapshot!(shown(&pieces(0)), @r#""x \""<b>"é""#);
    assert_snapshot!(shown(&pieces(1)), @r#""one\n  two "<d>"#);
}

#[test]
fn comments_are_kept_where_they_belong() {
    let text = "# head\n\nmission m { # open\n  # before a\n\n  let a = 1 # after a\n  step b = x.y( # inside\n    1)\n\n  # last\n}\n# tail\n";
    let (file, found) = read(text);
    assert_eq!(found, []);
    assert_snapshot!(format!("{:#?}", file.items.iter().map(|item| match item {
        Item::Mission(mission) => (&mission.trivia, mission.body.statements.iter().map(|s| &s.trivia).collect::<Vec<_>>(), &mission.body.tail),
        other => panic!("{other:?}"),
    }).collect::<Vec<_>>()).replace("\n", " ").split_whitespace().collect::<Vec<_>>().join(" "), @r#"[ ( Trivia { before: [ Comment( "head", ), Blank, ], after: None, }, [ Trivia { before: [ Comment( "open", ), Comment( "before a", ), Blank, ], after: Some( "after a", ), }, Trivia { before: [ Comment( "inside", ), ], after: None, }, ], [ Blank, Comment( "last", ), ], ), ]"#);
    assert_eq!(file.tail.len(), 1);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
        for one in read(&text).1 {
            assert!(one.span.end as usize <= text.len());
        }
    }

    #[test]
    fn a_cut_file_is_read_without_a_panic(from in 0..FIX.len(), to in 0..FIX.len(), put in "[\\(\\)\\{\\}\"#\n,=a]{0,4}") {
        let (from, to) = (from.min(to), from.max(to));
        if FIX.is_char_boundary(from) && FIX.is_char_boundary(to) {
            let text = format!("{}{put}{}", &FIX[..from], &FIX[to..]);
            for one in read(&text).1 {
                assert!(one.span.end as usize <= text.len(), "{one:?}");
                assert!(text.is_char_boundary(one.span.start as usize));
            }
        }
    }
}
