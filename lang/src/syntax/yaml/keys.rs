//! The keys of every part, as the reader takes them and the schema names them.

pub(crate) const FILE: [&str; 17] = [
    "tau",
    "use",
    "types",
    "actions",
    "mission",
    "about",
    "inputs",
    "authority",
    "verifiers",
    "steps",
    "on_failure",
    "finally",
    "outputs",
    "missions",
    "tests",
    "on",
    "policy",
];
pub(crate) const USE: [&str; 2] = ["from", "as"];
pub(crate) const TYPE: [&str; 2] = ["type", "about"];
pub(crate) const ACTION: [&str; 11] = [
    "about", "params", "result", "needs", "takes", "spends", "kind", "gate", "run", "steps",
    "outputs",
];
/// Effects that an action may need, and the two that only order.
pub(crate) const NEEDS: [&str; 11] = [
    "env", "git", "github", "model", "net", "read", "run", "secret", "write", "reads", "writes",
];
pub(crate) const MISSION: [&str; 8] = [
    "about",
    "inputs",
    "authority",
    "verifiers",
    "steps",
    "on_failure",
    "finally",
    "outputs",
];
pub(crate) const TEST: [&str; 7] = ["test", "about", "run", "with", "files", "given", "expect"];
pub(crate) const GIVEN: [&str; 2] = ["returns", "fails"];
/// Beside the event and what it is asked for.
pub(crate) const TRIGGER: [&str; 3] = ["run", "with", "about"];
pub(crate) const INPUT: [&str; 3] = ["type", "default", "about"];
pub(crate) const VERIFIER: [&str; 13] = [
    "run",
    "report",
    "red",
    "protect",
    "loses",
    "heldout",
    "hides",
    "needs",
    "installed",
    "env",
    "timeout",
    "runs",
    "about",
];
pub(crate) const OUTPUT: [&str; 2] = ["value", "about"];
pub(crate) const LET: [&str; 2] = ["let", "about"];
pub(crate) const IF: [&str; 4] = ["if", "then", "else", "about"];
pub(crate) const FOR: [&str; 6] = ["for", "in", "up_to", "at_once", "steps", "about"];
pub(crate) const HANDLER: [&str; 2] = ["about", "steps"];
pub(crate) const REPEAT: [&str; 4] = ["repeat", "until", "steps", "about"];
/// Beside the step's name.
pub(crate) const STEP: [&str; 8] = [
    "about", "with", "after", "when", "retry", "timeout", "box", "may_fail",
];
pub(crate) const RETRY: [&str; 3] = ["times", "every", "up_to"];
/// Of an effect whose scopes are not all that is said of it.
pub(crate) const GRANT: [&str; 12] = [
    "allow",
    "calls",
    "cost",
    "cpu",
    "file_size",
    "memory",
    "open_files",
    "output",
    "processes",
    "scratch",
    "time",
    "tokens",
];
/// The same of `model`, with what is asked when those before are not there.
pub(crate) const MODEL_GRANT: [&str; 13] = [
    "allow",
    "calls",
    "cost",
    "cpu",
    "else",
    "file_size",
    "memory",
    "open_files",
    "output",
    "processes",
    "scratch",
    "time",
    "tokens",
];
