//! Missions that chance writes, and what they mean when read from top to bottom.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::chance::Chance;

/// The files there can be. All are in the base, and hold their own names.
pub(crate) const PATHS: &[&str] = &["a/x", "a/y", "b/x", "b/c/x", "top"];
const GLOBS: &[&str] = &["**", "a/**", "b/*", "*/x"];

/// What every mission here is granted.
pub(crate) const AUTHORITY: &str =
    "  authority {\n    read  \"**\"\n    write \"**\"\n    net   \"t.example\"\n  }\n";

/// A mission's text and the end that it must have.
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) outcome: &'static str,
    pub(crate) outputs: BTreeMap<String, String>,
    /// What the step in `finally` sees of the files.
    pub(crate) last: String,
    /// What was said outside, in this order.
    pub(crate) posted: Vec<String>,
}

/// Writes a mission of about `size` statements.
pub(crate) fn write(seed: u64, size: usize) -> Written {
    let mut writer = Writer {
        chance: Chance(seed),
        named: 0,
    };
    let body = writer.block(size, &mut Vec::new(), Around::default(), 2);
    let fails = writer.chance.below(3) == 0;
    let mut text = String::new();
    body.iter().for_each(|one| one.print_called(&mut text));
    text += &format!("mission m {{\n{AUTHORITY}");
    let mut world = World {
        files: PATHS
            .iter()
            .map(|path| (*path, (*path).to_owned()))
            .collect(),
        names: BTreeMap::new(),
        previous: None,
        posted: Vec::new(),
    };
    let mut outputs = String::new();
    for statement in &body {
        statement.print(&mut text, 1);
        statement.perform(&mut world);
        for name in statement.names() {
            // Behind a loop over a list its names are lists.
            let value = match statement {
                Statement::For(..) => format!("{name} | join(';')"),
                _ => name.to_owned(),
            };
            writeln!(outputs, "  output o_{name} = {value}").unwrap();
        }
    }
    text += "  step end = t.all(\"**\")\n";
    if fails {
        text += "  step boom = t.wreck(\"**\")\n";
    }
    text += "  on failure {\n    step why = t.put(\"top\", text: failure.step)\n  }\n";
    text += "  finally {\n    step last = t.all(\"**\")\n  }\n";
    let named = body.iter().flat_map(Statement::names);
    let mut expected: BTreeMap<String, String> = named
        .map(|name| (format!("o_{name}"), world.names[name].clone()))
        .collect();
    expected.insert("o_end".to_owned(), world.all("**"));
    text += &outputs;
    text += "  output o_end = end\n}\n";
    if fails {
        world.files.get_mut("top").unwrap().push_str("boom");
        expected.clear();
    }
    Written {
        text,
        outcome: if fails { "failed" } else { "succeeded" },
        outputs: expected,
        last: world.all("**"),
        posted: world.posted,
    }
}

enum Statement {
    Put(String, Place, Text),
    Get(String, Place),
    All(String, &'static str),
    Let(String, Text),
    Fail(String, &'static str),
    Post(String, Text),
    If(String, char, Vec<Statement>, Vec<Statement>),
    Repeat(usize, Vec<Statement>),
    For(Each, Vec<Statement>),
    Call(String, Called, Text),
}

/// A mission that is called, and may have to be tried more than once.
struct Called {
    /// Where it puts its text, in this order.
    puts: Vec<&'static str>,
    /// Whether it also puts something in its `finally`.
    tidies: bool,
    retries: usize,
    /// The attempt that works.
    until: usize,
}

/// A loop over a list of paths.
struct Each {
    name: String,
    items: Vec<&'static str>,
    /// Whether the text of the loop says the items.
    literal: bool,
    at_once: usize,
}

enum Place {
    Path(&'static str),
    /// The item of a loop.
    Item(String),
}

enum Text {
    Letter(char),
    Named(String),
    /// What the name held in the round before.
    Previous(String),
}

/// The loops that a statement stands in.
#[derive(Clone, Default)]
struct Around {
    /// The innermost is a `repeat`.
    repeated: bool,
    /// The names of the items.
    items: Vec<String>,
}

struct World {
    files: BTreeMap<&'static str, String>,
    names: BTreeMap<String, String>,
    previous: Option<BTreeMap<String, String>>,
    posted: Vec<String>,
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
        around: Around,
        depth: usize,
    ) -> Vec<Statement> {
        let outer = known.len();
        let statements = (0..size)
            .map(|_| self.statement(known, around.clone(), depth))
            .collect();
        // What a block defines is not used behind it.
        known.truncate(outer);
        statements
    }

    fn statement(&mut self, known: &mut Vec<String>, around: Around, depth: usize) -> Statement {
        let path = *self.chance.one_of(PATHS);
        let kind = self.chance.below(if depth > 0 { 14 } else { 9 });
        let size = 1 + self.chance.below(3);
        if kind == 9 && !known.is_empty() {
            let asked = self.chance.one_of(known).clone();
            let then = self.block(size, known, around.clone(), depth - 1);
            let otherwise = self.block(size, known, around, depth - 1);
            return Statement::If(asked, self.letter(), then, otherwise);
        }
        if kind == 10 {
            let around = Around {
                repeated: true,
                ..around
            };
            let body = self.block(size, known, around, depth - 1);
            return Statement::Repeat(1 + self.chance.below(3), body);
        }
        self.named += 1;
        let name = format!("n{}", self.named);
        if kind == 13 {
            let text = self.text(known, None);
            known.push(name.clone());
            return Statement::Call(name, self.called(), text);
        }
        if kind > 10 {
            return self.each(name, known, around, depth);
        }
        let text = self.text(known, around.repeated.then_some(&name));
        let place = match around.items.as_slice() {
            items if !items.is_empty() && self.chance.below(2) == 0 => {
                Place::Item(self.chance.one_of(items).clone())
            }
            _ => Place::Path(path),
        };
        let statement = match kind {
            0..=3 | 9 => Statement::Put(name.clone(), place, text),
            4 => Statement::Get(name.clone(), place),
            5 => Statement::All(name.clone(), self.chance.one_of::<&str>(GLOBS)),
            6 => Statement::Let(name.clone(), text),
            7 => Statement::Post(name.clone(), text),
            _ => return Statement::Fail(name, path),
        };
        known.push(name);
        statement
    }

    fn each(
        &mut self,
        name: String,
        known: &mut Vec<String>,
        mut around: Around,
        depth: usize,
    ) -> Statement {
        let length = self.chance.below(5);
        let items = (0..length).map(|_| *self.chance.one_of(PATHS)).collect();
        let each = Each {
            name: name.clone(),
            items,
            literal: self.chance.below(3) > 0,
            at_once: 1 + self.chance.below(4),
        };
        around.repeated = false;
        around.items.push(name.clone());
        let outer = known.len();
        known.push(name);
        let size = 1 + self.chance.below(2);
        let body = self.block(size, known, around, depth - 1);
        known.truncate(outer);
        Statement::For(each, body)
    }

    fn called(&mut self) -> Called {
        let puts = 1 + self.chance.below(2);
        Called {
            puts: (0..puts).map(|_| *self.chance.one_of(PATHS)).collect(),
            tidies: self.chance.below(2) == 0,
            retries: 1 + self.chance.below(2),
            until: 1 + self.chance.below(4),
        }
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
    /// The names it defines for what follows; none that may be nothing.
    fn names(&self) -> Vec<&str> {
        match self {
            Statement::Put(name, ..)
            | Statement::Get(name, _)
            | Statement::All(name, _)
            | Statement::Let(name, _)
            | Statement::Post(name, _)
            | Statement::Call(name, ..) => vec![name],
            Statement::For(_, body) => {
                let simple = body.iter().filter(|it| !matches!(it, Statement::For(..)));
                simple.flat_map(Statement::names).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The missions that it calls.
    fn print_called(&self, out: &mut String) {
        match self {
            Statement::Call(name, called, _) => called.print(name, out),
            Statement::If(_, _, then, otherwise) => {
                let all = then.iter().chain(otherwise);
                all.for_each(|one| one.print_called(out));
            }
            Statement::Repeat(_, body) | Statement::For(_, body) => {
                body.iter().for_each(|one| one.print_called(out));
            }
            _ => {}
        }
    }

    fn print(&self, out: &mut String, depth: usize) {
        let pad = "  ".repeat(depth);
        let block = |out: &mut String, body: &[Statement]| {
            body.iter().for_each(|one| one.print(out, depth + 1));
        };
        match self {
            Statement::Put(name, path, text) => {
                let (path, text) = (path.print(), text.print());
                writeln!(out, "{pad}step {name} = t.put({path}, text: {text})").unwrap();
            }
            Statement::Get(name, path) => {
                writeln!(out, "{pad}step {name} = t.get({})", path.print()).unwrap();
            }
            Statement::All(name, glob) => {
                writeln!(out, "{pad}step {name} = t.all(\"{glob}\")").unwrap();
            }
            Statement::Let(name, text) => {
                writeln!(out, "{pad}let {name} = {}", text.print()).unwrap();
            }
            Statement::Post(name, text) => {
                let text = text.print();
                writeln!(out, "{pad}step {name} = t.post({text}) retry 3").unwrap();
            }
            Statement::Fail(name, path) => {
                writeln!(out, "{pad}step {name} = t.fail(\"{path}\") may fail").unwrap();
            }
            Statement::Call(name, called, text) => {
                let (text, retries) = (text.print(), called.retries);
                writeln!(
                    out,
                    "{pad}step call_{name} = mission_{name}(text: {text}) retry {retries} may fail\n\
                     {pad}let {name} = call_{name}.text or \"none\""
                )
                .unwrap();
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
            Statement::For(each, body) => {
                let Each {
                    name,
                    items,
                    literal,
                    at_once,
                } = each;
                let mut list = format!("{items:?}");
                if !literal {
                    writeln!(out, "{pad}let all_{name} = {list}").unwrap();
                    list = format!("all_{name} up to 4");
                }
                writeln!(
                    out,
                    "{pad}for {name} in {list} at most {at_once} at once {{"
                )
                .unwrap();
                block(out, body);
                writeln!(out, "{pad}}}").unwrap();
            }
        }
    }

    fn perform(&self, world: &mut World) {
        match self {
            Statement::Put(name, path, text) => {
                let text = world.text(text);
                let file = world.files.get_mut(path.of(&world.names)).unwrap();
                file.push_str(&text);
                let file = file.clone();
                world.names.insert(name.clone(), file);
            }
            Statement::Get(name, path) => {
                let file = world.files[path.of(&world.names)].clone();
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
            Statement::Post(name, text) => {
                let text = world.text(text);
                world.posted.push(text.clone());
                world.names.insert(name.clone(), text);
            }
            Statement::Fail(..) => {}
            Statement::Call(name, called, text) => {
                let text = world.text(text);
                let given = called.perform(&text, world);
                world.names.insert(name.clone(), given);
            }
            Statement::If(asked, letter, then, otherwise) => {
                let holds = world.names[asked].contains(*letter);
                let (taken, passed) = match holds {
                    true => (then, otherwise),
                    false => (otherwise, then),
                };
                // The round before may have taken the other branch.
                passed.iter().for_each(|one| one.forget(world));
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
            Statement::For(each, body) => {
                let outer = world.previous.take();
                let mut given: BTreeMap<&str, Vec<String>> = BTreeMap::new();
                for item in &each.items {
                    world.names.insert(each.name.clone(), (*item).to_owned());
                    body.iter().for_each(|one| one.perform(world));
                    for name in self.names() {
                        given
                            .entry(name)
                            .or_default()
                            .push(world.names[name].clone());
                    }
                }
                for name in self.names() {
                    let list = given.remove(name).unwrap_or_default().join(";");
                    world.names.insert(name.to_owned(), list);
                }
                world.previous = outer;
            }
        }
    }
}

impl Statement {
    /// What it has defined is absent.
    fn forget(&self, world: &mut World) {
        match self {
            Statement::Put(name, ..)
            | Statement::Get(name, _)
            | Statement::All(name, _)
            | Statement::Let(name, _)
            | Statement::Post(name, _)
            | Statement::Call(name, ..) => drop(world.names.remove(name)),
            Statement::Fail(..) => {}
            Statement::If(_, _, then, otherwise) => {
                let all = then.iter().chain(otherwise);
                all.for_each(|one| one.forget(world));
            }
            Statement::Repeat(_, body) | Statement::For(_, body) => {
                body.iter().for_each(|one| one.forget(world));
            }
        }
    }
}

impl Called {
    fn print(&self, name: &str, out: &mut String) {
        write!(
            out,
            "mission mission_{name} {{\n  input text : string\n{AUTHORITY}"
        )
        .unwrap();
        for (number, path) in self.puts.iter().enumerate() {
            writeln!(out, "  step put{number} = t.put({path:?}, text: text)").unwrap();
        }
        let puts: Vec<String> = (0..self.puts.len()).map(|at| format!("put{at}")).collect();
        let (until, puts) = (self.until, puts.join(", "));
        writeln!(out, "  step trip = t.trip(until: {until}) after {puts}").unwrap();
        if self.tidies {
            writeln!(
                out,
                "  finally {{\n    step tidy = t.put(\"top\", text: \"t\")\n  }}"
            )
            .unwrap();
        }
        writeln!(out, "  output text = put0\n}}").unwrap();
    }

    /// However often it was tried, its last attempt alone is seen.
    fn perform(&self, text: &str, world: &mut World) -> String {
        let mut first = None;
        for path in &self.puts {
            let file = world.files.get_mut(path).unwrap();
            file.push_str(text);
            first.get_or_insert_with(|| file.clone());
        }
        if self.tidies {
            world.files.get_mut("top").unwrap().push('t');
        }
        let works = self.until <= self.retries + 1;
        first.filter(|_| works).unwrap_or_else(|| "none".to_owned())
    }
}

impl Place {
    fn print(&self) -> String {
        match self {
            Place::Path(path) => format!("{path:?}"),
            Place::Item(name) => name.clone(),
        }
    }

    fn of<'a>(&'a self, names: &'a BTreeMap<String, String>) -> &'a str {
        match self {
            Place::Path(path) => path,
            Place::Item(name) => &names[name],
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
            Text::Previous(name) => {
                let previous = self.previous.as_ref().and_then(|it| it.get(name));
                previous.cloned().unwrap_or_else(|| "-".to_owned())
            }
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

#[test]
fn a_round_may_take_another_branch_than_the_one_before() {
    // A `previous` of the branch that was not taken then.
    let written = write(11_593_243_383_433_876_649, 4);
    assert!(written.text.contains("previous.n5 or '-'"));
}
