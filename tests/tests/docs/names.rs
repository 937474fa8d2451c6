//! What must not stand in any file, and links that must lead somewhere.

use std::fs;
use std::process::Command;

use tau_tests::{Sandbox, workspace_root};

use crate::pages::pages;

/// Every file that git knows, and its text, if it is text.
fn files() -> Vec<(String, String)> {
    let root = workspace_root();
    let list = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(list.status.success(), "{list:?}");
    let names = String::from_utf8(list.stdout).unwrap();
    let text = |name: &str| Some((name.to_owned(), fs::read_to_string(root.join(name)).ok()?));
    names.split('\0').filter_map(text).collect()
}

#[test]
fn no_file_names_a_home_folder_or_the_folder_it_was_made_in() {
    let mut needles = vec![workspace_root().display().to_string()];
    // A path below it: the folder's own name may be part of a pattern.
    let home = std::env::var("HOME").unwrap_or_default();
    if home.len() > 1 {
        needles.push(format!("{home}/"));
    }
    let mut wrong = Vec::new();
    for (name, text) in files() {
        for (number, line) in text.lines().enumerate() {
            if needles.iter().any(|needle| line.contains(needle.as_str())) {
                wrong.push(format!("{name}:{}: {line}", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_link_of_a_page_leads_to_a_file() {
    let mut wrong = Vec::new();
    for page in pages() {
        for (_, target) in page.text.match_indices("](").map(|(at, _)| {
            let rest = &page.text[at + 2..];
            (at, rest.split(')').next().unwrap_or_default())
        }) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.contains(' ') {
                continue;
            }
            if !page.path.parent().unwrap().join(file).exists() {
                wrong.push(format!("{}: {target}", page.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_summary_lists_every_page_of_the_book() {
    let summary = fs::read_to_string(workspace_root().join("docs/src/SUMMARY.md")).unwrap();
    let missing: Vec<String> = pages()
        .into_iter()
        .filter_map(|page| Some(page.name.strip_prefix("docs/src/")?.to_owned()))
        .filter(|name| name != "SUMMARY.md" && !summary.contains(&format!("]({name})")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_test_that_the_table_names_is_there() {
    let root = workspace_root();
    let status = fs::read_to_string(root.join("docs/src/status.md")).unwrap();
    let mut rows = 0;
    for row in status.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [_, state, shown_by] = cells[..] else {
            panic!("a row has three cells: {row}");
        };
        if !["works", "partly"]
            .iter()
            .any(|word| state.starts_with(word))
        {
            continue;
        }
        rows += 1;
        let names: Vec<&str> = shown_by.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "nothing shows this row: {row}");
        for name in names {
            assert!(root.join(name).exists(), "there is no {name}: {row}");
        }
    }
    assert!(rows > 10, "the table has only {rows} rows that work");
}

/// Codes stand in the second column; in the first of zizmor's table stand its own.
#[test]
fn every_code_beside_those_of_other_linters_is_there() {
    let sandbox = Sandbox::new();
    let list = sandbox.tau(&["explain", "--json"]).ends(0).json();
    let codes = list["codes"].as_array().unwrap();
    let known: Vec<&str> = codes
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    let page = workspace_root().join("docs/src/reference/other-linters.md");
    let page = fs::read_to_string(page).unwrap();
    let mut rows = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let (_, cell) = row.trim_matches('|').split_once(" | ").unwrap();
        if ["---", "in tau"].contains(&cell.trim()) {
            continue;
        }
        rows += 1;
        let is_code = |it: &&str| it.contains('-') && !it.contains(' ') || *it == "syntax";
        let named: Vec<&str> = cell.split('`').skip(1).step_by(2).filter(is_code).collect();
        assert!(
            !named.is_empty() || cell.trim().starts_with("none: "),
            "{row}"
        );
        for code in named {
            assert!(known.contains(&code), "there is no {code}: {row}");
        }
    }
    // 38 checks of actionlint and 41 audits of zizmor.
    assert_eq!(rows, 79);
}
