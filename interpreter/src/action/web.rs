//! What hands take and give of the web.

use std::collections::BTreeMap;
use std::time::Duration;

/// A secret that a request has with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The name of the secret.
    pub secret: String,
    /// The field that has its value; `Authorization`, as `Bearer VALUE`, where none is named.
    pub field: Option<String>,
}

/// A page to get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Its address.
    pub url: String,
    /// Fields of the request. They go to the host of `url` and to no other.
    pub headers: BTreeMap<String, String>,
    /// A secret. It goes to the host of `url`, if it is for that host, and to no other.
    pub token: Option<Token>,
    /// How often it may lead to another address.
    pub redirects: u64,
    /// The most bytes that its body may have.
    pub most: u64,
    /// How long all of it may take.
    pub timeout: Duration,
    /// Whether its answer may be kept for later runs, which ask the host whether it has changed. Of
    /// a request that only reads.
    pub may_be_kept: bool,
}

/// A request that may change something. It is sent to its address alone: where it leads is told in
/// its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Such as `POST`.
    pub method: String,
    /// What is sent.
    pub body: String,
    /// Where to, how, and what may come back. Its `redirects` are not used.
    pub to: Fetch,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The status.
    pub status: u16,
    /// The address that answered.
    pub url: String,
    /// Its fields, with names in small letters. The values of several of one name have `, ` between
    /// them.
    pub headers: BTreeMap<String, String>,
    /// The first part of its body as text (invalid bytes replaced).
    pub text: String,
    /// Whether that is all of it.
    pub is_whole: bool,
    /// The name under which the run holds all of the body.
    pub body: String,
    /// How many bytes it has.
    pub size: u64,
}
