//! File names of every kind.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use tau_tests::{MEND, Sandbox, mission, mission_with};

use super::{mends, names};

const ODD: &[&[u8]] = &[
    b"with space",
    b"new\nline",
    b"'\"quotes\"`$(touch pwned)`",
    b"-rf",
    b"--output=pwned",
    b"back\\slash",
    b"*?[a-z]",
    b"tab\t\x1b[31mred",
    b"not-utf8-\xff\xfe",
    "\u{202e}gpj.exe \u{e9} e\u{301}".as_bytes(),
    b"C:",
    b"aux.txt ",
    b"@",
    b"~",
];

#[test]
fn names_of_every_kind_survive_a_run() {
    let sandbox = Sandbox::broken();
    for name in ODD {
        let folder = sandbox.path().join("src").join(OsStr::from_bytes(name));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(OsStr::from_bytes(name)), "odd\n").unwrap();
    }
    sandbox.commit("odd names");
    let result = mends(&sandbox);
    let (now, before) = names(&sandbox, &result);
    assert_eq!(now, before);
    assert!(!sandbox.path().join("pwned").exists());
    let changed = sandbox.git(&[
        "show",
        "--format=",
        "--name-only",
        result["commit"].as_str().unwrap(),
    ]);
    assert_eq!(changed, "src/a.txt\n");
}

#[test]
fn names_of_every_kind_survive_a_command_in_the_worktree() {
    let sandbox = Sandbox::broken();
    for name in ODD {
        fs::write(
            sandbox.path().join("src").join(OsStr::from_bytes(name)),
            "odd\n",
        )
        .unwrap();
    }
    sandbox.write_script("do.sh", "#!/bin/sh\necho fixed > src/a.txt\n");
    sandbox.commit("odd names");
    let statements = MEND.replace(
        "fs.edit(path: \"src/a.txt\", find: \"broken\", replace: \"fixed\")",
        "process.run(command: \"./do.sh\", writes: [\"src/a.txt\"])",
    );
    let result = sandbox
        .apply(&mission_with("run \"./do.sh\"", &statements))
        .ends(0)
        .json();
    let (now, before) = names(&sandbox, &result);
    assert_eq!(now, before);
    assert_eq!(sandbox.committed(&result, "src/a.txt"), b"fixed\n");
}

#[test]
fn odd_names_are_listed_and_changed_by_steps() {
    let sandbox = Sandbox::broken();
    for name in ["with space", "-rf", "'quote\"", "*"] {
        sandbox.write(&format!("src/{name}"), "broken\n");
    }
    sandbox.commit("odd names");
    let result = sandbox
        .apply(&mission(
            r#"
  step a = fs.edit(path: "src/with space", find: "broken", replace: "fixed")
  step b = fs.write(path: "src/-rf", text: "fixed\n")
  step c = fs.move(from: "src/'quote\"", to: "src/--help")
  step d = fs.remove(path: "src/*")
  step e = fs.glob(pattern: "src/**")
  output all = e
"#,
        ))
        .ends(0)
        .json();
    assert_eq!(
        result["outputs"]["all"],
        serde_json::json!(["src/--help", "src/-rf", "src/a.txt", "src/with space"])
    );
}
