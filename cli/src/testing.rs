//! Runs a mission's tests: each in a repository of its own, with the actions that it scripts.

mod crash;
mod expect;
mod outcome;
mod outside;
mod place;
mod repository;
mod script;
pub(crate) mod show;

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value as Json};
use tau_interpreter::clock::Clock;
use tau_interpreter::journal::FileTexts;
use tau_interpreter::report::Report;
use tau_interpreter::run::{self, Order, Setup};
use tau_interpreter::sandbox::Tier;
use tau_interpreter::secrets::Secrets;
use tau_lang::expr::{Context as Values, Engine};
use tau_lang::plan::test::Test;
use tau_lang::policy::Policies;
use tau_lang::source::SourceMap;
use tokio::sync::{mpsc, watch};

use self::crash::Whole;
pub(crate) use self::outcome::{Broken, Different, Harmed, Outcome, Tested};
use self::outside::Outside;
use self::place::Place;
use self::script::Script;

/// What all tests of a file share.
pub(crate) struct Bench {
    /// Evaluates its expressions.
    pub(crate) engine: Arc<Engine>,
    /// The texts it came from.
    pub(crate) sources: Arc<SourceMap>,
    /// The file's name and text.
    pub(crate) file: String,
    /// See [`Bench::file`].
    pub(crate) texts: FileTexts,
    /// The policies that hold here, as a test starts what its mission starts.
    pub(crate) policies: Arc<Policies>,
    /// The box of what is started, if one was asked for.
    pub(crate) tier: Option<Tier>,
    /// Turns `true` when everything shall end now.
    pub(crate) cancel: watch::Receiver<u32>,
}

impl Bench {
    /// Runs one test; with `crash` also once for everything that can be done to its run.
    pub(crate) async fn run(&self, test: &Test, crash: bool) -> Tested {
        let began = Instant::now();
        let (outcome, report) = match self.ended(test, crash).await {
            Ok((outcome, report)) => (outcome, Some(report)),
            Err(why) => (Outcome::Broken(why), None),
        };
        Tested {
            file: self.file.clone(),
            name: test.name.clone(),
            line: self.line(test),
            outcome,
            seconds: began.elapsed().as_secs_f64(),
            report,
        }
    }

    async fn ended(&self, test: &Test, crash: bool) -> Result<(Outcome, Report), String> {
        let place = Place::new()?;
        repository::make(&place.repo(), &self.files(test)?)?;
        let outside = Arc::new(Outside::default());
        let script = Arc::new(Script::new(test, &self.engine, &outside)?);
        let order = Order {
            tier: self.tier,
            file: self.file.clone(),
            path: None,
            texts: self.texts.clone(),
            inputs: self.inputs(test)?,
            repo: place.repo(),
            rev: None,
            // Every run of a test makes the same commits.
            date: Some(0),
        };
        let mut report = run::apply(self.setup(test, &place, &script), order)
            .await
            .map_err(|error| error.to_string().replace('\n', "; "))?;
        let result = expect::result(&report, &test.plan, &place.home())?;
        let mut outcome = self.judge(test, &result);
        if crash && matches!(outcome, Outcome::Passed(_)) {
            let whole = Whole {
                test,
                place: &place,
                outside: &outside,
                report: &report,
                result: &result,
            };
            outcome = self.crashes(&whole).await?;
        }
        // Nobody can go on with it: its folder goes with the test.
        report.next = None;
        Ok((outcome, report))
    }

    fn setup(&self, test: &Test, place: &Place, script: &Arc<Script>) -> Setup {
        // Nobody watches.
        let (events, _) = mpsc::unbounded_channel();
        let secrets = Secrets::default();
        // Whoever goes on after a crash must have them, too. What is wrong with them is told when
        // the run begins.
        if let Ok(mut inputs) = self.inputs(test) {
            let _ = secrets.take(&test.plan, &mut inputs);
        }
        Setup {
            home: place.home(),
            plan: test.plan.clone(),
            engine: self.engine.clone(),
            sources: self.sources.clone(),
            scripted: script.actions(),
            actions: Arc::new(script::actions(script)),
            // One after the other, in the order of the text, so that what is scripted for several
            // calls meets the same ones every time.
            at_once: 1,
            events,
            cancel: self.cancel.clone(),
            policies: self.policies.clone(),
            clock: Clock::system(),
            secrets: Arc::new(secrets),
            // A test calls no model but through actions that it performs itself.
            providers: Arc::default(),
            replay: None,
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    fn judge(&self, test: &Test, result: &Values) -> Outcome {
        let broken: Vec<Broken> = test
            .expect
            .iter()
            .filter_map(|condition| expect::broken(condition, result, &self.engine, &self.sources))
            .collect();
        match broken.is_empty() {
            true => Outcome::Passed(Harmed::default()),
            false => Outcome::Failed(broken),
        }
    }

    fn files(&self, test: &Test) -> Result<Vec<(String, String)>, String> {
        let files = test.files.iter().map(|(path, text)| {
            let text = self
                .engine
                .value(text, &tau_lang::types::STRING, &Values::new())
                .map_err(|error| format!("the text of `{path}`: {}", error.why))?;
            Ok((path.clone(), text.as_str().unwrap_or_default().to_owned()))
        });
        files.collect()
    }

    fn inputs(&self, test: &Test) -> Result<Map<String, Json>, String> {
        let inputs = test.args.iter().map(|(name, value, ty)| {
            let value = self
                .engine
                .value(value, ty, &Values::new())
                .map_err(|error| format!("input `{name}`: {}", error.why))?;
            Ok((name.clone(), value))
        });
        inputs.collect()
    }

    fn line(&self, test: &Test) -> usize {
        let file = self.sources.file(test.at.file);
        file.map_or(1, |file| file.position(test.at.start).line)
    }
}
