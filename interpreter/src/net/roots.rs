//! Whom to believe who they are: the certificates of this machine.
//!
//! They are read from where systems keep them, and no variable of the environment says otherwise:
//! whoever can set one could put another host in the place of a granted one.

use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, OnceLock};

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Where systems keep the certificates that they believe, all in one file.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// How much of such a file is read, in bytes.
const MOST: u64 = 16 << 20;

/// Certificates that are believed; clones share them. They are read when the first is needed.
#[derive(Clone, Default)]
pub struct Roots {
    connector: Arc<OnceLock<Result<TlsConnector, String>>>,
}

impl Roots {
    /// What makes a connection a secure one.
    ///
    /// # Errors
    /// This machine believes nobody, as a sentence.
    pub fn connector(&self) -> Result<TlsConnector, String> {
        let connector = self.connector.get_or_init(|| {
            let found = BUNDLES.iter().find_map(|bundle| read(bundle));
            let roots = found.ok_or_else(|| {
                let all = BUNDLES.join("`, `");
                format!("There are no certificates to trust in any of `{all}`.")
            })?;
            connector(roots)
        });
        connector.clone()
    }

    /// These and no others.
    #[cfg(test)]
    pub(super) fn of(pem: &str) -> Roots {
        let roots = store(pem.as_bytes()).unwrap();
        let connector = OnceLock::from(connector(roots));
        Roots {
            connector: Arc::new(connector),
        }
    }
}

fn read(bundle: &str) -> Option<RootCertStore> {
    let mut pem = Vec::new();
    let file = File::open(bundle).ok()?;
    file.take(MOST).read_to_end(&mut pem).ok()?;
    store(&pem)
}

/// The certificates that can be read; `None` when there is none.
fn store(pem: &[u8]) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let all = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok);
    let (added, _) = roots.add_parsable_certificates(all);
    (added > 0).then_some(roots)
}

fn connector(roots: RootCertStore) -> Result<TlsConnector, String> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be used: {error}."))?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}
