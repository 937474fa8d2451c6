//! Any text is read, checked and printed without a panic; all places are in it; what was read
//! without errors reads back the same from its formatted text, which is its own format.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tau_lang::check::check;
use tau_lang::format;
use tau_lang::library::Library;
use tau_lang::source::{SourceId, SourceMap, decode};
use tau_lang::syntax::tau;

static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| Library::load(&mut SourceMap::default(), &tau_stdlib::texts()).0);

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = decode(bytes.to_vec()) else {
        return;
    };
    // Behind the library's own files.
    let file = SourceId(u32::MAX);
    let (tree, found) = tau::parse(&text, file);
    for one in found.iter().chain(&check(&tree, &LIBRARY).diagnostics) {
        if one.span.file == file {
            assert!(one.span.end as usize <= text.len(), "{one:?}");
        }
        assert!(!one.kind.to_string().is_empty());
    }
    if found.is_empty() {
        let printed = format::tau(&tree);
        let (again, found) = tau::parse(&printed, file);
        assert!(found.is_empty(), "{printed}\n{found:?}");
        assert_eq!(again, format::styled(tree.clone()), "{printed}");
        assert_eq!(format::tau(&again), printed);
    }
});
