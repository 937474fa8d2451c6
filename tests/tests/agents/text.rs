//! Agents that are told in a text.

use tau_tests::{skip, step};

use super::{apply, mission, repaired, untouched, with_agent};

/// Mends it, whatever it is told.
const MENDS: &str = "sed -i s/broken/fixed/ src/a.txt\n";

#[test]
fn an_agent_is_told_what_fails_and_its_change_is_proven() {
    let told = "It must say fixed.\nFAILED src/a.txt: not fixed";
    let mut ways = vec![
        ("", "cat >task"),
        (", prompt: \"argument\"", "printf %s \"$1\" >task"),
        (", prompt: \"file\"", "cat \"$1\" >task"),
    ];
    for (arguments, reads) in ways.drain(..) {
        let agent = format!(
            "#!/bin/sh\ncd src; {reads}; cd ..\n\
             for line in 'It must say fixed.' 'FAILED src/a.txt: not fixed'; do\n\
             grep -qF \"$line\" src/task || exit 9\ndone\nrm src/task\n{MENDS}echo 'I have mended it.'\n"
        );
        let (result, sandbox) = repaired(&agent, arguments);
        assert_eq!(result["outcome"], "succeeded", "{told}: {result:#}");
        assert_eq!(
            sandbox.committed(&result, "src/a.txt"),
            b"first\nfixed\nlast\n"
        );
        let edit = &step(&result, "edit#1")["result"];
        assert_eq!(edit["paths"], serde_json::json!(["src/a.txt"]));
        assert_eq!((&edit["added"], &edit["removed"]), (&1.into(), &1.into()));
        assert_eq!((&edit["exit"], &edit["starts"]), (&0.into(), &1.into()));
        assert_eq!(edit["said"], "I have mended it.\n");
    }
}

#[test]
fn an_agent_is_talked_with_in_every_box() {
    let reads = format!(
        "#!/bin/sh\ngrep -qF 'It must say fixed.' || exit 9\n{MENDS}echo done\necho bad >&2\n"
    );
    for tier in ["none", "landlock", "bwrap"] {
        let sandbox = with_agent(&reads);
        sandbox.write("fix.tau", mission("", ""));
        let arguments = ["apply", "fix.tau", "--yes", "--json", "--box", tier];
        let result = sandbox.tau(&arguments).json();
        if result["blocked"]["code"] == "box-missing" {
            skip(
                "an_agent_is_talked_with_in_every_box",
                &format!("a box `{tier}`"),
            );
            continue;
        }
        let edit = &step(&result, "edit#1")["result"];
        assert_eq!(edit["said"], "done\nbad\n", "{tier}: {result:#}");
        assert_eq!(edit["exit"], 0);
    }
}

#[test]
fn the_second_round_knows_the_first() {
    let agent = format!(
        "#!/bin/sh\ncat >/dev/shm/task 2>/dev/null || exit 8\n\
         if grep -q 'What was tried before' /dev/shm/task; then\n{MENDS}else\n\
         sed -i s/last/end/ src/a.txt\nfi\n"
    );
    let (result, sandbox) = repaired(&agent, "");
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nend\n"
    );
}

#[test]
fn an_exit_code_is_no_verdict() {
    // It changed something, so the check has a word.
    let (result, _) = repaired(&format!("#!/bin/sh\n{MENDS}exit 3\n"), "");
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!(step(&result, "edit#1")["result"]["exit"], 3);
    // It says that all is well, and has changed nothing.
    let (result, sandbox) = repaired("#!/bin/sh\necho 'All tests pass now.'\n", "");
    let failure = &step(&result, "edit#1")["failure"];
    assert_eq!(failure["code"], "agent-no-change", "{result:#}");
    assert_eq!(result["outcome"], "failed");
    untouched(&sandbox);
    // It says so, changed something, and the check says no.
    let lies = "#!/bin/sh\necho $$ >>src/b.txt\necho 'All tests pass now.'\n";
    let (result, sandbox) = repaired(lies, "");
    assert_eq!(result["outcome"], "blocked", "{result:#}");
    assert_eq!(result["blocked"]["code"], "progress-exhausted");
    untouched(&sandbox);
}

#[test]
fn what_it_may_not_write_is_taken_back_and_it_is_told_why() {
    // The first start cheats, the second has learned.
    let agent = format!(
        "#!/bin/sh\nif grep -q 'What was taken back'; then\n{MENDS}else\n{MENDS}echo broken >tests/expected.txt\nfi\n"
    );
    let (result, sandbox) = repaired(&agent, "");
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!(sandbox.committed(&result, "tests/expected.txt"), b"fixed\n");
    let edit = &step(&result, "edit#1")["result"];
    assert_eq!(edit["starts"], 2);
    assert_eq!(edit["protected"], serde_json::json!(["tests/expected.txt"]));

    // What is protected, what is not granted, the check itself, and what decides what others run.
    for path in [
        "tests/expected.txt",
        "README.md",
        "check.sh",
        "src/AGENTS.md",
    ] {
        let agent = format!("#!/bin/sh\n{MENDS}echo x >>{path}\n");
        let (result, sandbox) = repaired(&agent, "");
        assert_eq!(result["outcome"], "blocked", "{path}: {result:#}");
        assert_eq!(result["blocked"]["code"], "edit-protected", "{path}");
        assert_eq!(result["blocked"]["mutations"], 0);
        untouched(&sandbox);
    }
    // With one start, it is said what would grant it.
    let agent = format!("#!/bin/sh\n{MENDS}echo x >README.md\n");
    let (result, _) = repaired(&agent, ", tries: 1");
    assert_eq!(result["blocked"]["code"], "authority-missing", "{result:#}");
}

#[test]
fn git_is_not_its_own() {
    let agent = format!(
        "#!/bin/sh\n{MENDS}git add -A; git commit -m mine; git push origin HEAD:main\n\
         git tag mine; git stash\nexit 0\n"
    );
    let (result, sandbox) = repaired(&agent, "");
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!(
        sandbox.git(&["log", "--format=%s", "--all"]),
        "mend it\nagent\nfirst\n"
    );
    assert_eq!(sandbox.git(&["tag"]), "");
    // A repository of its own within what it may write is no part of any tree.
    let agent = format!("#!/bin/sh\n{MENDS}mkdir -p src/x/.git && echo x >src/x/.git/config\n");
    let (result, sandbox) = repaired(&agent, "");
    let commit = result["commit"].as_str().unwrap();
    let files = sandbox.git(&["diff", "--name-only", "HEAD", commit]);
    assert_eq!(files, "src/a.txt\n", "{result:#}");
}

#[test]
fn it_gets_no_credential_of_a_forge() {
    let agent = "#!/bin/sh\necho \"fixed[$GITHUB_TOKEN]\" >src/a.txt\n";
    let (result, sandbox) = repaired(agent, "");
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!(sandbox.committed(&result, "src/a.txt"), b"fixed[]\n");
    // Not even when it is granted.
    let granted = mission("env GITHUB_TOKEN", ", env: [\"GITHUB_TOKEN\"]");
    let result = apply(&with_agent(agent), &granted).json();
    let failure = &step(&result, "edit#1")["failure"];
    assert_eq!(failure["code"], "agent-credential", "{result:#}");
    let granted = mission("secret GITHUB_TOKEN", ", secrets: [\"GITHUB_TOKEN\"]");
    let result = apply(&with_agent(agent), &granted).json();
    assert_eq!(result["blocked"]["code"], "secret-not-for-commands");
    // A variable that is granted is not given unless it is named.
    let sandbox = with_agent(agent);
    let result = apply(&sandbox, &mission("env GITHUB_TOKEN", "")).json();
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!(sandbox.committed(&result, "src/a.txt"), b"fixed[]\n");
}

#[test]
fn an_agent_that_hangs_is_killed_and_leaves_nothing() {
    let agent = format!("#!/bin/sh\n{MENDS}sleep 1000 & sleep 1000\n");
    let (result, sandbox) = repaired(&agent, ", timeout: 1s");
    let failure = &step(&result, "edit#1")["failure"];
    assert_eq!(failure["code"], "agent-timeout", "{result:#}");
    assert_eq!(result["outcome"], "failed");
    untouched(&sandbox);
    let run = result["run"].as_str().unwrap();
    assert_eq!(sandbox.tau(&["diff", run]).ends(0).out, "");
}
