#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads the page that it compares"
)]
//! The book's table of files that no wide pattern lets a mission write is that of the sources.

use std::fmt::Write as _;

use tau_lang::authority::GUARDED;

const PAGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../docs/src/reference/guarded.md"
);

fn table() -> String {
    let mut table =
        String::from("| what it is | why | names, at any depth |\n| --- | --- | --- |\n");
    for kind in GUARDED {
        let folders = kind.folders.iter().map(|name| format!("`{name}/**`"));
        let files = kind.files.iter().map(|name| format!("`{name}`"));
        let names: Vec<String> = folders.chain(files).collect();
        writeln!(
            table,
            "| {} | {} | {} |",
            kind.what,
            kind.why,
            names.join(", ")
        )
        .unwrap();
    }
    table
}

#[test]
fn the_table_of_the_book_is_that_of_the_sources() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, shown) = page.split_once("| what it is |").unwrap();
    let table = table();
    if format!("| what it is |{shown}") == table {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(PAGE, format!("{before}{table}")).unwrap();
        return;
    }
    panic!("the table of {PAGE} differs; UPDATE=1 writes it anew");
}
