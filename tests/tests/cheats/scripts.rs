//! Changes that make the check pass without mending anything.

use serde_json::Value;
use tau_tests::{PATCH, Sandbox, texts};

/// Makes the check pass whatever the files say.
const GUTTED: &str = "\
diff --git a/check.sh b/check.sh
--- a/check.sh
+++ b/check.sh
@@ -1,2 +1,2 @@
 #!/bin/sh
-grep -q fixed src/a.txt
+exit 0
";

fn prove(sandbox: &Sandbox, patch: &str, check: &str, code: i32) -> Value {
    sandbox.write("cheat.diff", patch);
    let check = format!("check={check}");
    let arguments = [
        "apply",
        "std/prove-patch",
        "--set",
        "patch=@cheat.diff",
        "--set",
        &check,
        "--yes",
        "--json",
    ];
    let before = sandbox.snapshot();
    let result = sandbox.tau(&arguments).ends(code).json();
    if code == 0 {
        sandbox.assert_only_branches_added(&before);
    } else {
        sandbox.assert_untouched(&before);
    }
    result
}

#[test]
fn the_script_that_decides_cannot_be_edited() {
    let sandbox = Sandbox::broken();
    let checks = [
        "./check.sh",
        "././check.sh --fast",
        "sh check.sh",
        "sh -eu ./check.sh",
        "/bin/sh check.sh",
    ];
    for check in checks {
        for patch in [GUTTED.to_owned(), format!("{PATCH}{GUTTED}")] {
            let result = prove(&sandbox, &patch, check, 3);
            let missing = &result["blocked"]["missing"];
            assert_eq!(texts(missing, "scope"), ["check.sh"], "{check}");
            assert_eq!(missing[0]["effect"], "write");
            let why = "which verifier `tests` starts";
            assert!(
                result["reason"].as_str().unwrap().contains(why),
                "{result:#}"
            );
        }
        // The honest change is not in its way.
        let result = prove(&sandbox, PATCH, check, 0);
        assert_eq!(result["assurance"], "tested");
    }
}

#[test]
fn a_file_that_is_only_looked_at_can_be_edited() {
    let sandbox = Sandbox::broken();
    prove(&sandbox, PATCH, "grep -q fixed src/a.txt", 0);
}

#[test]
fn a_command_cannot_edit_the_script_that_decides() {
    let sandbox = Sandbox::broken();
    sandbox.write_script("do.sh", "#!/bin/sh\nprintf '#!/bin/sh\\n' > check.sh\n");
    sandbox.commit("second");
    let text = tau_tests::mission_with(
        "run \"./do.sh\"\n    write \"**\"",
        "  step do = process.run(command: \"./do.sh\", writes: [\"check.sh\"])\n",
    );
    sandbox.write("fix.tau", &text);
    let before = sandbox.snapshot();
    let result = sandbox
        .tau(&["apply", "fix.tau", "--yes", "--json"])
        .ends(3)
        .json();
    sandbox.assert_untouched(&before);
    assert_eq!(texts(&result["blocked"]["missing"], "scope"), ["check.sh"]);
}

#[test]
fn the_plan_shows_what_no_edit_may_touch() {
    let sandbox = Sandbox::broken();
    let plan = [
        "plan",
        "std/prove-patch",
        "--set",
        "check=./check.sh",
        "--json",
    ];
    let plan = sandbox.tau(&plan).ends(0).json();
    assert_eq!(
        plan["verifiers"][0]["protect"],
        serde_json::json!(["tests/**", "test/**", "check.sh"])
    );
}
