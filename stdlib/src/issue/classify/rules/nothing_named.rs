//! `nothing-named`

use super::{Found, Rule, Verdict};
use crate::issue::classify::phrase::find;

/// With more words, something is said in them.
const MANY: usize = 60;

pub(super) const RULE: Rule = Rule {
    name: "nothing-named",
    verdict: Verdict::Underspecified,
    about: "says that something is wrong without naming what: no file, no command, no message, no number",
    found: &[
        "The app is broken since the last update, it just doesn't work any more. Please fix this soon.",
        "Sometimes it is really slow and then it crashes. Very annoying for all of us.",
        "The limits are too low, they should be much higher, several of us say so.",
    ],
    harmless: &[
        "`export` crashes when the folder does not exist, with `No such file or directory`.",
        "Saving a note with an empty title should show a message instead of closing the editor.",
    ],
    find: |reading| {
        if reading.is_specific() || reading.own_words() >= MANY {
            return Vec::new();
        }
        let vague = &[
            "doesn't|don't|does~not|not|isn't|won't|stopped|never work|working|works anymore|correctly|properly?",
            "is|are|it|gets totally|completely|really|so|super|very|always|just|often? broken|slow|buggy|weird|wrong|laggy|unusable|annoying|terrible|unstable",
            "crashes|freezes|hangs|fails all~the~time|sometimes|randomly|often|again|constantly|every~time|for~no~reason",
            "it crashes|freezes|hangs|fails|breaks",
            "something|someting is|goes|went|seems|must wrong|off|broken|be?",
            "strange|weird|odd|random behavior|behaviour|errors|error|things|results|problems|issues",
            "acts|acting|behaves up|strange|strangely|weird|weirdly|odd|oddly",
            "please fix it|this|asap|soon",
            "fix it",
            "is|looks a mess|wrong|bad|ugly|off",
            "not as expected",
            "looks|seems|feels|appears|acts a? bit|somewhat|quite|very|really? odd|strange|weird|funny|off|wrong|broken|bad",
            "can|could|would|will somebody|someone|anybody|anyone|you please? have|take|look|check a? look|into|this|it|at?",
            "should|must|could|needs~to|need~to|has~to|have~to be? much|a~bit|a~lot|way? higher|lower|bigger|larger|smaller|longer|shorter|faster|nicer|better|clearer|quicker",
            "an error",
            "some errors|error|problems|issues",
            "lots|tons|full of bugs|errors|problems",
            "many bugs|errors|problems",
        ];
        for part in reading.said() {
            for clause in &part.prose.clauses {
                if let Some(at) = find(clause, vague) {
                    let at = clause.span(at.start, at.end);
                    return vec![Found {
                        place: part.place,
                        at,
                    }];
                }
            }
        }
        Vec::new()
    },
};
