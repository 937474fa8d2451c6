//! The files that a file uses, as they were when a run or a plan was made.

use std::collections::BTreeMap;

use tau_lang::module::{Address, Source, Unavailable};

use super::Disk;

/// What was recorded, behind what is there now.
pub(crate) struct Recorded<'a> {
    /// Texts by address.
    pub(crate) texts: &'a BTreeMap<String, String>,
    /// What is there now; nothing but what was recorded counts without it.
    pub(crate) now: Option<&'a Disk>,
}

impl Source for Recorded<'_> {
    /// What is gone is taken from the record. What is there and wrong stays wrong.
    fn text(&self, address: &Address) -> Result<String, Unavailable> {
        let now = match self.now {
            Some(disk) => disk.text(address),
            None => Err(Unavailable::NotFetched),
        };
        match now {
            Ok(text) => Ok(text),
            Err(wrong @ (Unavailable::Tampered(_) | Unavailable::LockInvalid(_))) => Err(wrong),
            Err(wrong) if self.now.is_some_and(|disk| disk.has(address)) => Err(wrong),
            Err(gone) => self.texts.get(&address.to_string()).cloned().ok_or(gone),
        }
    }
}
