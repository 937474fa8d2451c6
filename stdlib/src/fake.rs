//! Hands on a tree in memory, for the tests of the actions.

mod checkout;
mod models;
mod web;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::{Future, ready};
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

impl Look for Fake {
    fn list(&self, glob: &str) -> Result<Vec<String>, Failure> {
        let mut paths: Vec<String> = self.files().into_keys().collect();
        paths.retain(|path| matches(glob, path));
        Ok(paths)
    }

    fn read(&self, path: &str) -> Result<Option<File>, Failure> {
        Ok(self.files().remove(path))
    }

    /// Only the heads of a diff.
    fn diff(&self) -> Result<String, Failure> {
        let world = self.world();
        let changed = world
            .files
            .iter()
            .filter(|(path, file)| world.base.get(*path) != Some(file));
        Ok(changed
            .map(|(path, _)| format!("diff --git a/{path} b/{path}\n"))
            .collect())
    }

    fn log(&self, limit: usize) -> Result<Vec<Value>, Failure> {
        let commits = (0..3).map(|at| {
            json!({
                "sha": format!("{at}"),
                "date": "2024-01-01T00:00:00Z",
                "author": "A",
                "subject": format!("commit {at}"),
            })
        });
        Ok(commits.take(limit).collect())
    }

    fn candidate(&self, ground: &Ground) -> Result<String, Failure> {
        Ok(id(&self.candidate_files(&ground.protected)))
    }

    fn changed(&self, ground: &Ground) -> Result<Vec<Changed>, Failure> {
        let now = self.candidate_files(&ground.protected);
        let base = self.world().base.clone();
        let all: BTreeSet<&String> = now.keys().chain(base.keys()).collect();
        let differ = all.into_iter().filter(|it| now.get(*it) != base.get(*it));
        let bytes = |files: &Files, path: &str| files.get(path).map(|file| file.bytes.clone());
        Ok(differ
            .map(|path| Changed {
                path: path.clone(),
                before: bytes(&base, path),
                after: bytes(&now, path),
            })
            .collect())
    }

    fn wait_until<'a>(&'a self, date: Timestamp) -> Later<'a, ()> {
        Box::pin(ready(match date <= Timestamp::UNIX_EPOCH {
            true => Ok(()),
            false => Err(Failure::until(Wait::until(date))),
        }))
    }

    fn fetch<'a>(&'a self, fetch: &'a Fetch) -> Later<'a, Fetched> {
        let mut world = self.world();
        world.asked_web.push(Sending {
            method: "GET".to_owned(),
            body: String::new(),
            to: fetch.clone(),
        });
        Box::pin(ready(web::next_page(&mut world)))
    }

    fn models(&self) -> Result<Vec<String>, Failure> {
        Ok(vec!["ollama/m".to_owned()])
    }

    fn models_else(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn provider(&self, model: &str) -> Result<(Provider, String), Failure> {
        models::provider(model)
    }

    fn counts_money(&self, _: &str) -> bool {
        self.world().models.counts_money
    }

    fn call_model<'a>(&'a self, asking: Asking<'a>) -> Later<'a, Reply> {
        Box::pin(ready(self.world().models.call(asking)))
    }

    fn earlier(&self) -> Vec<Value> {
        self.world().models.earlier.clone()
    }

    /// There is always enough.
    fn reserve<'a>(&'a self, _: &'a str, _: Amount) -> Later<'a, Reservation> {
        Box::pin(ready(Ok(Reservation::new(drop))))
    }

    fn note_spending(&self, _: SpendingSaid) -> Later<'_, ()> {
        Box::pin(ready(Ok(())))
    }

    fn event(&self, name: &str, within: Option<Duration>) -> Result<Sent, Failure> {
        let mut world = self.world();
        if let Some(at) = world.sent.iter().position(|sent| sent.name == name) {
            return Ok(world.sent.remove(at));
        }
        let within = within.map(|within| SignedDuration::try_from(within).unwrap());
        Err(Failure::until(Wait {
            event: Some(name.to_owned()),
            until: within.map(|within| Timestamp::UNIX_EPOCH + within),
            lasts_ms: None,
        }))
    }

    fn holds(&self, effect: Effect) -> bool {
        self.world().holds.contains(&effect)
    }

    fn finds(&self, program: &str) -> bool {
        self.world().programs.iter().any(|it| it == program)
    }

    fn is_installed(&self, path: &str) -> bool {
        self.world().installed.iter().any(|it| it == path)
    }

    fn answer(&self) -> Option<person::Answer> {
        self.world().answer.clone()
    }

    fn sleep<'a>(&'a self, time: Duration) -> Later<'a, ()> {
        self.world().slept.push(time);
        Box::pin(ready(Ok(())))
    }
}

impl Work for Fake {
    fn may_write(&self, path: &str) -> Result<(), String> {
        self.world().models.may_write(path)
    }

    fn change(&self, changes: Vec<Change>) -> Result<(), Failure> {
        let mut files = self.files();
        for Change { path, file } in changes {
            match file {
                Some(file) => files.insert(path, file),
                None => files.remove(&path),
            };
        }
        for path in files.keys() {
            for (at, _) in path.match_indices('/') {
                if files.contains_key(&path[..at]) {
                    return Err(Failure::new(
                        "path-folder",
                        format!("`{}` is a folder.", &path[..at]),
                    ));
                }
            }
        }
        self.world().files = files;
        Ok(())
    }

    fn checkout(
        &self,
        subject: Subject,
        _: &[String],
        _: &[String],
    ) -> Result<Box<dyn Checkout>, Failure> {
        let (tree, of_base) = match subject {
            Subject::Base(_) => (self.base(), true),
            Subject::Candidate(ground) | Subject::Without { ground, .. } => {
                (id(&self.candidate_files(&ground.protected)), false)
            }
        };
        let mut world = self.world();
        world.checkouts += 1;
        Ok(Box::new(FakeCheckout {
            fake: self.clone(),
            number: world.checkouts,
            tree,
            of_base,
            shelves: Mutex::default(),
        }))
    }

    fn run<'a>(&'a self, command: Command, writes: &'a [String]) -> Later<'a, Finished> {
        let mut world = self.world();
        world.started.push(Started {
            command,
            checkout: 0,
            writes: writes.to_vec(),
        });
        Box::pin(ready(world.in_worktree.pop_front().unwrap().map(finished)))
    }

    fn converse<'a>(
        &'a self,
        command: Command,
        writes: &'a [String],
        _: &'a mut dyn Talk,
    ) -> Later<'a, Finished> {
        Work::run(self, command, writes)
    }

    fn send<'a>(&'a self, sending: &'a Sending) -> Later<'a, Fetched> {
        let mut world = self.world();
        world.asked_web.push(sending.clone());
        Box::pin(ready(web::next_page(&mut world)))
    }

    fn part<'a>(&'a self, part: Part<'a>) -> Later<'a, Value> {
        Box::pin(async move {
            let args = Value::Object(part.args.clone());
            let gave = self.call(part.action.name, args);
            Ok((part.tell)(&gave))
        })
    }

    fn commit(&self, tree: &str, message: &str, _: bool) -> Result<(String, String), Failure> {
        let commit = (tree.to_owned(), message.to_owned());
        self.world().committed.push(commit);
        Ok(("c0ffee".to_owned(), "tau/m-1".to_owned()))
    }
}

impl Survey for Fake {
    fn remote_branch<'a>(&'a self, _: &'a Remote, branch: &'a str) -> Later<'a, Option<String>> {
        Box::pin(ready(Ok(self.world().remote.get(branch).cloned())))
    }

    fn query<'a>(&'a self, sending: &'a Sending) -> Later<'a, Fetched> {
        let mut world = self.world();
        world.asked_web.push(sending.clone());
        Box::pin(ready(web::next_page(&mut world)))
    }

    fn spent(&self) -> Amount {
        self.world().spent
    }
}

impl Act for Fake {
    fn request<'a>(&'a self, sending: &'a Sending) -> Requesting<'a> {
        let mut world = self.world();
        world.asked_web.push(sending.clone());
        let answer = web::next_page(&mut world);
        Box::pin(ready(answer.map_err(|failure| match failure.kind {
            FailureKind::Uncertain => NotDone::Unclear(failure),
            _ => NotDone::Refused(failure),
        })))
    }

    fn push<'a>(&'a self, push: &'a Push) -> Pushing<'a> {
        let mut world = self.world();
        let told = world.pushes.pop_front().unwrap_or(Ok(()));
        if told.is_ok() && world.remote.get(&push.branch) == push.expected.as_ref() {
            let moved = (push.branch.clone(), push.commit.clone());
            world.remote.extend([moved]);
        }
        Box::pin(ready(told))
    }
}
