//! `many-tasks`

use super::{Found, Reading, Rule, Verdict};
use crate::issue::classify::phrase::any_at;

/// So many open boxes are a plan and not a task.
const BOXES: usize = 6;

pub(super) const RULE: Rule = Rule {
    name: "many-tasks",
    verdict: Verdict::TooBroad,
    about: "is a plan of several tasks: an epic, a roadmap, a list of boxes to tick",
    found: &[
        "Epic: new billing\n\nEverything for the new billing.",
        "Roadmap for 2.0",
        "Tracking issue for the async rewrite of `net`",
        "Left to do\n\n- [ ] a parser\n- [ ] a printer\n- [ ] docs\n- [ ] tests\n- [ ] a release\n- [ ] a blog post",
    ],
    harmless: &[
        "The roadmap page has a broken link to `/v2`.",
        "Checklist of the pull request template is wrong\n\n- [x] a\n- [x] b\n- [x] c\n- [x] d\n- [x] e\n- [x] f",
        "Epic names with a `/` cannot be saved.",
        "Tracking pixel is loaded twice in `mail.html`",
    ],
    find,
};

fn find(reading: &Reading<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(title) = reading.title()
        && let Some(first) = title.prose.clauses.first()
    {
        let of = &[
            "epic|umbrella|meta|megaissue|roadmap",
            "tracking|umbrella|meta|master issue|ticket|bug",
            "roadmap for|to|of",
            "meta issue",
        ];
        let length = any_at(first, 0, of);
        let ends = length.is_some_and(|length| length == first.words.len());
        let is_of = length.is_some_and(|length| {
            ends || matches!(first.word(length), "for" | "of" | "to" | "about")
                || first.word(length - 1) == "for"
        });
        if is_of {
            found.push(title.whole());
        }
    }
    if reading.labels.iter().any(|it| {
        matches!(
            it.as_str(),
            "epic" | "umbrella" | "tracking-issue" | "roadmap" | "meta"
        )
    }) && let Some(title) = reading.title()
        && found.is_empty()
    {
        found.push(title.whole());
    }
    for part in reading.said() {
        let open: Vec<_> = part
            .prose
            .clauses
            .iter()
            .filter(|clause| clause.item == Some(true))
            .collect();
        if open.len() >= BOXES
            && let (Some(first), Some(last)) = (open.first(), open.last())
        {
            found.push(Found {
                place: part.place,
                at: first.whole().start..last.whole().end,
            });
        }
    }
    found
}
