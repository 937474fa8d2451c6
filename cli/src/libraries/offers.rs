//! What a library has to offer, and what it needs for that.

use std::collections::BTreeSet;

use serde::Serialize;
use tau_lang::format;
use tau_lang::module::Content;
use tau_lang::syntax::tree::{ActionBody, Item};

use super::uses::{parse, texts};

/// A mission or an action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Offer {
    /// The file, from the library's root.
    pub(crate) file: String,
    /// `mission` or `action`.
    pub(crate) kind: &'static str,
    /// Its name.
    pub(crate) name: String,
    /// The lines of its authority, as they are written.
    pub(crate) needs: Vec<String>,
}

/// What the tau files of a library hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Offers {
    /// In the order of the files and of their text.
    pub(crate) offers: Vec<Offer>,
    /// The files that have an error in them, so that there may be more than was read.
    pub(crate) unreadable: Vec<String>,
}

impl Offers {
    /// Those of a library.
    pub(crate) fn of(content: &Content) -> Offers {
        let mut all = Offers::default();
        for (file, text) in texts(content) {
            let (tree, is_whole) = parse(file, &text);
            if !is_whole {
                all.unreadable.push(file.to_owned());
            }
            all.offers
                .extend(tree.items.iter().filter_map(|item| offer(file, item)));
        }
        all
    }

    /// Each line with what it is for: what is compared between two versions.
    pub(crate) fn lines(&self) -> BTreeSet<String> {
        let each = self.offers.iter().flat_map(|offer| {
            let of = format!("{} {} in {}", offer.kind, offer.name, offer.file);
            let needs = offer.needs.iter();
            needs.map(move |need| format!("{need}, for {of}"))
        });
        each.collect()
    }
}

fn offer(file: &str, item: &Item) -> Option<Offer> {
    let (kind, name, needs) = match item {
        Item::Mission(mission) => {
            let grants = mission.authority.iter().flat_map(|it| &it.grants);
            (
                "mission",
                &mission.name,
                grants.map(format::grant).collect(),
            )
        }
        Item::Action(face) => {
            let needs = face.needs.iter().filter(|need| need.asks);
            let mut needs: Vec<String> = needs.map(format::need).collect();
            if let Some(ActionBody::Command(command)) = &face.body {
                needs.push(format!("run {}", format::value(command)));
            }
            ("action", &face.name, needs)
        }
        _ => return None,
    };
    Some(Offer {
        file: file.to_owned(),
        kind,
        name: name.text.clone(),
        needs,
    })
}
