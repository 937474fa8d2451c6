//! Commands and path patterns: what is joined splits back, and comparing patterns agrees with
//! matching.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tau_lang::glob::Glob;
use tau_lang::syntax::command;

fuzz_target!(|texts: (&str, &str, &str)| {
    let (a, b, path) = texts;
    if let Ok(words) = command::words(a) {
        assert_eq!(command::words(&command::join(&words)), Ok(words));
    }
    if let (Ok(a), Ok(b)) = (Glob::new(a), Glob::new(b)) {
        let both = a.matches(path) && b.matches(path);
        assert!(!both || a.meets(&b));
        assert!(!a.contains(&b) || !b.matches(path) || a.matches(path));
    }
});
