//! What minijinja's filters, tests and functions take and give: one table for the checker, the
//! reference page and editors. A test compares it with minijinja itself.

mod filters;
mod functions;
mod tests;

pub use self::filters::FILTERS;
pub use self::functions::FUNCTIONS;
pub use self::tests::TESTS;

/// What a filter, test or function takes and gives.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// `join`
    pub name: &'static str,
    /// What stands before the `|` or `is`; [`Takes::Nothing`] for functions.
    pub input: Takes,
    /// What is absent may stand there: it counts as an empty list, or is what is asked for.
    pub absent: bool,
    /// In order: those given by their place come first.
    pub params: &'static [Param],
    /// Any number of further arguments.
    pub rest: bool,
    /// What it gives.
    pub gives: Gives,
    /// What it does, for the reference page and editors.
    pub about: &'static str,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub takes: Takes,
    /// How it is given.
    pub by: By,
    /// What counts without it, as it is written; `None` when it must be given.
    pub default: Option<&'static str>,
}

/// How an argument is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// `batch(3)`: only by its place.
    Place,
    /// `join(", ")` or `join(d=", ")`.
    Either,
    /// `sort(reverse=true)`: only by its name.
    Name,
}

/// What may stand somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Everything.
    Any,
    /// The name of a field of the items, as a text: `"path"`, `"file.path"`.
    Attribute,
    /// A `bool`.
    Bool,
    /// The name of a filter, as a text.
    Filter,
    /// A whole number.
    Int,
    /// A list.
    List,
    /// A record or a map.
    Map,
    /// Nothing: functions have no input.
    Nothing,
    /// A number, also a duration, a size or an amount of money.
    Number,
    /// A text, a number or a `bool`.
    Scalar,
    /// A list, a text, a record or a map: what has items.
    Several,
    /// The name of a test, as a text.
    Test,
    /// A text.
    Text,
}

impl Takes {
    /// It in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Takes::Any => "anything",
            Takes::Attribute => "the name of a field",
            Takes::Bool => "`true` or `false`",
            Takes::Filter => "the name of a filter",
            Takes::Int => "a whole number",
            Takes::List => "a list",
            Takes::Map => "a record or map",
            Takes::Nothing => "nothing",
            Takes::Number => "a number",
            Takes::Scalar => "a text, number or `bool`",
            Takes::Several => "a list, text, record or map",
            Takes::Test => "the name of a test",
            Takes::Text => "a text",
        }
    }
}

/// What comes out, in terms of what went in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Something of which nothing is known.
    Any,
    /// A field of the input, named by the first argument.
    Attribute,
    /// A `bool`.
    Bool,
    /// The input and the arguments, one behind the other.
    Chained,
    /// The input, or the argument where the input is absent.
    Default,
    /// A record of what is given.
    Dict,
    /// A `float`.
    Float,
    /// Lists, each of the items with one value in a field.
    Groups,
    /// An `int`.
    Int,
    /// A list of whole numbers.
    Ints,
    /// One item; nothing when there is none.
    Item,
    /// Some or all of the items, as a list.
    Items,
    /// A field of each item, or each item through a filter.
    Mapped,
    /// Lists of items.
    Parts,
    /// Lists of two: a name and its value.
    Pairs,
    /// What the input is.
    Same,
    /// A number: of the items, or of one of their fields.
    Sum,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// Lists with one item of each list.
    Tuples,
}

impl Gives {
    /// It in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Gives::Any => "a value",
            Gives::Attribute => "that field",
            Gives::Bool => "`bool`",
            Gives::Chained => "all of them",
            Gives::Default => "the input, never absent",
            Gives::Dict => "a record",
            Gives::Float => "`float`",
            Gives::Groups => "a list of `{ grouper, list }`",
            Gives::Int => "`int`",
            Gives::Ints => "`[int]`",
            Gives::Item => "an item, or nothing",
            Gives::Items => "a list of the items",
            Gives::Mapped => "a list",
            Gives::Parts => "a list of lists",
            Gives::Pairs => "a list of pairs",
            Gives::Same => "as the input",
            Gives::Sum => "a number",
            Gives::Text => "`string`",
            Gives::Texts => "`[string]`",
            Gives::Tuples => "a list of lists",
        }
    }
}

impl Signature {
    /// A filter or test of `input` without parameters.
    const fn new(name: &'static str, input: Takes, gives: Gives, about: &'static str) -> Signature {
        Signature {
            name,
            input,
            absent: false,
            params: &[],
            rest: false,
            gives,
            about,
        }
    }

    const fn with(self, params: &'static [Param]) -> Signature {
        Signature { params, ..self }
    }

    const fn or_absent(self) -> Signature {
        Signature {
            absent: true,
            ..self
        }
    }

    const fn and_more(self) -> Signature {
        Signature { rest: true, ..self }
    }

    /// The parameters that an argument may name.
    pub fn named(&self) -> impl Iterator<Item = &'static Param> {
        self.params.iter().filter(|it| it.by != By::Place)
    }

    /// The parameters that take an argument without a name, in order.
    pub fn placed(&self) -> impl Iterator<Item = &'static Param> {
        self.params.iter().filter(|it| it.by != By::Name)
    }

    /// As it is written with all its parameters: `join(d="", attribute=none)`.
    #[must_use]
    pub fn usage(&self) -> String {
        let mut params: Vec<String> = self.params.iter().map(Param::usage).collect();
        if self.rest {
            params.push("…".to_owned());
        }
        match params.as_slice() {
            [] if self.input != Takes::Nothing => self.name.to_owned(),
            params => format!("{}({})", self.name, params.join(", ")),
        }
    }
}

impl Param {
    const fn new(name: &'static str, takes: Takes, by: By) -> Param {
        Param {
            name,
            takes,
            by,
            default: None,
        }
    }

    const fn or(self, default: &'static str) -> Param {
        Param {
            default: Some(default),
            ..self
        }
    }

    fn usage(&self) -> String {
        match (self.by, self.default) {
            (By::Place, None) => self.name.to_owned(),
            (By::Place, Some(default)) => format!("[{}: {default}]", self.name),
            (_, None) => format!("{}=", self.name),
            (_, Some(default)) => format!("{}={default}", self.name),
        }
    }
}

/// The signature of a name.
#[must_use]
pub fn find(table: &'static [Signature], name: &str) -> Option<&'static Signature> {
    table
        .binary_search_by(|it| it.name.cmp(name))
        .ok()
        .and_then(|at| table.get(at))
}
