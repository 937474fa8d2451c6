//! What people and programs see of a finding.

use insta::assert_snapshot;
use tau_lang::diagnostic::{Diagnostic, Kind};
use tau_lang::source::{SourceMap, Span};

use super::human::{Look, diagnostic, render};
use super::{Findings, github, json, jsonl, junit, sarif};

const PLAIN: Look = Look {
    width: 80,
    color: false,
};

/// A file, and the span of the first `part` in it.
fn file(sources: &mut SourceMap, name: &str, text: &str, part: &str) -> Span {
    let id = sources.add(name, text);
    let start = text.find(part).unwrap();
    Span::new(id, start, start + part.len())
}

fn unknown(name: &str, near: &str) -> Kind {
    Kind::NameUnknown {
        name: name.to_owned(),
        near: Some(near.to_owned()),
    }
}

fn draw(text: &str, part: &str, look: Look) -> String {
    let mut sources = SourceMap::default();
    let span = file(&mut sources, "fix.tau", text, part);
    diagnostic(
        &sources,
        &Diagnostic::new(unknown(part, "tests"), span),
        look,
    )
}

const MISSION: &str = "\
mission fix {
  verifier tests {
    run \"cargo test\"
  }

  step red = verify.red(test)
}
";

fn two_findings() -> Findings {
    let mut sources = SourceMap::default();
    let span = file(&mut sources, "a, b:c.tau", MISSION, "test)");
    let span = Span {
        end: span.end - 1,
        ..span
    };
    let tests = Span::new(span.file, 25, 30);
    let input = file(
        &mut sources,
        "b.tau",
        "mission b {\n  input x : int\n}\n",
        "x",
    );
    Findings {
        diagnostics: vec![
            Diagnostic::new(unknown("test", "tests"), span)
                .label(tests, "this one is near")
                .label(input, "and this is in another file")
                .fix("write `tests`", vec![(span, "tests".to_owned())]),
            Diagnostic::new(
                Kind::InputUnused {
                    name: "x".to_owned(),
                },
                input,
            ),
        ],
        sources,
        suppressed: Vec::new(),
        files: vec!["a, b:c.tau".to_owned(), "b.tau".to_owned()],
    }
}

#[test]
fn people_see_the_source_the_labels_and_what_to_do() {
    assert_snapshot!(render(&two_findings(), PLAIN), @r#"
     error[name-unknown]: nothing here is called `test`
      ╭─[a, b:c.tau:2:12]
    1 │ mission fix {
    2 │   verifier tests {
      ·            ──┬──
      ·              ╰── this one is near
    3 │     run "cargo test"
      ╰────
      ╭─[a, b:c.tau:6:25]
    5 │
    6 │   step red = verify.red(test)
      ·                         ────
    7 │ }
      ╰────
     help: did you mean `tests`?
           fix: write `tests`
     note: and this is in another file
      ╭─[b.tau:2:9]
    1 │ mission b {
    2 │   input x : int
      ·         ─
    3 │ }
      ╰────

     warning[input-unused]: input `x` is never used
      ╭─[b.tau:2:9]
    1 │ mission b {
    2 │   input x : int
      ·         ─
    3 │ }
      ╰────
     help: use it or remove it
    "#);
}

#[test]
fn colour_adds_nothing_but_colour() {
    let findings = two_findings();
    let colored = render(
        &findings,
        Look {
            color: true,
            ..PLAIN
        },
    );
    assert!(colored.contains('\u{1b}'));
    let stripped = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(stripped, render(&findings, PLAIN));
}

#[test]
fn the_source_is_cleaned_and_the_mark_stays_below_its_text() {
    let text = "let a = \u{1b}[2J\u{202e}evil(name)\r\nlet b = 1\r\n";
    assert_snapshot!(draw(text, "name", PLAIN), @r#"
     error[name-unknown]: nothing here is called `name`
      ╭─[fix.tau:1:19]
    1 │ let a = \u{1b}[2J\u{202e}evil(name)
      ·                               ────
    2 │ let b = 1
      ╰────
     help: did you mean `tests`?
    "#);
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let text = format!(
        "let long = [{}name, {}]\n",
        "1, ".repeat(400),
        "2, ".repeat(400)
    );
    let look = Look { width: 72, ..PLAIN };
    assert_snapshot!(draw(&text, "name", look), @r#"
     error[name-unknown]: nothing here is called `name`
      ╭─[fix.tau:1:1213]
    1 │ …, 1, 1, 1, 1, 1, 1, name, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2…
      ·                      ────
      ╰────
     help: did you mean `tests`?
    "#);
    assert!(draw(&text, "name", look).contains("[fix.tau:1:1213]"));
}

#[test]
fn a_narrow_terminal_wraps_the_message() {
    let look = Look { width: 30, ..PLAIN };
    assert_snapshot!(draw("step a = fs.read(paht)\n", "paht", look), @r#"
     error[name-unknown]:
     │ nothing here is called
     │ `paht`
      ╭─[fix.tau:1:18]
    1 │ step a = fs.read(paht)
      ·                  ────
      ╰────
     help: did you mean
           `tests`?
    "#);
}

#[test]
fn a_place_at_the_end_of_the_file_is_shown() {
    for text in ["mission a {\n", "mission a {"] {
        let mut sources = SourceMap::default();
        let id = sources.add("fix.tau", text);
        let kind = Kind::Syntax {
            found: "the end".to_owned(),
            expected: "`}`".to_owned(),
        };
        let found = Diagnostic::new(kind, Span::new(id, text.len(), text.len()));
        let drawn = diagnostic(&sources, &found, PLAIN);
        assert!(drawn.contains("mission a {"), "{drawn}");
        assert!(drawn.contains("[fix.tau:"), "{drawn}");
    }
}

#[test]
fn a_tall_place_is_shown_by_its_first_line() {
    let mut sources = SourceMap::default();
    let text = "a\n".repeat(100);
    let span = file(&mut sources, "fix.tau", &text, &text);
    let drawn = diagnostic(&sources, &Diagnostic::new(Kind::TemplateEmpty, span), PLAIN);
    assert_eq!(drawn.matches(" │ a\n").count(), 2, "{drawn}");
}

#[test]
fn a_file_without_text_has_no_snippet() {
    let mut sources = SourceMap::default();
    let id = sources.add("x.tau", "");
    let kind = Kind::FileUnreadable {
        name: "x.tau".to_owned(),
        why: "it is UTF-16".to_owned(),
    };
    let drawn = diagnostic(&sources, &Diagnostic::new(kind, Span::new(id, 0, 0)), PLAIN);
    assert_eq!(
        drawn,
        "  error[file-unreadable]: cannot read `x.tau`: it is UTF-16\n"
    );
}

#[test]
fn any_span_is_drawn_and_none_panics() {
    let mut sources = SourceMap::default();
    let id = sources.add("fix.tau", "ä\r\n\t\u{7}\u{1f600}x\n\nz");
    for start in 0..20 {
        for end in start..22 {
            let span = Span::new(id, start, end);
            let found = Diagnostic::new(unknown("x", "y"), span).label(span, "here");
            let drawn = diagnostic(
                &sources,
                &found,
                Look {
                    width: 20,
                    color: false,
                },
            );
            assert!(drawn.contains("name-unknown"), "{start}..{end}");
            assert!(!drawn.contains("Failed"), "{start}..{end}: {drawn}");
        }
    }
}

#[test]
fn github_gets_annotations_that_nothing_in_them_can_end() {
    let mut findings = two_findings();
    let span = findings.diagnostics[0].span;
    let kind = Kind::NameUnknown {
        name: "100%\n::warning::x".to_owned(),
        near: None,
    };
    findings.diagnostics.push(Diagnostic::new(kind, span));
    assert_snapshot!(github::render(&findings), @r#"
    ::error file=a%2C b%3Ac.tau,line=6,endLine=6,col=25,endColumn=28,title=name-unknown::nothing here is called `test`%0Ahelp: did you mean `tests`?
    ::warning file=b.tau,line=2,endLine=2,col=9,endColumn=9,title=input-unused::input `x` is never used%0Ahelp: use it or remove it
    ::error file=a%2C b%3Ac.tau,line=6,endLine=6,col=25,endColumn=28,title=name-unknown::nothing here is called `100%25%0A::warning::x`
    "#);
}

#[test]
fn programs_get_one_document() {
    let document: serde_json::Value = serde_json::from_str(&json::render(&two_findings())).unwrap();
    assert_eq!(document["schema"], "tau.lint/1");
    assert_eq!(document["files"], 2);
    assert_eq!(
        document["summary"],
        serde_json::json!({ "errors": 1, "warnings": 1, "suppressed": 0 })
    );
    assert_snapshot!(serde_json::to_string(&document["diagnostics"][0]).unwrap(), @r#"{"code":"name-unknown","column":25,"end_column":29,"end_line":6,"family":"names","file":"a, b:c.tau","fixes":[{"edits":[{"column":25,"end_column":29,"end_line":6,"file":"a, b:c.tau","line":6,"replacement":"tests","span":{"end":87,"start":83}}],"safe":true,"title":"write `tests`"}],"help":"did you mean `tests`?","labels":[{"column":12,"end_column":17,"end_line":2,"file":"a, b:c.tau","line":2,"message":"this one is near","span":{"end":30,"start":25}},{"column":9,"end_column":10,"end_line":2,"file":"b.tau","line":2,"message":"and this is in another file","span":{"end":21,"start":20}}],"line":6,"message":"nothing here is called `test`","severity":"error","span":{"end":87,"start":83}}"#);
}

#[test]
fn programs_get_one_finding_a_line_and_the_summary_last() {
    let lines = jsonl::render(&two_findings());
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["schema"], "tau.diagnostic/1");
    assert_eq!(lines[1]["code"], "input-unused");
    assert_eq!(lines[2]["schema"], "tau.lint.summary/1");
    assert_eq!(lines[2]["summary"]["warnings"], 1);
}

#[test]
fn the_summary_is_a_sentence() {
    let mut findings = two_findings();
    assert_eq!(findings.sentence(), "1 error, 1 warning in 2 files");
    findings.diagnostics.clear();
    findings.files.truncate(1);
    assert_eq!(findings.sentence(), "nothing to report in 1 file");
}

/// A finding of every awkward kind: an astral character before it, control characters in it.
fn hostile() -> Findings {
    let mut sources = SourceMap::default();
    let name = "a b/\u{fc}%\u{1b}<&\".tau";
    let span = file(&mut sources, name, "\n\u{1f600}\u{e4} test\n", "test");
    let evil = "]]><&'\"\u{0}\u{1b}\u{ffff}\u{202e}";
    Findings {
        diagnostics: vec![Diagnostic::new(unknown(evil, evil), span)],
        sources,
        suppressed: Vec::new(),
        files: vec![name.to_owned()],
    }
}

fn sarif_of(findings: &Findings) -> serde_json::Value {
    serde_json::from_str(&sarif::render(findings)).unwrap()
}

#[test]
fn sarif_has_places_labels_and_fixes() {
    let mut log = sarif_of(&two_findings());
    let run = &mut log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    // Another test looks at it.
    run["results"][0]
        .as_object_mut()
        .unwrap()
        .remove("ruleIndex");
    assert_snapshot!(serde_json::to_string_pretty(&run["results"][0]).unwrap(), @r#"
    {
      "fixes": [
        {
          "artifactChanges": [
            {
              "artifactLocation": {
                "uri": "a%2C%20b%3Ac.tau"
              },
              "replacements": [
                {
                  "deletedRegion": {
                    "endColumn": 29,
                    "endLine": 6,
                    "startColumn": 25,
                    "startLine": 6
                  },
                  "insertedContent": {
                    "text": "tests"
                  }
                }
              ]
            }
          ],
          "description": {
            "text": "write `tests`"
          }
        }
      ],
      "level": "error",
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "a%2C%20b%3Ac.tau"
            },
            "region": {
              "endColumn": 29,
              "endLine": 6,
              "startColumn": 25,
              "startLine": 6
            }
          }
        }
      ],
      "message": {
        "text": "nothing here is called `test`\ndid you mean `tests`?"
      },
      "partialFingerprints": {
        "tauFinding/v1": "001003f59e2c56a1b1703c33885bd1bcf03331f54a364a9011a916a426f8790a:1"
      },
      "relatedLocations": [
        {
          "id": 0,
          "message": {
            "text": "this one is near"
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "a%2C%20b%3Ac.tau"
            },
            "region": {
              "endColumn": 17,
              "endLine": 2,
              "startColumn": 12,
              "startLine": 2
            }
          }
        },
        {
          "id": 1,
          "message": {
            "text": "and this is in another file"
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "b.tau"
            },
            "region": {
              "endColumn": 10,
              "endLine": 2,
              "startColumn": 9,
              "startLine": 2
            }
          }
        }
      ],
      "ruleId": "name-unknown",
      "suppressions": []
    }
    "#);
    assert_eq!(run["results"][1]["level"], "warning");
}

#[test]
fn sarif_explains_the_rules_that_found_something_and_results_name_them() {
    let run = &sarif_of(&two_findings())["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let codes: Vec<_> = rules.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(codes, ["input-unused", "name-unknown"]);
    for result in run["results"].as_array().unwrap() {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let unknown = rules.iter().find(|it| it["id"] == "name-unknown").unwrap();
    assert_snapshot!(unknown["shortDescription"]["text"].as_str().unwrap(), @"An expression uses a name that nothing above defines.");
    assert!(
        unknown["help"]["markdown"]
            .as_str()
            .unwrap()
            .starts_with("# name-unknown\n")
    );
}

#[test]
fn sarif_counts_utf16_and_encodes_names() {
    let place = &sarif_of(&hostile())["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_snapshot!(place["artifactLocation"]["uri"], @r#""a%20b/%C3%BC%25%1B%3C%26%22.tau""#);
    assert_snapshot!(place["region"], @r#"{"endColumn":9,"endLine":2,"startColumn":5,"startLine":2}"#);
}

#[test]
fn sarif_fingerprints_stay_when_lines_move_and_differ_between_findings() {
    let prints = |text: &str| {
        let mut sources = SourceMap::default();
        let id = sources.add("a.tau", text);
        let found = |(at, part): (usize, &str)| {
            Diagnostic::new(unknown("x", "y"), Span::new(id, at, at + part.len()))
        };
        let findings = Findings {
            diagnostics: text.match_indices('x').map(found).collect(),
            sources,
            suppressed: Vec::new(),
            files: vec!["a.tau".to_owned()],
        };
        let results = sarif_of(&findings)["runs"][0]["results"].clone();
        let results = results.as_array().unwrap().clone();
        let print = |result: &serde_json::Value| result["partialFingerprints"].to_string();
        results.iter().map(print).collect::<Vec<_>>()
    };
    let before = prints("let a = x\nlet b = x\nlet b = x\n");
    assert_eq!(
        before,
        prints("# new\n\n  let a = x\nlet b = x\n\nlet b = x\n")
    );
    assert_eq!(
        before,
        prints("let a = x  # tau: ignore[name]\nlet b = x\n# tau: ignore[name]\nlet b = x\n")
    );
    assert!(before[0] != before[1] && before[1] != before[2]);
}

#[test]
fn junit_has_a_case_for_every_file() {
    assert_snapshot!(junit::render(&two_findings(), false), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="tau lint" tests="2" failures="1" errors="0">
      <testsuite name="tau lint" tests="2" failures="1" errors="0" skipped="0">
        <testcase name="a, b:c.tau" classname="tau.lint">
          <failure type="name-unknown" message="nothing here is called `test`">a, b:c.tau:6:25: error[name-unknown]: nothing here is called `test`&#10;help: did you mean `tests`?</failure>
        </testcase>
        <testcase name="b.tau" classname="tau.lint">
          <system-out>b.tau:2:9: warning[input-unused]: input `x` is never used&#10;help: use it or remove it</system-out>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
    let mut clean = two_findings();
    clean.diagnostics.clear();
    assert_snapshot!(junit::render(&clean, false), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="tau lint" tests="2" failures="0" errors="0">
      <testsuite name="tau lint" tests="2" failures="0" errors="0" skipped="0">
        <testcase name="a, b:c.tau" classname="tau.lint"/>
        <testcase name="b.tau" classname="tau.lint"/>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn junit_counts_warnings_as_failures_when_they_are_denied() {
    let denied = junit::render(&two_findings(), true);
    assert!(denied.contains("tests=\"2\" failures=\"2\""), "{denied}");
}

#[test]
fn nothing_in_a_junit_report_can_end_it() {
    assert_snapshot!(junit::render(&hostile(), false), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="tau lint" tests="1" failures="1" errors="0">
      <testsuite name="tau lint" tests="1" failures="1" errors="0" skipped="0">
        <testcase name="a b/ü%\u{1b}&lt;&amp;&quot;.tau" classname="tau.lint">
          <failure type="name-unknown" message="nothing here is called `]]&gt;&lt;&amp;'&quot;\u{0}\u{1b}\u{ffff}\u{202e}`">a b/ü%\u{1b}&lt;&amp;&quot;.tau:2:4: error[name-unknown]: nothing here is called `]]&gt;&lt;&amp;'&quot;\u{0}\u{1b}\u{ffff}\u{202e}`&#10;help: did you mean `]]&gt;&lt;&amp;'&quot;\u{0}\u{1b}\u{ffff}\u{202e}`?</failure>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}
