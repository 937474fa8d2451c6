//! What comes from outside, by going through a mission from top to bottom and marking it.
//!
//! Every branch is taken, and every loop gone through until nothing is marked any more. A mark says
//! how few calls deep its text has been: what never left a called mission is said there.

use std::collections::{BTreeMap, BTreeSet};

use crate::mission::{
    Action, BASE, Brought, Event, FILES, Items, Kind, Mission, Place, Statement, Step, Test, Text,
    item,
};

/// The line where something is found, its code, and the step that it is about.
pub(crate) type Found = (usize, &'static str, String);

type Mark = Option<usize>;

fn both(a: Mark, b: Mark) -> Mark {
    a.into_iter().chain(b).min()
}

/// What is marked of a name: whether and what it is, and its parts.
#[derive(Clone, Default, PartialEq)]
struct Held {
    own: Mark,
    parts: BTreeMap<&'static str, Mark>,
}

impl Held {
    fn text(own: Mark) -> Held {
        let parts = BTreeMap::new();
        Held { own, parts }
    }

    fn with(part: &'static str, mark: Mark) -> Held {
        Held {
            own: None,
            parts: BTreeMap::from([(part, mark)]),
        }
    }

    fn part(&self, name: &str) -> Mark {
        both(self.own, self.parts.get(name).copied().flatten())
    }

    fn any(&self) -> Mark {
        self.parts.values().fold(self.own, |all, it| both(all, *it))
    }
}

/// What is found in one mission, when it is checked by itself.
pub(crate) fn mission(missions: &[Mission], number: usize) -> BTreeSet<Found> {
    let mut marks = Marks::new(missions);
    marks.mission(number, None, &[]);
    marks.found
}

/// What is found at an event: its mission is as if called by what the event is.
pub(crate) fn event(missions: &[Mission], event: &Event) -> BTreeSet<Found> {
    let mut marks = Marks::new(missions);
    marks.frames.push(Frame::default());
    let args = event.args.iter().map(|brought| match brought {
        Brought::Text => Some(0),
        Brought::Author => None,
    });
    let called = (event.id, format!("m{}", event.mission));
    marks.mission(event.mission, Some(called), &args.collect::<Vec<_>>());
    marks.found
}

#[derive(Default)]
struct Frame {
    names: BTreeMap<String, Held>,
    /// The line and the name of the step that calls.
    called: Option<(usize, String)>,
}

struct Marks<'a> {
    missions: &'a [Mission],
    frames: Vec<Frame>,
    /// Of the round before.
    previous: BTreeMap<String, Held>,
    /// Whether this place is reached.
    reached: Mark,
    /// What is in the files, and which there are. The last stands for those in the folder `d`.
    content: [Mark; FILES + 1],
    exists: [Mark; FILES + 1],
    found: BTreeSet<Found>,
}

impl<'a> Marks<'a> {
    fn new(missions: &'a [Mission]) -> Self {
        Marks {
            missions,
            frames: Vec::new(),
            previous: BTreeMap::new(),
            reached: None,
            content: [None; FILES + 1],
            exists: [None; FILES + 1],
            found: BTreeSet::new(),
        }
    }

    fn depth(&self) -> usize {
        self.frames.len() - 1
    }

    fn mission(&mut self, number: usize, called: Option<(usize, String)>, args: &[Mark]) -> Mark {
        let mission = &self.missions[number];
        let depth = self.frames.len();
        let inputs = mission.inputs.iter().enumerate();
        let names = inputs.map(|(at, (name, untrusted))| {
            let given = args.get(at).copied().flatten();
            let mark = if *untrusted { Some(depth) } else { given };
            (name.clone(), Held::text(mark))
        });
        let names = names.collect();
        self.frames.push(Frame { names, called });
        self.block(&mission.body);
        let out = self.text(&mission.out);
        self.frames.pop();
        out
    }

    fn block(&mut self, body: &[Statement]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        let (id, before) = (statement.id, self.reached);
        match &statement.kind {
            Kind::Let(value) => {
                let mark = self.text(value);
                self.define(statement.name(), Held::text(mark));
            }
            Kind::Step(step) => {
                if let Some(when) = &step.when {
                    let mark = self.test(when);
                    self.condition(id, mark, std::slice::from_ref(statement));
                }
                let (mut held, decided) = self.action(statement, step);
                // Whether it fails, what it was given, what it read and who answers decide.
                if step.may_fail && decided.is_some() {
                    held = Held::text(both(held.any(), decided));
                }
                self.define(statement.name(), held);
            }
            Kind::If(test, then, otherwise) => {
                let mark = self.test(test);
                let all: Vec<&Statement> = then.iter().chain(otherwise).collect();
                self.condition(id, mark, all);
                self.block(then);
                self.block(otherwise);
            }
            Kind::For(items, body) => {
                let (length, mark) = self.items(items);
                self.condition(id, length, body);
                self.define(item(id), Held::text(mark));
                self.rounds(|marks| marks.block(body));
                for statement in body {
                    if let Kind::Let(_) = &statement.kind {
                        let name = statement.name();
                        let any = self.held(&name).any();
                        self.define(name, Held::text(any));
                    }
                }
            }
            Kind::Repeat(body, until) => {
                let outer = std::mem::take(&mut self.previous);
                self.rounds(|marks| {
                    marks.block(body);
                    for statement in body {
                        if let Kind::Let(_) = &statement.kind {
                            let name = statement.name();
                            let mark = both(marks.held(&name).any(), marks.before(&name));
                            marks.previous.insert(name, Held::text(mark));
                        }
                    }
                    if let Some(until) = until {
                        let mark = marks.test(until);
                        marks.condition(id, mark, body);
                    }
                });
                self.previous = outer;
            }
        }
        self.reached = before;
    }

    /// Goes through a loop until nothing more is marked.
    fn rounds(&mut self, round: impl Fn(&mut Self)) {
        loop {
            let state = |marks: &Self| {
                let previous = marks.previous.clone();
                (previous, marks.reached, marks.content, marks.exists)
            };
            let before = state(self);
            round(self);
            if state(self) == before {
                return;
            }
        }
    }

    /// What is marked decides whether the statements run.
    fn condition<'s>(
        &mut self,
        id: usize,
        mark: Mark,
        about: impl IntoIterator<Item = &'s Statement>,
    ) {
        let first = about.into_iter().find_map(|it| self.privileged(it));
        if let Some(name) = first {
            self.report(id, "taint-condition", mark, &name);
        }
        let here = mark.map(|mark| mark.min(self.depth()));
        self.reached = both(self.reached, here);
    }

    /// The first step of a statement that reaches beyond the mission's tree.
    fn privileged(&self, statement: &Statement) -> Option<String> {
        let first = |body: &[Statement]| body.iter().find_map(|it| self.privileged(it));
        match &statement.kind {
            Kind::Let(_) => None,
            Kind::Step(step) => match &step.action {
                Action::Run(_) | Action::Get(_) => Some(statement.name()),
                Action::Call(mission, _) => {
                    let inner = first(&self.missions[*mission].body)?;
                    Some(format!("{}/{inner}", statement.name()))
                }
                _ => None,
            },
            Kind::If(_, then, otherwise) => first(then).or_else(|| first(otherwise)),
            Kind::For(_, body) | Kind::Repeat(body, _) => first(body),
        }
    }

    fn report(&mut self, id: usize, code: &'static str, mark: Mark, name: &str) {
        // What a called mission does with its own sources is said where it is checked by itself.
        if mark != Some(0) {
            return;
        }
        let calls: Vec<&(usize, String)> = self
            .frames
            .iter()
            .filter_map(|it| it.called.as_ref())
            .collect();
        let line = calls.first().map_or(id, |(line, _)| *line);
        let path = calls.iter().map(|(_, name)| name.as_str()).chain([name]);
        let path = path.collect::<Vec<_>>().join("/");
        self.found.insert((line, code, path));
    }

    /// What an action gives, and what may decide whether it fails.
    fn action(&mut self, statement: &Statement, step: &Step) -> (Held, Mark) {
        let (id, name, depth) = (statement.id, statement.name(), self.depth());
        let source = Some(depth);
        match &step.action {
            Action::Ask(prompt) => (Held::with("text", source), both(self.text(prompt), source)),
            Action::Review(prompt) => {
                let parts = BTreeMap::from([("sure", source), ("notes", source)]);
                (Held { own: None, parts }, both(self.text(prompt), source))
            }
            Action::Read(file) => {
                let content = self.content[*file];
                (Held::with("text", content), content)
            }
            Action::List => {
                let all = self.exists.iter().fold(None, |all, it| both(all, *it));
                (Held::text(all), all)
            }
            Action::Run(word) => {
                let given = self.text(word);
                self.report(id, "taint-command", given, &name);
                let all = self.content.iter().fold(given, |all, it| both(all, *it));
                (Held::with("output", all), all)
            }
            Action::Get(host) => {
                let mark = self.text(host);
                self.report(id, "taint-host", mark, &name);
                (Held::with("body", source), both(mark, source))
            }
            Action::Write(place, text) => {
                let text = self.text(text);
                let (path, files) = match place {
                    Place::File(file) => (None, *file..*file + 1),
                    // Which file it is, is known too late.
                    Place::Made(path) => (self.text(path), 0..FILES + 1),
                };
                self.report(id, "taint-path", path, &name);
                // It may read what it writes over, and what it writes may hold what it read.
                let read = self.content[files.clone()].iter();
                let given = both(both(text, path), self.reached);
                let given = read.fold(given, |all, it| both(all, *it));
                let named = both(path, self.reached);
                let named = if step.may_fail { given } else { named };
                for file in files {
                    self.content[file] = both(self.content[file], given);
                    self.exists[file] = both(self.exists[file], named);
                }
                (Held::default(), given)
            }
            Action::Call(mission, args) => {
                let args = args.iter().map(|arg| self.text(arg));
                let here = |mark: Mark| mark.map(|mark| mark.min(depth));
                let args: Vec<Mark> = args.map(here).collect();
                let out = here(self.mission(*mission, Some((id, name)), &args));
                // What comes back has been here.
                self.content = self.content.map(here);
                self.exists = self.exists.map(here);
                (Held::with("out", out), args.into_iter().fold(out, both))
            }
        }
    }

    fn define(&mut self, name: String, mut held: Held) {
        // Who decides whether there is such a thing decides about all of it.
        if self.reached.is_some() {
            held = Held::text(both(held.any(), self.reached));
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.names.insert(name, held);
        }
    }

    fn held(&self, name: &str) -> Held {
        let names = self.frames.last().map(|frame| &frame.names);
        names
            .and_then(|it| it.get(name))
            .cloned()
            .unwrap_or_default()
    }

    fn before(&self, name: &str) -> Mark {
        self.previous.get(name).and_then(Held::any)
    }

    /// Of a list: how many items it has, and what they are.
    fn items(&self, items: &Items) -> (Mark, Mark) {
        match items {
            Items::Written(items) => {
                let marks = items.iter().map(|it| self.text(it));
                (None, marks.fold(None, both))
            }
            Items::Listed(name) => (self.held(name).own, self.held(name).any()),
            Items::Notes(name) => {
                let mark = self.held(name).part("notes");
                (mark, mark)
            }
        }
    }

    fn text(&self, text: &Text) -> Mark {
        match text {
            Text::Word(_) | Text::Form(_) => None,
            Text::Name(name) | Text::Join(name) => self.held(name).any(),
            Text::Field(name, field) => self.held(name).part(field),
            Text::Previous(name) => self.before(name),
            Text::Glue(a, b) => both(self.text(a), self.text(b)),
            Text::Upper(text) => self.text(text),
            Text::Pick(test, yes, no) => both(self.test(test), both(self.text(yes), self.text(no))),
        }
    }

    fn test(&self, test: &Test) -> Mark {
        match test {
            Test::Is(text, _) | Test::Long(text) => self.text(text),
            Test::Not(test) => self.test(test),
            Test::There(name) => self.held(name).own,
            Test::Good(name) => self.held(name).own,
            Test::Sure(name) => self.held(name).part("sure"),
        }
    }
}

/// There is a file that no base has, so that a mission can make one.
const _: () = assert!(BASE < FILES);
