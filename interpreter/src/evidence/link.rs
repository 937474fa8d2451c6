//! What a run changed, as the link of an in-toto layout, for `in-toto-verify`: the step `tau`, whose
//! materials are the files that the run changed as they were, and whose products are the same as
//! they are in its commit.

use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::dsse::Envelope;
use super::key::Signer;
use super::run::Facts;
use super::statement::canonical;
use crate::blobs::sha256;
use crate::home::RunDir;
use crate::journal::Record;
use crate::repository::{Oid, Repository, RepositoryError, Store};

/// The name of the step in a layout.
pub const STEP: &str = "tau";

/// What `in-toto-verify` expects the file to be called.
#[must_use]
pub fn file_name(signer: &Signer) -> String {
    let id = signer.public().id();
    format!("{STEP}.{}.link", id.get(..8).unwrap_or(&id))
}

/// The link of a run; none of one that made no commit.
///
/// # Errors
/// A sentence: what it made cannot be read any more.
pub fn link(dir: &RunDir, records: &[Record], signer: &Signer) -> Result<Option<Envelope>, String> {
    let facts = Facts::of(dir, records)?;
    let (Some(base), Some(made)) = (facts.base, facts.made) else {
        return Ok(None);
    };
    let failed = |error: RepositoryError| error.to_string();
    let repository = Repository::discover(Path::new(&facts.started.repo)).map_err(failed)?;
    let store = Store::create(&dir.git(), &repository).map_err(failed)?;
    let digest = |blob: Oid| -> Result<Json, String> {
        let bytes = store.read(&blob).map_err(failed)?;
        Ok(json!({ "sha256": sha256(&bytes) }))
    };
    let (mut materials, mut products) = (Map::new(), Map::new());
    for file in store.changes(&base.tree, &made.tree).map_err(failed)? {
        for (side, all) in [(file.old, &mut materials), (file.new, &mut products)] {
            if let Some((_, blob)) = side {
                all.insert(file.path.clone(), digest(blob)?);
            }
        }
    }
    let link = json!({
        "_type": "link",
        "name": STEP,
        "materials": materials,
        "products": products,
        "byproducts": facts.bound(),
        "command": ["tau", "apply", facts.started.file],
        "environment": { "tau": facts.started.tau },
    });
    Ok(Some(Envelope::sign(canonical(&link).as_bytes(), signer)))
}
