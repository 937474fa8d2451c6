//! Runs of a mission, with everything that comes from outside of chance's choosing.
//!
//! Two runs that differ only in that may not differ in what their privileged steps do. What an
//! outsider may decide, a choice or a text of a form, is the same in all runs here.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

use crate::mission::{
    Action, BASE, Brought, Event, Items, Kind, Mission, Place, Statement, Step, Test, Text, item,
};

/// What a step did that may not depend on what comes from outside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Done {
    pub(crate) code: &'static str,
    pub(crate) what: String,
    /// The lines and names of the steps that lead to it, the last its own.
    pub(crate) steps: Vec<(usize, String)>,
    /// The lines that decided whether it ran.
    pub(crate) under: BTreeSet<usize>,
}

/// By step, with its calls and rounds.
pub(crate) type Trace = BTreeMap<String, Done>;

pub(crate) fn mission(missions: &[Mission], number: usize, outside: u64) -> Trace {
    let mut world = World::new(missions, outside);
    let inputs = missions[number].inputs.iter();
    let args = inputs.map(|(name, untrusted)| match untrusted {
        true => world.outside(name),
        false => "a".to_owned(),
    });
    let args = args.collect();
    world.mission(number, args);
    world.trace
}

pub(crate) fn event(missions: &[Mission], event: &Event, outside: u64) -> Trace {
    let mut world = World::new(missions, outside);
    let args = event.args.iter().map(|brought| match brought {
        Brought::Text => world.outside("event"),
        Brought::Author => "a".to_owned(),
    });
    let args = args.collect();
    let name = format!("m{}", event.mission);
    world.place.push(name.clone());
    world.steps.push((event.id, name));
    world.mission(event.mission, args);
    world.trace
}

#[derive(Clone)]
enum Value {
    Text(String),
    List(Vec<String>),
    /// One text.
    Record(String),
    /// The truth value and the notes of a review.
    Review(bool, Vec<String>),
}

type Names = BTreeMap<String, Value>;

struct World<'a> {
    missions: &'a [Mission],
    outside: u64,
    files: BTreeMap<String, String>,
    names: Names,
    previous: Names,
    /// The calls and rounds that lead here, to tell the steps apart.
    place: Vec<String>,
    steps: Vec<(usize, String)>,
    under: Vec<usize>,
    trace: Trace,
}

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn word(of: impl Hash) -> String {
    let words = ["a", "b", "x", "", "ab"];
    let at = hash(of) % 5;
    words[usize::try_from(at).unwrap()].to_owned()
}

/// Whether a step fails that may, which rests on this.
fn fails(step: &Step, rests_on: &str) -> bool {
    step.may_fail && hash(rests_on).is_multiple_of(3)
}

impl<'a> World<'a> {
    fn new(missions: &'a [Mission], outside: u64) -> Self {
        World {
            missions,
            outside,
            files: (0..BASE)
                .map(|n| (format!("f{n}"), "a".to_owned()))
                .collect(),
            names: Names::new(),
            previous: Names::new(),
            place: Vec::new(),
            steps: Vec::new(),
            under: Vec::new(),
            trace: Trace::new(),
        }
    }

    /// What somebody outside says here.
    fn outside(&self, what: &str) -> String {
        word((self.outside, &self.place, what))
    }

    fn mission(&mut self, number: usize, args: Vec<String>) -> String {
        let mission = &self.missions[number];
        let inputs = mission.inputs.iter().map(|(name, _)| name.clone());
        let names = inputs.zip(args.into_iter().map(Value::Text)).collect();
        let outer = std::mem::replace(&mut self.names, names);
        let previous = std::mem::take(&mut self.previous);
        self.block(&mission.body);
        let out = self.text(&mission.out);
        self.names = outer;
        self.previous = previous;
        out
    }

    fn block(&mut self, body: &[Statement]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        let (id, name) = (statement.id, statement.name());
        let under = self.under.len();
        match &statement.kind {
            Kind::Let(value) => {
                let value = Value::Text(self.text(value));
                self.names.insert(name, value);
            }
            Kind::Step(step) => {
                self.names.remove(&name);
                if step.when.as_ref().is_none_or(|when| self.test(when)) {
                    self.under.push(id);
                    self.place.push(name.clone());
                    self.steps.push((id, name.clone()));
                    let (value, rests_on) = self.action(step);
                    self.place.pop();
                    self.steps.pop();
                    if let (Some(value), false) = (value, fails(step, &rests_on)) {
                        self.names.insert(name, value);
                    }
                }
            }
            Kind::If(test, then, otherwise) => {
                let holds = self.test(test);
                self.under.push(id);
                self.block(if holds { then } else { otherwise });
            }
            Kind::For(items, body) => {
                self.under.push(id);
                let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
                for statement in body.iter().filter(|it| matches!(it.kind, Kind::Let(_))) {
                    lists.insert(statement.name(), Vec::new());
                }
                for (round, word) in self.items(items).into_iter().take(3).enumerate() {
                    self.names.insert(item(id), Value::Text(word));
                    self.place.push(round.to_string());
                    self.block(body);
                    self.place.pop();
                    for (name, list) in &mut lists {
                        list.push(self.text(&Text::Name(name.clone())));
                    }
                }
                let lists = lists.into_iter();
                self.names
                    .extend(lists.map(|(name, list)| (name, Value::List(list))));
            }
            Kind::Repeat(body, until) => {
                self.under.push(id);
                let outer = std::mem::take(&mut self.previous);
                for round in 0..3 {
                    self.place.push(round.to_string());
                    self.block(body);
                    self.place.pop();
                    // A loop that does not come to its end ends the mission. Here it goes on, so
                    // that it shows more.
                    if until.as_ref().is_some_and(|until| self.test(until)) {
                        break;
                    }
                    self.previous = self.names.clone();
                }
                self.previous = outer;
            }
        }
        self.under.truncate(under);
    }

    fn does(&mut self, code: &'static str, what: String) {
        let done = Done {
            code,
            what,
            steps: self.steps.clone(),
            under: self.under.iter().copied().collect(),
        };
        self.trace.insert(self.place.join("/"), done);
    }

    /// What a step gives, and what its failure may rest on.
    fn action(&mut self, step: &Step) -> (Option<Value>, String) {
        match &step.action {
            Action::Ask(prompt) => {
                let text = self.outside("text");
                (Some(Value::Record(text.clone())), self.text(prompt) + &text)
            }
            Action::Review(prompt) => {
                let sure = self.outside("sure").is_empty();
                let notes = self.outside("notes");
                let rests_on = self.text(prompt) + &notes;
                let notes = notes.chars().map(String::from);
                (Some(Value::Review(sure, notes.collect())), rests_on)
            }
            Action::Read(file) => {
                let text = self.files.get(&format!("f{file}")).cloned();
                let text = text.unwrap_or_default();
                (Some(Value::Record(text.clone())), text)
            }
            Action::List => {
                let all: Vec<String> = self.files.keys().cloned().collect();
                (Some(Value::List(all.clone())), all.concat())
            }
            Action::Run(text) => {
                let text = self.text(text);
                let rests_on = format!("{text} {:?}", self.files);
                self.does("taint-command", text);
                (Some(Value::Record(word(&rests_on))), rests_on)
            }
            Action::Get(host) => {
                let host = self.text(host);
                self.does("taint-host", host.clone());
                let body = self.outside("body");
                (Some(Value::Record(body.clone())), host + &body)
            }
            Action::Write(place, text) => {
                let path = match place {
                    Place::File(file) => format!("f{file}"),
                    Place::Made(path) => {
                        let path = self.text(path);
                        self.does("taint-path", path.clone());
                        format!("d/{path}")
                    }
                };
                let text = self.text(text);
                // It may fail for what it would write over, or for what it would write.
                let rests_on = format!("{:?} {path} {text}", self.files.get(&path));
                if !fails(step, &rests_on) {
                    self.files.insert(path, text);
                }
                (None, rests_on)
            }
            Action::Call(mission, args) => {
                let args: Vec<String> = args.iter().map(|arg| self.text(arg)).collect();
                let rests_on = args.concat();
                let out = self.mission(*mission, args);
                (Some(Value::Record(out.clone())), rests_on + &out)
            }
        }
    }

    fn items(&self, items: &Items) -> Vec<String> {
        match items {
            Items::Written(items) => items.iter().map(|it| self.text(it)).collect(),
            Items::Listed(name) | Items::Notes(name) => match self.names.get(name) {
                Some(Value::List(list) | Value::Review(_, list)) => list.clone(),
                _ => Vec::new(),
            },
        }
    }

    fn text(&self, text: &Text) -> String {
        let said = |names: &Names, name: &String| match names.get(name) {
            Some(Value::Text(text) | Value::Record(text)) => text.clone(),
            Some(Value::List(list)) => list.concat(),
            Some(Value::Review(..)) | None => String::new(),
        };
        match text {
            Text::Word(word) => (*word).to_owned(),
            Text::Name(name) | Text::Field(name, _) | Text::Join(name) => said(&self.names, name),
            Text::Previous(name) => said(&self.previous, name),
            Text::Glue(a, b) => self.text(a) + &self.text(b),
            Text::Upper(text) => self.text(text).to_uppercase(),
            Text::Form(_) => "formed".to_owned(),
            Text::Pick(test, yes, no) => self.text(if self.test(test) { yes } else { no }),
        }
    }

    fn test(&self, test: &Test) -> bool {
        match test {
            Test::Is(text, word) => self.text(text) == *word,
            Test::Long(text) => self.text(text).len() > 1,
            Test::Not(test) => !self.test(test),
            Test::There(name) => self.names.contains_key(name),
            // A review is a good one wherever there is one.
            Test::Good(name) => self.names.contains_key(name),
            Test::Sure(name) => matches!(self.names.get(name), Some(Value::Review(true, _))),
        }
    }
}
