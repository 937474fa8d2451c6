//! Rules as they are named on the command line.

use std::str::FromStr;

use tau_lang::diagnostic::{Family, Kind, Rule, nearest};

/// A code, or the name of a family, which stands for all codes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    Code(&'static str),
    Family(Family),
}

impl Selector {
    /// Whether it stands for this rule.
    pub(crate) fn covers(self, kind: &Kind) -> bool {
        match self {
            Selector::Code(code) => kind.code() == code,
            Selector::Family(family) => kind.family() == family,
        }
    }
}

impl FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A family's name goes first: `syntax` is both.
        if let Some(family) = Family::ALL.into_iter().find(|it| it.name() == text) {
            return Ok(Selector::Family(family));
        }
        if let Some(rule) = Rule::named(text) {
            return Ok(Selector::Code(rule.code));
        }
        let codes = Kind::RULES.iter().map(|rule| rule.code);
        let known = codes.chain(Family::ALL.into_iter().map(Family::name));
        Err(match nearest(text, known) {
            Some(near) => format!("no finding has this code; did you mean `{near}`?"),
            None => "no finding has this code; `tau explain` lists all".to_owned(),
        })
    }
}

/// The code of a finding that a comment may silence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ignorable(pub(crate) &'static Rule);

impl FromStr for Ignorable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(rule) = Rule::named(text) else {
            text.parse::<Selector>()?;
            return Err("a comment names codes, not families".to_owned());
        };
        if !rule.may_be_ignored() {
            return Err(
                "no comment can silence this; `tau explain suppression-refused`".to_owned(),
            );
        }
        Ok(Ignorable(rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_stands_for_its_codes() {
        let names: Selector = "names".parse().unwrap();
        let unused = Kind::InputUnused {
            name: "x".to_owned(),
        };
        assert!(names.covers(&unused) && !names.covers(&Kind::TemplateEmpty));
        let code: Selector = "input-unused".parse().unwrap();
        assert!(code.covers(&unused) && !code.covers(&Kind::TemplateEmpty));
    }

    #[test]
    fn what_is_neither_gets_the_nearest() {
        let error = "inptu-unused".parse::<Selector>().unwrap_err();
        assert!(error.ends_with("did you mean `input-unused`?"), "{error}");
        assert!("banana".parse::<Selector>().is_err());
        assert!("names".parse::<Ignorable>().is_err());
        assert!("syntax".parse::<Ignorable>().is_err());
        assert!("input-unused".parse::<Ignorable>().is_ok());
    }
}
