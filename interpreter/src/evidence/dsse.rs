//! Signed texts: DSSE, the envelope of in-toto attestations.
//! <https://github.com/secure-systems-lab/dsse>

use serde::{Deserialize, Serialize};

use super::base64;
use super::key::{PublicKey, Signer};

/// What the payload of each envelope is said to be.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A payload with its signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// What is signed, as base64.
    payload: String,
    /// What it is.
    #[serde(rename = "payloadType")]
    payload_type: String,
    /// Who says so.
    signatures: Vec<Signature>,
}

/// A signature, and whose it is said to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// See [`PublicKey::id`].
    #[serde(default)]
    pub keyid: String,
    /// As base64.
    sig: String,
}

impl Envelope {
    /// Signs a payload.
    #[must_use]
    pub fn sign(payload: &[u8], signer: &Signer) -> Envelope {
        let signature = signer.sign(&encoded(PAYLOAD_TYPE, payload));
        Envelope {
            payload: base64::encode(payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![Signature {
                keyid: signer.public().id(),
                sig: base64::encode(&signature),
            }],
        }
    }

    /// What is signed, if it is of the kind that is known here.
    #[must_use]
    pub fn payload(&self) -> Option<Vec<u8>> {
        (self.payload_type == PAYLOAD_TYPE).then(|| base64::decode(&self.payload))?
    }

    /// Whose signatures it is said to have.
    pub fn signatures(&self) -> impl Iterator<Item = &Signature> {
        self.signatures.iter()
    }

    /// The first of the keys that has signed it.
    #[must_use]
    pub fn signed_by<'k>(&self, keys: &'k [PublicKey]) -> Option<&'k PublicKey> {
        let message = encoded(&self.payload_type, &base64::decode(&self.payload)?);
        // The id only tells which key to look at: the signature decides.
        keys.iter().find(|key| {
            let id = key.id();
            let mut own = self.signatures.iter().filter(|it| it.keyid == id);
            own.any(|it| base64::decode(&it.sig).is_some_and(|sig| key.verifies(&message, &sig)))
        })
    }
}

/// What is signed in fact: kind and payload with their lengths, so that neither can be taken for
/// part of the other.
fn encoded(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::key::private_pem;

    #[test]
    fn what_is_signed_is_what_the_specification_says() {
        let text = encoded("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            text,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn only_what_a_key_has_signed_is_signed_by_it() {
        let [own, other] = [1, 2].map(|it| Signer::read(&private_pem(&[it; 32])).unwrap());
        let (mine, its) = (own.public(), other.public());
        let envelope = Envelope::sign(b"{}", &own);
        assert_eq!(envelope.payload().as_deref(), Some(&b"{}"[..]));
        assert_eq!(envelope.signed_by(&[its, mine]), Some(&mine));
        assert_eq!(envelope.signed_by(&[its]), None);

        let mut tampered = envelope.clone();
        tampered.payload = base64::encode(b"{ }");
        assert_eq!(tampered.signed_by(&[mine]), None);
        let mut tampered = envelope.clone();
        tampered.payload_type = "text/plain".to_owned();
        assert_eq!(tampered.signed_by(&[mine]), None);
        assert_eq!(tampered.payload(), None);
        let mut tampered = envelope;
        tampered.signatures[0].keyid = its.id();
        assert_eq!(tampered.signed_by(&[its, mine]), None);
    }
}
