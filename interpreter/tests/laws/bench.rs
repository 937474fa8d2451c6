//! A repository, a state folder, and missions of the actions here.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Map, Value as Json};
use tau_interpreter::clock::{Clock, Simulation};
use tau_interpreter::home::{Home, RunDir};
use tau_interpreter::journal::{FileTexts, Record};
use tau_interpreter::providers::Providers;
use tau_interpreter::report::Report;
use tau_interpreter::run::{self, AT_ONCE, Order, Setup};
use tau_lang::authority::Rules;
use tau_lang::check::check;
use tau_lang::expr::Engine;
use tau_lang::library::{Library, Texts};
use tau_lang::plan::Plan;
use tau_lang::plan::needs::{Needed, needed, rules};
use tau_lang::policy::{Policies, PolicyFile, PolicyOf};
use tau_lang::source::SourceMap;
use tau_lang::syntax::tau;
use tokio::sync::{mpsc, watch};

use crate::hands::{FACE, Shared};
use crate::mission::PATHS;

/// Where missions run.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
    pub(crate) clock: Clock,
    /// Moves the clock.
    pub(crate) time: Simulation,
    /// By how many seconds somebody sets it whenever anything waits.
    jump: Cell<i64>,
    /// The version of tau.
    pub(crate) version: Cell<&'static str>,
    /// What runs are given from now on.
    pub(crate) inputs: RefCell<Map<String, Json>>,
    /// The lines of the policy that holds from now on; none where it is empty.
    pub(crate) policy: RefCell<String>,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        // In memory where there is such a place: nothing here is about the disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        let git = git2::Repository::init(folder.path().join("repo")).unwrap();
        let mut index = git.index().unwrap();
        for path in PATHS {
            let file = git.workdir().unwrap().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, path).unwrap();
            index.add_path(Path::new(path)).unwrap();
        }
        let tree = git.find_tree(index.write_tree().unwrap()).unwrap();
        let time = git2::Time::new(0, 0);
        let who = git2::Signature::new("t", "t@localhost", &time).unwrap();
        git.commit(Some("HEAD"), &who, &who, "first", &tree, &[])
            .unwrap();
        let (clock, time) = Clock::simulated("2026-11-27T12:00:00Z".parse().unwrap(), 0);
        Bench {
            folder,
            clock,
            time,
            jump: Cell::new(0),
            version: Cell::new("0"),
            inputs: RefCell::default(),
            policy: RefCell::default(),
        }
    }

    /// The models of the laws, which no request reaches.
    fn providers(&self) -> Providers {
        let file = self.folder.path().join("providers.toml");
        let said = "[x]\nurl = \"http://127.0.0.1:9\"\nwire = \"chat\"\n\
                    price = { input = 1.0, output = 1.0 }\n";
        std::fs::write(&file, said).unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        Providers::read(&file)
    }

    fn home(&self) -> Home {
        Home::new(self.folder.path().join("home"))
    }

    /// Runs a mission; its report.
    pub(crate) fn apply(&self, text: &str, shared: &Shared) -> Report {
        let order = Order {
            tier: Some(tau_interpreter::sandbox::Tier::None),
            file: "m.tau".to_owned(),
            path: None,
            texts: FileTexts {
                text: text.to_owned(),
                ..FileTexts::default()
            },
            inputs: self.inputs.borrow().clone(),
            repo: self.folder.path().join("repo"),
            rev: None,
            date: Some(0),
        };
        self.block_on(run::apply(self.setup(text, shared), order))
            .unwrap()
    }

    /// Goes on with a run; its report.
    pub(crate) fn resume(&self, text: &str, shared: &Shared, run: &str) -> Report {
        let dir = self.run(run);
        self.block_on(run::resume(self.setup(text, shared), dir, None))
            .unwrap()
    }

    /// What a mission comes to.
    pub(crate) fn plan(&self, text: &str) -> Arc<Plan> {
        self.setup(text, &Shared::new(0)).plan
    }

    /// What a mission comes to, with what it grants.
    pub(crate) fn granted(&self, text: &str) -> (Arc<Plan>, Rules) {
        let setup = self.setup(text, &Shared::new(0));
        let granted = rules(&setup.plan, &setup.engine, &Map::new());
        (setup.plan, granted)
    }

    /// The policies that hold now.
    pub(crate) fn policies(&self, text: &str) -> Arc<Policies> {
        self.setup(text, &Shared::new(0)).policies
    }

    /// What evaluates expressions.
    pub(crate) fn engine(&self) -> Arc<Engine> {
        self.setup("mission m {\n  let a = 1\n}\n", &Shared::new(0))
            .engine
    }

    /// What the steps of a mission need, and those of each that it calls by itself, as far as the
    /// text says it.
    pub(crate) fn needs(&self, text: &str) -> Vec<Needed> {
        let setup = self.setup(text, &Shared::new(0));
        let mut plans = vec![setup.plan.clone()];
        for block in setup.plan.blocks() {
            block.each_call(&mut |call| plans.push(call.plan.clone()));
        }
        let all = plans.iter();
        all.flat_map(|plan| needed(plan, &setup.policies, &setup.engine, &Map::new()))
            .collect()
    }

    pub(crate) fn run(&self, run: &str) -> RunDir {
        self.home().find(run).unwrap()
    }

    pub(crate) fn records(&self, run: &str) -> Vec<Record> {
        self.run(run).load().unwrap().records
    }

    /// Takes away what a run recorded behind the first `kept` records.
    pub(crate) fn cut(&self, run: &str, kept: usize) {
        let path = self.run(run).journal();
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.split_inclusive('\n').take(kept).collect();
        std::fs::write(&path, lines.concat()).unwrap();
    }

    fn setup(&self, text: &str, shared: &Shared) -> Setup {
        let mut sources = SourceMap::default();
        let texts = Texts {
            groups: &[("t", FACE)],
            ..Texts::default()
        };
        let (library, wrong) = Library::load(&mut sources, &texts);
        assert!(wrong.is_empty(), "{wrong:?}");
        let (file, wrong) = tau::parse(text, sources.add("m.tau", text));
        assert!(wrong.is_empty(), "{wrong:?}\n{text}");
        let checked = check(&file, &library);
        assert!(!checked.has_errors(), "{:?}\n{text}", checked.diagnostics);
        let mut policies = Policies::default();
        let policy = format!("policy {{\n{}}}\n", self.policy.borrow());
        let (file, wrong) = tau::parse(&policy, sources.add("p.tau", &*policy));
        assert!(wrong.is_empty(), "{wrong:?}\n{policy}");
        let file = check(&file, &library);
        assert!(!file.has_errors(), "{:?}\n{policy}", file.diagnostics);
        if !self.policy.borrow().is_empty() {
            let read = PolicyFile {
                name: "p.tau".to_owned(),
                path: None,
                of: PolicyOf::Machine,
                text: policy,
            };
            policies.add(&file.policy.unwrap(), read, &sources);
        }
        // Nobody looks and nobody cancels.
        let (events, _) = mpsc::unbounded_channel();
        let (_, cancel) = watch::channel(0);
        Setup {
            home: self.home(),
            plan: checked.plans.last().unwrap().clone(),
            engine: library.engine.clone(),
            sources: Arc::new(sources),
            actions: shared.actions(),
            scripted: BTreeSet::new(),
            at_once: AT_ONCE,
            events,
            cancel,
            policies: Arc::new(policies),
            clock: self.clock.clone(),
            secrets: Arc::default(),
            providers: Arc::new(self.providers()),
            replay: None,
            version: self.version.get(),
        }
    }

    /// From now on, whenever anything waits, somebody sets the clock by so many seconds.
    pub(crate) fn jumping(&self, seconds: i64) {
        self.jump.set(seconds);
    }

    async fn hurry(&self) {
        let jump = SignedDuration::from_secs(self.jump.get());
        if jump.is_zero() {
            self.time.hurry().await;
        }
        loop {
            self.time.nothing_else_to_do().await;
            self.time.set(self.clock.now() + jump);
            if let Some(time) = self.time.next() {
                self.time.pass(time);
            }
        }
    }

    /// Whatever anything waits for comes at once.
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            tokio::select! {
                ended = future => ended,
                () = self.hurry() => unreachable!("it never ends"),
            }
        })
    }
}
