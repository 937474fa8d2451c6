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
