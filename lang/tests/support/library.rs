//! The standard library, from the files that the program holds, with faces that only tests have.

use tau_lang::library::{Library, Texts};
use tau_lang::source::SourceMap;

const GROUPS: &[(&str, &str)] = &[
    ("fs", include_str!("../../../stdlib/src/fs/fs.tau")),
    ("git", include_str!("../../../stdlib/src/git/git.tau")),
    ("answers", include_str!("../faces/answers.tau")),
    ("http", include_str!("../faces/http.tau")),
    ("human", include_str!("../../../stdlib/src/human/human.tau")),
    ("issue", include_str!("../faces/issue.tau")),
    // The library's own, whose name is taken here.
    (
        "intake",
        include_str!("../../../stdlib/src/issue/issue.tau"),
    ),
    ("model", include_str!("../faces/model.tau")),
    ("pages", include_str!("../faces/pages.tau")),
    (
        "process",
        include_str!("../../../stdlib/src/process/process.tau"),
    ),
    ("shell", include_str!("../../../stdlib/src/shell/shell.tau")),
    ("time", include_str!("../../../stdlib/src/time/time.tau")),
    (
        "verify",
        include_str!("../../../stdlib/src/verify/verify.tau"),
    ),
];
const MISSIONS: &[(&str, &str)] = &[
    (
        "prove-patch",
        include_str!("../../../workflows/prove-patch.tau"),
    ),
    (
        "red-green",
        include_str!("../../../workflows/red-green.tau"),
    ),
];

/// Every line beginning `+++ b/` names a path; enough for tests of the checker.
fn patch_paths(diff: &str) -> Result<Vec<String>, String> {
    let names = diff.lines().filter_map(|line| line.strip_prefix("+++ b/"));
    Ok(names.map(str::to_owned).collect())
}

/// An address without its scheme, and the host of any other issue; enough for tests of the checker.
fn hosts(text: &str) -> Result<Vec<String>, String> {
    let host = text.strip_prefix("https://").unwrap_or("issues.example");
    Ok(vec![host.to_owned()])
}

/// The standard library.
pub(crate) fn library(map: &mut SourceMap) -> Library {
    let texts = Texts {
        groups: GROUPS,
        missions: MISSIONS,
        filters: &[
            ("issue_hosts", hosts),
            ("patch_paths", patch_paths),
            ("url_hosts", hosts),
        ],
    };
    let (library, found) = Library::load(map, &texts);
    assert!(found.is_empty(), "{found:?}");
    library
}
