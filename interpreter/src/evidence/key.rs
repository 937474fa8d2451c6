//! Ed25519 keys as other programs write them: PKCS#8 and SubjectPublicKeyInfo in PEM (RFC 8410),
//! OpenSSH's public lines, and the key id of securesystemslib.

use std::fmt;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::{base64, ssh};
use crate::blobs::{hex, sha256};

/// How many bytes a public key, and the seed of a private one, has.
pub const KEY: usize = 32;

/// What stands before the bytes of a key in DER, which is always the same (RFC 8410, section 10).
const PUBLIC_DER: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
const PRIVATE_DER: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// What a PEM block of a public and of a private key is called.
const PUBLIC: &str = "PUBLIC KEY";
const PRIVATE: &str = "PRIVATE KEY";

/// Who has the other half can sign.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(pub(super) [u8; KEY]);

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex(&self.0))
    }
}

impl PublicKey {
    /// The name that signatures have it under: the SHA-256 of its canonical JSON, as
    /// securesystemslib and in-toto make it.
    #[must_use]
    pub fn id(&self) -> String {
        let public = hex(&self.0);
        let canonical = format!(
            r#"{{"keytype":"ed25519","keyval":{{"public":"{public}"}},"scheme":"ed25519"}}"#
        );
        sha256(canonical.as_bytes())
    }

    /// As OpenSSL and Node read it.
    #[must_use]
    pub fn pem(&self) -> String {
        block(PUBLIC, &[PUBLIC_DER, &self.0].concat())
    }

    /// As OpenSSH and git read it, on one line without its end.
    #[must_use]
    pub fn openssh(&self, comment: &str) -> String {
        let blob = base64::encode(&ssh::public_blob(self));
        format!("{} {blob} {comment}", ssh::ED25519)
    }

    /// Whether the other half has made this signature of a message.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.0);
        key.verify(message, signature).is_ok()
    }

    /// All keys in a text, each with the line that it stands in, if it has one of its own: blocks of PEM, or lines that have an OpenSSH key in them, such as those
    /// of a `.pub` file, of `allowed_signers` and of `authorized_keys`.
    ///
    /// # Errors
    /// A sentence: there is none, or one is damaged or of another kind.
    pub fn read_all(text: &str) -> Result<Vec<(PublicKey, &str)>, String> {
        let mut keys = Vec::new();
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = begins(line) {
                if name != PUBLIC {
                    return Err(format!("it holds a `{name}`, and no public key"));
                }
                keys.push((public_of(&inner(&mut lines))?, ""));
            } else {
                keys.push((of_line(line)?, line));
            }
        }
        match keys.is_empty() {
            true => Err("it has no key".to_owned()),
            false => Ok(keys),
        }
    }
}

fn public_of(der: &str) -> Result<PublicKey, String> {
    let bytes = base64::decode(der).ok_or("its PEM is damaged")?;
    let key = bytes.strip_prefix(PUBLIC_DER);
    let key = key.and_then(|key| key.try_into().ok());
    key.map(PublicKey)
        .ok_or_else(|| "it is no Ed25519 key".to_owned())
}

fn of_line(line: &str) -> Result<PublicKey, String> {
    let mut words = line.split_ascii_whitespace();
    if words.by_ref().all(|word| word != ssh::ED25519) {
        return Err(format!("a line of it has no `{}` key", ssh::ED25519));
    }
    let blob = words.next().and_then(base64::decode);
    blob.and_then(|blob| ssh::public_of_blob(&blob))
        .ok_or_else(|| "an OpenSSH key in it is damaged".to_owned())
}

/// The name of the PEM block that a line begins.
fn begins(line: &str) -> Option<&str> {
    line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")
}

/// What stands in a block, without the line that ends it.
fn inner<'a>(lines: &mut impl Iterator<Item = &'a str>) -> String {
    lines
        .take_while(|line| !line.starts_with("-----END "))
        .collect()
}

fn block(name: &str, der: &[u8]) -> String {
    let text = base64::encode(der);
    format!("-----BEGIN {name}-----\n{text}\n-----END {name}-----\n")
}

/// A key that signs. It shows itself to nobody.
pub struct Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

impl Signer {
    /// The private key in a PEM text.
    ///
    /// # Errors
    /// A clause: it is none, or of another kind.
    pub fn read(text: &str) -> Result<Signer, String> {
        let mut lines = text.lines().map(str::trim);
        match lines.by_ref().find_map(begins) {
            Some(PRIVATE) => {}
            Some(other) => return Err(format!("it holds a `{other}`, not a `{PRIVATE}`")),
            None => return Err("it is no PEM".to_owned()),
        }
        let der = base64::decode(&inner(&mut lines)).ok_or("its PEM is damaged")?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        let pair = pair.map_err(|why| format!("it is no Ed25519 key ({why})"))?;
        let public = pair.public_key().as_ref().try_into();
        let public = public.map_err(|_| "it is no Ed25519 key")?;
        Ok(Signer {
            pair,
            public: PublicKey(public),
        })
    }

    /// Its other half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The signature of a message: the same each time.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_owned()
    }
}

/// The PEM of the private key that this seed stands for.
pub(super) fn private_pem(seed: &[u8; KEY]) -> String {
    block(PRIVATE, &[PRIVATE_DER, seed].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first key of RFC 8032, section 7.1.
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const PUBLIC_HEX: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn signer() -> Signer {
        let seed = crate::blobs::unhex(SEED).unwrap();
        Signer::read(&private_pem(&seed.try_into().unwrap())).unwrap()
    }

    #[test]
    fn it_signs_as_the_rfc_says() {
        let signer = signer();
        assert_eq!(hex(&signer.public().0), PUBLIC_HEX);
        let signature = signer.sign(b"");
        assert!(hex(&signature).starts_with("e5564300c360ac729086e2cc806e828a"));
        assert!(signer.public().verifies(b"", &signature));
        assert!(!signer.public().verifies(b"x", &signature));
        assert!(!signer.public().verifies(b"", &signature[1..]));
    }

    #[test]
    fn its_id_is_that_of_securesystemslib() {
        // `securesystemslib.signer.SSlibKey.from_crypto` of 1.6.0 gives it for this key.
        insta::assert_snapshot!(signer().public().id(), @"74c181c7ad8a0855d4b55e44d2ba87aabdddb196832571f15f92fece332e4916");
    }

    #[test]
    fn a_public_key_is_read_as_it_is_written() {
        let public = signer().public();
        let ssh = public.openssh("runner@tau");
        let text = format!(
            "# trusted\n\n{}{ssh}\nme@x namespaces=\"tau\" {ssh}\n",
            public.pem()
        );
        let found = PublicKey::read_all(&text).unwrap();
        let lines: Vec<&str> = found.iter().map(|it| it.1).collect();
        assert!(found.iter().all(|it| it.0 == public), "{found:?}");
        assert_eq!(lines, ["", &ssh, &format!("me@x namespaces=\"tau\" {ssh}")]);
    }

    #[test]
    fn what_is_no_key_is_told() {
        let private = private_pem(&[7; KEY]);
        let told = |text: &str| PublicKey::read_all(text).unwrap_err();
        assert_eq!(told(""), "it has no key");
        assert_eq!(
            told(&private),
            "it holds a `PRIVATE KEY`, and no public key"
        );
        assert_eq!(
            told("ssh-rsa AAAA x"),
            "a line of it has no `ssh-ed25519` key"
        );
        assert_eq!(
            told("ssh-ed25519 AAAA x"),
            "an OpenSSH key in it is damaged"
        );
        assert_eq!(
            told("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
            "it is no Ed25519 key"
        );
        let told = |text: &str| Signer::read(text).unwrap_err();
        assert_eq!(told("x"), "it is no PEM");
        assert_eq!(
            told(&signer().public().pem()),
            "it holds a `PUBLIC KEY`, not a `PRIVATE KEY`"
        );
        assert_eq!(told(&private[..41]), "its PEM is damaged");
    }
}
