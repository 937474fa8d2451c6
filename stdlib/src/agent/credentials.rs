//! What no agent gets, whoever grants it: what opens a forge. Effects there are tau's own.

use tau_interpreter::action::Failure;

/// The names that tools and workflows give to credentials of forges. One that ends with `*` is a
/// beginning.
const OF_FORGES: &[&str] = &[
    "BITBUCKET_*",
    "CI_JOB_TOKEN",
    "CODEBERG_TOKEN",
    "FORGEJO_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GH_PAT",
    "GH_TOKEN",
    "GITEA_TOKEN",
    "GITHUB_APP_*",
    "GITHUB_ENTERPRISE_TOKEN",
    "GITHUB_PAT",
    "GITHUB_TOKEN",
    "GITLAB_TOKEN",
    "GIT_ASKPASS",
    "GIT_TOKEN",
    "SSH_AUTH_SOCK",
];

/// Refuses what opens a forge.
///
/// # Errors
/// One of the names does (`agent-credential`).
pub(super) fn none_of_forges<'n>(
    names: impl IntoIterator<Item = &'n String>,
) -> Result<(), Failure> {
    let is_of_forge = |name: &str| {
        OF_FORGES.iter().any(|of| match of.strip_suffix('*') {
            Some(begin) => name.starts_with(begin),
            None => name == *of,
        })
    };
    match names.into_iter().find(|name| is_of_forge(name)) {
        None => Ok(()),
        Some(name) => Err(Failure::new(
            "agent-credential",
            format!("`{name}` opens a forge, and no agent gets it."),
        )
        .help("Let the agent change files, and commit, push and open pull requests with steps of their own.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_a_forge_is_refused_and_nothing_else() {
        for name in ["GITHUB_TOKEN", "GITHUB_APP_PRIVATE_KEY", "GH_TOKEN"] {
            let failure = none_of_forges(&[name.to_owned()]).unwrap_err();
            assert_eq!(failure.code, "agent-credential");
        }
        let others = [
            "ANTHROPIC_API_KEY",
            "OPENAI_API_KEY",
            "CI",
            "GITHUB_ACTIONS",
        ];
        assert_eq!(none_of_forges(&others.map(str::to_owned)), Ok(()));
    }
}
