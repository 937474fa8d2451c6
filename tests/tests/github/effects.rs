//! From a proven commit to a draft that is ready.

use serde_json::json;
use tau_tests::step;

use crate::host::{Harm, Host};

pub(crate) const GRANTS: &str = "    read   \"**\"\n    write  \"a.txt\"\n    run    \"sh check.sh\"\n    git    commit on \"tau/*\"\n    git    push on \"tau/*\"\n    github auto_merge, comment, draft_pr, label, ready, status\n";
pub(crate) const STEPS: &str = "  verifier tests {\n    run     \"sh check.sh\"\n    protect \"check.sh\"\n  }\n\n  \
    step red    = verify.red(tests)\n  \
    step edit   = fs.write(\"a.txt\", text: \"fixed\")\n  \
    step green  = verify.check(tests)\n  \
    step proof  = verify.prove(tests, red: red, green: green)\n  \
    step commit = git.commit(proof, message: \"fix\")\n  \
    step push   = git.push(commit, token: \"GH\")\n  \
    step status = github.status(\"acme/app\", commit: commit, state: \"success\", text: proof.level, api: \"API\", token: \"GH\")\n  \
    step pr     = github.draft_pr(\"acme/app\", commit: commit, proof: proof, title: \"Fix a\", text: \"Fixes #7.\", api: \"API\", token: \"GH\") after status, push\n  \
    step ready  = github.ready(pr, api: \"API\", token: \"GH\")\n";

#[test]
fn a_proven_commit_becomes_a_draft_that_says_what_was_shown_and_is_then_ready() {
    for harm in [Harm::None, Harm::LostAnswer] {
        let host = Host::new();
        let sandbox = host.sandbox(GRANTS, STEPS);
        host.harms(harm);
        let result = host.apply(&sandbox).ends(0).json();
        let commit = &result["commit"];
        let statuses = host.held("statuses");
        assert_eq!(statuses.len(), 1);
        assert_eq!(&statuses[0]["sha"], commit);
        let pulls = host.held("pulls");
        assert_eq!(pulls.len(), 1);
        let body = pulls[0]["body"].as_str().unwrap();
        let run = result["run"].as_str().unwrap();
        for words in [
            "Fixes #7.",
            "| RED |",
            "| GREEN |",
            "- `a.txt`",
            commit.as_str().unwrap(),
            run,
        ] {
            assert!(body.contains(words), "{words}: {body}");
        }
        assert_eq!(pulls[0]["head"]["ref"], result["branch"]);
        assert_eq!(pulls[0]["draft"], json!(false));
        assert_eq!(step(&result, "pr")["result"]["draft"], true);
        assert_eq!(step(&result, "ready")["result"]["draft"], false);
        assert_eq!(&step(&result, "ready")["result"]["head"], commit);
        assert!(!result.to_string().contains("ghp_0123"));
    }
}
