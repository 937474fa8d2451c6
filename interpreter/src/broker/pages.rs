//! Pages that are kept between runs, so that a host is asked only whether they have changed.
//!
//! They stand in `pages` of tau's own folder, each under a digest of its address and of who asked:
//! what one token was shown is not shown to another. That digest is made with the key of the home,
//! and what is kept has gone through the redaction of every answer, so no secret can be read from
//! them. They only save requests: one that cannot be read or written is as good as none.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::Broker;
use crate::action::{Failure, Fetch, Fetched};
use crate::blobs::sha256;
use crate::net::url::Url;
use crate::secrets::Seal;

/// How many are kept. The oldest make room.
const MOST: usize = 512;

/// The fields by which hosts tell whether a page has changed (RFC 9110, 8.8.3 and 13.1.2).
const ETAG: &str = "etag";
const UNLESS: &str = "if-none-match";

/// A page as it was answered.
#[derive(Serialize, Deserialize)]
struct Page {
    v: u32,
    url: String,
    headers: BTreeMap<String, String>,
    text: String,
}

impl Broker {
    /// Gets a page that may be kept: asks for it if there is none, or if it has changed since.
    pub(super) async fn get_kept(&self, fetch: &Fetch) -> Result<Fetched, Failure> {
        let Some(place) = self.place_of(fetch).await else {
            return self.get_once(fetch).await;
        };
        let page = read(&place);
        let etag = page.as_ref().and_then(|it| it.headers.get(ETAG)).cloned();
        let mut asked = fetch.clone();
        if let Some(etag) = etag {
            asked.headers.insert(UNLESS.to_owned(), etag);
        }
        let mut answered = self.get_once(&asked).await?;
        match page {
            Some(page) if answered.status == 304 => {
                let Page {
                    url, text, headers, ..
                } = page;
                let body = self.keep_body(text.as_bytes())?;
                // What it says of itself, such as how often it may be asked, is of now.
                let headers = headers.into_iter().chain(answered.headers).collect();
                let size = text.len() as u64;
                answered = Fetched {
                    status: 200,
                    url,
                    headers,
                    text,
                    is_whole: true,
                    body,
                    size,
                };
            }
            _ => {
                let is_known = answered.headers.contains_key(ETAG);
                if answered.status == 200 && answered.is_whole && is_known {
                    write(&place, &answered);
                }
            }
        }
        Ok(answered)
    }

    /// Where a page stands, if it can be kept.
    async fn place_of(&self, fetch: &Fetch) -> Option<PathBuf> {
        let asks = match &fetch.token {
            None => String::new(),
            Some(token) => {
                let host = Url::new(&fetch.url).ok()?.host();
                let value = self
                    .world
                    .secrets
                    .for_host(&token.secret, &host)
                    .await
                    .ok()?;
                let seal = Seal::open(&self.world.seal).ok()?;
                seal.digest(&host, value.expose_secret())
            }
        };
        let name = sha256(format!("{}\n{:?}\n{asks}", fetch.url, fetch.headers).as_bytes());
        Some(self.state().join("pages").join(name))
    }
}

fn read(place: &Path) -> Option<Page> {
    let page: Page = serde_json::from_slice(&fs::read(place).ok()?).ok()?;
    (page.v == 1).then_some(page)
}

/// Puts a page there, whole or not at all.
fn write(place: &Path, answered: &Fetched) {
    let page = Page {
        v: 1,
        url: answered.url.clone(),
        headers: answered.headers.clone(),
        text: answered.text.clone(),
    };
    let Some(folder) = place.parent() else {
        return;
    };
    let Ok(bytes) = serde_json::to_vec(&page) else {
        return;
    };
    let draft = place.with_extension(format!("{}.new", std::process::id()));
    let mut options = fs::OpenOptions::new();
    let written = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .and_then(|()| {
            options
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&draft)
        })
        .and_then(|mut file| file.write_all(&bytes))
        .and_then(|()| fs::rename(&draft, place));
    match written {
        Ok(()) => make_room(folder),
        Err(_) => drop(fs::remove_file(&draft)),
    }
}

/// Removes those that were written longest ago, as far as there are too many.
fn make_room(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|it| Some((it.metadata().ok()?.modified().ok()?, it.path())))
        .collect();
    all.sort();
    for (_, path) in all.iter().take(all.len().saturating_sub(MOST)) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(text: &str) -> Fetched {
        Fetched {
            status: 200,
            url: "https://x/".to_owned(),
            headers: BTreeMap::from([(ETAG.to_owned(), "\"1\"".to_owned())]),
            text: text.to_owned(),
            is_whole: true,
            body: String::new(),
            size: 0,
        }
    }

    #[test]
    fn the_newest_are_kept_and_what_is_damaged_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("pages");
        let place = folder.join("a");
        assert!(read(&place).is_none());
        write(&place, &answered("first"));
        write(&place, &answered("second"));
        assert_eq!(read(&place).unwrap().text, "second");
        fs::write(&place, "{\"v\":1").unwrap();
        assert!(read(&place).is_none());
        fs::write(&place, r#"{"v":2,"url":"","headers":{},"text":""}"#).unwrap();
        assert!(read(&place).is_none());
        for number in 0..MOST + 3 {
            write(&folder.join(number.to_string()), &answered(""));
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), MOST);
    }
}
