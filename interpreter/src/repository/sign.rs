//! A commit's signature, as `git commit -S` with `gpg.format ssh` puts it there.

use git2::ObjectType;

use super::{Oid, RepositoryError, Store};
use crate::evidence::key::Signer;
use crate::evidence::ssh;

impl Store {
    /// The same commit, signed. The same key gives the same id each time: Ed25519 signatures do not
    /// differ.
    ///
    /// # Errors
    /// [`RepositoryError::MissingObject`] when it was not made here.
    pub fn sign(&self, commit: &Oid, signer: &Signer) -> Result<Oid, RepositoryError> {
        let bytes = self.with(|git| Ok(git.read(ObjectType::Commit, commit.0)?.to_vec()))?;
        let signature = ssh::signature(signer, ssh::GIT, &bytes);
        let signed = with_header(&bytes, &signature);
        let signed = signed.ok_or(RepositoryError::MissingObject(*commit))?;
        self.made.put(ObjectType::Commit, &signed).map(Oid)
    }
}

/// Puts a signature behind the last header. What git checks is the commit without it.
fn with_header(commit: &[u8], signature: &str) -> Option<Vec<u8>> {
    let end = commit.windows(2).position(|it| it == b"\n\n")? + 1;
    let (headers, message) = commit.split_at(end);
    // The lines of a header behind its first begin with a blank.
    let folded = signature.trim_end().replace('\n', "\n ");
    let header = format!("gpgsig {folded}\n");
    Some([headers, header.as_bytes(), message].concat())
}

#[cfg(test)]
mod tests {
    use super::with_header;

    #[test]
    fn it_stands_between_the_headers_and_the_message() {
        let signed = with_header(b"tree a\ncommitter c\n\nfix\n\nmore\n", "begin\nx\nend\n");
        let signed = String::from_utf8(signed.unwrap()).unwrap();
        assert_eq!(
            signed,
            "tree a\ncommitter c\ngpgsig begin\n x\n end\n\nfix\n\nmore\n"
        );
        assert_eq!(with_header(b"tree a\n", "x"), None);
    }
}
