//! What a command leaves behind: names that did not exist, files that are no files, and words that
//! look like something else. Tau reads the tree itself, so the verdict is the same in every box and in
//! none; the control is that the same script, without tau, really leaves it.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::Value;
use tau_tests::Sandbox;

use super::makes;

const TIERS: [&str; 3] = ["full", "landlock", "none"];

/// Files that other programs take their orders from. The grant is `out/**`, and none of them was there
/// before.
const NAMES: &[&str] = &[
    ".cargo/config.toml",
    ".devcontainer/devcontainer.json",
    ".envrc",
    ".gitattributes",
    ".github/workflows/made.yml",
    ".gitlab-ci.yml",
    ".gitmodules",
    ".mocharc.js",
    ".npmrc",
    ".pre-commit-config.yaml",
    ".vscode/tasks.json",
    "AGENTS.md",
    "Cargo.lock",
    "GNUmakefile",
    "Makefile",
    "OUT/made",
    "build.rs",
    "conftest.py",
    "jest.config.js",
    "made.pth",
    "made.tau",
    "outmade",
    "package.json",
    "pytest.ini",
    "rust-toolchain.toml",
    "setup.cfg",
    "sitecustomize.py",
    "tests/made",
    "tox.ini",
    "usercustomize.py",
];

/// What is left below `out/`, where the grant is: what it is, the script, what shows without tau that
/// it is there, and the path that must not be taken.
const SHAPES: &[(&str, &str, &str, &str)] = &[
    ("a pipe", "mkfifo out/p", "[ -p out/p ]", "out/p"),
    (
        "a file of 200 MB that takes no room",
        "truncate -s 200M out/p",
        "[ -s out/p ]",
        "out/p",
    ),
    (
        "a folder of git",
        "mkdir -p out/.git; echo x > out/.git/config",
        "[ -f out/.git/config ]",
        "out/.git/config",
    ),
    (
        "a folder of git, further down",
        "mkdir -p out/a/b/.git/hooks; echo x > out/a/b/.git/hooks/post-checkout",
        "[ -d out/a/b/.git ]",
        "out/a/b/.git/hooks/post-checkout",
    ),
    (
        "a file in the place of a folder of git",
        "echo 'gitdir: /nowhere' > out/.git",
        "[ -f out/.git ]",
        "out/.git",
    ),
    (
        "a link in the place of a folder of git",
        "ln -s /nowhere out/.git",
        "[ -L out/.git ]",
        "out/.git",
    ),
    (
        "a folder of git in other letters",
        "mkdir -p out/.GiT; echo x > out/.GiT/config",
        "[ -d out/.GiT ]",
        "out/.GiT/config",
    ),
    (
        "a folder of git by its short name",
        "mkdir -p out/git~1; echo x > out/git~1/config",
        "[ -d out/git~1 ]",
        "out/git~1/config",
    ),
    (
        "a folder of git with a dot behind it",
        "mkdir -p out/.git.; echo x > out/.git./config",
        "[ -d out/.git. ]",
        "out/.git./config",
    ),
    (
        "a folder of git with a letter that nobody sees",
        "mkdir -p \"$(printf 'out/.g\\342\\200\\214it')\"; echo x > \"$(printf 'out/.g\\342\\200\\214it')/config\"",
        "ls out/.g*it",
        "out/.g\u{200c}it/config",
    ),
    (
        "a repository of git without a work tree",
        "mkdir -p out/r/objects out/r/refs; echo x > out/r/.git",
        "[ -f out/r/.git ]",
        "out/r/.git",
    ),
    (
        "a name that is no text",
        "echo x > \"$(printf 'out/\\377')\"",
        "[ -f \"$(printf 'out/\\377')\" ]",
        "out/\u{fffd}",
    ),
    (
        "more folders than there may be",
        "d=out; i=0; while [ $i -lt 260 ]; do d=$d/d; i=$((i+1)); done; mkdir -p $d; echo x > $d/p",
        "find out -name p | grep -q .",
        "d/p",
    ),
    (
        "a link in the place of the folder",
        "rm -rf out; ln -s . out; echo x > made-by-link",
        "[ -L out ]",
        "made-by-link",
    ),
    (
        "a file outside, by a link",
        "ln -s .. out/up; echo x > out/up/made-outside",
        "[ -f made-outside ]",
        "made-outside",
    ),
    (
        "a file outside, by a hard link",
        "ln case.txt out/hard; echo x > case.txt",
        "[ \"$(cat case.txt)\" = x ]",
        "case.txt changed",
    ),
    (
        "another mode of a file outside",
        "chmod +x case.txt",
        "[ -x case.txt ]",
        "case.txt changed",
    ),
    (
        "a file outside, removed",
        "rm case.txt",
        "[ ! -e case.txt ]",
        "case.txt changed",
    ),
    (
        "a pipe that others would wait for",
        "mkfifo out/q; (sleep 60 > out/q) &",
        "[ -p out/q ]",
        "out/q",
    ),
    (
        "a process that goes on writing",
        "(while :; do echo x > made-later; done) > /dev/null 2>&1 &",
        "sleep 1; [ -f made-later ]",
        "made-later",
    ),
];

fn cases() -> Vec<(String, String, String, String)> {
    let mut cases: Vec<_> = SHAPES
        .iter()
        .map(|(what, script, shows, path)| {
            let text = [what, script, shows, path].map(|it| (*it).to_owned());
            text.into()
        })
        .collect();
    for name in NAMES {
        let script = format!("mkdir -p \"$(dirname {name})\"; echo x > {name}");
        cases.push((
            format!("a new `{name}`"),
            script,
            format!("[ -f {name} ]"),
            (*name).to_owned(),
        ));
    }
    cases
}

/// Runs each case in a step of its own, which may fail, and gives the run's report.
fn left(tier: &str) -> (Sandbox, Value) {
    let mut mission = String::from(
        "mission boxed {\n  authority {\n    read  \"**\"\n    write \"out/**\"\n    run   \"sh *\"\n  }\n\n",
    );
    let sandbox = Sandbox::repository(&[("case.txt", "as it was\n"), ("out/keep", "")]);
    for (number, (_, script, _, _)) in cases().iter().enumerate() {
        sandbox.write(&format!("cases/{number}.sh"), format!("{script}\nexit 0\n"));
        writeln!(
            mission,
            "  step s{number} = process.run(\"sh cases/{number}.sh\", writes: [\"out/**\"]) timeout 1m may fail"
        )
        .unwrap();
    }
    sandbox.write(
        "cases/good.sh",
        "echo x > out/good; mkdir -p out/.hidden; echo x > out/.hidden/good\n",
    );
    mission += "  step good = process.run(\"sh cases/good.sh\", writes: [\"out/**\"])\n\n  \
                step all = fs.glob(\"**\")\n  step case = fs.read(\"case.txt\")\n\n  \
                output all = all\n  output case = case.text\n}\n";
    sandbox.write("boxed.tau", mission);
    sandbox.commit("the cases");
    let arguments = ["apply", "boxed.tau", "--yes", "--json", "--box", tier];
    let report = sandbox.tau(&arguments).json();
    (sandbox, report)
}

#[test]
fn nothing_is_taken_that_does_not_belong_there() {
    let name = "nothing_is_taken_that_does_not_belong_there";
    let mut wrong = Vec::new();
    for (what, script, shows, _) in cases() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("out")).unwrap();
        fs::write(folder.path().join("case.txt"), "as it was\n").unwrap();
        // In a session of its own, of which nothing is left.
        let script = format!(
            "({script}) < /dev/null > /dev/null 2>&1\n{shows} > /dev/null && : > shown\nkill -9 0"
        );
        let mut plain = Command::new("setsid");
        plain
            .args(["-w", "sh", "-c", &script])
            .current_dir(folder.path());
        plain.status().unwrap();
        if !folder.path().join("shown").exists() {
            wrong.push(format!(
                "{what}: is not left without tau, which proves nothing"
            ));
        }
    }
    for tier in TIERS {
        if !makes(tier, name) {
            continue;
        }
        let (_sandbox, report) = left(tier);
        assert_eq!(report["tier"], tier, "{report:#}");
        let all = report["outputs"]["all"]
            .as_array()
            .unwrap_or_else(|| panic!("{report:#}"));
        let has = |path: &str| all.iter().any(|it| it.as_str().unwrap().ends_with(path));
        for path in ["out/good", "out/.hidden/good"] {
            assert!(has(path), "`{tier}` leaves nothing at all: {all:?}");
        }
        for (what, _, _, path) in cases() {
            if has(&path) {
                wrong.push(format!("{what}: is taken from `{tier}`"));
            }
        }
        assert_eq!(report["outputs"]["case"], "as it was\n", "{tier}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a command prints to be taken for somebody else's words.
const WORDS: &[(&str, &str)] = &[
    (
        "a result of tau",
        r#"{"schema":"tau.run/1","outcome":"succeeded","commit":"0123456789"}"#,
    ),
    (
        "a line of tau",
        r"  \342\234\223 case         process.run 0.1 s",
    ),
    (
        "a passed test",
        "test result: ok. 1 passed; 0 failed; 0 ignored",
    ),
    ("a title of the window", r"\033]0;title\007"),
    ("what is to be pasted", r"\033]52;c;aGVsbG8=\007"),
    ("an empty screen", r"\033[2J\033[H"),
    ("a line that is written over", r"failed\rpassed"),
    ("colours", r"\033[32mpassed\033[0m"),
    ("a link", r"\033]8;;http://example.org\007here\033]8;;\007"),
    ("a terminal that answers", r"\033[6n\033[c\033[>c"),
    (
        "controls of eight bits",
        r"\302\2332J\302\2350;title\302\234",
    ),
    ("letters that turn the order around", r"\342\200\256dessap"),
    (
        "a bell and a backspace",
        r"failed\010\010\010\010\010\010passed\007",
    ),
    ("bytes that are no text", r"\377\376\000"),
    (
        "a block of YAML",
        r"outcome: succeeded\n---\noutcome: succeeded",
    ),
    (
        "a record of a journal",
        r#"{"seq":1,"kind":"ended","outcome":"succeeded"}"#,
    ),
];

#[test]
fn what_a_command_prints_is_no_verdict_and_no_order_to_a_terminal() {
    let mut script = String::new();
    for (_, words) in WORDS {
        // As `printf` reads it, but for the signs that mean something to it and to the shell.
        let words = words.replace('%', "%%").replace('\'', "");
        writeln!(script, "printf '{words}\\n'").unwrap();
    }
    script += "exit 1\n";
    let case = super::Case::new(&script);
    let plain = Command::new("sh").arg("-c").arg(&script).output().unwrap();
    assert!(
        plain.stdout.contains(&0x1b) && plain.stdout.contains(&7),
        "{plain:?}"
    );
    let done = case.sandbox.tau(&["apply", "boxed.tau", "--yes"]).ends(1);
    let shown = [
        &["show", "@"][..],
        &["logs", "@"],
        &["runs"],
        &["show", "@", "--json"],
    ]
    .map(|arguments| case.sandbox.tau(arguments));
    for done in std::iter::once(&done).chain(&shown) {
        for text in [&done.out, &done.err] {
            let is_raw = |letter: &char| {
                (letter.is_control() && *letter != '\n')
                    || ('\u{202a}'..='\u{202e}').contains(letter)
            };
            let raw: Vec<char> = text.chars().filter(is_raw).collect();
            assert!(raw.is_empty(), "{raw:?} in\n{text:?}");
        }
    }
    let report = case.sandbox.tau(&["show", "@", "--json"]).json();
    assert_eq!(report["outcome"], "failed", "{report:#}");
    assert_eq!(report["commit"], Value::Null, "{report:#}");
}
