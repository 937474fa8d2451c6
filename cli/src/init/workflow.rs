//! The text of a first mission.

use tau_lang::source::SourceMap;

use super::Finding;
use crate::language;

/// A mission that applies a given patch and proves it with the first of `findings`; the others
/// stand in it as comments. Without any, the command must be given when it is run. `caches` are
/// patterns of the machine's files that its command reads, and `installed` is what it sees beside
/// the repository.
pub(crate) fn text(findings: &[Finding], caches: &[String], installed: &[String]) -> String {
    let best = findings.first();
    let parts = [
        HEAD.to_owned(),
        inputs(findings),
        authority(best, caches),
        verifier(best, installed),
        STEPS.to_owned(),
    ];
    let text = parts.join("\n");
    // In the one style, so that `tau fmt --check` has nothing to say about a first file.
    language::format(&mut SourceMap::default(), "fix.tau", &text).unwrap_or(text)
}

const HEAD: &str = "\
# Apply a given patch, and prove with this repository's own tests that it fixes what they show.
#
#   tau plan  .tau/fix.tau                                  what it would do; nothing runs
#   tau apply .tau/fix.tau --set patch=@fix.patch           run it
#
# Your checkout is never touched: the result is a commit on a branch `tau/fix-…` of its own.

## Apply a given patch and prove that it fixes what the verifier shows.
mission fix {
  input patch : file   ## the fix, as `git diff` writes it";

const STEPS: &str =
    "  # The tests must fail before the patch, pass with it, and fail again without it.
  step red    = verify.red(tests)
  step edit   = fs.patch(patch)
  step green  = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: \"fix what {{ check }} showed\")

  output commit = commit.sha
}
";

fn inputs(findings: &[Finding]) -> String {
    let Some((best, others)) = findings.split_first() else {
        return "  input check : command   ## decides whether the work is done\n".to_owned();
    };
    let input = |finding: &Finding| format!("input check : command = \"{}\"", finding.command);
    let mut text = format!("  {}   ## decides whether the work is done\n", input(best));
    for other in others {
        text += &format!("  # or, from {}:  {}\n", other.because, input(other));
    }
    text
}

fn authority(best: Option<&Finding>, caches: &[String]) -> String {
    let write = best.map_or(&[][..], |best| &best.write);
    let write = match write {
        [] => {
            "    write \"src/**\"       # no sources were found: name the files an edit may touch\n"
                .to_owned()
        }
        some => format!("    write {}\n", list(some)),
    };
    let caches = match caches {
        [] => String::new(),
        some => format!(
            "    read  {}   # packages that are fetched already; never changed\n",
            list(some)
        ),
    };
    format!(
        "  # What it may touch. Everything else is refused before anything runs.\n  \
           authority {{\n    \
             read  \"**\"\n\
         {caches}{write}    \
             run   check\n    \
             git   commit on \"tau/*\"\n  \
           }}\n"
    )
}

fn verifier(best: Option<&Finding>, installed: &[String]) -> String {
    let protect = best.map_or(&[][..], |best| &best.protect);
    let env = best.map_or(&[][..], |best| &best.env);
    let mut text = "  # What decides. No edit reaches the protected files.\n  \
         verifier tests {\n    run     check\n"
        .to_owned();
    text += &match protect {
        [] => "    # protect \"tests/**\"   no test files were found: name them here\n".to_owned(),
        some => format!("    protect {}\n", list(some)),
    };
    if !installed.is_empty() {
        text += &format!("    installed {}\n", list(installed));
    }
    if !env.is_empty() {
        let pairs: Vec<_> = env
            .iter()
            .map(|(name, value)| format!("{name}: \"{value}\""))
            .collect();
        text += &format!("    env     {{ {} }}\n", pairs.join(", "));
    }
    text + "  }\n"
}

/// INVARIANT: patterns are made of names without quotes and braces of templates, see `tree`.
fn list(patterns: &[String]) -> String {
    let quoted: Vec<_> = patterns
        .iter()
        .map(|pattern| format!("\"{pattern}\""))
        .collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{Finding, text};

    fn finding(command: &'static str, because: &str) -> Finding {
        Finding {
            command,
            because: because.to_owned(),
            write: vec!["src/**".to_owned(), "*.py".to_owned()],
            protect: vec!["tests/**".to_owned()],
            env: vec![("PYTHONPATH", "src")],
            installed: Vec::new(),
        }
    }

    #[test]
    fn the_first_way_decides_and_the_others_stand_beside_it() {
        let findings = [
            finding("python3 -m pytest -q", "pyproject.toml"),
            finding("make test", "Makefile"),
        ];
        assert_snapshot!(text(&findings, &["~/.cache/pip/**".to_owned()], &[]), @r#"
        # Apply a given patch, and prove with this repository's own tests that it fixes what they show.
        #
        #   tau plan  .tau/fix.tau                                  what it would do; nothing runs
        #   tau apply .tau/fix.tau --set patch=@fix.patch           run it
        #
        # Your checkout is never touched: the result is a commit on a branch `tau/fix-…` of its own.

        ## Apply a given patch and prove that it fixes what the verifier shows.
        mission fix {
          input patch : file                                  ## the fix, as `git diff` writes it
          input check : command = "python3 -m pytest -q"      ## decides whether the work is done

          # or, from Makefile:  input check : command = "make test"

          # What it may touch. Everything else is refused before anything runs.
          authority {
            read  "**"
            read  "~/.cache/pip/**"  # packages that are fetched already; never changed
            write "src/**", "*.py"
            run   check
            git   commit on "tau/*"
          }

          # What decides. No edit reaches the protected files.
          verifier tests {
            run     check
            protect "tests/**"
            env     { PYTHONPATH: "src" }
          }

          # The tests must fail before the patch, pass with it, and fail again without it.
          step red    = verify.red(tests)
          step edit   = fs.patch(patch)
          step green  = verify.check(tests)
          step proof  = verify.prove(tests, red: red, green: green)
          step commit = git.commit(proof, message: "fix what {{ check }} showed")

          output commit = commit.sha
        }
        "#);
    }

    #[test]
    fn without_any_the_command_must_be_given() {
        let text = text(&[], &[], &[]);
        assert!(text.contains("  input check : command  "), "{text}");
        assert!(text.contains("# no sources were found"), "{text}");
        assert!(text.contains("# protect \"tests/**\""), "{text}");
    }
}
