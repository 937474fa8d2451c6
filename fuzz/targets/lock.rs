//! Lock files and what stands behind `use`: what is read is written and read again as the same, and
//! what a library names stays in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tau_lang::module::{Address, Lock, Pin, Reference, is_part};

fuzz_target!(|texts: (&str, &str, &str)| {
    let (lock, reference, file) = texts;
    if let Ok(read) = Lock::parse(lock) {
        assert_eq!(Lock::parse(&read.render()), Ok(read));
    }
    let Ok(reference) = Reference::parse(reference) else {
        return;
    };
    if let Reference::Library { pin, path } = &reference {
        let address = Address::Library(pin.clone(), path.clone());
        assert_eq!(
            Reference::parse(&address.to_string()).as_ref(),
            Ok(&reference)
        );
    }
    if let (Reference::File(_), true) = (&reference, is_part(file)) {
        let pin = Pin {
            from: "host/owner/name".to_owned(),
            version: "v1".to_owned(),
        };
        // Whatever a file of a library names is in the library, or nothing.
        match reference.from(&Address::Library(pin.clone(), file.to_owned())) {
            Some(Address::Library(same, path)) => {
                assert_eq!(same, pin);
                assert!(!path.split('/').any(|part| part == ".."));
            }
            Some(Address::File(path)) => panic!("`{path}` is not in the library"),
            None => {}
        }
    }
});
