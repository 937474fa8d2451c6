//! What the tests of the network share.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use tau_lang::authority::{Limits, Pattern, Rule, Rules};
use tau_lang::source::Span;
use tau_lang::syntax::tree::Effect;

use super::resolve::{LookUp, LookedUp};
use super::{Noted, Sink};

/// Grants of `net`, and denials of it: `deny example.org`.
pub(crate) fn rules(all: &[&str]) -> Rules {
    let rule = |text: &&str| {
        let (deny, text) = match text.strip_prefix("deny ") {
            Some(text) => (true, text),
            None => (false, *text),
        };
        Rule {
            deny,
            effect: Effect::Net,
            verb: None,
            pattern: Pattern::new(Effect::Net, text).unwrap(),
            says: "the mission denies".to_owned(),
            is_else: false,
            limits: Limits::default(),
            at: Span::default(),
            place: None,
        }
    };
    Rules::new(all.iter().map(rule).collect())
}

pub(crate) fn addresses(all: &[&str]) -> Vec<IpAddr> {
    all.iter().map(|text| text.parse().unwrap()).collect()
}

/// Gives these answers, whatever name is asked for. One question too many is a panic.
pub(crate) struct Answers(Mutex<VecDeque<io::Result<Vec<IpAddr>>>>);

impl Answers {
    pub(crate) fn new(all: impl IntoIterator<Item = io::Result<Vec<IpAddr>>>) -> Answers {
        Answers(Mutex::new(all.into_iter().collect()))
    }
}

impl LookUp for Answers {
    fn look_up<'a>(&'a self, _: &'a str) -> LookedUp<'a> {
        let answer = self.0.lock().unwrap().pop_front().unwrap();
        Box::pin(std::future::ready(answer))
    }
}

/// Keeps what a gate tells.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<Noted>>>);

impl Told {
    pub(crate) fn sink(&self) -> Sink {
        let told = self.0.clone();
        Arc::new(move |noted| told.lock().unwrap().push(noted))
    }

    /// One line each.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |noted: &Noted| match noted {
            Noted::Used { host, port, .. } => format!("used {host}:{port}"),
            Noted::Refused(refused) => format!("refused {refused}"),
        };
        self.0.lock().unwrap().iter().map(line).collect()
    }
}
