//! `verifier-trivial`: a verifier whose command says the same whatever the files hold.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::syntax::command;

/// Programs that look at no file.
const BLIND: [&str; 8] = [
    ":", "echo", "exit", "false", "printf", "sleep", "true", "yes",
];

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for verifier in subject.missions().flat_map(|mission| &mission.verifiers) {
        // Another command may look at what this one does not.
        let Some(run) = verifier.run.as_ref().filter(|_| verifier.also.is_empty()) else {
            continue;
        };
        let words = walk::literal(run).and_then(|text| command::words(text).ok());
        let program = words.as_ref().and_then(|words| words.first());
        let Some(program) = program.and_then(|word| word.rsplit('/').next()) else {
            continue;
        };
        if BLIND.contains(&program) {
            let kind = Kind::VerifierTrivial {
                name: verifier.name.text.clone(),
                program: program.to_owned(),
            };
            found.push(Diagnostic::new(kind, run.at.0));
        }
    }
    found
}
