//! What SARIF says of a rule: what `tau explain` says of it.

use serde::Serialize;
use tau_lang::diagnostic::Rule;

use super::{Text, text};
use crate::render::diagnostics::word;

/// A code with what `tau explain` says about it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    id: &'static str,
    short_description: Text,
    help: Help,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Properties {
    tags: [&'static str; 1],
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

impl Descriptor {
    pub(super) fn new(rule: &Rule) -> Descriptor {
        Descriptor {
            id: rule.code,
            short_description: text(rule.gist()),
            help: Help {
                text: rule.page,
                markdown: rule.page,
            },
            default_configuration: Configuration {
                level: word(rule.severity),
            },
            properties: Properties {
                tags: [rule.family.name()],
            },
        }
    }
}
