//! The one tree that both spellings give. Every node knows where it stands; equality asks only
//! what it says.

use std::fmt;

use super::text::Text;
use crate::source::{At, Span};

/// Which spelling a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// The tau spelling.
    Tau,
    /// The YAML spelling.
    Yaml,
}

impl Spelling {
    /// The spelling of a file by its name: `.yaml` and `.yml` are YAML, all else is tau.
    #[must_use]
    pub fn of(name: &str) -> Spelling {
        let name = name.to_ascii_lowercase();
        if name.ends_with(".yaml") || name.ends_with(".yml") {
            Spelling::Yaml
        } else {
            Spelling::Tau
        }
    }
}

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// In the order of the text.
    pub items: Vec<Item>,
    /// Comments behind the last item.
    pub tail: Vec<Lead>,
}

/// One item of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `use std.{fs, git}`
    Use(Use),
    /// `type Edited = { paths: [path] }`
    Type(TypeItem),
    /// An action's face, in a file of missions with its body.
    Action(Face),
    /// A mission.
    Mission(Mission),
    /// A mission run with scripted actions, and what is expected of it.
    Test(Test),
    /// When a mission starts by itself.
    On(Trigger),
}

impl Item {
    /// Its place.
    #[must_use]
    pub fn at(&self) -> Span {
        match self {
            Item::Use(node) => node.at.0,
            Item::Type(node) => node.at.0,
            Item::Action(node) => node.at.0,
            Item::Mission(node) => node.at.0,
            Item::Test(node) => node.at.0,
            Item::On(node) => node.at.0,
        }
    }

    /// Its place among the kinds of items, in which the one style has them.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self {
            Item::Use(_) => 0,
            Item::Type(_) => 1,
            Item::Action(_) => 2,
            Item::Mission(_) => 3,
            Item::Test(_) => 4,
            Item::On(_) => 5,
        }
    }

    /// Its comments.
    #[must_use]
    pub fn trivia(&self) -> &Trivia {
        match self {
            Item::Use(node) => &node.trivia,
            Item::Type(node) => &node.trivia,
            Item::Action(node) => &node.trivia,
            Item::Mission(node) => &node.trivia,
            Item::Test(node) => &node.trivia,
            Item::On(node) => &node.trivia,
        }
    }

    /// The `use` that it is.
    #[must_use]
    pub fn as_use(&self) -> Option<&Use> {
        match self {
            Item::Use(node) => Some(node),
            _ => None,
        }
    }

    /// See [`Item::trivia`].
    pub fn trivia_mut(&mut self) -> &mut Trivia {
        match self {
            Item::Use(node) => &mut node.trivia,
            Item::Type(node) => &mut node.trivia,
            Item::Action(node) => &mut node.trivia,
            Item::Mission(node) => &mut node.trivia,
            Item::Test(node) => &mut node.trivia,
            Item::On(node) => &mut node.trivia,
        }
    }
}

/// What stands before a node: a blank line (several count as one) or a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// A blank line.
    Blank,
    /// A comment without its `#` and the space behind it.
    Comment(String),
}

/// The comments that belong to a node. Comments inside a node, where there is no place of their
/// own, are moved before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trivia {
    /// In the lines before it, in order.
    pub before: Vec<Lead>,
    /// At the end of its (first) line, without `#`.
    pub after: Option<String>,
}

/// A `##` comment's text: lines joined by newlines, without the `##` and the space behind it.
/// In YAML it is the value of `about`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// The text.
    pub text: String,
    /// Its place.
    pub at: At,
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The name itself.
    pub text: String,
    /// Its place.
    pub at: At,
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `use std.{fs, git}`, `use "./lib/review.tau" as review` or `use "https://host/a/b@v1" as b`.
/// In YAML: `use: [std.fs, std.git]` or `use: [{ from: ./lib/review.tau, as: review }]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// Where it comes from.
    pub from: UseFrom,
    /// `as name`: what its names are called by here, before a dot. Without one it is the name of
    /// the file or repository. Only for what does not come from `std`.
    pub alias: Option<Ident>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// See [`Use`].
#[derive(Clone, Debug, PartialEq)]
pub enum UseFrom {
    /// `std`, with the names taken from it; none when it alone is named.
    Std {
        /// As written; anything but `std` is an error of the checker.
        root: Ident,
        /// The names taken from it.
        names: Vec<Ident>,
    },
    /// A file, from the folder of the file that uses it (`./review.tau`), or a git repository at
    /// a version (`https://host/owner/repo@v1.2`, `../flows@v1`).
    Source(Text),
}

/// A named type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeItem {
    /// Its name.
    pub name: Ident,
    /// What it stands for.
    pub ty: TypeExpr,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// A type as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// What it says.
    pub kind: TypeExprKind,
    /// Its place.
    pub at: At,
}

impl TypeExpr {
    /// Whether it is this name, perhaps as optional.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        match &self.kind {
            TypeExprKind::Name(it) => it == name,
            TypeExprKind::Optional(inner) | TypeExprKind::Untrusted(inner) => inner.is_named(name),
            _ => false,
        }
    }
}

/// See [`TypeExpr`].
#[derive(Clone, Debug, PartialEq)]
pub enum TypeExprKind {
    /// `string`, `Edited`, `review.Verdict`
    Name(String),
    /// `[T]`
    List(Box<TypeExpr>),
    /// `T?`
    Optional(Box<TypeExpr>),
    /// `{T}`: texts, each with a value.
    Map(Box<TypeExpr>),
    /// `{ a: T, b: U }`
    Record(Vec<(Ident, TypeExpr)>),
    /// `"a" or "b"`
    Choice(Vec<String>),
    /// `untrusted T`: comes from outside; see taint.
    Untrusted(Box<TypeExpr>),
}

/// An action's face: what a caller must know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// Its name within its group (`write` for `fs.write`).
    pub name: Ident,
    /// Its parameters, in order.
    pub params: Vec<Input>,
    /// What it gives.
    pub result: TypeExpr,
    /// The authority it needs and what it touches, in terms of its parameters.
    pub needs: Vec<Need>,
    /// The most that one attempt of it takes and spends.
    pub bounds: Vec<Bound>,
    /// How it may be repeated: one of `pure`, `observe`, `replay`, `external`, `unknown`. One with
    /// a body may leave it out.
    pub kind: Option<Ident>,
    /// `gate`: every write that follows it in the text waits for it.
    pub gate: bool,
    /// What performs it. The library's own actions have none: Rust performs them.
    pub body: Option<ActionBody>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// What performs an action that is written in tau.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionBody {
    /// `run "ruff check {{ path }}"`: one command. The action gives what `process.run` gives.
    Command(Value),
    /// Statements, with `output` lines that together are the result.
    Steps {
        /// The statements.
        body: Body,
        /// The fields of the result.
        outputs: Vec<Output>,
    },
}

/// One `needs`, `reads` or `writes` line of a face.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// `needs` asks for authority (and orders); `reads` and `writes` only order.
    pub asks: bool,
    /// The effect.
    pub effect: Effect,
    /// For `git` and `github`: what is done there, such as `commit`.
    pub verb: Option<Ident>,
    /// The scope, over the parameters; gives a string or a list of them.
    pub scope: Value,
    /// The whole line.
    pub at: At,
}

/// One `takes` or `spends` line of a face: `takes timeout`, `spends tokens max_tokens`.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// What is bounded; `takes` is about time.
    pub kind: LimitKind,
    /// The most of it, over the parameters.
    pub most: Value,
    /// The whole line.
    pub at: At,
}

/// What authority can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// Environment variables of started processes.
    Env,
    /// Git: commit, push, on a branch.
    Git,
    /// GitHub: pull requests, comments.
    Github,
    /// Models, by name.
    Model,
    /// Hosts.
    Net,
    /// Reading files.
    Read,
    /// Starting commands.
    Run,
    /// Secrets, by name.
    Secret,
    /// Wall time of the whole run.
    Time,
    /// Writing files.
    Write,
}

impl Effect {
    /// All of them, by name.
    pub const ALL: [Effect; 10] = [
        Effect::Env,
        Effect::Git,
        Effect::Github,
        Effect::Model,
        Effect::Net,
        Effect::Read,
        Effect::Run,
        Effect::Secret,
        Effect::Time,
        Effect::Write,
    ];

    /// The word for it in both spellings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Effect::Env => "env",
            Effect::Git => "git",
            Effect::Github => "github",
            Effect::Model => "model",
            Effect::Net => "net",
            Effect::Read => "read",
            Effect::Run => "run",
            Effect::Secret => "secret",
            Effect::Time => "time",
            Effect::Write => "write",
        }
    }

    /// The effect of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Effect> {
        Effect::ALL.into_iter().find(|effect| effect.word() == word)
    }

    /// Whether its scopes are bare names in the tau spelling (`secret TOKEN`, `github draft_pr`).
    #[must_use]
    pub fn has_names(self) -> bool {
        matches!(self, Effect::Env | Effect::Github | Effect::Secret)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A mission.
#[derive(Clone, Debug, PartialEq)]
pub struct Mission {
    /// Its name.
    pub name: Ident,
    /// Its inputs, in order.
    pub inputs: Vec<Input>,
    /// What it may do; absent means nothing.
    pub authority: Option<Authority>,
    /// Its verifiers, in order.
    pub verifiers: Vec<Verifier>,
    /// Its statements, without the outputs.
    pub body: Body,
    /// `on failure { }`: runs once when the statements end in a failure.
    pub on_failure: Option<Handler>,
    /// `finally { }`: runs once, however the statements end.
    pub finally: Option<Handler>,
    /// Its outputs, in order.
    pub outputs: Vec<Output>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

impl Mission {
    /// One without a name and without anything in it.
    pub(crate) fn empty(at: At) -> Mission {
        Mission {
            name: Ident {
                text: String::new(),
                at,
            },
            inputs: Vec::new(),
            authority: None,
            verifiers: Vec::new(),
            body: Body::default(),
            on_failure: None,
            finally: None,
            outputs: Vec::new(),
            doc: None,
            trivia: Trivia::default(),
            at,
        }
    }
}

/// Statements that run when the others have ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Handler {
    /// The statements.
    pub body: Body,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// A test of a mission.
///
/// ```tau
/// test "the second try passes" {
///   run   fix(check: "cargo test")
///   files { "src/a.txt": "hello" }
///   given verify.check returns { passed: false }
///   given fs.patch fails with "it does not apply"
///   expect outcome == "failed"
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What it shows, in words.
    pub name: Text,
    /// `run fix(…)`: the mission and its inputs. Required; absent only in a broken file.
    pub run: Option<CallOf>,
    /// `files { "path": "text" }`: the repository that the mission works on.
    pub files: Vec<(Text, Value)>,
    /// `given …`, in order.
    pub given: Vec<Given>,
    /// `expect …`, in order.
    pub expect: Vec<Expect>,
    /// Comments behind the last line.
    pub tail: Vec<Lead>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// A mission with its inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct CallOf {
    /// The (dotted) name of the mission.
    pub mission: Ident,
    /// Its inputs.
    pub args: Vec<Arg>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// `given verify.check returns { passed: true }`. Several for one action count in their order:
/// one for each call of it, the last also for all further ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// An action (`verify.check`) or a step of the mission (`green`).
    pub target: Ident,
    /// What it does instead of its work.
    pub outcome: GivenOutcome,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// See [`Given`].
#[derive(Clone, Debug, PartialEq)]
pub enum GivenOutcome {
    /// `returns value`
    Returns(Value),
    /// `fails with "text"`
    Fails(Value),
}

/// `expect steps.edit.attempts == 2`: must hold when the run has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// Over the run's result: `outcome`, `reason`, `outputs`, `steps`, `blocked`, `spent`.
    pub condition: Expr,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// `on schedule("0 7 * * 1-5", zone: "Europe/Berlin") run nightly()`.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// `label`, `comment`, `schedule`, `webhook`.
    pub event: Ident,
    /// What the event is asked for.
    pub args: Vec<Arg>,
    /// What starts; its inputs may use `event`.
    pub run: CallOf,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// An input of a mission or a parameter of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// Its value when none is given; without one it is required unless its type is optional.
    pub default: Option<Value>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// What a mission may do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Authority {
    /// In order.
    pub grants: Vec<Grant>,
    /// A line of it could not be read, so what is missing here may stand there.
    pub broken: bool,
    /// Comments behind the last one.
    pub tail: Vec<Lead>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole block.
    pub at: At,
}

/// One line of an `authority` block.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// `deny …`: takes away instead of giving.
    pub deny: bool,
    /// What it is about.
    pub effect: Effect,
    /// For `git`: `commit`, `push`. Absent elsewhere.
    pub verb: Option<Ident>,
    /// Globs, commands, names. Bare names (`secret TOKEN`) are texts. Empty for `time`.
    pub scopes: Vec<Value>,
    /// `up to 200k tokens, $2`; for `time` its one duration.
    pub limits: Vec<Limit>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole line.
    pub at: At,
}

/// A bound of a grant.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What is counted.
    pub kind: LimitKind,
    /// How much of it.
    pub amount: Literal,
    /// Its place.
    pub at: At,
}

/// What a [`Limit`] counts. The word stands behind the amount in tau (`200k tokens`) and is the
/// key in YAML (`tokens: 200k`); money and time need no word in tau.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKind {
    /// `calls`
    Calls,
    /// `cost`, money.
    Cost,
    /// Wall time.
    Time,
    /// `tokens`
    Tokens,
}

/// The check that decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Verifier {
    /// Its name.
    pub name: Ident,
    /// The command. Required; absent only in a broken file.
    pub run: Option<Value>,
    /// Globs of the files that no edit may touch and that always come from the base.
    pub protect: Vec<Value>,
    /// Environment of the command.
    pub env: Vec<(Ident, Value)>,
    /// How long the command may take.
    pub timeout: Option<Value>,
    /// How many runs must agree.
    pub runs: Option<Value>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole block.
    pub at: At,
}

/// Statements in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// In order.
    pub statements: Vec<Statement>,
    /// Comments behind the last one.
    pub tail: Vec<Lead>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// See [`Statement`].
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `let name = value`
    Let {
        /// Its name.
        name: Ident,
        /// Its value.
        value: Value,
    },
    /// `step name = action(args) modifiers`
    Step(Step),
    /// `if condition { } else { }`; `else if` is an `if` alone in `otherwise`.
    If {
        /// The condition.
        condition: Expr,
        /// When it holds.
        then: Body,
        /// When it does not.
        otherwise: Body,
    },
    /// `for name in items up to 20 at most 4 at once { }`
    For {
        /// What the body calls the item.
        name: Ident,
        /// A list.
        items: Value,
        /// How many items there may be; without it the list must be known before the start.
        most: Option<Value>,
        /// How many run at the same time; one after the other without it.
        at_once: Option<Value>,
        /// What is done for each.
        body: Body,
    },
    /// `repeat up to N { } until condition`
    Repeat {
        /// How often at most.
        times: Value,
        /// What is repeated; at least once.
        body: Body,
        /// When to stop; without one it runs exactly `times` times.
        until: Option<Expr>,
    },
    /// A statement that could not be read and has been reported; its name, if it could be, so
    /// that uses of it are not reported as well.
    Broken {
        /// The name it would have defined.
        name: Option<Ident>,
    },
}

/// One call of an action or mission.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The name of its result.
    pub name: Ident,
    /// The dotted name of what is called, such as `fs.write`.
    pub action: Ident,
    /// Its arguments.
    pub args: Vec<Arg>,
    /// `after a, b`
    pub after: Vec<Ident>,
    /// `when condition`: skipped when it does not hold.
    pub when: Option<Expr>,
    /// `retry 3 every 10s`
    pub retry: Option<Retry>,
    /// `timeout 5m`
    pub timeout: Option<Value>,
    /// `may fail`: the mission goes on when it fails.
    pub may_fail: bool,
}

/// How often a failed step is tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// How many more times.
    pub times: Value,
    /// How long to wait before each.
    pub every: Option<Value>,
}

/// One argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// The parameter's name; without one the argument counts by its position (tau only).
    pub name: Option<Ident>,
    /// Its value.
    pub value: Value,
}

/// A result of the mission.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: Ident,
    /// Its value.
    pub value: Value,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it says.
    pub kind: ValueKind,
    /// Its place.
    pub at: At,
}

/// See [`Value`].
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// `3`, `30m`, `$2`, `true`, `none`
    Literal(Literal),
    /// `"text {{ expr }}"`. A text that is one `{{ expr }}` and nothing else is an
    /// [`ValueKind::Expr`] in both spellings.
    Text(Template),
    /// An expression that keeps its type.
    Expr(Expr),
    /// `[a, b]`
    List(Vec<Value>),
    /// `{ a: b }`
    Map(Vec<(Ident, Value)>),
}

/// A literal other than a text, with the letters it was written with.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// Its value.
    pub value: LiteralValue,
    /// As written, such as `200k`.
    pub raw: String,
}

/// See [`Literal`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiteralValue {
    /// `none`; in YAML also `null` and `~`, which are written `none` when formatted.
    None,
    /// `true`, `false`
    Bool(bool),
    /// `3`, `200k` (thousands), `2M` (millions)
    Int(i64),
    /// `0.5`
    Float(f64),
    /// Milliseconds: `250ms`, `10s`, `30m`, `2h`, `1d`
    Duration(u64),
    /// Millionths of a dollar: `$2`, `$0.05`
    Money(u64),
    /// Bytes: `10B`, `64KB`, `10MB`, `1GB` (powers of 1,000), `64KiB`, `1MiB`, `1GiB`
    Size(u64),
}

/// Text with expressions in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// In order; two literals never stand side by side.
    pub pieces: Vec<Piece>,
}

/// See [`Template`].
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text as it is.
    Literal(String),
    /// `{{ expr }}`
    Expr(Expr),
}

impl Template {
    /// The text, when no expression is in it.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

/// A Jinja expression: its text, not yet parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Its source without `{{ }}`, trimmed, with its place in the file.
    pub source: Text,
}
