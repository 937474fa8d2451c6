//! Servers of others, as programs of their own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A server that says where it is, and ends with its input: so it ends with the test, however that ends.
pub struct Served {
    child: Child,
    url: String,
}

impl Served {
    /// Starts it, and waits until it is there.
    ///
    /// # Panics
    /// It cannot be started, or does not say where it is.
    #[must_use]
    pub fn start(command: &mut Command) -> Served {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        let mut url = String::new();
        let said = BufReader::new(child.stdout.take().unwrap()).read_line(&mut url);
        said.unwrap();
        let url = url.trim().to_owned();
        assert!(url.starts_with("http://"), "{url}");
        Served { child, url }
    }

    /// Where it is: `http://127.0.0.1:8080`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port of that.
    ///
    /// # Panics
    /// It has said none.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It has ended by then, or is of no use to anybody.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
