//! The web of the tests.

use std::collections::BTreeMap;

use tau_interpreter::action::{Failure, Fetched, Sending};
use tau_interpreter::blobs::sha256;

use super::{Fake, World};

impl Fake {
    /// What the web answers to the next request.
    pub(crate) fn answers_web(&self, answer: Result<Fetched, Failure>) {
        self.world().web.push_back(answer);
    }

    /// What was asked of the web; a page that was got has the method `GET`.
    pub(crate) fn asked_web(&self) -> Vec<Sending> {
        self.world().asked_web.clone()
    }
}

pub(super) fn next_page(world: &mut World) -> Result<Fetched, Failure> {
    world.web.pop_front().unwrap_or_else(|| {
        Ok(Fetched {
            status: 200,
            url: "http://a.example/".to_owned(),
            headers: BTreeMap::new(),
            text: String::new(),
            is_whole: true,
            body: sha256(b""),
            size: 0,
        })
    })
}
