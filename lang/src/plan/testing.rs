//! Plans for tests: texts checked against the real faces.

use std::sync::Arc;

use super::Plan;
use crate::check::check;
use crate::diagnostic::Diagnostic;
use crate::library::{Library, Texts};
use crate::source::SourceMap;
use crate::syntax::tau;

const GROUPS: &[(&str, &str)] = &[
    ("fs", include_str!("../../../stdlib/src/fs/fs.tau")),
    ("git", include_str!("../../../stdlib/src/git/git.tau")),
    ("http", include_str!("../../tests/faces/http.tau")),
    ("model", include_str!("../../tests/faces/model.tau")),
    (
        "process",
        include_str!("../../../stdlib/src/process/process.tau"),
    ),
    ("time", include_str!("../../../stdlib/src/time/time.tau")),
    (
        "verify",
        include_str!("../../../stdlib/src/verify/verify.tau"),
    ),
];

/// The mission at the end of `cli.md`.
pub(crate) const PROVE: &str = r#"
## Apply a given patch and prove that it fixes what the verifier shows.
mission fix {
  input patch : file
  input check : command

  authority {
    read  "**"
    write "src/**"
    run   check
    git   commit on "tau/*"
  }

  verifier tests {
    run     check
    protect "tests/**"
    env     { PYTHONPATH: "." }
  }

  step red    = verify.red(tests)
  step edit   = fs.patch(patch)
  step green  = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "fix what {{ check }} showed")

  output commit = commit.sha
}
"#;

/// Loops, conditions and modifiers.
pub(crate) const LOOPS: &str = r#"
mission tidy {
  input rounds : int = 3
  input strict : bool = false

  authority {
    read  "**"
    write "src/**", "notes/*"
    run   "cargo test"
    time  30m
  }

  verifier tests {
    run "cargo test"
  }

  let title = "a note"
  step note = fs.write("notes/a.md", title)
  repeat up to rounds {
    step edit  = fs.edit("src/a.rs", find: "a", replace: "b") may fail
    step green = verify.check(tests)
    if green.passed {
      step say = fs.write("notes/b.md", green.log) when strict
    } else {
      step wait = time.sleep(5s) after green
    }
  } until green.passed
  step again = process.run("cargo test") retry 2 every 10s timeout 5m
  step bye = time.sleep(1s) after again, note
}
"#;

/// Loops over lists, and handlers.
pub(crate) const LISTS: &str = r#"
mission sort {
  input paths : [path]
  input most  : int = 5

  authority {
    read  "**"
    write "out/**", "log/*", "why.txt"
  }

  for path in ["a", "b", "c"] at most 2 at once {
    step copy = fs.write("out/{{ path }}", text: path)
  }
  for path in paths up to most at most 3 at once {
    step moved = fs.move(path, "out/all") may fail
    for part in ["x", "y"] {
      step log = fs.write("log/{{ part }}", text: path)
    }
  }
  on failure {
    step why = fs.write("why.txt", text: failure.message)
  }
  finally {
    step rest = time.sleep(1s)
  }
}
"#;

/// A mission that calls another one.
pub(crate) const CALLS: &str = r#"
mission outer {
  authority {
    read  "**"
    write "out/**"
  }

  step first = inner(to: "out/a")
  step then  = inner(to: "out/b") when first.path != "x"
}

mission inner {
  input to : path

  authority {
    read  "**"
    write "out/**"
  }

  step made = fs.write(to, "x")

  output path = to
}
"#;

/// The first mission of `text`, its library and its files. It may lack authority, and nothing
/// else may be wrong with it.
pub(crate) fn planned(text: &str) -> (Arc<Plan>, Library, SourceMap) {
    try_planned(text).unwrap_or_else(|found| panic!("{found:?}"))
}

/// As [`planned`]; what is wrong when there is no plan.
pub(crate) fn try_planned(text: &str) -> Result<(Arc<Plan>, Library, SourceMap), Vec<Diagnostic>> {
    let mut map = SourceMap::default();
    let texts = Texts {
        groups: GROUPS,
        filters: &[("patch_paths", |diff| {
            let names = diff.lines().filter_map(|line| line.strip_prefix("+++ b/"));
            Ok(names.map(str::to_owned).collect())
        })],
        ..Texts::default()
    };
    let (library, found) = Library::load(&mut map, &texts);
    assert!(found.is_empty(), "{found:?}");
    let id = map.add("test.tau", text.trim_start());
    let (tree, found) = tau::parse(text.trim_start(), id);
    assert!(found.is_empty(), "{found:?}");
    let checked = check(&tree, &library);
    match checked.plans.first() {
        Some(plan) => Ok((plan.clone(), library, map)),
        None => Err(checked.diagnostics),
    }
}
