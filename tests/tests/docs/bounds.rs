//! The table of bounds is that of the sources, and some of them as a user meets them.

use std::fs;

use tau_tests::{Sandbox, workspace_root};

#[test]
fn every_bound_is_the_constant_that_the_table_names() {
    let root = workspace_root();
    let page = fs::read_to_string(root.join("docs/src/reference/bounds.md")).unwrap();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let quoted: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        let [.., file, constant] = quoted[..] else {
            continue;
        };
        let Some((name, value)) = constant.split_once(" = ") else {
            continue;
        };
        rows += 1;
        let source = fs::read_to_string(root.join(file)).unwrap_or_default();
        let declared = source.lines().any(|line| {
            line.contains(&format!("const {name}: ")) && line.ends_with(&format!(" = {value};"))
        });
        if !declared {
            wrong.push(row);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(rows > 20, "only {rows} rows were found");
}

/// The codes of what `tau lint` finds in a file.
fn found(text: &str) -> Vec<String> {
    let sandbox = Sandbox::new();
    sandbox.write("a.tau", text);
    let lint = sandbox.tau(&["lint", "a.tau", "--format", "json"]);
    let all = lint.json()["diagnostics"].as_array().unwrap().clone();
    let code = |it: &serde_json::Value| it["code"].as_str().unwrap().to_owned();
    all.iter().map(code).collect()
}

fn mission(statement: &str) -> String {
    format!("mission a {{\n  authority {{\n    read \"**\"\n  }}\n\n{statement}\n}}\n")
}

#[test]
fn a_file_may_have_4_mib() {
    let sandbox = Sandbox::new();
    let mission = mission("  step all = fs.glob(\"**\")");
    let filled = |bytes: usize| format!("{mission}{}", "#".repeat(bytes - mission.len()));
    sandbox.write("a.tau", filled(4 * 1024 * 1024));
    let _ = sandbox.tau(&["lint", "a.tau"]).ends(0);
    sandbox.write("a.tau", filled(4 * 1024 * 1024 + 1));
    let lint = sandbox.tau(&["lint", "a.tau", "--format", "json"]).ends(1);
    assert!(lint.out.contains("file-unreadable"), "{}", lint.out);
}

#[test]
fn a_loop_may_have_1000_rounds() {
    let repeat = |rounds: u32| {
        mission(&format!(
            "  repeat up to {rounds} {{\n    step all = fs.glob(\"**\")\n  }}\n  output all = all"
        ))
    };
    assert_eq!(found(&repeat(1000)), [""; 0]);
    assert_eq!(found(&repeat(1001)), ["loop-too-long"]);
}

#[test]
fn a_pattern_may_have_1024_bytes() {
    let pattern = |bytes: usize| {
        mission(&format!(
            "  step all = fs.glob(\"{}\")\n  output all = all",
            "a".repeat(bytes)
        ))
    };
    assert_eq!(found(&pattern(1024)), [""; 0]);
    assert_eq!(found(&pattern(1025)), ["glob-invalid"]);
}

#[test]
fn what_is_nested_too_deeply_is_refused_and_nothing_overflows() {
    for depth in [65, 100_000] {
        let list = format!("  let x = {}{}", "[".repeat(depth), "]".repeat(depth));
        assert_ne!(found(&mission(&list)), [""; 0], "{depth} lists");
        let blocks = format!("{}{}", "  if true {\n".repeat(depth), "  }\n".repeat(depth));
        assert_ne!(found(&mission(&blocks)), [""; 0], "{depth} blocks");
    }
}
