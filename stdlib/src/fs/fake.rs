//! A tree in memory, for the tests of the file actions.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use serde_json::Value;
use tau_interpreter::action::{
    Action, Call, Change, Checkout, Command, Failure, File, FileMode, Finished, Hands, Subject,
};

/// Files by path. Clones share the same tree.
#[derive(Clone, Default)]
pub(super) struct Fake {
    files: Arc<Mutex<BTreeMap<String, File>>>,
}

impl Fake {
    /// A tree of regular files.
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let fake = Fake::default();
        for (path, text) in files {
            fake.put(path, text.as_bytes(), FileMode::Regular);
        }
        fake
    }

    pub(super) fn put(&self, path: &str, bytes: &[u8], mode: FileMode) {
        let file = File {
            bytes: bytes.to_vec(),
            mode,
        };
        self.files.lock().unwrap().insert(path.to_owned(), file);
    }

    /// Every file.
    pub(super) fn files(&self) -> BTreeMap<String, File> {
        self.files.lock().unwrap().clone()
    }

    /// One file's content as text, and its mode.
    pub(super) fn file(&self, path: &str) -> Option<(String, FileMode)> {
        let file = self.files().remove(path)?;
        Some((String::from_utf8_lossy(&file.bytes).into_owned(), file.mode))
    }

    pub(super) fn text(&self, path: &str) -> Option<String> {
        self.file(path).map(|(text, _)| text)
    }

    /// Performs an action. A failure must have changed nothing.
    pub(super) fn run(&self, action: &dyn Action, args: Value) -> Result<Value, Failure> {
        let before = self.files();
        let Value::Object(args) = args else {
            panic!("arguments are an object")
        };
        let call = Call {
            args,
            hands: Box::new(self.clone()),
        };
        let mut running = pin!(action.run(&call));
        // File actions wait for nothing, so they are done when first asked.
        let Poll::Ready(result) = running
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        else {
            panic!("a file action waited");
        };
        if result.is_err() {
            assert_eq!(self.files(), before, "a failure changed something");
        }
        result
    }
}

type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

fn not_here<T>() -> Result<T, Failure> {
    Err(Failure::new("fake", "File actions need files only."))
}

impl Hands for Fake {
    fn list(&self, glob: &str) -> Result<Vec<String>, Failure> {
        let pattern = regex::escape(glob)
            .replace(r"\*\*/", "(.*/)?")
            .replace(r"\*\*", ".*")
            .replace(r"\*", "[^/]*");
        let pattern = regex::Regex::new(&format!("^{pattern}$")).unwrap();
        Ok(self
            .files()
            .into_keys()
            .filter(|path| pattern.is_match(path))
            .collect())
    }

    fn read(&self, path: &str) -> Result<Option<File>, Failure> {
        Ok(self.files().remove(path))
    }

    fn change(&self, changes: Vec<Change>) -> Result<(), Failure> {
        let mut files = self.files();
        for Change { path, file } in changes {
            match file {
                Some(file) => files.insert(path, file),
                None => files.remove(&path),
            };
        }
        for path in files.keys() {
            for (at, _) in path.match_indices('/') {
                if files.contains_key(&path[..at]) {
                    return Err(Failure::new(
                        "path-folder",
                        format!("`{}` is a folder.", &path[..at]),
                    ));
                }
            }
        }
        *self.files.lock().unwrap() = files;
        Ok(())
    }

    fn diff(&self) -> Result<String, Failure> {
        not_here()
    }

    fn log(&self, _: usize) -> Result<Vec<Value>, Failure> {
        not_here()
    }

    fn candidate(&self, _: &[String]) -> Result<String, Failure> {
        not_here()
    }

    fn checkout(&self, _: Subject) -> Result<Box<dyn Checkout>, Failure> {
        not_here()
    }

    fn run<'a>(&'a self, _: Command, _: &'a [String]) -> Later<'a, Finished> {
        Box::pin(async { not_here() })
    }

    fn commit(&self, _: &str, _: &str) -> Result<(String, String), Failure> {
        not_here()
    }

    fn sleep<'a>(&'a self, _: Duration) -> Later<'a, ()> {
        Box::pin(async { not_here() })
    }
}
