//! Which variables of tau's own environment `env` can grant.

use tau_lang::authority::{Pattern, Rules};
use tau_lang::syntax::tree::Effect;

/// Names that no pattern covers, only the whole name: they make programs load, run or
/// look at something else than they were built for.
const BY_NAME: &[&str] = &[
    "BASH_*",
    "CARGO_*",
    "DYLD_*",
    "ENV",
    "GCONV_PATH",
    "GIT_*",
    "GLIBC_*",
    "IFS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "LD_*",
    "LOCPATH",
    "MAKEFLAGS",
    "MALLOC_*",
    "NLSPATH",
    "NODE_*",
    "NPM_CONFIG_*",
    "PERL5*",
    "PIP_*",
    "PROMPT_COMMAND",
    "PS4",
    "PYTEST_*",
    "PYTHON*",
    "RUBY*",
    "RUSTC*",
    "RUSTFLAGS",
    "SHELLOPTS",
    "SSH_*",
    "ZDOTDIR",
    "_JAVA_OPTIONS",
    "npm_config_*",
];

/// Names that are passed on to nobody, whoever grants them, and why.
const NEVER: &[(&str, &str)] = &[
    ("DYLD_INSERT_LIBRARIES", "it puts code into every program"),
    ("GIT_ALTERNATE_OBJECT_DIRECTORIES", ELSEWHERE),
    ("GIT_CEILING_DIRECTORIES", SET),
    ("GIT_COMMON_DIR", ELSEWHERE),
    ("GIT_DIR", ELSEWHERE),
    ("GIT_INDEX_FILE", ELSEWHERE),
    ("GIT_OBJECT_DIRECTORY", ELSEWHERE),
    ("GIT_WORK_TREE", ELSEWHERE),
    ("CARGO_TARGET_DIR", SET),
    ("LD_AUDIT", "it puts code into every program"),
    ("LD_PRELOAD", "it puts code into every program"),
    ("TAU_*", "it is about tau itself"),
    ("TMPDIR", SET),
];

const ELSEWHERE: &str = "it leads git to another repository than the mission's";
const SET: &str = "tau sets it for every command";

/// Why a variable is never passed on, as a clause, if it is not.
#[must_use]
pub fn never(name: &str) -> Option<&'static str> {
    let found = NEVER.iter().find(|(pattern, _)| is_of(pattern, name));
    found.map(|(_, why)| *why)
}

/// Whether a name is this one, or begins with what stands before the `*`.
fn is_of(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(begin) => name.starts_with(begin),
        None => name == pattern,
    }
}

/// Whether a mission with these rules passes a variable on.
#[must_use]
pub fn passes(rules: &Rules, name: &str) -> bool {
    let named = || {
        let grants = rules.all().iter().filter(|rule| !rule.deny);
        let mut grants = grants.filter(|rule| rule.effect == Effect::Env);
        grants.any(|rule| matches!(&rule.pattern, Pattern::Name(granted) if granted == name))
    };
    let is_dangerous = BY_NAME.iter().any(|pattern| is_of(pattern, name));
    never(name).is_none() && rules.covers(Effect::Env, None, name) && (!is_dangerous || named())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tau_lang::authority::{Limits, Rule};
    use tau_lang::source::Span;

    fn rules(lines: &[(bool, &str)]) -> Rules {
        let rule = |(deny, name): &(bool, &str)| Rule {
            deny: *deny,
            effect: Effect::Env,
            verb: None,
            pattern: Pattern::new(Effect::Env, name).unwrap(),
            says: String::new(),
            is_else: false,
            limits: Limits::default(),
            at: Span::default(),
            place: None,
        };
        Rules::new(lines.iter().map(rule).collect())
    }

    #[test]
    fn what_is_dangerous_needs_its_own_name() {
        let all = rules(&[(false, "*")]);
        for name in ["CI", "AWS_REGION", "MY_LD_PATH"] {
            assert!(passes(&all, name), "{name}");
        }
        for name in [
            "LD_LIBRARY_PATH",
            "GIT_AUTHOR_NAME",
            "BASH_ENV",
            "PYTHONSTARTUP",
            "NODE_OPTIONS",
            "RUSTC_WRAPPER",
            "SSH_AUTH_SOCK",
        ] {
            assert!(!passes(&all, name), "{name}");
            assert!(!passes(
                &rules(&[(false, &format!("{}*", &name[..3]))]),
                name
            ));
            assert!(passes(&rules(&[(false, name)]), name), "{name}");
            assert!(!passes(&rules(&[(false, name), (true, "*")]), name));
        }
    }

    #[test]
    fn some_are_passed_on_to_nobody() {
        for name in [
            "LD_PRELOAD",
            "GIT_DIR",
            "TAU_HOME",
            "TAU_ANYTHING",
            "TMPDIR",
        ] {
            assert!(!passes(&rules(&[(false, name), (false, "*")]), name));
            assert!(never(name).is_some());
        }
        assert_eq!(never("GIT_DIRECTORY"), None);
        assert_eq!(never("TAUX"), None);
    }
}
