//! Small missions, as the laws here see them, and how they are written in tau.
//!
//! Every line of a written mission ends in `# ID`, by which a finding is known again.

use std::fmt::Write as _;

/// How many files there are in the base: `f0`, `f1`, …
pub(crate) const BASE: usize = 2;
/// How many there can be.
pub(crate) const FILES: usize = 4;

/// What a text is made from.
pub(crate) enum Text {
    Word(&'static str),
    /// An input, a `let` or the item of a loop.
    Name(String),
    Field(String, &'static str),
    /// A list, joined.
    Join(String),
    /// Of the round before.
    Previous(String),
    Glue(Box<Text>, Box<Text>),
    Upper(Box<Text>),
    /// `| matching(…)`
    Form(Box<Text>),
    Pick(Box<Test>, Box<Text>, Box<Text>),
}

/// What a condition asks.
pub(crate) enum Test {
    Is(Text, &'static str),
    Long(Text),
    Not(Box<Test>),
    /// Whether a step has a result.
    There(String),
    /// Whether a review's verdict, which is a choice, is `accept`.
    Good(String),
    /// What a review says with a truth value.
    Sure(String),
}

pub(crate) struct Mission {
    /// The names of the inputs, and which of them say `untrusted`.
    pub(crate) inputs: Vec<(String, bool)>,
    pub(crate) body: Vec<Statement>,
    pub(crate) out: Text,
}

/// An `on` item: the mission, and for each of its inputs what it is given.
pub(crate) struct Event {
    pub(crate) id: usize,
    pub(crate) mission: usize,
    pub(crate) args: Vec<Brought>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Brought {
    Text,
    Author,
}

pub(crate) struct Statement {
    pub(crate) id: usize,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    Let(Text),
    Step(Step),
    If(Test, Vec<Statement>, Vec<Statement>),
    For(Items, Vec<Statement>),
    Repeat(Vec<Statement>, Option<Test>),
}

pub(crate) struct Step {
    pub(crate) action: Action,
    pub(crate) when: Option<Test>,
    pub(crate) may_fail: bool,
}

pub(crate) enum Action {
    /// Asks a model, whose answer is untrusted.
    Ask(Text),
    /// Asks for a verdict, which is a choice, a truth value and notes.
    Review(Text),
    Read(usize),
    Write(Place, Text),
    /// The names of all files.
    List,
    /// Starts a command, which can read all files.
    Run(Text),
    /// Asks a host, whose answer is untrusted.
    Get(Text),
    Call(usize, Vec<Text>),
}

pub(crate) enum Place {
    File(usize),
    /// In the folder `d`, known only when it runs.
    Made(Text),
}

pub(crate) enum Items {
    Written(Vec<Text>),
    Listed(String),
    Notes(String),
}

impl Statement {
    /// The name of what it defines.
    pub(crate) fn name(&self) -> String {
        name(self.id)
    }
}

pub(crate) fn name(id: usize) -> String {
    format!("n{id}")
}

/// The name of the item of a loop.
pub(crate) fn item(id: usize) -> String {
    format!("i{id}")
}

pub(crate) fn print(missions: &[Mission], events: &[Event]) -> String {
    let mut text = String::new();
    for (number, mission) in missions.iter().enumerate() {
        writeln!(text, "mission m{number} {{").unwrap();
        for (name, untrusted) in &mission.inputs {
            let untrusted = if *untrusted { "untrusted " } else { "" };
            writeln!(text, "  input {name} : {untrusted}string").unwrap();
        }
        text += "  authority {\n    read \"**\"\n    write \"**\"\n    run \"*\"\n    \
                 model \"*\"\n    net \"*\"\n  }\n";
        block(&mission.body, 1, missions, &mut text);
        writeln!(
            text,
            "  output out = \"{{{{ {} }}}}\"\n}}\n",
            mission.out.print()
        )
        .unwrap();
    }
    for event in events {
        let inputs = missions[event.mission].inputs.iter().zip(&event.args);
        let args = inputs.map(|((name, _), brought)| match brought {
            Brought::Text => format!("{name}: event.text"),
            Brought::Author => format!("{name}: event.author"),
        });
        let args = args.collect::<Vec<_>>().join(", ");
        let (mission, id) = (event.mission, event.id);
        writeln!(text, "on comment(\"/tau\") run m{mission}({args}) # {id}").unwrap();
    }
    text
}

fn block(body: &[Statement], depth: usize, missions: &[Mission], text: &mut String) {
    let indent = "  ".repeat(depth);
    for statement in body {
        let (id, name) = (statement.id, statement.name());
        let mut line = |line: String| writeln!(text, "{indent}{line} # {id}").unwrap();
        match &statement.kind {
            Kind::Let(value) => line(format!("let {name} = \"{{{{ {} }}}}\"", value.print())),
            Kind::Step(step) => {
                let when = step.when.as_ref();
                let when = when.map(|when| format!(" when {}", when.print()));
                let when = when.unwrap_or_default();
                let fail = if step.may_fail { " may fail" } else { "" };
                let action = step.action.print(missions);
                line(format!("step {name} = {action}{when}{fail}"));
            }
            Kind::If(test, then, otherwise) => {
                line(format!("if {} {{", test.print()));
                block(then, depth + 1, missions, text);
                writeln!(text, "{indent}}} else {{").unwrap();
                block(otherwise, depth + 1, missions, text);
                writeln!(text, "{indent}}}").unwrap();
            }
            Kind::For(items, body) => {
                line(format!("for {} in {} up to 3 {{", item(id), items.print()));
                block(body, depth + 1, missions, text);
                writeln!(text, "{indent}}}").unwrap();
            }
            Kind::Repeat(body, until) => {
                line("repeat up to 3 {".to_owned());
                block(body, depth + 1, missions, text);
                let until = until
                    .as_ref()
                    .map(|until| format!(" until {}", until.print()));
                writeln!(text, "{indent}}}{} # {id}", until.unwrap_or_default()).unwrap();
            }
        }
    }
}

impl Action {
    fn print(&self, missions: &[Mission]) -> String {
        let quoted = |text: &Text| format!("\"{{{{ {} }}}}\"", text.print());
        match self {
            Action::Ask(prompt) => format!("answers.ask(prompt: {})", quoted(prompt)),
            Action::Review(prompt) => format!("answers.review(prompt: {})", quoted(prompt)),
            Action::Read(file) => format!("fs.read(\"f{file}\")"),
            Action::Write(Place::File(file), text) => {
                format!("fs.write(\"f{file}\", text: {})", quoted(text))
            }
            Action::Write(Place::Made(path), text) => {
                let path = path.print();
                format!("fs.write(\"d/{{{{ {path} }}}}\", text: {})", quoted(text))
            }
            Action::List => "fs.glob(\"**\")".to_owned(),
            Action::Run(word) => format!("process.run(\"echo {{{{ {} }}}}\")", word.print()),
            Action::Get(host) => format!("pages.get(host: {})", quoted(host)),
            Action::Call(mission, args) => {
                let inputs = missions[*mission].inputs.iter().zip(args);
                let args = inputs.map(|((name, _), arg)| format!("{name}: {}", quoted(arg)));
                format!("m{mission}({})", args.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl Items {
    fn print(&self) -> String {
        match self {
            Items::Written(items) => {
                let items = items
                    .iter()
                    .map(|it| format!("\"{{{{ {} }}}}\"", it.print()));
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            Items::Listed(name) => format!("\"{{{{ {name} or [] }}}}\""),
            Items::Notes(name) => format!("\"{{{{ {name}.notes or [] }}}}\""),
        }
    }
}

impl Text {
    fn print(&self) -> String {
        match self {
            Text::Word(word) => format!("'{word}'"),
            Text::Name(name) => format!("({name} or '')"),
            Text::Field(name, field) => format!("({name}.{field} or '')"),
            Text::Join(name) => format!("(({name} or []) | join)"),
            Text::Previous(name) => format!("(previous.{name} or '')"),
            Text::Glue(a, b) => format!("({} ~ {})", a.print(), b.print()),
            Text::Upper(text) => format!("({} | upper)", text.print()),
            Text::Form(text) => format!("({} | matching('[a-z]{{0,9}}'))", text.print()),
            Text::Pick(test, yes, no) => {
                format!("({} if {} else {})", yes.print(), test.print(), no.print())
            }
        }
    }
}

impl Test {
    fn print(&self) -> String {
        match self {
            Test::Is(text, word) => format!("({} == '{word}')", text.print()),
            Test::Long(text) => format!("({} | length > 1)", text.print()),
            Test::Not(test) => format!("(not {})", test.print()),
            Test::There(name) => format!("({name} is not none)"),
            Test::Good(name) => format!("(({name}.verdict or '') == 'accept')"),
            Test::Sure(name) => format!("({name}.sure or false)"),
        }
    }
}
