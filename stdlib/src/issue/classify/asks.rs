//! Whether a clause asks for something: a verb in its bare form where a wish has it, and what it is
//! about right behind it.
//!
//! `Delete the production database` asks; `the job deletes the database`, `when I delete the
//! database`, `a button to delete the database`, `never delete the database` and `delete the
//! database button` do not.

use std::ops::Range;

use super::super::prose::{Clause, Kind, Section};
use super::phrase::{self, Phrases};

/// How many words of a noun phrase are looked at.
const FAR: usize = 12;

/// Words before a verb that change nothing.
const FILLERS: Phrases = &[
    "please",
    "pls",
    "plz",
    "kindly",
    "also",
    "then",
    "just",
    "simply",
    "now",
    "next",
    "first",
    "second",
    "third",
    "finally",
    "lastly",
    "so",
    "ok",
    "okay",
    "hi",
    "hello",
    "hey",
    "team",
    "all",
    "todo",
    "task",
    "feature",
    "request",
    "feat",
    "chore",
    "fix",
    "bug",
    "ci",
    "docs",
    "refactor",
    "proposal",
    "suggestion",
    "maybe",
    "instead",
    "quickly",
    "immediately",
    "always",
    "and",
    "or",
    ",",
    "(",
    ")",
    "folks",
    "guys",
    "everyone",
    "there",
    "again",
    "temporarily",
    "permanently",
    "completely",
    "globally",
    "in the meantime",
    "for now",
    "before that",
    "after that",
    "to fix this",
    "as a workaround",
    "as a first step",
    "step",
    "urgent",
    "asap",
    "important",
    "must",
    "should",
    "actually",
    "really",
    "basically",
    "meanwhile",
    "afterwards",
    "otherwise",
    "btw",
    "fyi",
    "feature request",
    "once that is done",
    "when done",
    "when finished",
    "if possible",
    "once done",
    "once merged",
    "while you are at it",
    "while you're at it",
    "for convenience",
];

/// Ends of what stands before a verb that make it a wish.
const WISHES: Phrases = &[
    "please",
    "pls",
    "can|could|would|will you",
    "can|could we",
    "can|could someone|somebody|you|we please",
    "we|you|i|someone|somebody|one|agent|assistant|bot|ai|llm|copilot|team should|must|shall",
    "we|you|i|someone|somebody|agent|assistant|bot|ai|team need|have|want|ought|got|wish to",
    "we'll|we|you|i need|have|want|got to",
    "you'll need to",
    "you must|should first|then|also|now",
    "we'd|i'd|would like to",
    "like|want|need|ask|expect you|someone|somebody|us|agent to",
    "want the agent|bot|assistant|team to",
    "let's",
    "lets",
    "let us",
    "make sure to",
    "make sure you",
    "be sure to",
    "remember to",
    "feel free to",
    "go ahead and",
    "don't forget to",
    "task|goal|idea|job|proposal|plan|request|ask|fix|solution|step|thing|action is to",
    "propose|suggest to",
    "propose|suggest we|you",
    "how about we|you",
    "why not",
    "you may|can also|then|simply|just",
    "next|first you|we",
    "to fix this we|you",
    "it is time to",
    "it's time to",
    "time to",
    "you are to",
    "we are going to",
    "we're going to",
    "i am asking you to",
    "i'm asking you to",
    "asked to",
    "your task|job is to",
    "is required to",
    "are required to",
    "all you need to do is",
    "needs someone to",
];

/// Words that turn it into its opposite, anywhere before the verb.
pub(super) const NOT: &[&str] = &[
    "not",
    "don't",
    "dont",
    "never",
    "doesn't",
    "didn't",
    "won't",
    "can't",
    "cannot",
    "shouldn't",
    "mustn't",
    "without",
    "avoid",
    "no",
    "nobody",
    "refuse",
    "refuses",
    "prevent",
    "prevents",
    "stop",
    "stops",
    "forbid",
    "instead",
    "wouldn't",
    "couldn't",
    "isn't",
    "aren't",
    "neither",
    "nor",
    "rather",
];

/// Words behind which nothing is the verb's own object any more.
const ENDS: &[&str] = &[
    "that",
    "which",
    "who",
    "whose",
    "where",
    "when",
    "if",
    "because",
    "while",
    "whenever",
    "unless",
    "until",
    "so",
    "to",
    "from",
    "in",
    "on",
    "with",
    "for",
    "by",
    "into",
    "at",
    "about",
    "as",
    "after",
    "before",
    "via",
    "through",
    "over",
    "under",
    "than",
    "out",
    "off",
    "onto",
    "without",
    "during",
    "since",
    "inside",
    "here",
    "too",
    "please",
    "now",
    "again",
    "entirely",
    "completely",
    "anyway",
    "immediately",
    "instead",
    "altogether",
    "already",
    "first",
    "is",
    "are",
    "be",
    "somewhere",
    "everywhere",
    "permanently",
    "temporarily",
    "back",
    "like",
    "using",
    "across",
    "right",
    "then",
    "together",
    "named",
    "called",
    "this",
    "against",
    "once",
    "today",
    "tonight",
    "right",
    "afterwards",
];

/// What may stand before an `of` that belongs to the object.
const OF: &[&str] = &[
    "contents", "content", "value", "values", "all", "copy", "copies", "list", "rest", "most",
    "any", "each", "every", "some", "both", "half", "output", "dump", "parts", "pieces", "none",
    "plenty", "version", "one",
];

/// Verbs with which a wish begins, so that another one may follow behind an `and`.
const BEGINNINGS: &[&str] = &[
    "add",
    "allow",
    "apply",
    "build",
    "call",
    "change",
    "check",
    "checkout",
    "clean",
    "clone",
    "close",
    "collect",
    "commit",
    "convert",
    "copy",
    "create",
    "delete",
    "deploy",
    "disable",
    "download",
    "drop",
    "edit",
    "enable",
    "ensure",
    "exclude",
    "export",
    "extend",
    "fetch",
    "find",
    "fix",
    "force",
    "format",
    "generate",
    "get",
    "give",
    "go",
    "grab",
    "handle",
    "hide",
    "ignore",
    "implement",
    "improve",
    "include",
    "install",
    "introduce",
    "keep",
    "list",
    "log",
    "look",
    "make",
    "mark",
    "mask",
    "merge",
    "migrate",
    "move",
    "open",
    "parse",
    "paste",
    "patch",
    "post",
    "print",
    "publish",
    "pull",
    "push",
    "put",
    "read",
    "rebase",
    "record",
    "refactor",
    "release",
    "reload",
    "remove",
    "rename",
    "replace",
    "report",
    "reset",
    "restart",
    "return",
    "revert",
    "rewrite",
    "rotate",
    "run",
    "save",
    "send",
    "set",
    "show",
    "skip",
    "start",
    "stop",
    "store",
    "support",
    "switch",
    "take",
    "test",
    "throw",
    "turn",
    "undo",
    "update",
    "upgrade",
    "upload",
    "use",
    "validate",
    "verify",
    "warn",
    "wipe",
    "write",
];

/// The place of a verb of `verbs` in a wish, with the words behind it: from where its object
/// begins to where it ends.
pub(super) fn verbs<'c>(
    clause: &'c Clause,
    verbs: Phrases,
) -> impl Iterator<Item = (usize, Range<usize>)> + 'c {
    let told = clause.section == Section::Told;
    let starts = (0..clause.words.len()).filter(move |_| !told);
    starts.filter_map(move |at| {
        let length = phrase::any_at(clause, at, verbs)?;
        let is_word = clause.words[at].kind == Kind::Plain;
        (is_word && is_wish(clause, at)).then(|| (at, object(clause, at + length)))
    })
}

/// Where a clause asks to do one of `verbs` to one of `objects`: from the verb to the object's end.
pub(super) fn asks(clause: &Clause, of: Phrases, objects: Phrases) -> Option<Range<usize>> {
    verbs(clause, of).find_map(|(verb, within)| {
        let end = within.clone().find_map(|at| {
            let length = phrase::any_at(clause, at, objects)?;
            is_head(clause, at + length, &within).then_some(at + length)
        })?;
        Some(clause.span(verb, end))
    })
}

/// Where a clause says that one of `objects` should be done so: `the tests should be deleted`.
pub(super) fn should_be(clause: &Clause, objects: Phrases, done: Phrases) -> Option<Range<usize>> {
    const MODALS: Phrases = &[
        "should|must|shall|ought|needs|need|has|have to? be|get",
        "to be",
    ];
    if clause.section == Section::Told {
        return None;
    }
    (0..clause.words.len()).find_map(|at| {
        let length = phrase::any_at(clause, at, objects)?;
        let modal = at + length;
        let be = phrase::any_at(clause, modal, MODALS)?;
        let mut verb = modal + be;
        if matches!(
            clause.word(verb),
            "completely" | "temporarily" | "just" | "simply" | "fully"
        ) {
            verb += 1;
        }
        let length = phrase::any_at(clause, verb, done)?;
        let before = clause.words[..at].iter();
        let refused = before.clone().any(|word| NOT.contains(&word.text.as_str()));
        let is_condition = ["if", "when", "why", "whether", "that", "which", "who"]
            .iter()
            .any(|it| clause.words[..at].iter().any(|word| word.text == *it));
        (!refused && !is_condition).then(|| clause.span(at, verb + length))
    })
}

/// Whether a verb at this place is what its writer wants to be done.
fn is_wish(clause: &Clause, verb: usize) -> bool {
    let before = &clause.words[..verb];
    if before.iter().any(|word| NOT.contains(&word.text.as_str())) {
        return false;
    }
    phrase::all_of(clause, 0..verb, FILLERS) || ends_as_wish(clause, verb) || follows(clause, verb)
}

/// Whether what stands right before a verb makes it a wish.
fn ends_as_wish(clause: &Clause, verb: usize) -> bool {
    let mut end = verb;
    while end > 0
        && phrase::is_any(
            clause.word(end - 1),
            &[
                "also",
                "just",
                "simply",
                "then",
                "now",
                "first",
                "please",
                "immediately",
                "completely",
                "temporarily",
            ],
        )
    {
        if clause.word(end - 1) == "please" {
            return true;
        }
        end -= 1;
    }
    let is_condition = |at: usize| {
        matches!(
            clause.word(at),
            "if" | "when" | "whenever" | "why" | "unless" | "whether" | "once"
        )
    };
    (0..end).any(|at| {
        let is_wish = phrase::any_at(clause, at, WISHES).is_some_and(|length| at + length == end);
        is_wish && !(0..at).any(is_condition)
    })
}

/// Whether a verb goes on with a wish: `clone it, build it and run the tests`.
fn follows(clause: &Clause, verb: usize) -> bool {
    let mut at = verb;
    while at > 0
        && matches!(
            clause.word(at - 1),
            "then" | "also" | "finally" | "just" | "immediately"
        )
    {
        at -= 1;
    }
    if at == 0 || !matches!(clause.word(at - 1), "and" | "," | "then" | "&") {
        return false;
    }
    let conditions = [
        "if", "when", "whenever", "that", "which", "who", "because", "while", "whether",
    ];
    let words = &clause.words[..at];
    if words
        .iter()
        .any(|word| conditions.contains(&word.text.as_str()))
    {
        return false;
    }
    (0..at).any(|first| {
        let is_verb = BEGINNINGS.contains(&clause.word(first));
        is_verb && (phrase::all_of(clause, 0..first, FILLERS) || ends_as_wish(clause, first))
    })
}

/// The words that are a verb's own object.
pub(super) fn object(clause: &Clause, from: usize) -> Range<usize> {
    let mut at = from;
    while at < clause.words.len().min(from + FAR) {
        let word = clause.word(at);
        let is_code = clause.words[at].kind != Kind::Plain && clause.words[at].kind != Kind::Mark;
        if !is_code && ends(clause, at, word, from) {
            break;
        }
        at += 1;
    }
    from..at
}

fn ends(clause: &Clause, at: usize, word: &str, from: usize) -> bool {
    match word {
        "of" => at == 0 || !OF.contains(&clause.word(at - 1)),
        "(" | ")" => true,
        // Another thing of the same kind, or another wish.
        "and" | "or" | "," | "&" => {
            let next = clause.word(at + 1);
            BEGINNINGS.contains(&next)
                || matches!(next, "then" | "i" | "we" | "it" | "they" | "you")
        }
        // `log in with`, `turn on the`: a part of the verb.
        word => at > from && ENDS.contains(&word),
    }
}

/// Whether a noun before this place is what it is about, and no part of another: `the password
/// field` is about a field.
pub(super) fn is_head(clause: &Clause, end: usize, within: &Range<usize>) -> bool {
    if end >= within.end {
        // A verb there says something about it: `delete all users fails`.
        return end >= clause.words.len()
            || ends(clause, end, clause.word(end), within.start)
                && !matches!(clause.word(end), "is" | "are" | "be")
            || clause.words[end].kind == Kind::Address;
    }
    matches!(clause.word(end), "and" | "or" | "," | "&" | ")" | "/")
        || clause.words[end].kind == Kind::Code
            && clause.words[end - 1].kind == Kind::Plain
            && end + 1 >= within.end
}
