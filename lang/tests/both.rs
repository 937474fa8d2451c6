#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its own files"
)]
//! Every block of the Markdown tests means the same in the other spelling: what is found in it is
//! found there too.

#[path = "support/blocks.rs"]
mod blocks;
#[path = "support/library.rs"]
mod library;

use std::collections::{BTreeMap, BTreeSet};

use tau_lang::diagnostic::Family;
use tau_lang::format;
use tau_lang::library::Library;
use tau_lang::module::load;
use tau_lang::source::SourceMap;
use tau_lang::syntax::tau;

use self::blocks::{Block, blocks, check_text};
use self::library::library;

/// The block in YAML; `None` for what one of the spellings cannot say.
fn in_yaml(block: &Block, library: &Library, sources: &mut SourceMap) -> Option<String> {
    let id = sources.add(block.name, block.text.as_str());
    let (mut tree, found) = tau::parse(&block.text, id);
    if !found.is_empty() || format::unfit_for_yaml(&tree).is_some() {
        return None;
    }
    let imports = load(&tree, block.name, library, &block.files, sources).imports;
    format::name_arguments(&mut tree, library, &imports).ok()?;
    // One that names itself has another name there.
    Some(format::yaml(&tree).replace("./test.tau", "./test.yaml"))
}

/// How often each code is found, but for those that are about the letters of a file.
fn codes(name: &str, text: &str, block: &Block) -> BTreeMap<&'static str, usize> {
    let mut sources = SourceMap::default();
    let library = library(&mut sources);
    let checked = check_text(name, text, &block.files, &library, &mut sources);
    let mut codes = BTreeMap::new();
    for one in checked.diagnostics {
        let family = one.kind.family();
        if !matches!(family, Family::Syntax | Family::Yaml | Family::Suppressions) {
            *codes.entry(one.code()).or_default() += 1;
        }
    }
    codes
}

#[test]
fn what_is_found_in_one_spelling_is_found_in_the_other() {
    let mut wrong = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut converted = 0;
    for block in blocks().iter().filter(|it| it.name == "test.tau") {
        let mut sources = SourceMap::default();
        let library = library(&mut sources);
        let Some(yaml) = in_yaml(block, &library, &mut sources) else {
            continue;
        };
        converted += 1;
        let (here, there) = (
            codes("test.tau", &block.text, block),
            codes("test.yaml", &yaml, block),
        );
        seen.extend(there.keys());
        if here != there {
            wrong.push(format!(
                "{}\n  in tau  {here:?}\n  in YAML {there:?}\n{yaml}",
                block.place
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(converted > 120, "{converted} blocks");
    let all = seen.len();
    assert!(all > 100, "{all} rules: {seen:?}");
}
