//! `template-unfilled`

use super::{Found, Place, Reading, Rule, Verdict};

/// More words of its own are a description, whatever is left of the template.
const MANY: usize = 40;

/// What templates of issues say, in small letters.
const TEMPLATE: &[&str] = &[
    "a clear and concise description of what",
    "a clear and concise description of any alternative",
    "add any other context about the problem here",
    "describe the bug here",
    "describe your issue here",
    "explain what you expected",
    "go to '...'",
    "if applicable, add screenshots",
    "is your feature request related to a problem? please describe.",
    "click on '....'",
    "please describe the issue",
    "replace this text",
    "steps to reproduce the behavior:",
    "tell us what should happen",
    "tell us what happens instead",
    "your description here",
    "[insert ",
    "<describe",
    "lorem ipsum dolor",
];

pub(super) const RULE: Rule = Rule {
    name: "template-unfilled",
    verdict: Verdict::Underspecified,
    about: "is the template of an issue, and little else",
    found: &[
        "Bug report\n\n**Describe the bug**\nA clear and concise description of what the bug is.\n\n**To Reproduce**\nSteps to reproduce the behavior:\n1. Go to '...'",
        "[Feature]\n\n### Summary\n\nYour description here",
    ],
    harmless: &[
        "The template says \"A clear and concise description of what the bug is\", and the form shows that as text of the issue when the field is left empty. The form should refuse an empty field, and say so below it, as the one for pull requests does already since 2.3.",
        "**Describe the bug**\n`cut -f` drops the last field.\n\n**Expected**\nAll fields.",
    ],
    find,
};

fn find(reading: &Reading<'_>) -> Vec<Found> {
    let Some(part) = reading.parts.iter().find(|it| it.place == Place::Text) else {
        return Vec::new();
    };
    let lower = part.text.to_ascii_lowercase();
    let left: Vec<(usize, &str)> = TEMPLATE
        .iter()
        .filter_map(|text| Some((lower.find(text)?, *text)))
        .filter(|(at, _)| !part.prose.hidden.iter().any(|hidden| hidden.contains(at)))
        .collect();
    let of_template: usize = left
        .iter()
        .map(|(at, _)| words_of_line(part.text, *at))
        .sum();
    let own = part.prose.own_words().saturating_sub(of_template);
    let first = left.iter().min_by_key(|(at, _)| *at);
    match first {
        Some((at, text)) if own < MANY && part.prose.blocks.is_empty() => vec![Found {
            place: part.place,
            at: *at..at + text.len(),
        }],
        _ => Vec::new(),
    }
}

/// How many words the line around a place has.
fn words_of_line(text: &str, at: usize) -> usize {
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let end = text[at..].find('\n').map_or(text.len(), |it| at + it);
    text[start..end].split_whitespace().count()
}
