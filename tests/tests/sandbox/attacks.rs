//! Attacks: each works without a box, and in none of the boxes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use serde_json::Value;

use super::{Case, makes};

/// What is after what, and the script that says `REACHED` when it has it.
const ATTACKS: &[(&str, &str)] = &[
    (
        "a file of the home folder",
        "grep -q private \"$H/notes.txt\" && echo REACHED",
    ),
    (
        "a key of the home folder",
        "cat \"$H/.ssh/id_ed25519\" && echo REACHED",
    ),
    (
        "the list of the home folder",
        "ls \"$H\" | grep -q notes && echo REACHED",
    ),
    (
        "a file of the home folder, removed",
        "rm \"$H/notes.txt\" && echo REACHED",
    ),
    (
        "a file of the home folder, by a link",
        "ln -s \"$H/notes.txt\" l; cat l && rm l && echo REACHED",
    ),
    (
        "a file of the home folder, by a hard link",
        "ln \"$H/notes.txt\" \"$TMPDIR/l\" && echo REACHED",
    ),
    (
        "the user's checkout",
        "cat \"$R/boxed.tau\" && echo REACHED",
    ),
    (
        "the user's git folder",
        "cat \"$R/.git/HEAD\" && echo REACHED",
    ),
    (
        "the user's git configuration",
        "cat \"$H/.gitconfig\" && echo REACHED",
    ),
    (
        "the run's journal",
        "cat \"$S\"/runs/*/journal.jsonl > /dev/null && echo REACHED",
    ),
    (
        "the run's journal, written",
        "for j in \"$S\"/runs/*/journal.jsonl; do : >> \"$j\" && echo REACHED; done",
    ),
    (
        "the run's own objects",
        "ls \"$S\"/runs/*/git && echo REACHED",
    ),
    (
        "tau's environment",
        "tr '\\0' '\\n' < /proc/$PPID/environ | grep -q TAU_HOME && echo REACHED",
    ),
    (
        "another process's environment",
        "for p in /proc/[0-9]*; do grep -qa TAU_HOME $p/environ 2>/dev/null && echo REACHED && break; done",
    ),
    (
        "another process's root",
        "for p in /proc/[0-9]*; do ls \"$p/root$H/notes.txt\" 2>/dev/null && echo REACHED && break; done",
    ),
    (
        "another process's folder",
        "for p in /proc/[0-9]*; do ls -d $p/cwd/.git 2>/dev/null && echo REACHED && break; done",
    ),
    (
        "a signal to the test",
        "kill -0 $(cat \"$TEST\") && echo REACHED",
    ),
    (
        "a folder of the machine",
        "touch /etc/tau-box-test && rm /etc/tau-box-test && echo REACHED",
    ),
    ("the log of the machine", "ls /var/log && echo REACHED"),
    (
        "a limit of the process that watches over it",
        "prlimit --pid $PPID --core=0:0 && echo REACHED",
    ),
];

/// Changes of what is outside, each of its own name. A box may let a command believe that it has
/// made them: what counts is what is there afterwards.
const CHANGES: &[(&str, &str)] = &[
    ("a new file in the home folder", "echo x > \"$H/made\""),
    (
        "a file of the home folder, written",
        "echo x >> \"$H/notes.txt\"",
    ),
    ("a file of the home folder, emptied", ": > \"$H/notes.txt\""),
    (
        "a file of the home folder, removed",
        "rm -f \"$H/notes.txt\"",
    ),
    (
        "a file of the home folder, renamed",
        "mv \"$H/notes.txt\" \"$H/n\"",
    ),
    (
        "a file of the home folder, by a link",
        "ln -s \"$H/notes.txt\" \"$TMPDIR/l\"; echo x >> \"$TMPDIR/l\"",
    ),
    ("the mode of a file", "chmod 777 \"$H/notes.txt\""),
    ("a start file of the shell", "echo x >> \"$H/.profile\""),
    ("the user's git configuration", "git config --global a.b c"),
    ("a file of the checkout", "echo x >> \"$R/case.sh\""),
    ("a new file in the checkout", "echo x > \"$R/made\""),
    (
        "a hook",
        "mkdir -p \"$R/.git/hooks\"; echo x > \"$R/.git/hooks/pre-commit\"",
    ),
    (
        "a branch",
        "mkdir -p \"$R/.git/refs/heads\"; echo x > \"$R/.git/refs/heads/b\"",
    ),
    (
        "the repository's configuration",
        "echo x >> \"$R/.git/config\"",
    ),
    ("a folder beside all", "mkdir -p \"$O/beside\""),
    ("a file beside all", "echo x > \"$O/beside\""),
    ("a FIFO beside all", "mkfifo \"$O/beside\""),
    ("a socket's folder", "rm -rf \"$O/pid\""),
];

/// What Landlock knows nothing of. The page on the box says so.
const OPEN: &str = "the mode of a file";

/// Attacks that need root to work without a box.
const OF_ROOT: &[(&str, &str)] = &[
    ("passwords", "cat /etc/shadow && echo REACHED"),
    (
        "a mount",
        "mkdir -p \"$TMPDIR/m\" && mount -t tmpfs x \"$TMPDIR/m\" && umount \"$TMPDIR/m\" && echo REACHED",
    ),
    ("namespaces", "unshare -m true && echo REACHED"),
    ("a root of one's own", "chroot / true && echo REACHED"),
    ("a device", "mknod \"$TMPDIR/d\" c 1 5 && echo REACHED"),
    (
        "a disk",
        "for d in /dev/vda /dev/sda /dev/nvme0n1 /dev/loop0; do [ -b $d ] && echo REACHED && break; done",
    ),
    (
        "a file of another's",
        "touch \"$TMPDIR/f\" && chown 1:1 \"$TMPDIR/f\" && echo REACHED",
    ),
    (
        "a name for the machine",
        "hostname $(hostname) && echo REACHED",
    ),
    (
        "the kernel's settings",
        "cat /proc/sys/vm/swappiness > \"$TMPDIR/s\" && cat \"$TMPDIR/s\" > /proc/sys/vm/swappiness && echo REACHED",
    ),
    (
        "messages of the kernel",
        "dmesg > /dev/null && echo REACHED",
    ),
    (
        "another user",
        "setpriv --reuid 1 --regid 1 --clear-groups true && echo REACHED",
    ),
    (
        "capabilities",
        "grep -q 'CapEff:.*[1-9a-f]' /proc/self/status && echo REACHED",
    ),
    (
        "the priority of a process",
        "nice -n -5 true 2>&1 | grep -q . || echo REACHED",
    ),
];

/// What surrounds a script: where the home folder, the repository, tau's state and all of it are.
fn script(case: &Case, attack: &str) -> String {
    let outside = case.sandbox.outside().display();
    format!(
        "H={outside}/home R={outside}/repo S={outside}/state O={outside} TEST={outside}/pid\n\
         {attack}\nexit 0\n"
    )
}

fn none_reaches(attacks: &[(&str, &str)], tier: &str) {
    let mut wrong = Vec::new();
    for (what, attack) in attacks {
        let case = Case::new("");
        let pid = std::process::id().to_string();
        fs::write(case.sandbox.outside().join("pid"), pid).unwrap();
        case.sandbox.write("case.sh", script(&case, attack));
        case.sandbox.commit("the case");
        let boxed = case.said(tier);
        if boxed.contains("REACHED") {
            wrong.push(format!("{what}: reached in `{tier}`: {boxed}"));
        }
        let free = case.said("none");
        if !free.contains("REACHED") {
            wrong.push(format!(
                "{what}: not reached without a box, which proves nothing: {free}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All that is in the home folder and the checkout, and what is beside them.
fn around(case: &Case) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut next = vec![case.sandbox.outside().to_owned()];
    while let Some(folder) = next.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // Tau's own.
            if path.ends_with("state") {
                continue;
            }
            let kind = fs::symlink_metadata(&path).unwrap();
            if kind.is_dir() {
                next.push(path.clone());
            }
            let bytes = match kind.is_file() {
                true => fs::read(&path).unwrap(),
                false => Vec::new(),
            };
            found.insert(path, (kind.mode(), bytes));
        }
    }
    found
}

fn none_changes(tier: &str) {
    let mut wrong = Vec::new();
    for (what, attack) in CHANGES {
        let case = Case::new("");
        fs::write(case.sandbox.outside().join("pid"), "1").unwrap();
        case.sandbox.write("case.sh", script(&case, attack));
        case.sandbox.commit("the case");
        let before = around(&case);
        case.said(tier);
        let is_open = tier == "landlock" && *what == OPEN;
        if around(&case) != before && !is_open {
            wrong.push(format!("{what}: changed from `{tier}`"));
        }
        case.said("none");
        if around(&case) == before && !is_open {
            wrong.push(format!(
                "{what}: not changed without a box, which proves nothing"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_outside_is_changed_from_a_box() {
    for tier in ["full", "landlock"] {
        if makes(tier, "nothing_outside_is_changed_from_a_box") {
            none_changes(tier);
        }
    }
}

#[test]
fn nothing_of_the_user_s_is_reached_from_a_full_box() {
    if makes("full", "nothing_of_the_user_s_is_reached_from_a_full_box") {
        none_reaches(ATTACKS, "full");
    }
}

#[test]
fn nothing_of_the_user_s_is_reached_from_a_landlock_box() {
    if makes(
        "landlock",
        "nothing_of_the_user_s_is_reached_from_a_landlock_box",
    ) {
        none_reaches(ATTACKS, "landlock");
    }
}

#[test]
fn root_reaches_no_more_from_a_full_box() {
    let name = "root_reaches_no_more_from_a_full_box";
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !is_root {
        tau_tests::skip(name, "root");
    } else if makes("full", name) {
        none_reaches(OF_ROOT, "full");
    }
}

/// Which toolchains are seen is the machine's to say: a mission that names a folder as one does not
/// get to see it.
#[test]
fn a_mission_cannot_call_a_folder_a_toolchain() {
    let name = "a_mission_cannot_call_a_folder_a_toolchain";
    for tier in ["full", "landlock"] {
        if !makes(tier, name) {
            continue;
        }
        for variable in ["JAVA_HOME", "GOROOT", "VIRTUAL_ENV", "PATH"] {
            let case = Case::new("cat \"$SEEN/notes.txt\" && exit 1\nexit 0\n");
            let home = case.sandbox.outside().join("home");
            let home = home.display();
            let path = match variable {
                "PATH" => format!("{home}:/usr/bin:/bin"),
                _ => home.to_string(),
            };
            let mission = format!(
                "mission boxed {{\n  authority {{\n    read \"**\"\n    run \"sh case.sh\"\n  }}\n\n  \
                 verifier tests {{\n    run \"sh case.sh\"\n    protect \"tests/**\"\n    \
                 env {{ {variable}: \"{path}\", SEEN: \"{home}\", HOME: \"/var/empty\" }}\n  }}\n\n  \
                 step red = verify.red(tests) may fail\n\n  output passed = red.passed\n}}\n"
            );
            case.sandbox.write("boxed.tau", mission);
            let reached = |tier: &str| {
                let report: Value = serde_json::from_str(&case.run(tier).out).unwrap();
                assert_eq!(report["tier"], tier, "{report:#}");
                report["steps"][0]["state"] == "succeeded"
            };
            assert!(reached("none"), "{variable}: not reached without a box");
            assert!(!reached(tier), "{variable}: reached in `{tier}`");
        }
    }
}
