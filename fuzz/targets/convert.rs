//! A file without errors is the same in both spellings: written as YAML and back it is the formatted
//! first file, and so is what was read as YAML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tau_fuzz::{FILE, LIBRARY};
use tau_lang::check::check;
use tau_lang::diagnostic::Severity;
use tau_lang::format;
use tau_lang::source::decode;
use tau_lang::syntax::{tau, yaml};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = decode(bytes.to_vec()) else {
        return;
    };
    for parse in [tau::parse, yaml::parse] {
        let (tree, found) = parse(&text, FILE);
        let checked = check(&tree, &LIBRARY);
        let wrong = found.iter().chain(&checked.diagnostics);
        if wrong
            .into_iter()
            .any(|one| one.severity() == Severity::Error)
        {
            continue;
        }
        assert_eq!(format::unfit_for_tau(&tree), None, "{text}");
        assert_eq!(format::unfit_for_yaml(&tree), None, "{text}");
        let there = format::yaml(&tree);
        let (back, found) = yaml::parse(&there, FILE);
        assert!(found.is_empty(), "{there}\n{found:?}");
        assert_eq!(format::tau(&back), format::tau(&tree), "{there}");
    }
});
