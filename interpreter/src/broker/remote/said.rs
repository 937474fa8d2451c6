//! What git says about remotes.

/// What a push that did not succeed says about a branch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// One side has said no, for this reason: nothing was moved.
    Rejected(String),
    /// Nothing that decides it.
    Nothing,
}

/// The commit of a branch in what `git ls-remote` printed; anything else in it is passed over.
pub(super) fn listed(text: &str, refname: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (id, name) = line.split_once('\t')?;
        let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        (name == refname && is_id).then(|| id.to_owned())
    })
}

/// What `git push --porcelain` printed about a branch:
/// `!<tab>commit:refs/heads/x<tab>[rejected] (stale info)`.
pub(super) fn pushed(text: &str, refname: &str) -> Said {
    let summary = text.lines().find_map(|line| {
        let (moved, summary) = line.strip_prefix("!\t")?.split_once('\t')?;
        let (_, to) = moved.split_once(':')?;
        (to == refname).then_some(summary)
    });
    // `[remote failure]` is that the remote did not say what it has done.
    let why = summary.and_then(|it| {
        let it = it.strip_prefix("[rejected]");
        it.or_else(|| summary?.strip_prefix("[remote rejected]"))
    });
    match why {
        Some(why) => {
            let why = why.trim().trim_start_matches('(').trim_end_matches(')');
            Said::Rejected(match why {
                "stale info" => "somebody else has moved it".to_owned(),
                "" => "it gave no reason".to_owned(),
                why => why.to_owned(),
            })
        }
        None => Said::Nothing,
    }
}

/// The line in which git says why it failed.
pub(super) fn complaint(text: &str) -> String {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let of = |prefix: &'static str| lines().find_map(|line| line.strip_prefix(prefix));
    let line = of("fatal: ").or_else(|| of("error: "));
    let line = line.or_else(|| lines().next_back());
    line.unwrap_or("it said nothing")
        .trim_end_matches('.')
        .to_owned()
}

/// Whether the remote wants somebody to log in, or does not accept who does.
pub(super) fn wants_login(text: &str) -> bool {
    let ways = [
        "could not read Username for ",
        "could not read Password for ",
        "unable to get password from user",
        "Authentication failed for ",
        "The requested URL returned error: 401",
        "The requested URL returned error: 403",
    ];
    text.lines().map(str::trim).any(|line| {
        let fatal = line.strip_prefix("fatal: ");
        // The last is of ssh.
        fatal.is_some_and(|why| ways.iter().any(|way| why.contains(way)))
            || line.contains(": Permission denied (")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_found_among_other_words() {
        let id = "0123456789".repeat(4);
        let text = format!("Warning: added\n{id}\trefs/heads/a/b\n{id}\trefs/heads/b\nbad\tx\n");
        assert_eq!(listed(&text, "refs/heads/b"), Some(id));
        assert_eq!(listed(&text, "refs/heads/a"), None);
        assert_eq!(listed("not an id\trefs/heads/b\n", "refs/heads/b"), None);
    }

    #[test]
    fn only_a_no_is_a_no() {
        let said = |summary: &str| {
            pushed(
                &format!("To /srv/x\n!\tc0ffee:refs/heads/b\t{summary}\nDone\n"),
                "refs/heads/b",
            )
        };
        let rejected = |why: &str| Said::Rejected(why.to_owned());
        assert_eq!(
            said("[rejected] (stale info)"),
            rejected("somebody else has moved it")
        );
        assert_eq!(
            said("[remote rejected] (pre-receive hook declined)"),
            rejected("pre-receive hook declined")
        );
        let lost = "[remote failure] (remote failed to report status)";
        assert_eq!(said(lost), Said::Nothing);
        assert_eq!(
            pushed("fatal: the remote end hung up\n", "b"),
            Said::Nothing
        );
    }

    #[test]
    fn the_reason_is_found_among_the_complaints() {
        assert_eq!(
            complaint("remote: hi\nfatal: no such.\nhint: x\n"),
            "no such"
        );
        assert_eq!(complaint(""), "it said nothing");
    }

    #[test]
    fn who_is_not_let_in_is_told_from_who_is_not_there() {
        for text in [
            "fatal: could not read Username for 'https://x': terminal prompts disabled",
            "remote: no\nfatal: Authentication failed for 'https://x/a.git/'",
            "fatal: unable to access 'https://x/': The requested URL returned error: 403",
            "git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.",
        ] {
            assert!(wants_login(text), "{text}");
        }
        for text in [
            "fatal: unable to access 'https://x/': Could not resolve host: x",
            "remote: The requested URL returned error: 403",
            "",
        ] {
            assert!(!wants_login(text), "{text}");
        }
    }
}
