//! How many lines of which files a diff changes.

use serde::{Deserialize, Serialize};

use crate::fs::changed_files;

/// A file of a diff. One that is binary has no lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::github) struct FileChange {
    pub(in crate::github) path: String,
    pub(in crate::github) added: u64,
    pub(in crate::github) removed: u64,
}

/// The files of a diff of git's making, in its order.
pub(in crate::github) fn changes(diff: &str) -> Vec<FileChange> {
    let files = changed_files(diff).into_iter();
    let mut changes: Vec<FileChange> = files
        .map(|path| FileChange {
            path,
            added: 0,
            removed: 0,
        })
        .collect();
    // Behind `@@` a line that begins with `-` or `+` is one of a file, before it one of the head.
    let (mut file, mut in_hunk) = (0_usize, false);
    for line in diff.lines() {
        if line.starts_with("diff --git ") {
            (file, in_hunk) = (file + 1, false);
        } else if line.starts_with("@@ -") {
            in_hunk = true;
        } else if let (true, Some(change)) = (in_hunk, changes.get_mut(file.wrapping_sub(1))) {
            change.added += u64::from(line.starts_with('+'));
            change.removed += u64::from(line.starts_with('-'));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_file_by_file_and_heads_are_none() {
        let diff = "diff --git a/a.txt b/a.txt\nindex 1..2 100644\n--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,3 @@\n--- gone\n++ new\n+more\n same\n\
            diff --git a/b.bin b/b.bin\nindex 1..2\nBinary files a/b.bin and b/b.bin differ\n\
            diff --git a/c b/c\nnew file mode 100644\n--- /dev/null\n+++ b/c\n@@ -0,0 +1 @@\n+one\n\\ No newline at end of file\n";
        let told: Vec<String> = changes(diff)
            .into_iter()
            .map(|it| format!("{} +{} -{}", it.path, it.added, it.removed))
            .collect();
        assert_eq!(told, ["a.txt +2 -1", "b.bin +0 -0", "c +1 -0"]);
        assert!(changes("").is_empty());
    }
}
