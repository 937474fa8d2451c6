//! Hands on a tree in memory, for the tests of the actions.

mod checkout;
mod hands;
mod models;
mod web;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tau_interpreter::action::{
    Act, Action, Asking, Call, Change, Changed, Checkout, Command, Exit, External, Failure,
    FailureKind, Fetch, Fetched, File, FileMode, Finished, Found, Ground, Intended, Later, Look,
    NotDone, Part, Performer, Push, Pushing, Remote, Reply, Requesting, Reservation, Sending,
    SpendingSaid, Subject, Survey, Talk, Work,
};
use tau_interpreter::blobs::sha256;
use tau_interpreter::ledger::Amount;
use tau_interpreter::person;
use tau_interpreter::providers::Provider;
use tau_interpreter::wait::{Sent, Wait};
use tau_lang::syntax::tree::Effect;

use self::checkout::FakeCheckout;

type Files = BTreeMap<String, File>;

/// What a started command does, in the words of the tests.
pub(crate) type Answer = Result<(Exit, &'static str), Failure>;

/// A repository with a mission's tree. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Fake {
    world: Arc<Mutex<World>>,
}

#[derive(Default)]
struct World {
    base: Files,
    files: Files,
    /// What the next commands in checkouts of the base do. A command too many is a panic.
    on_base: VecDeque<Answer>,
    on_candidate: VecDeque<Answer>,
    in_worktree: VecDeque<Answer>,
    started: Vec<Started>,
    checkouts: usize,
    restless: bool,
    committed: Vec<(String, String)>,
    slept: Vec<Duration>,
    /// The branches of the one remote, and what the next pushes come to.
    remote: BTreeMap<String, String>,
    pushes: VecDeque<Result<(), NotDone>>,
    answer: Option<person::Answer>,
    sent: Vec<Sent>,
    /// What it may do, and the programs of the machine.
    holds: Vec<Effect>,
    programs: Vec<String>,
    /// What is installed beside its files.
    installed: Vec<String>,
    /// What was asked of the web, and what it answers next; pages that nobody prepared are empty.
    asked_web: Vec<Sending>,
    web: VecDeque<Result<Fetched, Failure>>,
    models: models::Models,
    /// What the run has taken of models.
    spent: Amount,
}

/// A command that was started.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Started {
    pub(crate) command: Command,
    /// The checkout it ran in, counted from 1; 0 for the mission's worktree.
    pub(crate) checkout: usize,
    /// In the worktree: what it might change.
    pub(crate) writes: Vec<String>,
}

impl Fake {
    /// A tree of regular files, the same as the base.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let fake = Fake::default();
        for (path, text) in files {
            fake.put(path, text.as_bytes(), FileMode::Regular);
        }
        let files = fake.files();
        fake.world().base = files;
        fake
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8], mode: FileMode) {
        let file = File {
            bytes: bytes.to_vec(),
            mode,
        };
        self.world().files.insert(path.to_owned(), file);
    }

    /// Somebody answers what the next step asks.
    pub(crate) fn answers(&self, approved: bool, text: Option<&str>) {
        self.world().answer = Some(person::Answer {
            approved,
            text: text.map(str::to_owned),
            by: person::Person {
                uid: 1,
                name: "ann".to_owned(),
            },
            at: "now".to_owned(),
        });
    }

    /// Somebody sends an event.
    pub(crate) fn sends(&self, name: &str, data: Value) {
        let mut world = self.world();
        let sent = Sent {
            id: world.sent.len().to_string(),
            name: name.to_owned(),
            data,
            by: person::Person {
                uid: 1,
                name: "ann".to_owned(),
            },
            at: Timestamp::UNIX_EPOCH,
        };
        world.sent.push(sent);
    }

    pub(crate) fn on_base(&self, answers: impl IntoIterator<Item = Answer>) -> &Self {
        self.world().on_base.extend(answers);
        self
    }

    pub(crate) fn on_candidate(&self, answers: impl IntoIterator<Item = Answer>) -> &Self {
        self.world().on_candidate.extend(answers);
        self
    }

    pub(crate) fn in_worktree(&self, answer: Answer) -> &Self {
        self.world().in_worktree.push_back(answer);
        self
    }

    /// The run has taken this of models.
    pub(crate) fn has_spent(&self, spent: Amount) {
        self.world().spent = spent;
    }

    /// From now on, somebody edits a file while a command runs.
    pub(crate) fn restless(&self) {
        self.world().restless = true;
    }

    /// It may do this.
    pub(crate) fn may(&self, effects: &[Effect]) -> &Self {
        self.world().holds.extend(effects);
        self
    }

    /// This is installed beside its files.
    pub(crate) fn has_installed(&self, path: &str) -> &Self {
        self.world().installed.push(path.to_owned());
        self
    }

    /// The machine has these programs.
    pub(crate) fn has_programs(&self, names: &[&str]) -> &Self {
        let names = names.iter().map(|name| (*name).to_owned());
        self.world().programs.extend(names);
        self
    }

    /// Every file.
    pub(crate) fn files(&self) -> Files {
        self.world().files.clone()
    }

    /// One file's content as text, and its mode.
    pub(crate) fn file(&self, path: &str) -> Option<(String, FileMode)> {
        let file = self.files().remove(path)?;
        Some((String::from_utf8_lossy(&file.bytes).into_owned(), file.mode))
    }

    pub(crate) fn text(&self, path: &str) -> Option<String> {
        self.file(path).map(|(text, _)| text)
    }

    /// The id of the base's tree.
    pub(crate) fn base(&self) -> String {
        id(&self.world().base)
    }

    pub(crate) fn started(&self) -> Vec<Started> {
        self.world().started.clone()
    }

    pub(crate) fn committed(&self) -> Vec<(String, String)> {
        self.world().committed.clone()
    }

    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.world().slept.clone()
    }

    /// Where a branch of the remote is.
    pub(crate) fn remote(&self, branch: &str) -> Option<String> {
        self.world().remote.get(branch).cloned()
    }

    /// A branch of the remote is there from now on, or not there any more.
    pub(crate) fn has_branch(&self, branch: &str, commit: Option<&str>) {
        let mut world = self.world();
        match commit {
            Some(commit) => world.remote.insert(branch.to_owned(), commit.to_owned()),
            None => world.remote.remove(branch),
        };
    }

    /// The remote says no to the next push.
    pub(crate) fn refuses(&self, failure: Failure) {
        self.world()
            .pushes
            .push_back(Err(NotDone::Refused(failure)));
    }

    /// What an external action says that it is about to do.
    pub(crate) fn intends(&self, name: &str, args: Value) -> Intended {
        self.tries(name, args).unwrap()
    }

    /// The same, or why it is not about to do anything.
    pub(crate) fn tries(&self, name: &str, args: Value) -> Result<Intended, Failure> {
        let Value::Object(args) = args else {
            panic!("arguments are an object")
        };
        let step = "step".to_owned();
        let result = crate::tests::library().actions[name].result.clone();
        let call = Call { step, args, result };
        let intention = now(external(name).intend(&call, self))?;
        let marker = "mark".to_owned();
        Ok(Intended { marker, intention })
    }

    /// What has become of that.
    pub(crate) fn looks_up(&self, name: &str, intended: &Intended) -> Found {
        now(external(name).look_up(intended, self)).unwrap()
    }

    /// Performs the action of this name, as [`Fake::run`] does.
    pub(crate) fn call(&self, name: &str, args: Value) -> Result<Value, Failure> {
        let all = crate::actions();
        self.run(all.iter().find(|it| it.name == name).unwrap(), args)
    }

    /// Performs an action. A failure must have changed nothing, and a result must be what the
    /// action's face says.
    pub(crate) fn run(&self, action: &Action, args: Value) -> Result<Value, Failure> {
        let before = self.files();
        let Value::Object(args) = args else {
            panic!("arguments are an object")
        };
        let call = Call {
            step: "step".to_owned(),
            args,
            result: crate::tests::library().actions[action.name].result.clone(),
        };
        let result = now(self.perform(&action.performer, &call));
        if let Ok(result) = &result {
            let face = &crate::tests::library().actions[action.name];
            assert_eq!(face.result.given(result.clone()).as_ref(), Ok(result));
        }
        if result.is_err() && !self.world().restless {
            assert_eq!(self.files(), before, "a failure changed something");
        }
        result
    }

    /// Performs it once, as a run does where nothing goes wrong.
    async fn perform(&self, performer: &Performer, call: &Call) -> Result<Value, Failure> {
        match performer {
            Performer::Pure(it) => it.compute(call),
            Performer::Observe(it) => it.observe(call, self).await,
            Performer::Replace(it) => it.replace(call, self).await,
            Performer::Unknown(it) => it.run(call, self).await,
            Performer::External(it) => {
                let intended = Intended {
                    marker: "mark".to_owned(),
                    intention: it.intend(call, self).await?,
                };
                match it.act(&intended, self).await {
                    Ok(given) => {
                        let there = it.read_back(&intended, self).await?;
                        assert_eq!(there, Found::There(given.clone()));
                        Ok(given)
                    }
                    Err(NotDone::Refused(failure) | NotDone::Unclear(failure)) => Err(failure),
                }
            }
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn candidate_files(&self, protected: &[String]) -> Files {
        let world = self.world();
        let protects = |path: &str| protected.iter().any(|glob| matches(glob, path));
        let mine = world.files.iter().filter(|(path, _)| !protects(path));
        let theirs = world.base.iter().filter(|(path, _)| protects(path));
        mine.chain(theirs)
            .map(|(path, file)| (path.clone(), file.clone()))
            .collect()
    }
}

/// What performs an external action.
fn external(name: &str) -> Arc<dyn External> {
    let all = crate::actions().into_iter();
    let found = all.filter(|it| it.name == name).map(|it| it.performer);
    let mut found = found.filter_map(|it| match it {
        Performer::External(it) => Some(it),
        _ => None,
    });
    found.next().unwrap()
}

/// What comes of work that takes no time, as all here: it is done when first asked.
fn now<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("an action waited"),
    }
}

/// A failure as its reader sees it, with `TREE` for the ids of trees.
pub(crate) fn told(failure: &Failure) -> String {
    let trees = regex::Regex::new("[0-9a-f]{40}").unwrap();
    let help = failure.help.as_deref().unwrap_or("(no help)");
    let text = format!("{}: {}\n=> {help}", failure.code, failure.message);
    trees.replace_all(&text, "TREE").into_owned()
}

fn id(files: &Files) -> String {
    sha256(format!("{files:?}").as_bytes())[..40].to_owned()
}

fn matches(glob: &str, path: &str) -> bool {
    tau_lang::glob::Glob::new(glob).unwrap().matches(path)
}

fn finished((exit, tail): (Exit, &str)) -> Finished {
    Finished {
        exit,
        tail: tail.to_owned(),
        log: format!("blob of {tail:?}"),
        seconds: 1.5,
    }
}
