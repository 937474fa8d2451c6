//! The ways that findings show, in short: complete ones are in the tests of the command line.

use std::fmt::Write as _;

use insta::assert_snapshot;

use crate::check::check;
use crate::diagnostic::Family;
use crate::library::{Library, Texts};
use crate::source::SourceMap;
use crate::syntax::tau;

const GROUPS: &[(&str, &str)] = &[
    ("fs", include_str!("../../../../stdlib/src/fs/fs.tau")),
    ("git", include_str!("../../../../stdlib/src/git/git.tau")),
    (
        "process",
        include_str!("../../../../stdlib/src/process/process.tau"),
    ),
    (
        "verify",
        include_str!("../../../../stdlib/src/verify/verify.tau"),
    ),
];

/// Each finding's message and place, and below it the way.
fn found(text: &str) -> String {
    let mut map = SourceMap::default();
    let texts = Texts {
        groups: GROUPS,
        filters: &[("patch_paths", |_| Ok(Vec::new()))],
        ..Texts::default()
    };
    let (library, wrong) = Library::load(&mut map, &texts);
    assert!(wrong.is_empty(), "{wrong:?}");
    let id = map.add("t.tau", text);
    let (tree, wrong) = tau::parse(text, id);
    assert!(wrong.is_empty(), "{wrong:?}");
    let mut shown = String::new();
    for one in check(&tree, &library).diagnostics {
        if one.kind.family() == Family::Taint {
            let at = map.location(one.span);
            writeln!(shown, "{at} `{}` {}", map.text(one.span), one.kind).unwrap();
            for (span, says) in &one.labels {
                writeln!(
                    shown,
                    "  {} `{}` {says}",
                    map.location(*span),
                    map.text(*span)
                )
                .unwrap();
            }
        }
    }
    shown
}

#[test]
fn the_way_through_names_and_files() {
    assert_snapshot!(found(r#"
mission m {
  input title : untrusted string
  authority {
    read "**"
    write "**"
    run "**"
  }
  let upper = title | upper
  let both = [upper, "x"]
  step made = fs.write("a.txt", text: "{{ both[0] }}!")
  step again = fs.read("a.txt")
  step other = fs.read("b.txt")
  step fine = process.run("grep {{ other.text }}")
  step out = process.run("grep {{ again.text }}")
  if again.text == "x" {
    step more = process.run("true")
  }
  step use = fs.write("x/{{ title }}", text: "")
}
"#), @r#"
t.tau:15:35 `again.text` text from outside decides the command of `out`
  t.tau:3:9 `title` `title` comes from outside
  t.tau:9:15 `title | upper` goes into `upper`
  t.tau:10:15 `upper` goes into `both`
  t.tau:11:43 `both[0]` goes into the files with `fs.write`
  t.tau:12:16 `fs.read` comes back from the files with `fs.read`
t.tau:16:6 `again.text == "x"` text from outside decides whether `more` runs
  t.tau:3:9 `title` `title` comes from outside
  t.tau:9:15 `title | upper` goes into `upper`
  t.tau:10:15 `upper` goes into `both`
  t.tau:11:43 `both[0]` goes into the files with `fs.write`
  t.tau:12:16 `fs.read` comes back from the files with `fs.read`
t.tau:19:29 `title` text from outside decides the path of `use`
  t.tau:3:9 `title` `title` comes from outside
"#);
}

#[test]
fn the_way_through_calls() {
    assert_snapshot!(found(r#"
mission outer {
  input title : untrusted string
  authority {
    read "**"
    run "**"
    write "**"
  }
  step a = inner(what: title)
  step b = inner(what: "x")
  step c = process.run("grep {{ a.said }}")
  step d = process.run("grep {{ b.said }}")
  repeat up to 3 {
    let it = previous.next or ""
    let next = title
    step e = process.run("grep {{ it }}")
  } until title == "x"
}

mission inner {
  input what : string
  authority {
    run "**"
  }
  step b = process.run("grep {{ what }}")
  output said = "so {{ what }}"
}
"#), @r#"
    t.tau:9:12 `inner` text from outside decides the command of `a/b`
      t.tau:3:9 `title` `title` comes from outside
      t.tau:9:24 `title` goes into `what` of `inner`
      t.tau:25:33 `what` and decides the command of `a/b` here
    t.tau:11:33 `a.said` text from outside decides the command of `c`
      t.tau:3:9 `title` `title` comes from outside
      t.tau:9:24 `title` goes into `what` of `inner`
      t.tau:26:24 `what` leaves `inner` as `said`
    t.tau:16:35 `it` text from outside decides the command of `e`
      t.tau:3:9 `title` `title` comes from outside
      t.tau:15:16 `title` goes into `next`
      t.tau:14:14 `previous.next or ""` goes into `it`
    t.tau:17:11 `title == "x"` text from outside decides whether `e` runs
      t.tau:3:9 `title` `title` comes from outside
    "#);
}

#[test]
fn the_way_from_an_event() {
    assert_snapshot!(found(r#"
mission outer {
  input text : string
  authority {
    run "**"
  }
  step a = inner(what: "so {{ text }}")
}

mission inner {
  input what : string
  authority {
    run "**"
  }
  step b = process.run("grep {{ what }}")
}

on comment("/tau") run outer(text: event.text | lower)
"#), @r#"
t.tau:18:24 `outer` text from outside decides the command of `outer/a/b`
  t.tau:18:4 `comment` `comment` brings text from outside
  t.tau:18:36 `event.text | lower` goes into `text` of `outer`
  t.tau:7:31 `text` goes into `what` of `inner`
  t.tau:15:33 `what` and decides the command of `outer/a/b` here
"#);
}
