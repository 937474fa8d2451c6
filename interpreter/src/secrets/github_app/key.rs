//! The private key of an App, and what is signed with it.

use std::io::Read as _;
use std::path::Path;

use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value as Json;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use crate::evidence::base64;
use crate::secrets::fetch::{Unavailable, open};
use crate::secrets::weak::MAX_BYTES;

/// What everything that it signs begins with.
const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;

/// A private key of RSA.
pub(super) struct Key {
    pair: RsaKeyPair,
    /// Its lines in the file, without the first and the last: those are in every key.
    text: SecretString,
}

impl Key {
    /// Reads it from a file, as GitHub hands it out (PKCS#1) or as other programs write it (PKCS#8).
    ///
    /// # Errors
    /// The file cannot be used: others can read it, or it has no such key.
    pub(super) fn read(path: &Path) -> Result<Key, Unavailable> {
        let unusable = |why: &str| Unavailable::File(path.to_owned(), why.to_owned());
        let mut pem = String::new();
        let read = open(path)?
            .take(MAX_BYTES as u64 + 1)
            .read_to_string(&mut pem);
        let pem = SecretString::from(pem);
        read.map_err(|error| unusable(&error.to_string()))?;
        Key::new(pem.expose_secret()).map_err(unusable)
    }

    pub(super) fn new(pem: &str) -> Result<Key, &'static str> {
        const NONE: &str = "it has no private key of RSA as PEM: the page of the App's settings hands one out, \
             as a file that begins with `-----BEGIN RSA PRIVATE KEY-----`";
        if pem.len() > MAX_BYTES {
            return Err(NONE);
        }
        if pem.contains("ENCRYPTED") {
            return Err(
                "its key is locked with a password: `openssl rsa -in FILE -out OTHER` writes it without",
            );
        }
        let pair = match PrivateKeyDer::from_pem_slice(pem.as_bytes()) {
            Ok(PrivateKeyDer::Pkcs1(key)) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
            Ok(PrivateKeyDer::Pkcs8(key)) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
            _ => return Err(NONE),
        };
        let pair = pair.map_err(|_| {
            "its key is none of RSA with 2048 to 4096 bits, which GitHub hands out: is it of another App, or cut off?"
        })?;
        let lines = pem.lines().map(str::trim);
        let lines = lines.filter(|line| !line.starts_with("-----") && !line.is_empty());
        let text = lines.collect::<Vec<_>>().join("\n");
        let text = SecretString::from(text);
        Ok(Key { pair, text })
    }

    /// What must be hidden of it.
    pub(super) fn text(&self) -> &str {
        self.text.expose_secret()
    }

    /// Claims, signed: a JSON Web Token with RS256 (RFC 7519, RFC 7518).
    ///
    /// # Errors
    /// It cannot sign; why, as a clause about the file.
    pub(super) fn sign(&self, claims: &Json) -> Result<SecretString, String> {
        let mut signed = base64::encode_url(HEADER.as_bytes());
        signed.push('.');
        signed.push_str(&base64::encode_url(claims.to_string().as_bytes()));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .map_err(|_| "nothing can be signed with its key".to_owned())?;
        signed.push('.');
        signed.push_str(&base64::encode_url(&signature));
        Ok(SecretString::from(signed))
    }

    /// The public half, as PKCS#1.
    #[cfg(test)]
    pub(super) fn public(&self) -> Vec<u8> {
        self.pair.public().as_ref().to_vec()
    }
}
