//! A step says the weakest box that its commands may run in, and a run with a weaker one blocks
//! before anything starts.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use tau_tests::{Done, Sandbox};

/// A mission with a step that leaves a trace, and one that asks for a box; `way` is how it is asked.
fn repository(way: &str) -> Sandbox {
    let mission = format!(
        "mission outer {{
  authority {{
    read  \"**\"
    write \"seen\"
    run   \"touch seen\", \"true\"
  }}

  step before = process.run(\"touch seen\", writes: [\"seen\"])
  {way}
}}

mission inner {{
  authority {{
    run \"true\"
  }}

  step quiet = process.run(\"true\")
}}
"
    );
    Sandbox::repository(&[("boxes.tau", &mission)])
}

fn apply(sandbox: &Sandbox, tier: &str) -> Done {
    let arguments = [
        "apply",
        "boxes.tau",
        "--mission",
        "outer",
        "--yes",
        "--json",
        "--box",
        tier,
    ];
    sandbox.tau(&arguments)
}

#[test]
fn a_step_blocks_below_its_box_before_anything_starts() {
    for (way, tier, least) in [
        (
            "step it = process.run(\"true\") box full",
            "landlock",
            "full",
        ),
        (
            "step it = process.run(\"true\") box landlock",
            "none",
            "landlock",
        ),
        ("step it = inner() box full", "bwrap", "full"),
        ("step it = inner() box bwrap", "landlock", "bwrap"),
        (
            "if 1 == 1 {\n    step it = process.run(\"true\") box full\n  }",
            "none",
            "full",
        ),
    ] {
        let sandbox = repository(way);
        let done = apply(&sandbox, tier).ends(3);
        let report = done.json();
        let blocked = &report["blocked"];
        if blocked["code"] == "box-missing" {
            tau_tests::skip("a_step_blocks_below_its_box_before_anything_starts", tier);
            continue;
        }
        assert_eq!(blocked["kind"], "enforcement", "{report:#}");
        assert_eq!(blocked["code"], "box-too-weak", "{report:#}");
        assert_eq!(blocked["mutations"], 0);
        assert_eq!(
            blocked["missing"].as_array().unwrap().len(),
            1,
            "{report:#}"
        );
        assert_eq!(blocked["missing"][0]["scope"], least);
        let message = blocked["message"].as_str().unwrap();
        assert!(
            message.contains(&format!("no box weaker than `{least}`")),
            "{message}"
        );
        assert!(
            report["steps"]
                .as_array()
                .unwrap()
                .iter()
                .all(|it| it["state"] != "succeeded")
        );
    }
}

#[test]
fn a_step_runs_in_its_box_and_in_a_stronger_one() {
    for (way, tier) in [
        ("step it = process.run(\"true\") box full", "full"),
        ("step it = process.run(\"true\") box landlock", "full"),
        ("step it = inner() box landlock may fail", "landlock"),
        ("step it = process.run(\"true\")", "none"),
    ] {
        let report = apply(&repository(way), tier);
        let report = report.json();
        if report["blocked"]["code"] == "box-missing" {
            tau_tests::skip("a_step_runs_in_its_box_and_in_a_stronger_one", tier);
            continue;
        }
        assert_eq!(report["outcome"], "succeeded", "{report:#}");
        assert_eq!(report["tier"], tier);
    }
}
