//! `leaves-it-open`

use super::{Rule, Verdict};
use crate::issue::classify::phrase::find;
use crate::issue::prose::Section;

pub(super) const RULE: Rule = Rule {
    name: "leaves-it-open",
    verdict: Verdict::Underspecified,
    about: "says itself that it is not decided what should be",
    found: &[
        "I'm not sure what it should return here.",
        "The format is TBD.",
        "We need to discuss which of the two we want.",
        "RFC: plugin API\n\nThoughts welcome.",
    ],
    harmless: &[
        "`status` prints `TBD` instead of the date.",
        "Not sure whether it matters: my locale is `de_DE`. `parse(\"1,5\")` should return 1.5.",
        "The discussion page does not load for a user that has no avatar.",
        "Keep the empty segment of a path (RFC 3986, section 5.2.4).",
    ],
    find: |reading| {
        reading.clauses(|clause| {
            if clause.section == Section::Told {
                return None;
            }
            let open = &[
                "tbd", "to be decided|discussed|determined|defined", "needs|requires discussion|design|decision", "needs a decision",
                "need|have|should to? first? discuss|decide|agree|figure how|what|whether|which|on|if|out", "need to discuss this", "let's discuss",
                "not sure|certain|clear yet? what|how it|this|the|we|right should|behavior|behaviour|best|correct|fix|result|output|api",
                "no idea what|how it|this|the|we should", "don't know|have what|how it|this|the|we should",
                "open to|for ideas|suggestions|discussion", "thoughts welcome", "any thoughts", "what do you think", "up for discussion",
                "undecided", "rfc", "still has to be decided", "opinions welcome", "ideas welcome", "torn between", "what do people|others|folks|others think",
            ];
            let at = find(clause, open)?;
            // `RFC 3986` is decided.
            if clause.word(at.start) == "rfc" && clause.word(at.end).starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            Some(clause.span(at.start, at.end))
        })
    },
};
