//! See `tau_fuzz::file`, in the YAML spelling.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tau_lang::syntax::tree::Spelling;

fuzz_target!(|bytes: &[u8]| tau_fuzz::file(bytes, Spelling::Yaml));
