//! Missions that chance writes.

use crate::chance::Chance;
use crate::mission::{
    Action, Brought, Event, FILES, Items, Kind, Mission, Place, Statement, Step, Test, Text, item,
    name,
};

const WORDS: &[&str] = &["a", "b", "x"];

/// Writes up to three missions, each of about `size` statements, the first of which may call the
/// others, and an event.
pub(crate) fn write(seed: u64, size: usize) -> (Vec<Mission>, Vec<Event>) {
    let mut chance = Chance(seed);
    let count = 1 + chance.below(3);
    let mut writer = Writer {
        ids: 0,
        names: Vec::new(),
        previous: None,
        callable: Vec::new(),
        chance,
    };
    let inputs: Vec<Vec<(String, bool)>> = (0..count).map(|_| writer.inputs()).collect();
    let missions: Vec<Mission> = (0..count)
        .map(|number| {
            let later = number + 1..count;
            writer.callable = later.map(|it| (it, inputs[it].len())).collect();
            writer.mission(inputs[number].clone(), size)
        })
        .collect();
    let mission = writer.chance.below(count);
    let args = inputs[mission].iter().map(|_| {
        let from_outside = writer.chance.below(2) == 0;
        if from_outside {
            Brought::Text
        } else {
            Brought::Author
        }
    });
    let args = args.collect();
    let id = writer.id();
    (missions, vec![Event { id, mission, args }])
}

struct Writer {
    chance: Chance,
    ids: usize,
    /// What can be used here.
    names: Vec<Known>,
    /// What the round before has surely named.
    previous: Option<String>,
    /// The missions that can be called, with the number of their inputs.
    callable: Vec<(usize, usize)>,
}

#[derive(Clone)]
struct Known {
    name: String,
    what: What,
    /// Whether it may be absent.
    absent: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    Text,
    List,
    Review,
    /// Has one text, of this name.
    Record(&'static str),
}

impl Writer {
    fn id(&mut self) -> usize {
        self.ids += 1;
        self.ids
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.chance.below(count) == 0
    }

    fn inputs(&mut self) -> Vec<(String, bool)> {
        let count = 1 + self.chance.below(2);
        (0..count)
            .map(|number| (format!("in{number}"), self.one_in(4)))
            .collect()
    }

    fn mission(&mut self, inputs: Vec<(String, bool)>, size: usize) -> Mission {
        self.names = inputs
            .iter()
            .map(|(name, _)| Known {
                name: name.clone(),
                what: What::Text,
                absent: false,
            })
            .collect();
        let body = self.block(size, 2);
        let out = self.text(1);
        Mission { inputs, body, out }
    }

    fn block(&mut self, size: usize, depth: usize) -> Vec<Statement> {
        let count = 1 + self.chance.below(size);
        (0..count).map(|_| self.statement(size, depth)).collect()
    }

    fn statement(&mut self, size: usize, depth: usize) -> Statement {
        let id = self.id();
        let inner = size.div_ceil(3);
        let kind = match self.chance.below(if depth > 0 { 14 } else { 10 }) {
            0 | 1 => {
                let value = self.text(2);
                self.know(name(id), What::Text, false);
                Kind::Let(value)
            }
            10 | 11 => {
                let test = self.test(1);
                let from = self.names.len();
                let then = self.block(inner, depth - 1);
                let hidden = self.names.split_off(from);
                let otherwise = self.block(inner, depth - 1);
                self.names.extend(hidden);
                for known in &mut self.names[from..] {
                    known.absent = true;
                }
                Kind::If(test, then, otherwise)
            }
            12 => {
                let items = self.items();
                let (from, outer) = (self.names.len(), self.previous.take());
                self.know(item(id), What::Text, false);
                let body = self.block(inner, depth - 1);
                self.previous = outer;
                let lets = body.iter().filter(|it| matches!(it.kind, Kind::Let(_)));
                let lists: Vec<String> = lets.map(Statement::name).collect();
                self.names.truncate(from);
                for name in lists {
                    self.know(name, What::List, false);
                }
                Kind::For(items, body)
            }
            13 => {
                let last = self.id();
                let outer = self.previous.replace(name(last));
                let mut body = self.block(inner, depth - 1);
                let value = self.text(2);
                self.know(name(last), What::Text, false);
                let kind = Kind::Let(value);
                body.push(Statement { id: last, kind });
                let until = (!self.one_in(3)).then(|| self.test(1));
                self.previous = outer;
                Kind::Repeat(body, until)
            }
            _ => {
                let when = self.one_in(4).then(|| self.test(1));
                let may_fail = self.one_in(5);
                let (action, what) = self.action();
                if let Some(what) = what {
                    self.know(name(id), what, when.is_some() || may_fail);
                }
                Kind::Step(Step {
                    action,
                    when,
                    may_fail,
                })
            }
        };
        Statement { id, kind }
    }

    fn know(&mut self, name: String, what: What, absent: bool) {
        self.names.push(Known { name, what, absent });
    }

    fn action(&mut self) -> (Action, Option<What>) {
        match self.chance.below(10) {
            0 => (Action::Ask(self.text(1)), Some(What::Record("text"))),
            1 => (Action::Review(self.text(1)), Some(What::Review)),
            2 => (
                Action::Read(self.chance.below(FILES)),
                Some(What::Record("text")),
            ),
            3 | 4 => {
                let made = if self.one_in(4) { self.used() } else { None };
                let place = match made {
                    Some(text) => Place::Made(text),
                    None => Place::File(self.chance.below(FILES)),
                };
                (Action::Write(place, self.text(1)), None)
            }
            5 => (Action::List, Some(What::List)),
            6 => (Action::Get(self.text(1)), Some(What::Record("body"))),
            7 | 8 if !self.callable.is_empty() => {
                let (mission, inputs) = *self.chance.one_of(&self.callable.clone());
                let args = (0..inputs).map(|_| self.text(1)).collect();
                (Action::Call(mission, args), Some(What::Record("out")))
            }
            _ => (Action::Run(self.text(1)), Some(What::Record("output"))),
        }
    }

    fn items(&mut self) -> Items {
        let lists: Vec<Known> = self.named(|it| matches!(it.what, What::List | What::Review));
        if lists.is_empty() || self.one_in(2) {
            let count = 1 + self.chance.below(2);
            return Items::Written((0..count).map(|_| self.text(1)).collect());
        }
        let list = self.chance.one_of(&lists).clone();
        match list.what {
            What::Review => Items::Notes(list.name),
            _ => Items::Listed(list.name),
        }
    }

    fn named(&self, is: impl Fn(&Known) -> bool) -> Vec<Known> {
        self.names.iter().filter(|it| is(it)).cloned().collect()
    }

    /// A text that stands behind a name.
    fn used(&mut self) -> Option<Text> {
        if self.names.is_empty() {
            return None;
        }
        let known = self.chance.one_of(&self.names).clone();
        match known.what {
            What::Text => Some(Text::Name(known.name)),
            What::List => Some(Text::Join(known.name)),
            What::Record(field) => Some(Text::Field(known.name, field)),
            What::Review => None,
        }
    }

    fn text(&mut self, depth: usize) -> Text {
        let boxed = |writer: &mut Writer| Box::new(writer.text(depth - 1));
        match self.chance.below(if depth > 0 { 14 } else { 8 }) {
            0 | 1 => Text::Word(self.chance.one_of::<&str>(WORDS)),
            2 if self.previous.is_some() => {
                Text::Previous(self.previous.clone().unwrap_or_default())
            }
            8 => Text::Glue(boxed(self), boxed(self)),
            9 => Text::Upper(boxed(self)),
            10 => Text::Form(boxed(self)),
            11 => {
                let test = Box::new(self.test(depth - 1));
                Text::Pick(test, boxed(self), boxed(self))
            }
            _ => match self.used() {
                Some(text) => text,
                None => Text::Word(self.chance.one_of::<&str>(WORDS)),
            },
        }
    }

    fn test(&mut self, depth: usize) -> Test {
        let reviews = self.named(|it| it.what == What::Review);
        let unsure = self.named(|it| it.absent && it.what != What::Text && it.what != What::List);
        match self.chance.below(6) {
            0 if !reviews.is_empty() => Test::Good(self.chance.one_of(&reviews).name.clone()),
            1 if !reviews.is_empty() => Test::Sure(self.chance.one_of(&reviews).name.clone()),
            2 if !unsure.is_empty() => Test::There(self.chance.one_of(&unsure).name.clone()),
            3 if depth > 0 => Test::Not(Box::new(self.test(depth - 1))),
            4 => Test::Long(self.variable()),
            _ => {
                let text = self.variable();
                Test::Is(text, self.chance.one_of::<&str>(WORDS))
            }
        }
    }

    /// A text that is not known before the mission runs.
    fn variable(&mut self) -> Text {
        self.used().unwrap_or_else(|| Text::Name("in0".to_owned()))
    }
}
