//! Items of a file and members of a mission.

use super::layout::{Block, Entry};
use super::statements::{STATEMENTS, contents};
use super::{Reader, Rule};
use crate::diagnostic::Kind;
use crate::source::At;
use crate::syntax::tree::{
    Authority, Body, Effect, Face, File, Grant, Ident, Input, Item, Limit, LimitKind, LiteralValue,
    Mission, Need, TypeExpr, TypeExprKind, TypeItem, Use, Value, ValueKind, Verifier,
};

/// Words that may begin a line of a mission, besides statements.
const MEMBERS: &[&str] = &["authority", "input", "verifier"];

impl Reader<'_> {
    pub(super) fn file(&mut self, whole: Block) -> File {
        let mut file = File {
            items: Vec::new(),
            tail: whole.tail,
        };
        for entry in whole.entries {
            let item = match self.keyword(&entry) {
                "use" => self.use_item(entry).map(Item::Use),
                "type" => self.type_item(entry).map(Item::Type),
                "action" => self.face(entry).map(Item::Action),
                "mission" => self.mission(entry).map(Item::Mission),
                _ => {
                    let words = &["action", "mission", "type", "use"];
                    self.unexpected(&entry, words, "`mission`, `use`, `type` or `action`");
                    None
                }
            };
            file.items.extend(item);
        }
        file
    }

    fn use_item(&mut self, mut entry: Entry) -> Option<Use> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let mut line = self.line(Rule::use_line, entry.head)?;
        let root = self.ident(&line.next()?, base);
        let mut names = Vec::new();
        while let Some(pair) = line.next() {
            names.push(self.ident(&pair, base));
        }
        Some(Use {
            root,
            names,
            trivia: around.trivia,
            at: around.at,
        })
    }

    fn type_item(&mut self, mut entry: Entry) -> Option<TypeItem> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let mut line = self.line(Rule::type_line, entry.head)?;
        Some(TypeItem {
            name: self.ident(&line.next()?, base),
            ty: self.type_expr(&line.next()?, base),
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        })
    }

    fn mission(&mut self, mut entry: Entry) -> Option<Mission> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let head = self.line(Rule::mission_head, entry.head.clone());
        let block = self.required_block(&mut entry);
        let name = match head {
            Some(mut line) => self.ident(&line.next()?, base),
            None => Ident {
                text: String::new(),
                at: around.at,
            },
        };
        let mut mission = Mission {
            name,
            inputs: Vec::new(),
            authority: None,
            verifiers: Vec::new(),
            body: Body {
                statements: Vec::new(),
                tail: block.tail,
            },
            outputs: Vec::new(),
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        };
        for entry in block.entries {
            self.member(&mut mission, entry);
        }
        Some(mission)
    }

    fn member(&mut self, mission: &mut Mission, entry: Entry) {
        match self.keyword(&entry) {
            "input" => mission.inputs.extend(self.input(Rule::input_line, entry)),
            "authority" => {
                let authority = self.authority(entry);
                match &mut mission.authority {
                    None => mission.authority = Some(authority),
                    Some(first) => {
                        self.diagnostics.push(
                            crate::diagnostic::Diagnostic::new(
                                Kind::DuplicateName {
                                    what: "a block".to_owned(),
                                    name: "authority".to_owned(),
                                },
                                authority.at.0,
                            )
                            .label(first.at.0, "the first one"),
                        );
                        first.grants.extend(authority.grants);
                    }
                }
            }
            "verifier" => mission.verifiers.extend(self.verifier(entry)),
            "output" => mission.outputs.extend(self.output(entry)),
            "let" | "step" | "if" | "repeat" => {
                let statement = self.statement(entry);
                mission.body.statements.push(statement);
            }
            _ => {
                let words: &[&str] = &[
                    "authority",
                    "if",
                    "input",
                    "let",
                    "output",
                    "repeat",
                    "step",
                    "verifier",
                ];
                debug_assert!(
                    MEMBERS
                        .iter()
                        .chain(STATEMENTS)
                        .all(|word| words.contains(word))
                );
                self.unexpected(
                    &entry,
                    &[
                        "authority",
                        "if",
                        "input",
                        "let",
                        "output",
                        "repeat",
                        "step",
                        "verifier",
                    ],
                    "a statement",
                );
                let statement = self.broken(entry);
                mission.body.statements.push(statement);
            }
        }
    }

    fn input(&mut self, rule: Rule, mut entry: Entry) -> Option<Input> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let mut line = self.line(rule, entry.head)?;
        let name = self.ident(&line.next()?, base);
        let ty = self.type_expr(&line.next()?, base);
        let default = line.next().map(|value| self.value(value, base));
        Some(Input {
            name,
            ty,
            default,
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        })
    }

    fn authority(&mut self, mut entry: Entry) -> Authority {
        let around = self.around(&mut entry);
        self.line(Rule::authority_head, entry.head.clone());
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

    fn limit(&mut self, pair: pest::iterators::Pair<'_, Rule>, base: usize) -> Option<Limit> {
        let at = At(super::values::span(&pair, base, self.file));
        let mut parts = pair.into_inner();
        let amount = self.literal(&parts.next()?, base);
        let unit = parts.next().map(|unit| unit.as_str().to_owned());
        let kind = match (&amount.value, unit.as_deref()) {
            (LiteralValue::Money(_), None) => LimitKind::Cost,
            (LiteralValue::Duration(_), None) => LimitKind::Time,
            (LiteralValue::Int(_), Some("tokens")) => LimitKind::Tokens,
            (LiteralValue::Int(_), Some("calls")) => LimitKind::Calls,
            _ => {
                self.report(
                    Kind::Syntax {
                        found: format!("`{}`", amount.raw),
                        expected: "a limit such as `200k tokens`, `10 calls` or `$2`".to_owned(),
                    },
                    at.0,
                );
                return None;
            }
        };
        Some(Limit { kind, amount, at })
    }

    fn verifier(&mut self, mut entry: Entry) -> Option<Verifier> {
        let base = entry.head.start;
        let mut around = self.around(&mut entry);
        let head = self.line(Rule::verifier_head, entry.head.clone());
        let block = self.required_block(&mut entry);
        let name = self.ident(&head?.next()?, base);
        let mut verifier = Verifier {
            name,
            run: None,
            protect: Vec::new(),
            env: Vec::new(),
            timeout: None,
            runs: None,
            doc: around.doc,
            trivia: std::mem::take(&mut around.trivia),
            at: around.at,
        };
        let mut hoisted = Vec::new();
        for mut entry in block.entries {
            hoisted.append(&mut comments(&mut entry));
            self.verifier_field(&mut verifier, entry);
        }
        hoisted.extend(block.tail.into_iter().filter(is_comment));
        verifier.trivia.before.append(&mut hoisted);
        Some(verifier)
    }

    fn verifier_field(&mut self, verifier: &mut Verifier, entry: Entry) -> Option<()> {
        let base = entry.head.start;
        let words = &["env", "protect", "run", "runs", "timeout"];
        if !words.contains(&self.keyword(&entry)) {
            self.unexpected(
                &entry,
                words,
                "`run`, `protect`, `env`, `timeout` or `runs`",
            );
            return None;
        }
        let (word, at) = (self.keyword(&entry), self.span(entry.head.clone()));
        let mut line = self.line(Rule::verifier_line, entry.head)?;
        let field = line.next()?;
        let rule = field.as_rule();
        let given = match rule {
            Rule::run_field => verifier.run.is_some(),
            Rule::env_field => !verifier.env.is_empty(),
            Rule::timeout_field => verifier.timeout.is_some(),
            Rule::runs_field => verifier.runs.is_some(),
            _ => false,
        };
        if given {
            let key = word.to_owned();
            self.report(Kind::KeyDuplicate { key }, at);
            return None;
        }
        let mut values = contents(field);
        match rule {
            Rule::env_field => verifier.env = self.map(values.next()?, base),
            Rule::protect_field => {
                for value in values {
                    match self.value(value, base) {
                        Value {
                            kind: ValueKind::List(items),
                            ..
                        } => verifier.protect.extend(items),
                        value => verifier.protect.push(value),
                    }
                }
            }
            _ => {
                let value = Some(self.value(values.next()?, base));
                match rule {
                    Rule::run_field => verifier.run = value,
                    Rule::timeout_field => verifier.timeout = value,
                    _ => verifier.runs = value,
                }
            }
        }
        Some(())
    }

    fn face(&mut self, mut entry: Entry) -> Option<Face> {
        let mut around = self.around(&mut entry);
        let Some((params, parens)) = entry.params.take() else {
            self.line(Rule::action_head, entry.head.clone());
            return None;
        };
        let start = entry.head.start;
        let name = self.line(Rule::action_head, start..parens.start);
        let result = self.line(Rule::action_tail, parens.end..entry.head.end);
        let block = self.required_block(&mut entry);
        let mut face = Face {
            name: self.ident(&name?.next()?, start),
            params: Vec::new(),
            result: TypeExpr {
                kind: TypeExprKind::Name("none".to_owned()),
                at: around.at,
            },
            needs: Vec::new(),
            kind: Ident {
                text: "unknown".to_owned(),
                at: around.at,
            },
            gate: false,
            doc: around.doc,
            trivia: std::mem::take(&mut around.trivia),
            at: around.at,
        };
        if let Some(ty) = result?.next() {
            face.result = self.type_expr(&ty, parens.end);
        }
        for param in params {
            face.params.extend(self.input(Rule::param_line, param));
        }
        for mut entry in block.entries {
            face.trivia.before.append(&mut comments(&mut entry));
            self.face_line(&mut face, entry);
        }
        face.trivia
            .before
            .extend(block.tail.into_iter().filter(is_comment));
        Some(face)
    }

    fn face_line(&mut self, face: &mut Face, entry: Entry) -> Option<()> {
        let base = entry.head.start;
        let at = At(self.span(entry.head.clone()));
        let mut line = self.line(Rule::face_line, entry.head)?;
        let pair = line.next()?;
        let rule = pair.as_rule();
        let mut parts = contents(pair);
        match rule {
            Rule::gate_line => face.gate = true,
            Rule::kind_line => face.kind = self.ident(&parts.next()?, base),
            Rule::order_line => {
                let effect = match parts.next()?.as_str() {
                    "reads" => Effect::Read,
                    _ => Effect::Write,
                };
                let scope = self.value(parts.next()?, base);
                face.needs.push(Need {
                    asks: false,
                    effect,
                    verb: None,
                    scope,
                    at,
                });
            }
            _ => {
                let effect = Effect::parse(parts.next()?.as_str())?;
                let verb = match rule {
                    Rule::need_git => Some(self.ident(&parts.next()?, base)),
                    _ => None,
                };
                let scope = self.value(parts.next()?, base);
                face.needs.push(Need {
                    asks: true,
                    effect,
                    verb,
                    scope,
                    at,
                });
            }
        }
        Some(())
    }
}

use crate::syntax::tree::Lead;

/// The comments of a line that has no place of its own for them.
fn comments(entry: &mut Entry) -> Vec<Lead> {
    let before = std::mem::take(&mut entry.before);
    let after = entry.after.take().map(Lead::Comment);
    let doc = entry.doc.take().map(|(text, _)| Lead::Comment(text));
    before
        .into_iter()
        .chain(doc)
        .chain(after)
        .filter(is_comment)
        .collect()
}

fn is_comment(lead: &Lead) -> bool {
    matches!(lead, Lead::Comment(_))
}
