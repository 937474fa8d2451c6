//! The `authority` block, and `policy`, which says the same of every mission.

use super::layout::Entry;
use super::values::contents;
use super::{Reader, Rule};
use crate::diagnostic::Kind;
use crate::source::At;
use crate::syntax::tree::{Authority, Effect, Grant, Limit, LimitKind, LiteralValue, Value};

impl Reader<'_> {
    pub(super) fn authority(&mut self, head: Rule, mut entry: Entry) -> Authority {
        let around = self.around(&mut entry);
        self.line(head, entry.head.clone());
        let block = self.required_block(&mut entry);
        let mut authority = Authority {
            grants: Vec::new(),
            broken: false,
            tail: block.tail,
            trivia: around.trivia,
            at: around.at,
        };
        for entry in block.entries {
            match self.grant(entry) {
                Some(grant) => authority.grants.push(grant),
                None => authority.broken = true,
            }
        }
        authority
    }

    fn grant(&mut self, mut entry: Entry) -> Option<Grant> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let keyword = self.keyword(&entry);
        if keyword != "deny" && Effect::parse(keyword).is_none() {
            let words = &[
                "deny", "env", "git", "github", "model", "net", "read", "run", "secret", "time",
                "write",
            ];
            self.unexpected(&entry, words, "an effect such as `read`, `write` or `run`");
            return None;
        }
        let mut line = self.line(Rule::grant_line, entry.head)?;
        let deny = line.next_if(Rule::deny).is_some();
        let pair = line.next()?;
        let mut grant = Grant {
            deny,
            effect: Effect::Time,
            verb: None,
            scopes: Vec::new(),
            elses: 0,
            limits: Vec::new(),
            trivia: around.trivia,
            at: around.at,
        };
        match pair.as_rule() {
            Rule::time_grant => {
                let amount = contents(pair).next()?;
                let at = At(line.at(&amount));
                let amount = self.literal(&amount, base);
                if !matches!(amount.value, LiteralValue::Duration(_)) {
                    self.report(Kind::LiteralInvalid { raw: amount.raw }, at.0);
                    return None;
                }
                grant.limits.push(Limit {
                    kind: LimitKind::Time,
                    amount,
                    at,
                });
            }
            Rule::git_grant => {
                let mut parts = contents(pair);
                grant.effect = Effect::Git;
                grant.verb = Some(self.ident(&parts.next()?, base));
                grant.scopes = self.scopes(parts.next()?, base);
            }
            _ => {
                let mut parts = contents(pair);
                grant.effect = Effect::parse(parts.next()?.as_str())?;
                for part in parts {
                    match part.as_rule() {
                        Rule::scopes => grant.scopes = self.scopes(part, base),
                        Rule::routes => self.routes(part, base, &mut grant),
                        Rule::bare_name => grant.scopes.push(self.bare_name(part, base)),
                        _ => grant.limits.extend(self.limit(part, base)),
                    }
                }
            }
        }
        Some(grant)
    }

    /// A bare or quoted name, always a text.
    fn bare_name(&mut self, pair: pest::iterators::Pair<'_, Rule>, base: usize) -> Value {
        match pair.clone().into_inner().next() {
            Some(inner) if inner.as_rule() == Rule::text => self.value(inner, base),
            _ => {
                let mut value = crate::syntax::template::literal(pair.as_str());
                value.at = At(super::values::span(&pair, base, self.file));
                value
            }
        }
    }

    fn scopes(&mut self, pair: pest::iterators::Pair<'_, Rule>, base: usize) -> Vec<Value> {
        contents(pair)
            .map(|scope| self.value(scope, base))
            .collect()
    }

    /// Models: those that may be asked, and behind `else` those that are asked when they are not there.
    fn routes(&mut self, pair: pest::iterators::Pair<'_, Rule>, base: usize, grant: &mut Grant) {
        for part in contents(pair) {
            let inner = part.clone().into_inner().next();
            let route = match (part.as_rule(), inner) {
                (Rule::otherwise, Some(inner)) => {
                    grant.elses += 1;
                    inner
                }
                _ => part,
            };
            grant.scopes.push(self.value(route, base));
        }
    }

    fn limit(&mut self, pair: pest::iterators::Pair<'_, Rule>, base: usize) -> Option<Limit> {
        let at = At(super::values::span(&pair, base, self.file));
        let mut parts = pair.into_inner();
        let amount = self.literal(&parts.next()?, base);
        let unit = parts.next().map(|unit| unit.as_str().to_owned());
        let kind = match (&amount.value, unit.as_deref()) {
            (LiteralValue::Money(_), None) => Some(LimitKind::Cost),
            (LiteralValue::Duration(_), None) => Some(LimitKind::Time),
            (_, unit) => unit.and_then(LimitKind::parse),
        };
        let kind = kind.filter(|kind| kind.amount(&amount.value).is_some());
        if kind.is_none() {
            let expected = "a limit such as `200k tokens`, `$2`, `4GB memory` or `200 processes`";
            self.report(
                Kind::Syntax {
                    found: format!("`{}`", amount.raw),
                    expected: expected.to_owned(),
                },
                at.0,
            );
        }
        Some(Limit {
            kind: kind?,
            amount,
            at,
        })
    }
}
