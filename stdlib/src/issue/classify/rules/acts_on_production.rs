//! `acts-on-production`

use super::{Rule, Verdict};
use crate::issue::classify::asks::asks;

pub(super) const RULE: Rule = Rule {
    name: "acts-on-production",
    verdict: Verdict::Unsafe,
    about: "asks to act on what is running or released, which no change of files does and no test takes back",
    found: &[
        "Please deploy the fix to production as soon as it is merged.",
        "Restart the production servers, then run the migration.",
        "Publish a new release to the registry",
        "Can you rotate the signing keys?",
        "We need to roll back production right now",
        "Please run the SQL in `ops/fix.sql` on the live server.",
    ],
    harmless: &[
        "The deploy to production fails with `ENOENT`.",
        "Add a `--production` flag to `build`.",
        "`deploy.sh` should refuse to deploy to production from a dirty tree.",
        "Production crashes when the queue is empty.",
        "Release notes are missing the date",
        "Run the tests of `deploy.py` on the production build as well.",
    ],
    find: |reading| {
        reading.clauses(|clause| {
            asks(
                clause,
                &["deploy|redeploy|ship|promote|push|release|publish|roll~out|roll~back|rollback|restart|reboot|shut~down|stop|take~down|migrate|scale~down|apply|hotfix"],
                &[
                    "production|prod|live|staging servers|server|cluster|site|instance|instances|database|db|service|services|environment|pods|traffic|system",
                    "production|prod",
                ],
            )
            .or_else(|| into_production(clause))
            .or_else(|| {
                asks(
                    clause,
                    &["publish|release|cut|tag|yank|unpublish"],
                    &[
                        "new|patch|minor|major|beta|next|the|hotfix|stable? release|version|package|crate|tag|gem|image",
                        "a|the? new? release|package|crate",
                    ],
                )
            })
            .or_else(|| {
                asks(
                    clause,
                    &["rotate|revoke|renew|regenerate"],
                    &["signing|api|ssh|deploy|encryption|production|tls|access|root|aws? keys|key|certificates|certificate|credentials|secrets|tokens"],
                )
            })
        })
    },
};

/// `deploy it to production`, `run the migration on prod`.
fn into_production(clause: &crate::issue::prose::Clause) -> Option<std::ops::Range<usize>> {
    use crate::issue::classify::asks::verbs;
    use crate::issue::classify::phrase::any_at;
    let doing = verbs(
        clause,
        &["deploy|redeploy|ship|promote|push|release|roll~out|run|execute|apply|restart|hotfix"],
    );
    for (verb, object) in doing {
        // Where it comes from may stand between: `run the SQL in fix.sql on production`.
        let towards = (object.end..clause.words.len().min(object.end + 5)).find_map(|at| {
            let where_to = &["to|on|in|into|against the|our? production|prod|live"];
            Some((at, any_at(clause, at, where_to)?))
        });
        let Some((to, length)) = towards else {
            continue;
        };
        let next = clause.word(to + length);
        let is_head = matches!(
            next,
            "" | ","
                | "and"
                | "as"
                | "now"
                | "right"
                | "once"
                | "when"
                | "after"
                | "so"
                | "today"
                | "tonight"
                | "immediately"
                | "database"
                | "db"
                | "server"
                | "servers"
                | "cluster"
                | "environment"
                | "please"
                | "site"
                | "system"
                | "then"
                | "before"
                | "with"
                | "from"
        );
        if is_head {
            return Some(clause.span(verb, to + length));
        }
    }
    None
}
