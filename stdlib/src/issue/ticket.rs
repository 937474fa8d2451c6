//! An issue as it was read, whatever from.

use serde::{Deserialize, Serialize};

/// The `Ticket` of the face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Ticket {
    pub(super) kind: From,
    #[serde(rename = "ref")]
    pub(super) reference: String,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) url: Option<String>,
    pub(super) state: State,
    pub(super) title: String,
    pub(super) text: String,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) author: Option<String>,
    pub(super) association: Association,
    pub(super) labels: Vec<String>,
    pub(super) comments: Vec<Comment>,
    pub(super) complete: bool,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Comment {
    #[serde(deserialize_with = "Option::deserialize")]
    pub(super) author: Option<String>,
    pub(super) association: Association,
    pub(super) text: String,
}

/// Where it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum From {
    Github,
    Text,
}

/// Whether it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Open,
    Closed,
    Unknown,
}

/// What its author is to the repository, as the host says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Association {
    Owner,
    Member,
    Collaborator,
    Contributor,
    None,
    Unknown,
}

impl Association {
    /// From the word that GitHub has for it.
    pub(super) fn of_github(word: &str) -> Association {
        match word {
            "OWNER" => Association::Owner,
            "MEMBER" => Association::Member,
            "COLLABORATOR" => Association::Collaborator,
            "CONTRIBUTOR" => Association::Contributor,
            "" => Association::Unknown,
            // `FIRST_TIMER`, `FIRST_TIME_CONTRIBUTOR`, `MANNEQUIN`, `NONE`.
            _ => Association::None,
        }
    }

    /// Whether somebody speaks for the repository.
    pub(super) fn speaks(self) -> bool {
        matches!(
            self,
            Association::Owner | Association::Member | Association::Collaborator
        )
    }
}

impl Ticket {
    /// The comments that belong to what is asked for, with their numbers: those of its author, and of
    /// those who speak for the repository. Anybody may write others.
    pub(super) fn own_comments(&self) -> impl Iterator<Item = (usize, &Comment)> {
        let comments = self.comments.iter().enumerate();
        comments.filter(|(_, comment)| {
            let by_author = comment.author.is_some() && comment.author == self.author;
            by_author || comment.association.speaks()
        })
    }
}
