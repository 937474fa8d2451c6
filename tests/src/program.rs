//! Where the built program and the sources are.

use std::env;
use std::path::{Path, PathBuf};

/// The `tau` that cargo built beside the running test: `target/<profile>/tau`, or what `TAU_BIN`
/// names.
///
/// # Panics
/// There is none. `cargo test --workspace` builds it; `cargo test -p tau-tests` alone does not.
#[must_use]
pub fn tau_program() -> PathBuf {
    if let Some(named) = env::var_os("TAU_BIN") {
        return named.into();
    }
    let test = env::current_exe().unwrap();
    // A test is `target/<profile>/deps/<name>-<hash>`.
    let built = test
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join("tau"))
        .find(|program| program.is_file());
    built.unwrap_or_else(|| {
        panic!(
            "`tau` is not built beside {}: run `cargo build -p tau` first, or `cargo test --workspace`",
            test.display()
        )
    })
}

/// The folder that holds the workspace's `Cargo.toml`, its README and its docs.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_path_buf()
}
