//! What a command in a box cannot reach, and what it still can.
//!
//! Every case of an attack is tried without the box, too: what does not work there proves nothing.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod attack;
mod attacks;
mod ends;
mod evidence;
mod harvest;
mod limits;
mod machine;
mod network;
mod page;
mod table;
mod toolchains;
mod users;
mod work;
mod world;

use serde_json::Value;
use tau_tests::{Done, Sandbox};

const MISSION: &str = "mission boxed {
  authority {
    read  \"**\"
    write \"out/**\"
    run   \"sh case.sh\"
  }

  step case = process.run(\"sh case.sh\", writes: [\"out/**\"]) timeout 1m

  output said = case.output
}
";

/// A repository with a script, and around it what attacks are after.
struct Case {
    sandbox: Sandbox,
}

impl Case {
    fn new(script: &str) -> Case {
        let sandbox = Sandbox::repository(&[("case.sh", script), ("boxed.tau", MISSION)]);
        let home = sandbox.outside().join("home");
        std::fs::create_dir(home.join(".ssh")).unwrap();
        std::fs::write(home.join(".ssh/id_ed25519"), "a key\n").unwrap();
        std::fs::write(home.join("notes.txt"), "private\n").unwrap();
        Case { sandbox }
    }

    /// Runs the script in a box of this tier.
    fn run(&self, tier: &str) -> Done {
        let arguments = ["apply", "boxed.tau", "--yes", "--json", "--box", tier];
        self.sandbox.tau(&arguments)
    }

    /// What the script said, however it ended.
    fn said(&self, tier: &str) -> String {
        let done = self.run(tier);
        let report: Value = serde_json::from_str(&done.out)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", done.out, done.err));
        assert_eq!(report["tier"], tier, "{report:#}");
        let step = &report["steps"][0];
        let output = step["result"]["output"]
            .as_str()
            .or(step["failure"]["detail"]["output"].as_str());
        output.unwrap_or_default().to_owned()
    }
}

/// Whether this machine makes boxes of this tier. A test that needs one says so when it is skipped.
fn makes(tier: &str, test: &str) -> bool {
    let case = Case::new("exit 0\n");
    let done = case.run(tier);
    let report: Value = serde_json::from_str(&done.out).unwrap_or_default();
    let made = report["outcome"] == "succeeded";
    if !made {
        let reason = &report["reason"];
        tau_tests::skip(
            test,
            &format!("a box `{tier}`, which this machine does not make: {reason}"),
        );
    }
    made
}
