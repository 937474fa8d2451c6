//! What `go test` and its test programs have told.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::Attached;
use crate::verify::report::{Read, Report, Shown, State};

const BY_HAND: &str =
    "Run the command on the base by hand: `go test` must start there, without a network.";

/// Reads what is on the shelf.
pub(super) fn read(
    attached: &Attached,
    checkout: &dyn Checkout,
    code: i32,
) -> Result<Read, Failure> {
    let text = |name: &str| {
        let bytes = checkout.take(Shelf::Reports, name)?.unwrap_or_default();
        Ok::<_, Failure>(String::from_utf8_lossy(&bytes).into_owned())
    };
    let names = checkout.names(Shelf::Reports);
    if names.iter().any(|name| name == "unknown") {
        return Ok(Read::Unknown);
    }
    let sentinels = attached.sentinels.as_deref().unwrap_or_default();
    let mut report = Report::default();
    report.version = Some(text("version")?.trim().to_owned());
    let mut heard = BTreeMap::new();
    let mut started = BTreeSet::new();
    for done in names.iter().filter_map(|name| name.strip_suffix(".done")) {
        let ended = text(&format!("{done}.done"))?.trim().parse();
        let program = Program::read(&text(done)?, ended.unwrap_or(-1));
        let Some(program) = program else {
            return Ok(Read::Compromised(
                "a test program wrote into tau's reports".to_owned(),
            ));
        };
        if let Some(why) = program.wrong(sentinels) {
            return Ok(Read::Compromised(why));
        }
        started.extend(program.path.clone());
        program.add_to(&mut report, &mut heard, sentinels);
    }
    for (test, (state, shown)) in heard {
        report.saw(test, state, shown);
    }
    let mut events = Events::default();
    for line in text("events")?.lines() {
        events.add(line);
    }
    for (package, message) in events.not_started(&started) {
        report.could_not_load(package, message);
    }
    if started.is_empty() && !report.has_errors() {
        if code != 0 {
            return Ok(Read::Broken {
                why: format!("`go test` started no test program (exit code {code})"),
                help: BY_HAND,
            });
        }
        // Packages without tests, in which tau's had no place either.
        let passes = format!("{sentinels}_passes");
        report.saw_sentinel(Some(sentinels), &passes, State::Error, &passes);
    }
    Ok(Read::Report(report))
}

/// What became of a test.
type Heard = BTreeMap<String, (State, Shown)>;

/// One start of a test program.
struct Program {
    /// Of its package; none when it ended before anything was said.
    path: Option<String>,
    code: i32,
    /// In the order in which they began.
    begun: Vec<String>,
    ended: Vec<(String, State)>,
    panicked: BTreeMap<String, String>,
    /// It ran to the end of its tests.
    is_through: bool,
}

impl Program {
    fn read(text: &str, code: i32) -> Option<Program> {
        let mut program = Program {
            path: None,
            code,
            begun: Vec::new(),
            ended: Vec::new(),
            panicked: BTreeMap::new(),
            is_through: false,
        };
        for line in text.lines() {
            let parts: Vec<&str> = line.split('\t').collect();
            match parts.as_slice() {
                ["start", path] => program.path = Some((*path).to_owned()),
                ["begins", name] => program.begun.push((*name).to_owned()),
                ["waits", _] => {}
                ["ends", name, state] => {
                    let state = match *state {
                        "passed" => State::Passed,
                        "failed" => State::Failed,
                        "skipped" => State::Skipped,
                        _ => return None,
                    };
                    program.ended.push(((*name).to_owned(), state));
                }
                ["panics", name, why] => {
                    let why = why.trim_matches('"').to_owned();
                    program.panicked.insert((*name).to_owned(), why);
                }
                ["end"] => program.is_through = true,
                _ => return None,
            }
        }
        Some(program)
    }

    /// Why it is not to be believed, as a clause.
    fn wrong(&self, sentinels: &str) -> Option<String> {
        let Some(path) = &self.path else {
            let why = "a test program ended with exit code 0 before it had begun";
            return (self.code == 0).then(|| why.to_owned());
        };
        let has_failed = self
            .ended
            .iter()
            .any(|(name, state)| *state == State::Failed && !name.starts_with(sentinels));
        let own = |end: &str, wanted: State| {
            let name = format!("{sentinels}{end}");
            self.ended.contains(&(name, wanted))
        };
        let has_own = own("_passes", State::Passed) && own("_fails", State::Failed);
        let why = match self.code {
            0 if !self.begun.is_empty() && !self.is_through => {
                "ended with exit code 0 before all of its tests had"
            }
            0 if has_failed || !self.panicked.is_empty() => {
                "ended with exit code 0 though tests had failed"
            }
            _ if self.is_through && !has_own => "did not report the tests that tau added",
            _ => return None,
        };
        Some(format!("the test program of `{path}` {why}"))
    }

    fn add_to(&self, report: &mut Report, heard: &mut Heard, sentinels: &str) {
        let Some(path) = &self.path else {
            return;
        };
        let id = |name: &str| format!("{path}::{name}");
        for (name, state) in &self.ended {
            if name.starts_with(sentinels) {
                report.saw_sentinel(Some(sentinels), name, *state, name);
                continue;
            }
            let failure = (*state == State::Failed).then(|| "assertion".to_owned());
            let message = None;
            hear(heard, id(name), *state, Shown { failure, message });
        }
        for name in self.begun.iter().filter(|name| !self.has_ended(name)) {
            let below = format!("{name}/");
            let mut panics = self.panicked.iter();
            let panic = panics.find(|(it, _)| *it == name || it.starts_with(&below));
            let (state, failure, message) = match panic {
                Some((_, why)) => (State::Failed, Some("panic".to_owned()), why.clone()),
                None => {
                    let why = format!("the test program ended with {} in it", self.code);
                    (State::Error, None, why)
                }
            };
            let message = Some(message);
            hear(heard, id(name), state, Shown { failure, message });
        }
        if !self.is_through && self.begun.is_empty() && self.code != 0 {
            let why = format!("its test program ended with {} before any test", self.code);
            report.could_not_load(path.clone(), why);
        }
    }

    fn has_ended(&self, name: &str) -> bool {
        self.ended.iter().any(|(it, _)| it == name)
    }
}

/// Remembers the worst that was heard of a test; that its program ended in it counts only where it
/// has never ended otherwise.
fn hear(heard: &mut Heard, test: String, state: State, shown: Shown) {
    let weight = |state: State| match state {
        State::Failed => 4,
        State::Passed => 2,
        State::Skipped => 3,
        State::Error | State::Lost => 1,
    };
    let known = heard.get(&test).map_or(0, |(state, _)| weight(*state));
    if weight(state) > known {
        heard.insert(test, (state, shown));
    }
}

/// What go itself says of packages.
#[derive(Default)]
struct Events {
    /// What building printed, by what was built.
    built: BTreeMap<String, String>,
    /// Packages that failed, with what was built for them if that was it.
    failed: BTreeMap<String, Option<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    action: String,
    package: Option<String>,
    import_path: Option<String>,
    test: Option<String>,
    output: Option<String>,
    failed_build: Option<String>,
}

impl Events {
    fn add(&mut self, line: &str) {
        let Ok(event) = serde_json::from_str::<Event>(line) else {
            return;
        };
        match (event.action.as_str(), event.import_path, event.package) {
            ("build-output", Some(built), _) => {
                let text = self.built.entry(built).or_default();
                text.push_str(&event.output.unwrap_or_default());
            }
            ("fail", _, Some(package)) if event.test.is_none() => {
                self.failed.insert(package, event.failed_build);
            }
            _ => {}
        }
    }

    /// The packages whose tests could not be started, and why.
    fn not_started(self, started: &BTreeSet<String>) -> Vec<(String, String)> {
        let Events { built, failed } = self;
        let failed = failed.into_iter();
        let those = failed.filter(|(package, _)| !started.contains(package));
        those
            .map(|(package, of)| {
                let text = of.and_then(|of| built.get(&of));
                let message = text.map_or("its tests could not be started", |text| text.trim());
                (package, message.to_owned())
            })
            .collect()
    }
}
