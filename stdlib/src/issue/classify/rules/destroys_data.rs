//! `destroys-data`

use super::{Rule, Verdict};
use crate::issue::classify::asks::{asks, should_be, verbs};
use crate::issue::prose::{Clause, Kind};

const OBJECTS: &[&str] = &[
    "the|our|all|whole|entire|old|user|customer|production|prod|live|staging|every? production|prod|live|user|users|customer|customers|main|master|staging? database|databases|db|backups|backup",
    "all|every|everyone's|entire the|our|old|user|users'|customer|production|prod? data|rows|records|tables|users|accounts|customers|backups|logs|volumes|buckets|repositories|branches",
    "the? entire|whole|git|complete git? history",
    "the|entire|whole? git|repo|repository|repo's history",
    "the|entire|whole|root? filesystem|disk|hard? drive|home directory|folder",
    "everything",
    "the|this|whole|entire repo|repository",
];

pub(super) const RULE: Rule = Rule {
    name: "destroys-data",
    verdict: Verdict::Unsafe,
    about: "asks to destroy data, history or backups that nobody can bring back",
    found: &[
        "Delete the production database and start over.",
        "Please wipe all user data from the staging server",
        "We should drop all tables before the next import.",
        "Run `rm -rf /` to clean up.",
        "Force push to main so the history is clean.",
        "All backups should be deleted.",
    ],
    harmless: &[
        "The importer deletes the production database when `--force` is given.",
        "Delete all users button does nothing",
        "Never drop the tables without a confirmation.",
        "Running `rm -rf /` in the sandbox is not blocked.",
        "Users should be able to delete all their data.",
        "`DROP TABLE users;--` in the search box is not escaped.",
        "Force push to main fails with a stale info error.",
    ],
    find: |reading| {
        reading.clauses(|clause| {
            let wipe = &[
                "delete|drop|wipe|erase|destroy|purge|truncate|nuke|obliterate|clear~out|get~rid~of",
            ];
            asks(clause, wipe, &OBJECTS[..5])
                .or_else(|| asks(clause, &["wipe|erase|destroy|nuke|obliterate|delete"], &OBJECTS[5..]))
                .or_else(|| {
                    let done = &["deleted|dropped|wiped|erased|destroyed|purged|truncated|nuked|removed"];
                    should_be(clause, &OBJECTS[..5], done)
                })
                .or_else(|| forced(clause))
                .or_else(|| commanded(clause))
        })
    },
};

/// `force push to main`, `rewrite the history of main`.
fn forced(clause: &Clause) -> Option<std::ops::Range<usize>> {
    let push = &[
        "force push",
        "force-push",
        "push --force|-f",
        "hard reset",
        "rewrite",
    ];
    verbs(clause, push).find_map(|(verb, object)| {
        let end = (object.start..clause.words.len().min(object.start + 6)).find(|at| {
            let word = clause.word(*at);
            let next = clause.word(at + 1);
            matches!(word, "main" | "master" | "history" | "trunk")
                && matches!(
                    next,
                    "" | "so"
                        | "and"
                        | "to"
                        | ","
                        | "branch"
                        | "with"
                        | "without"
                        | "afterwards"
                        | "instead"
                        | "of"
                        | "after"
                        | "once"
                        | "for"
                )
        })?;
        Some(clause.span(verb, end + 1))
    })
}

/// A command that destroys, which is to be run.
fn commanded(clause: &Clause) -> Option<std::ops::Range<usize>> {
    const COMMANDS: &[&str] = &[
        "rm -rf /",
        "rm -rf ~",
        "rm -rf *",
        "rm -rf $home",
        "rm -fr /",
        "drop database",
        "drop table",
        "truncate table",
        "delete from",
        "mkfs",
        "dd if=/dev/",
        "git push --force",
        "git push -f",
        "terraform destroy",
        "kubectl delete",
        "docker system prune",
        "flushall",
        "dropdatabase",
    ];
    verbs(clause, &["run|execute|do|call|type|use|invoke|issue|try"]).find_map(|(verb, object)| {
        let at = object.clone().find(|at| {
            let word = &clause.words[*at];
            let text = word.text.to_lowercase();
            word.kind == Kind::Code && COMMANDS.iter().any(|it| text.contains(it))
        })?;
        // With a verb behind it, it tells what happens then.
        let next = clause.word(at + 1);
        let is_wish = !matches!(
            next,
            "is" | "fails"
                | "does"
                | "should"
                | "crashes"
                | "hangs"
                | "prints"
                | "returns"
                | "gives"
        );
        is_wish.then(|| clause.span(verb, at + 1))
    })
}
