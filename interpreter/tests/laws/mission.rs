//! Missions that chance writes, and what they mean when read from top to bottom.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::chance::Chance;

/// The files there can be. All are in the base, and hold their own names.
pub(crate) const PATHS: &[&str] = &["a/x", "a/y", "b/x", "b/c/x", "top"];
const GLOBS: &[&str] = &["**", "a/**", "b/*", "*/x"];

/// A mission's text and the outputs that it must have.
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) outputs: BTreeMap<String, String>,
}

/// Writes a mission of about `size` statements.
pub(crate) fn write(seed: u64, size: usize) -> Written {
    let mut writer = Writer {
        chance: Chance(seed),
        named: 0,
    };
    let body = writer.block(size, &mut Vec::new(), false, 2);
    let mut text =
        "mission m {\n  authority {\n    read  \"**\"\n    write \"**\"\n  }\n".to_owned();
    let mut outputs = String::new();
    let mut world = World {
        files: PATHS
            .iter()
            .map(|path| (*path, (*path).to_owned()))
            .collect(),
        names: BTreeMap::new(),
        previous: None,
    };
    for statement in &body {
        statement.print(&mut text, 1);
        statement.perform(&mut world);
        if let Some(name) = statement.name() {
            writeln!(outputs, "  output o_{name} = {name}").unwrap();
        }
    }
    text += "  step end = t.all(\"**\")\n";
    let named = body.iter().filter_map(Statement::name);
    let mut expected: BTreeMap<String, String> = named
        .map(|name| (format!("o_{name}"), world.names[name].clone()))
        .collect();
    expected.insert("o_end".to_owned(), world.all("**"));
    text += &outputs;
    text += "  output o_end = end\n}\n";
    Written {
        text,
        outputs: expected,
    }
}

enum Statement {
    Put(String, &'static str, Text),
    Get(String, &'static str),
    All(String, &'static str),
    Let(String, Text),
    Fail(String, &'static str),
    If(String, char, Vec<Statement>, Vec<Statement>),
    Repeat(usize, Vec<Statement>),
}

enum Text {
    Letter(char),
    Named(String),
    /// What the name held in the round before.
    Previous(String),
}

struct World {
    files: BTreeMap<&'static str, String>,
    names: BTreeMap<String, String>,
    previous: Option<BTreeMap<String, String>>,
}

struct Writer {
    chance: Chance,
    named: usize,
}

impl Writer {
    fn block(
        &mut self,
        size: usize,
        known: &mut Vec<String>,
        looped: bool,
        depth: usize,
    ) -> Vec<Statement> {
        let outer = known.len();
        let statements = (0..size)
            .map(|_| self.statement(known, looped, depth))
            .collect();
        // What a block defines is not used behind it.
        known.truncate(outer);
        statements
    }

    fn statement(&mut self, known: &mut Vec<String>, looped: bool, depth: usize) -> Statement {
        let path = *self.chance.one_of(PATHS);
        let kind = self.chance.below(if depth > 0 { 10 } else { 8 });
        if kind == 8 && !known.is_empty() {
            let asked = self.chance.one_of(known).clone();
            let size = 1 + self.chance.below(3);
            let then = self.block(size, known, looped, depth - 1);
            let otherwise = self.block(size, known, looped, depth - 1);
            return Statement::If(asked, self.letter(), then, otherwise);
        }
        if kind == 9 {
            let size = 1 + self.chance.below(3);
            let body = self.block(size, known, true, depth - 1);
            return Statement::Repeat(1 + self.chance.below(3), body);
        }
        self.named += 1;
        let name = format!("n{}", self.named);
        let text = self.text(known, looped.then_some(&name));
        let statement = match kind {
            0..=3 | 8 => Statement::Put(name.clone(), path, text),
            4 => Statement::Get(name.clone(), path),
            5 => Statement::All(name.clone(), self.chance.one_of::<&str>(GLOBS)),
            6 => Statement::Let(name.clone(), text),
            _ => return Statement::Fail(name, path),
        };
        known.push(name);
        statement
    }

    fn text(&mut self, known: &[String], looped: Option<&String>) -> Text {
        match (self.chance.below(3), looped) {
            (0, _) if !known.is_empty() => Text::Named(self.chance.one_of(known).clone()),
            (1, Some(own)) => Text::Previous(own.clone()),
            _ => Text::Letter(self.letter()),
        }
    }

    fn letter(&mut self) -> char {
        *self.chance.one_of(&['p', 'q', 'r', 'x'])
    }
}

impl Statement {
    /// The name it defines for what follows; none if that may be nothing.
    fn name(&self) -> Option<&str> {
        match self {
            Statement::Put(name, ..)
            | Statement::Get(name, _)
            | Statement::All(name, _)
            | Statement::Let(name, _) => Some(name),
            _ => None,
        }
    }

    fn print(&self, out: &mut String, depth: usize) {
        let pad = "  ".repeat(depth);
        let block = |out: &mut String, body: &[Statement]| {
            body.iter().for_each(|one| one.print(out, depth + 1));
        };
        match self {
            Statement::Put(name, path, text) => {
                let text = text.print();
                writeln!(out, "{pad}step {name} = t.put(\"{path}\", text: {text})").unwrap();
            }
            Statement::Get(name, path) => {
                writeln!(out, "{pad}step {name} = t.get(\"{path}\")").unwrap();
            }
            Statement::All(name, glob) => {
                writeln!(out, "{pad}step {name} = t.all(\"{glob}\")").unwrap();
            }
            Statement::Let(name, text) => {
                writeln!(out, "{pad}let {name} = {}", text.print()).unwrap();
            }
            Statement::Fail(name, path) => {
                writeln!(out, "{pad}step {name} = t.fail(\"{path}\") may fail").unwrap();
            }
            Statement::If(asked, letter, then, otherwise) => {
                writeln!(out, "{pad}if '{letter}' in {asked} {{").unwrap();
                block(out, then);
                writeln!(out, "{pad}}} else {{").unwrap();
                block(out, otherwise);
                writeln!(out, "{pad}}}").unwrap();
            }
            Statement::Repeat(times, body) => {
                writeln!(out, "{pad}repeat up to {times} {{").unwrap();
                block(out, body);
                writeln!(out, "{pad}}}").unwrap();
            }
        }
    }

    fn perform(&self, world: &mut World) {
        match self {
            Statement::Put(name, path, text) => {
                let text = world.text(text);
                let file = world.files.get_mut(path).unwrap();
                file.push_str(&text);
                let file = file.clone();
                world.names.insert(name.clone(), file);
            }
            Statement::Get(name, path) => {
                let file = world.files[path].clone();
                world.names.insert(name.clone(), file);
            }
            Statement::All(name, glob) => {
                let all = world.all(glob);
                world.names.insert(name.clone(), all);
            }
            Statement::Let(name, text) => {
                let text = world.text(text);
                world.names.insert(name.clone(), text);
            }
            Statement::Fail(..) => {}
            Statement::If(asked, letter, then, otherwise) => {
                let holds = world.names[asked].contains(*letter);
                let taken = if holds { then } else { otherwise };
                taken.iter().for_each(|one| one.perform(world));
            }
            Statement::Repeat(times, body) => {
                let outer = world.previous.take();
                for _ in 0..*times {
                    body.iter().for_each(|one| one.perform(world));
                    world.previous = Some(world.names.clone());
                }
                world.previous = outer;
            }
        }
    }
}

impl Text {
    fn print(&self) -> String {
        match self {
            Text::Letter(letter) => format!("\"{letter}\""),
            Text::Named(name) => name.clone(),
            Text::Previous(name) => format!("previous.{name} or '-'"),
        }
    }
}

impl World {
    fn text(&self, text: &Text) -> String {
        match text {
            Text::Letter(letter) => letter.to_string(),
            Text::Named(name) => self.names[name].clone(),
            Text::Previous(name) => match &self.previous {
                Some(previous) => previous[name].clone(),
                None => "-".to_owned(),
            },
        }
    }

    fn all(&self, glob: &str) -> String {
        let matches = |path: &str| match glob {
            "a/**" => path.starts_with("a/"),
            "b/*" => path == "b/x",
            "*/x" => path == "a/x" || path == "b/x",
            _ => true,
        };
        let all = self.files.iter().filter(|(path, _)| matches(path));
        all.map(|(path, text)| format!("{path}={text};")).collect()
    }
}
