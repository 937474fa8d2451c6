//! What OpenSSH writes: public keys, and signatures of files as `ssh-keygen -Y` makes and checks
//! them (OpenSSH's `PROTOCOL.sshsig`).

use sha2::{Digest as _, Sha512};

use super::base64;
use super::key::{KEY, PublicKey, Signer};

/// The name of the kind of key.
pub(super) const ED25519: &str = "ssh-ed25519";

/// What a signature is for, so that one cannot be taken for another's: that of a receipt.
pub const RECEIPT: &str = "tau";

/// That of a commit, as git calls it.
pub const GIT: &str = "git";

const MAGIC: &[u8] = b"SSHSIG";
const HASH: &str = "sha512";
/// How long the lines of a signature are.
const LINE: usize = 70;

/// A line of a file of allowed signers, without its end: whose the key is, what it may sign, and
/// the key.
#[must_use]
pub fn allowed_signer(key: &PublicKey, owner: &str) -> String {
    let line = key.openssh(owner);
    format!("{owner} namespaces=\"{RECEIPT},{GIT}\" {line}")
}

/// A signature of a message, for `ssh-keygen -Y verify -n NAMESPACE`.
#[must_use]
pub fn signature(signer: &Signer, namespace: &str, message: &[u8]) -> String {
    let mut signed = MAGIC.to_vec();
    for part in [namespace.as_bytes(), b"", HASH.as_bytes()] {
        string(&mut signed, part);
    }
    string(&mut signed, &Sha512::digest(message));
    let mut made = Vec::new();
    string(&mut made, ED25519.as_bytes());
    string(&mut made, &signer.sign(&signed));

    let mut blob = MAGIC.to_vec();
    blob.extend(1_u32.to_be_bytes());
    string(&mut blob, &public_blob(&signer.public()));
    for part in [namespace.as_bytes(), b"", HASH.as_bytes(), &made] {
        string(&mut blob, part);
    }
    let text = base64::encode(&blob);
    let mut armored = "-----BEGIN SSH SIGNATURE-----\n".to_owned();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(LINE));
        armored.push_str(line);
        armored.push('\n');
        rest = behind;
    }
    armored.push_str("-----END SSH SIGNATURE-----\n");
    armored
}

/// A key as it stands in a public line, before it is base64.
pub(super) fn public_blob(key: &PublicKey) -> Vec<u8> {
    let mut blob = Vec::new();
    string(&mut blob, ED25519.as_bytes());
    string(&mut blob, &key.0);
    blob
}

/// The key of a blob, if it is of our kind.
pub(super) fn public_of_blob(blob: &[u8]) -> Option<PublicKey> {
    let at = blob.len().checked_sub(KEY)?;
    let key = PublicKey(blob[at..].try_into().ok()?);
    (public_blob(&key) == blob).then_some(key)
}

/// A string as the SSH protocol writes it: its length before it.
fn string(all: &mut Vec<u8>, bytes: &[u8]) {
    // INVARIANT: no part comes near four gibibytes: names, a key, a digest.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    all.extend(length.to_be_bytes());
    all.extend(bytes);
}
