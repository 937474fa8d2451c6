//! Any bytes are looked at as the beginning of TLS without a panic, and what was seen in a whole
//! message does not change when more comes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tau_interpreter::net::proxy::hello::{LONGEST_HELLO, Seen, see};

fuzz_target!(|bytes: &[u8]| {
    let seen = see(bytes);
    if let Seen::Hello { name: Some(name) } = &seen {
        assert!(!name.is_empty());
        assert!(name.bytes().all(|byte| byte.is_ascii_graphic()), "{name:?}");
    }
    if seen == Seen::More {
        assert!(bytes.len() < LONGEST_HELLO);
        return;
    }
    // Whoever sends slowly is seen as whoever sends at once: no shorter part is decided otherwise.
    for end in 0..bytes.len().min(600) {
        let part = see(&bytes[..end]);
        assert!(part == Seen::More || part == seen, "{end}: {part:?} {seen:?}");
    }
});
