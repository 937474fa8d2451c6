//! What comes from outside, and where it ends.

use serde::Serialize;

use super::terminal::some;
use crate::check::{End, Outside, outside};
use crate::plan::Plan;

/// What comes from outside, in the order in which the mission comes by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FromOutside {
    /// Each source with all its ends.
    pub outside: Vec<Outside>,
    /// How many more sources there are that were not followed: a large mission has too many.
    #[serde(skip_serializing_if = "is_zero")]
    pub outside_more: usize,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What comes into a mission from outside.
#[must_use]
pub fn from_outside(plan: &Plan) -> FromOutside {
    let (outside, outside_more) = outside(plan);
    FromOutside {
        outside,
        outside_more,
    }
}

impl FromOutside {
    /// Each source, and in words where it ends.
    #[must_use]
    pub fn lines(&self) -> Vec<(String, String)> {
        let lines = self.outside.iter().map(|it| {
            let ends: Vec<String> = it.ends.iter().map(words).collect();
            let source = match &it.action {
                Some(action) => format!("{} ({action})", it.source),
                None => it.source.clone(),
            };
            let ends = match ends.is_empty() {
                true => "goes nowhere".to_owned(),
                false => format!("goes into {}", ends.join(", ")),
            };
            (source, ends)
        });
        let more = (self.outside_more > 0)
            .then(|| (format!("and {} more", self.outside_more), String::new()));
        lines.chain(more).collect()
    }
}

fn words(end: &End) -> String {
    match end {
        End::Argument { step, name, .. } => format!("`{name}` of {step}"),
        End::Condition { of } => format!("whether {} runs", some(of)),
        End::Output { name } => format!("output {name}"),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::from_outside;
    use crate::plan::testing::planned;

    fn shown(text: &str) -> String {
        let (plan, ..) = planned(text);
        let lines = from_outside(&plan).lines().into_iter();
        let lines: Vec<String> = lines.map(|(a, b)| format!("{a}: {b}")).collect();
        lines.join("\n")
    }

    #[test]
    fn each_source_has_all_its_ends() {
        assert_snapshot!(shown(r#"
mission m {
  input title : untrusted string
  input body  : untrusted string
  input spare : issue
  input name  : string
  authority {
    read  "**"
    write "**"
    run   "*"
  }
  verifier tests {
    run     "true"
    protect "tests/**"
  }
  step red = verify.red(tests)
  let both = "{{ title }}: {{ body }}"
  step note = fs.write("notes/{{ name }}", text: both)
  step again = inner(text: title)
  if body == "x" {
    step more = fs.write("b", text: red.log)
  }
  step back = fs.read("b")
  step green = verify.check(tests)
  step proof = verify.prove(tests, red: red, green: green)
  on failure {
    step why = fs.write("why", text: failure.message)
  }
  output title = title
  output back  = back.text
  output said  = again.said
  output level = proof.level
}

mission inner {
  input text : string
  input own  : untrusted string = "x"
  authority {
    read  "**"
    write "a"
  }
  step put = fs.write("a", text: text)
  output said = own
}
"#), @r"
title: goes into `text` of again/put, `text` of note, output back, output title
body: goes into `text` of note, whether more runs, output back
spare: goes nowhere
red (verify.red): goes into `text` of more, output back
again/own: goes into output said
failure: goes into `text` of why
");
    }

    #[test]
    fn of_very_many_sources_the_first_are_followed() {
        let text = |inputs: usize, lets: usize| {
            let inputs = (0..inputs).map(|n| format!("  input i{n} : untrusted string\n"));
            let lets = (0..lets).map(|n| format!("  let l{n} = {n}\n"));
            let body: String = inputs.chain(lets).collect();
            format!("mission m {{\n{body}}}\n")
        };
        let counts = |inputs: usize, lets: usize| {
            let (plan, ..) = planned(&text(inputs, lets));
            let found = from_outside(&plan);
            (found.outside.len(), found.outside_more)
        };
        assert_eq!(counts(200, 1), (200, 0));
        assert_eq!(counts(201, 1), (200, 1));
        assert_eq!(counts(60, 4000), (50, 10));
        let lines = shown(&text(202, 0));
        assert!(lines.ends_with("\nand 2 more: "), "{lines}");
    }

    #[test]
    fn a_mission_of_its_own_has_none() {
        assert_eq!(
            shown("mission m {\n  input a : string\n  output a = a\n}\n"),
            ""
        );
    }
}
