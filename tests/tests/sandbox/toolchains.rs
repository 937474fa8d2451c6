//! Which toolchains are seen.

use serde_json::Value;

use super::{Case, makes};

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

/// Boxes of one run have the folders above what they see in common, and are made at the same time.
#[test]
fn boxes_that_are_made_at_once_see_the_same_toolchains() {
    if !makes(
        "full",
        "boxes_that_are_made_at_once_see_the_same_toolchains",
    ) {
        return;
    }
    let case = Case::new("exit 0\n");
    // Neither in the home folder nor in `/tmp`, of which each box has its own.
    let elsewhere = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut path = vec![];
    for number in 0..80 {
        let folder = elsewhere.path().join(format!("{number}/deep/down/bin"));
        std::fs::create_dir_all(&folder).unwrap();
        path.push(folder);
    }
    path.extend(["/usr/bin".into(), "/bin".into()]);
    case.sandbox.write(
        "boxed.tau",
        "mission boxed {\n  authority {\n    run \"sh case.sh\"\n  }\n\n  let all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]\n\n  \
         for each in all at most 16 at once {\n    step ran = process.run(\"sh case.sh\") box full\n  }\n}\n",
    );
    let mut command = case
        .sandbox
        .command(&["apply", "boxed.tau", "--yes", "--json"]);
    command.env("PATH", std::env::join_paths(path).unwrap());
    let _ = tau_tests::Done::from(command.output().unwrap()).ends(0);
}
