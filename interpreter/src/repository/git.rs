//! One look at all of a run's objects: those that it has made, and those of git directories.

use std::ops::Deref;
use std::sync::Arc;

use git2::{ObjectType, OdbLookupFlags};

use super::objects::Objects;
use super::{Oid, RepositoryError};

/// A handle on git directories, and what the run has made beside them.
pub(super) struct Git<'a> {
    pub(super) directory: &'a git2::Repository,
    database: git2::Odb<'a>,
    made: &'a Objects,
}

/// The bytes of an object.
pub(super) enum Content<'a> {
    Made(Arc<[u8]>),
    Stored(git2::OdbObject<'a>),
}

impl Deref for Content<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Content::Made(bytes) => bytes,
            Content::Stored(object) => object.data(),
        }
    }
}

impl<'a> Git<'a> {
    pub(super) fn new(
        directory: &'a git2::Repository,
        made: &'a Objects,
    ) -> Result<Git<'a>, RepositoryError> {
        let failed = RepositoryError::git("open the repository's objects");
        Ok(Git {
            directory,
            database: directory.odb().map_err(failed)?,
            made,
        })
    }

    /// An object that the run has made; `None` when a git directory may have it.
    pub(super) fn made(
        &self,
        kind: ObjectType,
        id: git2::Oid,
    ) -> Result<Option<Arc<[u8]>>, RepositoryError> {
        self.made.get(kind, id)
    }

    /// An object.
    ///
    /// # Errors
    /// [`RepositoryError::MissingObject`] when there is none of this kind.
    pub(super) fn read(
        &self,
        kind: ObjectType,
        id: git2::Oid,
    ) -> Result<Content<'_>, RepositoryError> {
        if let Some(bytes) = self.made(kind, id)? {
            return Ok(Content::Made(bytes));
        }
        match self.database.read(id) {
            Ok(object) if object.kind() == kind => Ok(Content::Stored(object)),
            _ => Err(RepositoryError::MissingObject(Oid(id))),
        }
    }

    /// What an object is, and its length in bytes; `None` when there is none.
    pub(super) fn header(&self, id: git2::Oid) -> Option<(ObjectType, usize)> {
        self.made.header(id).or_else(|| {
            let (length, kind) = self.database.read_header(id).ok()?;
            Some((kind, length))
        })
    }

    /// Remembers an object. It is on no disk until [`Store::keep`](super::Store::keep) puts it
    /// there.
    pub(super) fn write(
        &self,
        kind: ObjectType,
        bytes: &[u8],
    ) -> Result<git2::Oid, RepositoryError> {
        self.made.put(kind, bytes)
    }

    /// What an object is that the run has made.
    pub(super) fn kind_of_made(&self, id: git2::Oid) -> Option<ObjectType> {
        self.made.header(id).map(|(kind, _)| kind)
    }

    /// Whether a git directory has an object. Packs that were added a moment ago may be passed
    /// over: to look for them each time is slow, and to have an object twice is no harm.
    pub(super) fn is_stored(&self, id: git2::Oid) -> bool {
        self.database.exists_ext(id, OdbLookupFlags::NO_REFRESH)
    }
}
