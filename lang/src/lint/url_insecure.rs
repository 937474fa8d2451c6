//! `url-insecure`: an address that anyone on the way can read and change.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::syntax::tree::{Item, Piece, UseFrom};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut report = |text: &str, at| {
        if let Some(url) = insecure(text) {
            let url = url.to_owned();
            found.push(Diagnostic::new(Kind::UrlInsecure { url }, at));
        }
    };
    for item in &subject.file.items {
        if let Item::Use(item) = item
            && let UseFrom::Source(text) = &item.from
        {
            report(&text.value, text.at.0);
        }
    }
    for value in walk::values(subject.file) {
        walk::texts(value, &mut |template, at| {
            // An address is a text of its own, or a word of a command.
            for piece in &template.pieces {
                if let Piece::Literal(text) = piece {
                    report(text, at);
                }
            }
        });
    }
    found
}

/// The address in a text that is one word after another, where it leaves the machine.
fn insecure(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| {
        let host = ["http://", "git://", "ftp://"]
            .iter()
            .find_map(|scheme| word.strip_prefix(scheme));
        host.is_some_and(|rest| {
            let host = rest.split(['/', ':']).next().unwrap_or("");
            let local =
                ["localhost", "127.0.0.1", "[", ""].contains(&host) || host.ends_with(".localhost");
            !local && host.contains('.')
        })
    })
}
