//! Which branches the user is working on.

use std::fs;
use std::path::{Path, PathBuf};

/// The git directory of the worktree that has the branch `refname` checked out or is in the
/// middle of rebasing or bisecting it. `common` is the directory that all worktrees share; a bare
/// repository's own HEAD is no checkout.
pub(super) fn checked_out(common: &Path, is_bare: bool, refname: &str) -> Option<PathBuf> {
    let linked = fs::read_dir(common.join("worktrees")).into_iter().flatten();
    let linked = linked.filter_map(|entry| Some(entry.ok()?.path()));
    let main = (!is_bare).then(|| common.to_owned());
    main.into_iter()
        .chain(linked)
        .find(|dir| uses(dir, refname))
}

fn uses(git_dir: &Path, refname: &str) -> bool {
    let says = |file: &str, text: &str| {
        fs::read_to_string(git_dir.join(file)).is_ok_and(|found| found.trim_end() == text)
    };
    let branch = refname.strip_prefix("refs/heads/").unwrap_or(refname);
    says("HEAD", &format!("ref: {refname}"))
        || says("rebase-merge/head-name", refname)
        || says("rebase-apply/head-name", refname)
        || says("BISECT_START", branch)
}
