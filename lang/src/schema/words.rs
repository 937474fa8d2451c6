//! What the keys are for, as an editor shows it.

use serde_json::{Value as Json, json};

/// In alphabetical order.
const WORDS: &[(&str, &str)] = &[
    ("about", "what this is for"),
    ("actions", "actions of this file, by name"),
    ("after", "the earlier steps that this one waits for"),
    (
        "at_once",
        "how many rounds run at the same time; 1 without it",
    ),
    ("authority", "what the mission may do; nothing without it"),
    ("box", "the weakest box that the step's commands may run in"),
    (
        "comment",
        "starts the mission when a comment begins with this",
    ),
    ("default", "the value when none is given"),
    ("deny", "what may not be done, whatever else is granted"),
    ("else", "the steps when the condition does not hold"),
    ("env", "environment variables"),
    ("expect", "conditions that hold when the run has ended"),
    (
        "files",
        "the repository that the test works on: paths with their texts",
    ),
    ("finally", "steps that run once, however the others end"),
    ("for", "what each item of the list is called in the steps"),
    ("gate", "whether every write that follows waits for it"),
    (
        "given",
        "actions with what they do in the test instead of their work",
    ),
    ("if", "a condition"),
    ("in", "the list"),
    ("inputs", "values from outside, by name"),
    ("kind", "how it may be repeated after a crash"),
    ("label", "starts the mission when an issue gets this label"),
    ("let", "names with their values"),
    (
        "may_fail",
        "whether the mission goes on when the step fails",
    ),
    (
        "mission",
        "the mission's name; its keys stand beside this one",
    ),
    ("missions", "several missions, by name"),
    ("needs", "the authority that it needs, by effect"),
    ("on", "when missions start by themselves"),
    (
        "on_failure",
        "steps that run once when the others end in a failure",
    ),
    ("outputs", "what it gives, by name"),
    ("params", "its parameters, by name"),
    (
        "policy",
        "what an operator lets every mission do; only in a file of its own",
    ),
    ("protect", "the files that no edit may touch"),
    ("repeat", "how many rounds there may be"),
    ("result", "the type of what it gives"),
    ("retry", "how many more times a failed step is tried"),
    ("runs", "how many runs must agree"),
    (
        "schedule",
        "starts the mission at these times: minute, hour, day, month, weekday",
    ),
    ("spends", "the most that one attempt spends"),
    ("steps", "what is done, from top to bottom"),
    ("takes", "the most time that one attempt takes"),
    ("tau", "the version of the language"),
    (
        "tests",
        "missions run with scripted actions, and what is expected of them",
    ),
    ("then", "the steps when the condition holds"),
    ("timeout", "the time after which an attempt fails"),
    ("types", "types of this file, by name"),
    ("until", "the condition that ends the rounds"),
    ("up_to", "how many items there may be"),
    (
        "use",
        "libraries, files and repositories whose names are used",
    ),
    (
        "verifiers",
        "what decides whether the work is done, by name",
    ),
    ("webhook", "starts the mission when this webhook is called"),
    ("when", "the step is skipped unless this holds"),
    ("with", "the arguments, by name"),
    ("zone", "the time zone of the schedule"),
];

/// The schema of a key with what the key is for, unless it says so itself.
pub(super) fn described(key: &str, mut schema: Json) -> Json {
    let word = WORDS.iter().find(|(word, _)| *word == key);
    if let (Some((_, about)), None) = (word, schema.get("description")) {
        schema["description"] = json!(about);
    }
    schema
}
