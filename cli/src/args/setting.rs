//! `--set NAME=VALUE`.

use std::str::FromStr;

/// A value for an input of a mission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The input's name.
    pub(crate) name: String,
    /// As typed: `@path` stands for the content of a file and `@-` for standard input.
    pub(crate) value: String,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if is_name(name) => Ok(Setting {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            Some((name, _)) => Err(format!(
                "`{name}` cannot be the name of an input; names have letters, digits and `_`"
            )),
            None => Err(format!(
                "write it as NAME=VALUE, for example {text}=@{text}.txt"
            )),
        }
    }
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::Setting;

    #[test]
    fn a_setting_is_split_at_the_first_equals_sign() {
        let setting: Setting = "check=FOO=1 make".parse().unwrap();
        assert_eq!(setting.name, "check");
        assert_eq!(setting.value, "FOO=1 make");
        assert_eq!("empty=".parse::<Setting>().unwrap().value, "");
    }

    #[test]
    fn what_is_no_setting_says_how_one_is_written() {
        let error = "patch".parse::<Setting>().unwrap_err();
        assert_eq!(
            error,
            "write it as NAME=VALUE, for example patch=@patch.txt"
        );
        assert!(
            "my-name=1"
                .parse::<Setting>()
                .unwrap_err()
                .contains("`my-name`")
        );
        assert!("=1".parse::<Setting>().is_err());
    }
}
