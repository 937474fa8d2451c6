//! The clean checkouts of the tests.

use std::collections::BTreeMap;
use std::future::ready;
use std::path::PathBuf;
use std::sync::Mutex;

use tau_interpreter::action::{Checkout, Command, Failure, Finished, Later, Shelf};
use tau_interpreter::sandbox::Tier;

use super::{Fake, Started, finished};

/// A checkout that knows only what the tests say will happen in it.
pub(super) struct FakeCheckout {
    pub(super) fake: Fake,
    pub(super) number: usize,
    pub(super) tree: String,
    pub(super) of_base: bool,
    pub(super) shelves: Mutex<BTreeMap<(String, String), Vec<u8>>>,
}

impl Checkout for FakeCheckout {
    fn tree(&self) -> &str {
        &self.tree
    }

    fn tier(&self) -> Tier {
        Tier::Full
    }

    fn environment(&self, _: &[String]) -> String {
        "of the tests".to_owned()
    }

    fn nonce(&self) -> String {
        "0".repeat(32)
    }

    fn path(&self, shelf: Shelf) -> PathBuf {
        format!("/{shelf:?}").into()
    }

    fn put(&self, shelf: Shelf, name: &str, bytes: &[u8], _: bool) -> Result<(), Failure> {
        let at = (format!("{shelf:?}"), name.to_owned());
        self.shelves.lock().unwrap().insert(at, bytes.to_vec());
        Ok(())
    }

    fn take(&self, shelf: Shelf, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let at = (format!("{shelf:?}"), name.to_owned());
        Ok(self.shelves.lock().unwrap().get(&at).cloned())
    }

    fn names(&self, _: Shelf) -> Vec<String> {
        Vec::new()
    }

    fn run<'a>(&'a self, command: Command, _: Option<Vec<String>>) -> Later<'a, Finished> {
        let mut world = self.fake.world();
        world.started.push(Started {
            command,
            checkout: self.number,
            writes: Vec::new(),
        });
        if world.restless {
            world.files.clear();
        }
        let answers = match self.of_base {
            true => &mut world.on_base,
            false => &mut world.on_candidate,
        };
        Box::pin(ready(answers.pop_front().unwrap().map(finished)))
    }
}
