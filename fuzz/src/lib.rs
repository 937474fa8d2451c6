//! What the targets share: a library, and what holds for a file in either spelling.

use std::sync::LazyLock;

use tau_lang::check::check;
use tau_lang::diagnostic::Diagnostic;
use tau_lang::format;
use tau_lang::library::Library;
use tau_lang::source::{SourceId, SourceMap, decode};
use tau_lang::syntax::tree::{File, Spelling};
use tau_lang::syntax::{tau, yaml};

/// The standard library.
pub static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| Library::load(&mut SourceMap::default(), &tau_stdlib::texts()).0);

/// The file that is looked at, behind the library's own.
pub const FILE: SourceId = SourceId(u32::MAX);

/// Reads a file in one spelling.
pub type Parse = fn(&str, SourceId) -> (File, Vec<Diagnostic>);

/// How a spelling is read.
#[must_use]
pub fn parser(spelling: Spelling) -> Parse {
    match spelling {
        Spelling::Tau => tau::parse,
        Spelling::Yaml => yaml::parse,
    }
}

/// Any text is read, checked and printed without a panic; all places are in it; what was read
/// without errors reads back the same from its formatted text, which is its own format.
pub fn file(bytes: &[u8], spelling: Spelling) {
    let Ok(text) = decode(bytes.to_vec()) else {
        return;
    };
    let parse = parser(spelling);
    let (tree, found) = parse(&text, FILE);
    for one in found.iter().chain(&check(&tree, &LIBRARY).diagnostics) {
        if one.span.file == FILE {
            assert!(one.span.end as usize <= text.len(), "{one:?}");
        }
        assert!(!one.kind.to_string().is_empty());
    }
    if found.is_empty() {
        let printed = format::print(tree.clone(), spelling);
        let (again, found) = parse(&printed, FILE);
        assert!(found.is_empty(), "{printed}\n{found:?}");
        assert_eq!(again, format::styled(tree), "{printed}");
        assert_eq!(format::print(again, spelling), printed);
    }
}
