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

/// What a pull request says.
const BODY: &str = "\
Fixes #7.

## What was shown

| | |
| --- | --- |
| RED | `sh check.sh` failed on the base (exit code 1). |
| GREEN | `sh check.sh` passed with the change. |
| taken back | `sh check.sh` failed with the change taken back (exit code 1). |
| verifier | `tests`, on the base's tree `TREE` |
| level | `tested` |
| | Judged by exit codes alone: which tests ran, and which of them passed, is not known. |
| | No held-out check: the verifier was known when the change was made. |
| | One run for each tree: a check that passes only sometimes would not be noticed. |
| cost | no model was asked |
| commit | `COMMIT` |
| run | `RUN` |

1 file changed, 1 line added, 1 removed:

- `a.txt` +1 −1

## How to verify it

Where the run is, it has a signed receipt when it has ended. In a clone of this repository `tau verify` checks it and \
runs the verifier again, on the base and on the commit:

```console
$ tau receipt RUN > receipt.intoto.jsonl
$ tau keys > their.keys
$ tau verify receipt.intoto.jsonl --key their.keys --repo .
```
";

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
        let tree = sandbox.git(&["rev-parse", "HEAD^{tree}"]);
        let mut told = body.to_owned();
        for (of, name) in [
            (result["run"].as_str().unwrap(), "RUN"),
            (commit.as_str().unwrap(), "COMMIT"),
            (tree.trim(), "TREE"),
        ] {
            assert!(told.contains(of), "{name}: {told}");
            told = told.replace(of, name);
        }
        let (told, mark) = told.split_once("<!-- tau: RUN/pr/").unwrap();
        assert!(mark.trim_end().ends_with(" -->"), "{mark}");
        assert_eq!(told.trim_end(), BODY.trim_end());
        // It says which commands verify it, and they do.
        let receipt = sandbox.tau(&["receipt", "@"]).ends(0).out;
        sandbox.write("../receipt.intoto.jsonl", receipt);
        let verify = [
            "verify",
            "../receipt.intoto.jsonl",
            "--repo",
            ".",
            "--quiet",
        ];
        let verified = sandbox.tau(&verify).ends(0).out;
        assert!(verified.contains("confirmed"), "{verified}");
        assert_eq!(pulls[0]["head"]["ref"], result["branch"]);
        assert_eq!(pulls[0]["draft"], json!(false));
        assert_eq!(step(&result, "pr")["result"]["draft"], true);
        assert_eq!(step(&result, "ready")["result"]["draft"], false);
        assert_eq!(&step(&result, "ready")["result"]["head"], commit);
        assert!(!result.to_string().contains("ghp_0123"));
    }
}
