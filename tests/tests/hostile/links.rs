//! Symbolic links that leave the tree.

use std::fs;
use std::os::unix::fs::symlink;

use tau_tests::{PATCH, Sandbox, mission, step};

use super::mends;

#[test]
fn a_link_that_leaves_the_tree_is_not_followed() {
    let sandbox = Sandbox::broken();
    let victim = sandbox.outside().join("victim");
    fs::create_dir(&victim).unwrap();
    fs::write(victim.join("file"), "precious\n").unwrap();
    symlink(&victim, sandbox.path().join("src/out")).unwrap();
    symlink(victim.join("file"), sandbox.path().join("src/file")).unwrap();
    symlink("a.txt", sandbox.path().join("src/inside")).unwrap();
    sandbox.commit("links");
    for statement in [
        "fs.write(path: \"src/file\", text: \"x\")",
        "fs.write(path: \"src/inside\", text: \"x\")",
        "fs.read(path: \"src/file\")",
        "fs.edit(path: \"src/file\", find: \"precious\", replace: \"x\")",
        "fs.write(path: \"src/out/file\", text: \"x\")",
        "fs.write(path: \"src/out/new\", text: \"x\")",
        "fs.read(path: \"src/out/file\")",
        "fs.patch(diff: \"--- a/src/file\\n+++ b/src/file\\n@@ -1 +1 @@\\n-precious\\n+x\\n\")",
    ] {
        let result = sandbox
            .apply(&mission(&format!("  step a = {statement}\n")))
            .ends(1)
            .json();
        assert_eq!(step(&result, "a")["state"], "failed", "{statement}");
    }
    // A link of the base stays one, for commands as well; what a command writes through it is
    // not part of the change.
    let result = mends(&sandbox);
    let tree = sandbox.git(&["ls-tree", "-r", result["commit"].as_str().unwrap()]);
    assert_eq!(tree.matches("120000 blob").count(), 3, "{tree}");
    assert_eq!(
        fs::read_to_string(victim.join("file")).unwrap(),
        "precious\n"
    );
    assert_eq!(fs::read_dir(&victim).unwrap().count(), 1);
}

#[test]
fn a_patch_cannot_make_a_link_that_leaves_the_tree() {
    let sandbox = Sandbox::broken();
    let patch = "diff --git a/src/l b/src/l\nnew file mode 120000\n--- /dev/null\n+++ b/src/l\n@@ -0,0 +1 @@\n+../../../etc/passwd\n\\ No newline at end of file\n";
    sandbox.write("fix.diff", format!("{PATCH}{patch}"));
    let text = mission("  step a = fs.patch(patch)\n")
        .replace("authority {", "input patch : file\n  authority {");
    sandbox.write("fix.tau", text);
    let arguments = [
        "apply",
        "fix.tau",
        "--set",
        "patch=@fix.diff",
        "--yes",
        "--json",
    ];
    let result = sandbox.tau(&arguments).ends(1).json();
    assert_eq!(step(&result, "a")["failure"]["code"], "link-leaves-tree");
    assert_eq!(
        sandbox.tau(&["diff", "@"]).ends(0).out,
        "",
        "nothing of the patch"
    );
}
