//! Every mission that is shown is one that tau accepts, in the style that `tau fmt` writes.
//!
//! - `tau` and `yaml` blocks with a mission are checked as whole files.
//! - `tau,error=CODE` is a file in which tau finds exactly that error.
//! - `tau,part` and `yaml,part` are parts of a file.
//! - A block behind `<!-- test: file NAME -->` has this name, and those below it may use it.

use tau_tests::Sandbox;

use crate::markdown::{Block, Part, parts};
use crate::pages::pages;

#[test]
fn every_mission_that_is_shown_is_accepted() {
    let mut seen = 0;
    let mut wrong = String::new();
    for page in pages() {
        let sandbox = Sandbox::new();
        let mut name = None;
        for part in parts(&page.text) {
            let block = match part {
                Part::Block(block) => block,
                Part::Note { text, .. } => {
                    name = text.strip_prefix("file ").map(str::to_owned);
                    continue;
                }
            };
            let name = name.take();
            let ending = match block.language() {
                _ if block.is_part() => continue,
                "tau" => "tau",
                "yaml" if block.text.starts_with("tau:") => "yaml",
                _ => continue,
            };
            seen += 1;
            let name = name.unwrap_or_else(|| format!("shown.{ending}"));
            if let Some(why) = refused(&sandbox, &block, &name) {
                wrong.push_str(&format!("{}:{}: {why}\n", page.name, block.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(seen > 0, "no page shows a mission");
}

/// Why a block is not as it should be.
fn refused(sandbox: &Sandbox, block: &Block, name: &str) -> Option<String> {
    sandbox.write(name, &block.text);
    let found = sandbox.tau(&["lint", name, "--format", "json"]).json();
    let errors: Vec<&str> = found["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["severity"] == "error")
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    let announced: Vec<&str> = block
        .marks()
        .filter_map(|mark| mark.strip_prefix("error="))
        .collect();
    if errors != announced {
        return Some(format!(
            "lint finds {errors:?} instead of {announced:?}: {found:#}"
        ));
    }
    let formatted = sandbox.tau(&["fmt", "--diff", name]);
    let may_be_left = announced.is_empty();
    (may_be_left && formatted.code != 0).then(|| format!("it is not formatted\n{}", formatted.out))
}
