//! Statements, `if`, `for` and `repeat`.

use pest::iterators::Pair;

use super::layout::{Block, Entry};
use super::values::contents;
use super::{Reader, Rule};
use crate::syntax::tree::{
    Arg, Body, BoxKind, Expr, Ident, Output, Retry, Statement, StatementKind, Step, Value,
};

/// Words that may begin a line among the statements of a block.
pub(super) const STATEMENTS: &[&str] = &["for", "if", "let", "repeat", "step"];

impl Reader<'_> {
    /// The statements of a block. Only a mission's own block may have outputs; elsewhere they
    /// are reported.
    pub(super) fn body(&mut self, block: Block) -> Body {
        let mut body = Body {
            statements: Vec::new(),
            tail: block.tail,
        };
        for entry in block.entries {
            let keyword = self.keyword(&entry);
            match keyword {
                word if STATEMENTS.contains(&word) => body.statements.push(self.statement(entry)),
                _ => {
                    self.unexpected(&entry, STATEMENTS, "a statement");
                    let statement = self.broken(entry);
                    body.statements.push(statement);
                }
            }
        }
        body
    }

    pub(super) fn statement(&mut self, mut entry: Entry) -> Statement {
        let around = self.around(&mut entry);
        let kind = match self.keyword(&entry) {
            "let" => self.let_statement(&entry),
            "step" => self.step(&entry),
            "repeat" => self.repeat(&mut entry),
            "for" => self.for_each(&mut entry),
            _ => self.condition(&mut entry),
        };
        Statement {
            kind: kind.unwrap_or_else(|| StatementKind::Broken {
                name: self.likely_name(&entry),
            }),
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        }
    }

    /// A statement of which nothing is known but, perhaps, its name.
    pub(super) fn broken(&mut self, mut entry: Entry) -> Statement {
        let around = self.around(&mut entry);
        Statement {
            kind: StatementKind::Broken {
                name: self.likely_name(&entry),
            },
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        }
    }

    /// The word behind `step` or `let`, or before a `=`.
    fn likely_name(&self, entry: &Entry) -> Option<Ident> {
        let head = &self.text[entry.head.clone()];
        let before = head.split_once('=')?.0.trim();
        let name = before.rsplit(char::is_whitespace).next()?;
        let valid =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let start = name.as_ptr() as usize - self.text.as_ptr() as usize;
        valid.then(|| Ident {
            text: name.to_owned(),
            at: crate::source::At(self.span(start..start + name.len())),
        })
    }

    fn let_statement(&mut self, entry: &Entry) -> Option<StatementKind> {
        let (name, value) = self.named_value(Rule::let_line, entry)?;
        Some(StatementKind::Let { name, value })
    }

    pub(super) fn output(&mut self, mut entry: Entry) -> Option<Output> {
        let around = self.around(&mut entry);
        let (name, value) = self.named_value(Rule::output_line, &entry)?;
        Some(Output {
            name,
            value,
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        })
    }

    fn named_value(&mut self, rule: Rule, entry: &Entry) -> Option<(Ident, Value)> {
        let base = entry.head.start;
        let mut line = self.line(rule, entry.head.clone())?;
        let name = self.ident(&line.next()?, base);
        let value = self.value(line.next()?, base);
        Some((name, value))
    }

    fn step(&mut self, entry: &Entry) -> Option<StatementKind> {
        let base = entry.head.start;
        let mut line = self.line(Rule::step_line, entry.head.clone())?;
        let mut step = Step {
            name: self.ident(&line.next()?, base),
            action: self.ident(&line.next()?, base),
            args: Vec::new(),
            after: Vec::new(),
            when: None,
            retry: None,
            timeout: None,
            least_box: None,
            may_fail: false,
        };
        while let Some(pair) = line.next() {
            match pair.as_rule() {
                Rule::arg => step.args.extend(self.arg(pair, base)),
                Rule::after => step.after.extend(
                    contents(pair)
                        .map(|name| self.ident(&name, base))
                        .collect::<Vec<_>>(),
                ),
                Rule::when => step.when = contents(pair).next().map(|pair| self.expr(&pair, base)),
                Rule::retry => {
                    let mut parts = contents(pair);
                    let times = self.value(parts.next()?, base);
                    let every = parts.next().map(|pair| self.value(pair, base));
                    let up_to = parts.next().map(|pair| self.value(pair, base));
                    step.retry = Some(Retry {
                        times,
                        every,
                        up_to,
                    });
                }
                Rule::timeout => {
                    step.timeout = contents(pair).next().map(|pair| self.value(pair, base));
                }
                Rule::least_box => {
                    let kind = contents(pair).next();
                    step.least_box = kind.and_then(|kind| BoxKind::parse(kind.as_str()));
                }
                _ => step.may_fail = true,
            }
        }
        Some(StatementKind::Step(step))
    }

    /// An argument, with or without its name.
    pub(super) fn arg(&mut self, pair: Pair<'_, Rule>, base: usize) -> Option<Arg> {
        let mut parts = contents(pair);
        let first = parts.next()?;
        Some(match parts.next() {
            Some(value) => Arg {
                name: Some(self.ident(&first, base)),
                value: self.value(value, base),
            },
            None => Arg {
                name: None,
                value: self.value(first, base),
            },
        })
    }

    fn for_each(&mut self, entry: &mut Entry) -> Option<StatementKind> {
        let base = entry.head.start;
        let head = self.line(Rule::for_head, entry.head.clone());
        let block = self.required_block(entry);
        let body = self.body(block);
        let mut head = head?;
        let name = self.ident(&head.pairs.find(|it| it.as_rule() == Rule::name)?, base);
        let items = self.value(head.next()?, base);
        let (mut most, mut at_once) = (None, None);
        while let Some(pair) = head.pairs.next() {
            let bound = match pair.as_rule() {
                Rule::kw_up_to => &mut most,
                Rule::kw_at_most => &mut at_once,
                _ => continue,
            };
            *bound = head.next().map(|pair| self.value(pair, base));
        }
        Some(StatementKind::For {
            name,
            items,
            most,
            at_once,
            body,
        })
    }

    fn repeat(&mut self, entry: &mut Entry) -> Option<StatementKind> {
        let base = entry.head.start;
        let mut line = self.line(Rule::repeat_head, entry.head.clone())?;
        let times = self.value(line.next()?, base);
        let block = self.required_block(entry);
        let body = self.body(block);
        let until = match entry.tail.clone() {
            Some(tail) => Some(self.rest(Rule::until_tail, tail)?),
            None => None,
        };
        Some(StatementKind::Repeat { times, body, until })
    }

    fn condition(&mut self, entry: &mut Entry) -> Option<StatementKind> {
        let condition = self.rest(Rule::if_head, entry.head.clone());
        let block = self.required_block(entry);
        let then = self.body(block);
        let otherwise = match entry.next.take() {
            Some(next) => self.otherwise(*next),
            None => Body::default(),
        };
        Some(StatementKind::If {
            condition: condition?,
            then,
            otherwise,
        })
    }

    /// `else { }`, or `else if`, which is an `if` alone in the other branch.
    fn otherwise(&mut self, mut entry: Entry) -> Body {
        let head = self.text[entry.head.clone()].to_owned();
        let condition = head.strip_prefix("else").unwrap_or("");
        let inner = condition.trim_start();
        if !inner.starts_with("if") {
            self.line(Rule::else_head, entry.head.clone());
            let block = self.required_block(&mut entry);
            return self.body(block);
        }
        entry.head.start += head.len() - inner.len();
        Body {
            statements: vec![self.statement(entry)],
            tail: Vec::new(),
        }
    }

    /// The one expression of an `if` or `until`.
    fn rest(&mut self, rule: Rule, range: std::ops::Range<usize>) -> Option<Expr> {
        let base = range.start;
        let mut line = self.line(rule, range)?;
        Some(self.expr(&line.next()?, base))
    }
}
