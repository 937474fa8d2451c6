//! A small harness for tests that see tau as its users do: the built program, real repositories,
//! real processes.
//!
//! ```no_run
//! use tau_tests::Sandbox;
//!
//! let sandbox = Sandbox::repository(&[("notes.txt", "one\n")]);
//! sandbox.write("fix.tau", "mission fix {\n}\n");
//! let done = sandbox.tau(&["apply", "fix.tau", "--yes", "--json"]).ends(0);
//! assert_eq!(done.json()["outcome"], "succeeded");
//! assert_eq!(sandbox.git(&["status", "--porcelain"]), "?? fix.tau\n");
//! ```
#![allow(
    clippy::unwrap_used,
    reason = "the harness fails the test that uses it, with the error's own words"
)]

mod done;
mod environment;
mod fixture;
mod git_host;
mod program;
mod result;
mod sandbox;
mod served;
mod snapshot;

pub use done::Done;
pub use environment::{is_installed, skip, skip_without};
pub use fixture::{MEND, PATCH, mission, mission_with};
pub use git_host::{Asked, GitHost, git_backend, holds};
pub use program::{tau_program, workspace_root};
pub use result::{keys, step, texts};
pub use sandbox::Sandbox;
pub use served::Served;
pub use snapshot::Snapshot;
