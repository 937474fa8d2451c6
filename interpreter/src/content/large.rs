//! What steps give, when it is too large for their records.

use std::io;
use std::sync::Arc;

use serde_json::Value as Json;

use super::IN_RECORD;
use crate::blobs::Blobs;
use crate::journal::{Entry, Finished, Record};

/// The most that stands in a record for which nobody waits: a blob has to be waited for.
const IN_NOTE: usize = 16 * IN_RECORD;

impl Blobs {
    /// Puts what a step gave into a blob if it is too large for the record. `durable` says whether
    /// somebody will wait for the record.
    ///
    /// # Errors
    /// The blob cannot be written.
    pub async fn keep_result(&self, finished: &mut Finished, durable: bool) -> io::Result<()> {
        let most = if durable { IN_RECORD } else { IN_NOTE };
        if weight(&finished.result) <= most {
            return Ok(());
        }
        let bytes = serde_json::to_vec(&finished.result)?;
        let blobs = self.clone();
        let kept = tokio::task::spawn_blocking(move || blobs.put(&bytes));
        finished.result_blob = Some(kept.await.map_err(io::Error::other)??);
        Ok(())
    }
}

/// About as many bytes as a value takes as JSON.
fn weight(value: &Json) -> usize {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => 4,
        Json::String(text) => text.len() + 2,
        Json::Array(all) => all.iter().map(|value| weight(value) + 1).sum(),
        Json::Object(all) => all
            .iter()
            .map(|(name, value)| name.len() + weight(value) + 4)
            .sum(),
    }
}

/// Puts what is in blobs back into the records.
///
/// # Errors
/// A blob is lost or damaged.
pub fn restore(records: &mut [Record], blobs: &Blobs) -> io::Result<()> {
    for record in records {
        if let Entry::StepFinished(finished) = &mut record.entry
            && let Some(name) = &finished.result_blob
        {
            let read = blobs.read(name).and_then(|bytes| {
                let value: Json = serde_json::from_slice(&bytes)?;
                Ok(value)
            });
            let value = read.map_err(|error| {
                let why = format!("what step `{}` gave is lost: {error}", finished.step);
                io::Error::new(error.kind(), why)
            })?;
            Arc::make_mut(finished).result = value;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(finished: Finished) -> Record {
        Record {
            seq: 0,
            epoch: 1,
            at: String::new(),
            ms: 0,
            synced: 0,
            entry: Entry::StepFinished(Arc::new(finished).stored()),
        }
    }

    fn result(record: &Record) -> &Json {
        match &record.entry {
            Entry::StepFinished(finished) => &finished.result,
            _ => &Json::Null,
        }
    }

    #[tokio::test]
    async fn what_is_large_is_in_a_blob_and_comes_back() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(temp.path().join("blobs"));
        let value = json!({ "text": "long ".repeat(IN_RECORD / 5) });
        let mut large = Finished::skipped("s", "a", "k");
        large.result = value.clone();
        blobs.keep_result(&mut large, false).await.unwrap();
        assert_eq!(large.result_blob, None);
        blobs.keep_result(&mut large, true).await.unwrap();
        let mut small = Finished::skipped("t", "a", "k");
        small.result = json!({ "text": "short" });
        blobs.keep_result(&mut small, true).await.unwrap();
        let mut records = [record(large), record(small)];
        let line = serde_json::to_string(&records[0].entry).unwrap();
        assert!(line.len() < 500, "{line}");
        assert_eq!(*result(&records[1]), json!({ "text": "short" }));
        assert_eq!(*result(&records[0]), Json::Null);
        restore(&mut records, &blobs).unwrap();
        assert_eq!(*result(&records[0]), value);

        let name = blobs.put(&serde_json::to_vec(&value).unwrap()).unwrap();
        std::fs::remove_file(blobs.found(&name).unwrap().0).unwrap();
        let error = restore(&mut records, &blobs).unwrap_err();
        assert!(error.to_string().starts_with("what step `s` gave is lost"));
    }
}
