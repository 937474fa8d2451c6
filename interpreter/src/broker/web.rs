//! Pages: asked for through the [gate](crate::net) of the step, wherever they lead.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use hyper::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, LOCATION, USER_AGENT};
use secrecy::ExposeSecret as _;
use tau_lang::syntax::tree::Effect;

use super::{Broker, not_kept};
use crate::action::{Failure, FailureKind, Fetch, Fetched, Missing, Sending, Token};
use crate::blobs::sha256;
use crate::net::client::{Answer, Ask, NoAnswer, Reading, exchange};
use crate::net::url::Url;
use crate::net::{NotOpened, Refused};

/// How much of a body is given as text, in bytes. All of it is in its blob.
const TEXT: usize = 1 << 20;

/// The most bytes that a body may have, whatever a step says: all of it is in memory once.
const MOST_BODY: u64 = 256 << 20;

/// Fields that say where a message ends and whom it is for: the request's own.
const OWN: &[&str] = &[
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A request as it is sent to one address after the other.
struct Wanted<'a> {
    method: Method,
    headers: HeaderMap,
    body: Bytes,
    fetch: &'a Fetch,
    redirects: u64,
}

impl Broker {
    /// Gets a page, wherever it leads; one that may be kept, from what is kept of it.
    pub(super) async fn get(&self, fetch: &Fetch) -> Result<Fetched, Failure> {
        match fetch.may_be_kept {
            true => self.get_kept(fetch).await,
            false => self.get_once(fetch).await,
        }
    }

    pub(super) async fn get_once(&self, fetch: &Fetch) -> Result<Fetched, Failure> {
        self.exposes_nothing(fetch, "")?;
        let wanted = Wanted {
            method: Method::GET,
            headers: fields(&fetch.headers)?,
            body: Bytes::new(),
            fetch,
            redirects: fetch.redirects,
        };
        let sent = AtomicBool::new(false);
        let asking = self.follow(wanted, &sent);
        match self.in_time(asking, fetch.timeout).await {
            Some(ended) => ended,
            None => Err(late(fetch)),
        }
    }

    /// Sends a request once. When it is sent and not answered, nobody knows what has become of it.
    pub(super) async fn send_once(&self, sending: &Sending) -> Result<Fetched, Failure> {
        let Sending { method, body, to } = sending;
        let method = Method::from_bytes(method.as_bytes())
            .ok()
            .filter(|it| *it != Method::CONNECT)
            .ok_or_else(|| {
                let message = "This is no method of a request.";
                Failure::new("http-method", message)
            })?;
        self.exposes_nothing(to, body)?;
        let wanted = Wanted {
            method,
            headers: fields(&to.headers)?,
            body: Bytes::copy_from_slice(body.as_bytes()),
            fetch: to,
            redirects: 0,
        };
        let sent = AtomicBool::new(false);
        let asking = self.follow(wanted, &sent);
        let ended = match self.in_time(asking, to.timeout).await {
            Some(ended) => ended,
            None => Err(late(to)),
        };
        ended.map_err(|failure| match sent.load(Ordering::Relaxed) {
            true => Failure {
                kind: FailureKind::Uncertain,
                ..failure
            },
            false => failure,
        })
    }

    /// Asks one address after the other, as far as each leads to another.
    async fn follow(&self, wanted: Wanted<'_>, sent: &AtomicBool) -> Result<Fetched, Failure> {
        let world = &self.world;
        let gate = self.gate();
        let mut url = Url::new(&wanted.fetch.url).map_err(|why| {
            let message = format!("This is no address of a page: {why}.");
            Failure::new("url-invalid", message)
        })?;
        let first = url.clone();
        let mut left = wanted.redirects;
        loop {
            self.ask(Effect::Net, None, &url.target().scope())?;
            let mut headers = HeaderMap::new();
            if url.is_same_origin(&first) {
                headers.clone_from(&wanted.headers);
                if let Some(token) = &wanted.fetch.token {
                    self.with_token(&mut headers, token, &url).await?;
                }
            }
            let own = [
                (ACCEPT_ENCODING, "identity"),
                (USER_AGENT, concat!("tau/", env!("CARGO_PKG_VERSION"))),
            ];
            for (name, value) in own {
                headers
                    .entry(name)
                    .or_insert(HeaderValue::from_static(value));
            }
            let ask = Ask {
                method: wanted.method.clone(),
                url: url.clone(),
                headers,
                body: wanted.body.clone(),
            };
            let most = wanted.fetch.most.min(MOST_BODY);
            let answered =
                exchange(&gate, &world.network.roots, ask, &Reading::all(most), sent).await;
            let answer = answered.map_err(|not| self.not_answered(&url, not, most))?;
            let location = match (wanted.redirects, answer.status) {
                (1.., 301 | 302 | 303 | 307 | 308) => answer.headers.get(LOCATION),
                _ => None,
            };
            let Some(location) = location else {
                return self.fetched(&url, answer);
            };
            let next = String::from_utf8_lossy(location.as_bytes());
            let next = url.join(&next).map_err(|why| {
                let message = format!("`{url}` leads to what is no address of a page: {why}.");
                Failure::new("http-redirect", message)
            })?;
            if left == 0 {
                let most = wanted.redirects;
                let message = format!("`{first}` leads from page to page more than {most} times.");
                return Err(Failure::new("http-redirect", message)
                    .help("Give the step more `redirects` if it needs them."));
            }
            if url.is_secure() && !next.is_secure() {
                let message = format!("`{url}` leads to `{next}`, which is not encrypted.");
                return Err(Failure::new("http-downgrade", message));
            }
            left -= 1;
            url = next;
        }
    }

    /// Refuses a request that would carry a secret elsewhere than in its token, which alone is sent
    /// only where it may be.
    fn exposes_nothing(&self, fetch: &Fetch, body: &str) -> Result<(), Failure> {
        self.without_secrets(fetch.url.as_bytes(), "the address of a page")?;
        for (name, value) in &fetch.headers {
            self.without_secrets(name.as_bytes(), "a field of a request")?;
            self.without_secrets(value.as_bytes(), "a field of a request")?;
        }
        self.without_secrets(body.as_bytes(), "the body of a request")
    }

    /// Adds a secret to the fields of a request to its host.
    async fn with_token(
        &self,
        headers: &mut HeaderMap,
        token: &Token,
        url: &Url,
    ) -> Result<(), Failure> {
        let Token { secret, field } = token;
        self.ask(Effect::Secret, None, secret)?;
        let here = |address: IpAddr| address.is_loopback();
        if !url.is_secure() && !url.target().address().is_some_and(here) {
            let message =
                format!("`{url}` is not encrypted, and the secret `{secret}` would be sent there.");
            return Err(Failure::new("secret-not-encrypted", message));
        }
        let value = self.world.secrets.for_host(secret, &url.host()).await;
        let value = value.map_err(|why| self.refused(secret, &why))?;
        let value = match field {
            Some(_) => value.expose_secret().to_owned(),
            None => format!("Bearer {}", value.expose_secret()),
        };
        let name = field.as_deref().unwrap_or("Authorization");
        let mut added = fields(&[(name.to_owned(), value)].into())?;
        for value in added.values_mut() {
            value.set_sensitive(true);
        }
        match added.keys().find(|name| headers.contains_key(*name)) {
            Some(twice) => Err(wrong_field(twice.as_str(), "is there twice")),
            None => {
                headers.extend(added);
                Ok(())
            }
        }
    }

    /// What an answer gives. All of its body is kept with the step.
    fn fetched(&self, url: &Url, answer: Answer) -> Result<Fetched, Failure> {
        let Answer {
            status,
            headers,
            body,
        } = answer;
        // A host may answer with what it was sent.
        let redactor = self.redactor();
        let size = body.len() as u64;
        let body = redactor.bytes(&body);
        let name = self.keep_body(&body)?;
        let is_whole = body.len() <= TEXT;
        let text = String::from_utf8_lossy(&body[..body.len().min(TEXT)]);
        let text = match is_whole {
            true => text.into_owned(),
            // The last letter may have been cut.
            false => text.trim_end_matches('\u{fffd}').to_owned(),
        };
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = redactor.text(&value);
            fields
                .entry(name.as_str().to_owned())
                .and_modify(|all| *all = format!("{all}, {value}"))
                .or_insert_with(|| value.into_owned());
        }
        Ok(Fetched {
            status,
            url: redactor.text(&url.to_string()).into_owned(),
            headers: fields,
            text,
            is_whole,
            body: name,
            size,
        })
    }

    /// Keeps a body with the step; the name of it.
    pub(super) fn keep_body(&self, body: &[u8]) -> Result<String, Failure> {
        let name = sha256(body);
        if !self.with_done(|done| done.contents.take_in(&name, body)) {
            let kept = self.world.blobs.put(body).map_err(not_kept)?;
            self.with_done(|done| done.contents.in_blob(&name, kept));
        }
        self.with_done(|done| done.logs.push(name.clone()));
        Ok(name)
    }

    pub(super) fn not_answered(&self, url: &Url, not: NoAnswer, most: u64) -> Failure {
        let host = url.host();
        match not {
            NoAnswer::NotOpened(NotOpened::Refused(refused)) => self.not_reached(refused),
            NoAnswer::NotOpened(NotOpened::Unreachable(why)) => {
                Failure::new("host-unreachable", format!("`{host}` {why}."))
            }
            NoAnswer::NotSent(why) => Failure::new("host-unreachable", format!("`{host}` {why}.")),
            NoAnswer::Broken(why) => Failure::new("http-broken", format!("`{host}` {why}.")),
            NoAnswer::Silent(time) => {
                let message = format!("`{host}` was silent for {} s.", time.as_secs_f64());
                Failure::new("http-timeout", message)
            }
            NoAnswer::TooLarge => {
                let message = format!("`{url}` has more than {most} bytes.");
                Failure::new("http-too-large", message)
                    .help("Give the step a larger `most` if it needs all of it.")
            }
        }
    }

    /// What the gate has refused behind a host's name: one of its addresses.
    fn not_reached(&self, refused: Refused) -> Failure {
        let message = format!("Step `{}` may not reach it: {refused}.", self.step);
        let help = refused.grant.as_ref();
        let help = help.map(|line| format!("Add to `authority`: {line}"));
        Failure {
            kind: FailureKind::Blocked(Missing {
                effect: Effect::Net.to_string(),
                scope: format!("{}:{}", refused.host, refused.port),
                limited_by: refused.limited_by,
                limited_at: refused.limited_at,
                grant: refused.grant,
            }),
            help,
            ..Failure::new("address-refused", message)
        }
    }

    /// What ends within this time, and within that of the step.
    pub(super) async fn in_time<T>(
        &self,
        what: impl Future<Output = T>,
        time: Duration,
    ) -> Option<T> {
        tokio::select! {
            ended = what => Some(ended),
            () = self.world.clock.sleep(self.time_left(time)) => None,
        }
    }
}

fn late(fetch: &Fetch) -> Failure {
    let message = format!("It took longer than {} s.", fetch.timeout.as_secs_f64());
    Failure::new("http-timeout", message).help("Give the step a longer `timeout` if it needs one.")
}

/// Fields as they are sent.
pub(super) fn fields(all: &BTreeMap<String, String>) -> Result<HeaderMap, Failure> {
    let mut fields = HeaderMap::new();
    for (name, value) in all {
        let Ok(read) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(wrong_field(name, "has a name that none can have"));
        };
        if OWN.contains(&read.as_str()) {
            return Err(wrong_field(name, "is the request's own"));
        }
        let Ok(value) = HeaderValue::from_str(value) else {
            return Err(wrong_field(name, "has a character that none can have"));
        };
        if fields.insert(read, value).is_some() {
            return Err(wrong_field(name, "is there twice"));
        }
    }
    Ok(fields)
}

/// What is wrong with a field, without what it says: that may be secret.
fn wrong_field(name: &str, why: &str) -> Failure {
    let message = format!("The field `{name}` of the request {why}.");
    Failure::new("http-header", message)
}
