//! Actions that take a while of chance's choosing, and what they may do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tau_interpreter::action::{
    Action, Call, Change, Failure, File, FileMode, Look, Observe, Replace, Running, Work,
};
use tau_interpreter::ledger::Amount;
use tau_interpreter::run::Actions;

use crate::chance::Chance;
use crate::mission::PATHS;
use crate::outside::{Outside, Posting};

/// The faces of all actions here.
pub(crate) const FACE: &str = r#"
## Appends a text to a file; what the file holds then.
action put(path : path, text : string) -> string {
  needs read path
  needs write path
  kind  replace
}

## What a file holds.
action get(path : path) -> string {
  needs read path
  kind  observe
}

## The files that match, with what they hold.
action all(files : glob) -> string {
  needs read files
  kind  observe
}

## Changes a file, and fails.
action fail(path : path) -> string {
  needs write path
  kind  replace
}

## Waits for all that touches these files or says something outside, and fails.
action wreck(files : glob) -> string {
  needs write files
  needs net   "t.example"
  takes 1s
  kind  replace
}

## Fails in all attempts of the mission around it before this one.
action trip(until : int) -> string {
  kind observe
}

## Fails the first times that it is tried.
action flaky(times : int) -> none {
  kind observe
}

## Asks a model, which uses so many of the tokens that it may.
action think(model : string, tokens : int, uses : int) -> int {
  needs model model
  takes 1m
  spends calls 1
  spends tokens tokens
  spends money "${{ tokens / 1000000 }}"
  kind observe
}

## Asks a model, and is cut before it knows what that took.
action lose(model : string, tokens : int) -> none {
  needs model model
  takes 1m
  spends calls 1
  spends tokens tokens
  spends money "${{ tokens / 1000000 }}"
  kind observe
}

## Takes a secret.
action login(token : secret, user : string) -> none {
  kind observe
}

type verdict = { verdict: string }

## Judges.
action seal() -> verdict {
  kind observe
}

## Lets time pass.
action nap(for : duration) -> none {
  takes for
  kind observe
}

## Waits for a date.
action date(at : string) -> none {
  kind observe
}

## Waits for an event.
action event(name : string, within : duration? = none) -> string {
  kind observe
}

## Says what it is told to say.
action judge(says : string) -> { verdict: "accept" or "reject", notes: [string] } {
  kind observe
}

## Tries everything; what it could do.
action probe() -> [string] {
  kind replace
}

## Says a text where everybody can hear it, and nobody can take it back.
action post(text : string) -> string {
  needs net "t.example"
  takes 1s
  kind  external
}

## The same, but nobody knows.
action shout(text : string) -> string {
  needs net "t.example"
  takes 1s
  kind  unknown
}
"#;

const LOOK: [&str; 7] = ["get", "all", "trip", "flaky", "judge", "seal", "login"];
const WAIT: [&str; 5] = ["nap", "date", "event", "think", "lose"];
const WORK: [&str; 4] = ["put", "fail", "wreck", "probe"];

/// What all actions of one run share.
#[derive(Clone)]
pub(crate) struct Shared {
    chance: Arc<Mutex<Chance>>,
    performed: Arc<Mutex<usize>>,
    failed: Arc<Mutex<u64>>,
    pub(crate) outside: Arc<Outside>,
    /// What looks at files is performed by what may change them.
    pub(crate) is_mistaken: bool,
}

impl Shared {
    pub(crate) fn new(seed: u64) -> Shared {
        Shared {
            chance: Arc::new(Mutex::new(Chance(seed))),
            performed: Arc::default(),
            failed: Arc::default(),
            outside: Arc::default(),
            is_mistaken: false,
        }
    }

    /// What the actions of another owner of a run share: the outside is the same.
    pub(crate) fn again(&self, seed: u64) -> Shared {
        Shared {
            outside: self.outside.clone(),
            ..Shared::new(seed)
        }
    }

    /// How many actions were performed.
    pub(crate) fn performed(&self) -> usize {
        *self.performed.lock().unwrap()
    }

    pub(crate) fn actions(&self) -> Arc<Actions> {
        let scripted = |name: &str| Scripted {
            name: ["t.", name].concat().leak(),
            shared: self.clone(),
        };
        let look = LOOK.map(|name| {
            let it = scripted(name);
            match self.is_mistaken {
                true => Action::replace(it.name, it),
                false => Action::observe(it.name, it),
            }
        });
        let work = WORK.map(|name| {
            let it = scripted(name);
            Action::replace(it.name, it)
        });
        let wait = WAIT.map(|name| {
            let it = Waiting {
                scripted: scripted(name),
            };
            Action::observe(it.scripted.name, it)
        });
        let outside = [
            Action::external("t.post", Posting(self.clone())),
            Action::unknown("t.shout", Posting(self.clone())),
        ];
        let all = look.into_iter().chain(work).chain(wait).chain(outside);
        Arc::new(all.map(|action| (action.name, action)).collect())
    }

    fn flaky(&self, times: u64) -> Result<Value, Failure> {
        let mut failed = self.failed.lock().unwrap();
        if *failed == times {
            return Ok(Value::Null);
        }
        *failed += 1;
        Err(Failure::new("on-purpose", "It failed on purpose."))
    }

    /// A number below `end` that chance chooses.
    pub(crate) fn below(&self, end: usize) -> usize {
        self.chance.lock().unwrap().below(end)
    }

    /// Lets others go first, as often as chance says.
    pub(crate) async fn wait(&self) {
        let times = self.chance.lock().unwrap().below(40);
        for _ in 0..times {
            tokio::task::yield_now().await;
        }
    }
}

struct Scripted {
    name: &'static str,
    shared: Shared,
}

impl Scripted {
    async fn perform(
        &self,
        perform: impl FnOnce() -> Result<Value, Failure>,
    ) -> Result<Value, Failure> {
        *self.shared.performed.lock().unwrap() += 1;
        self.shared.wait().await;
        let done = perform();
        self.shared.wait().await;
        done
    }
}

impl Observe for Scripted {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        Box::pin(self.perform(move || match self.name {
            "t.flaky" => self.shared.flaky(call.args["times"].as_u64().unwrap()),
            name => look(name, call, hands),
        }))
    }
}

struct Waiting {
    scripted: Scripted,
}

impl Observe for Waiting {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        Box::pin(async move {
            *self.scripted.shared.performed.lock().unwrap() += 1;
            let millis = |name: &str| call.args[name].as_u64().map(Duration::from_millis);
            match self.scripted.name {
                "t.nap" => hands.sleep(millis("for").unwrap()).await?,
                "t.date" => {
                    let date = argument(call, "at").parse().unwrap();
                    hands.wait_until(date).await?;
                }
                "t.event" => {
                    let sent = hands.event(&argument(call, "name"), millis("within"))?;
                    return Ok(sent.data);
                }
                name => {
                    // A token costs a millionth of a dollar.
                    let amount = |tokens: u64| Amount {
                        calls: 1,
                        tokens,
                        micro_usd: tokens,
                    };
                    let number = |name: &str| call.args[name].as_u64().unwrap();
                    let model = argument(call, "model");
                    let reserved = hands.reserve(&model, amount(number("tokens"))).await?;
                    self.scripted.shared.wait().await;
                    if name == "t.lose" {
                        return Err(Failure::new("on-purpose", "It failed on purpose."));
                    }
                    reserved.settle(amount(number("uses")));
                    return Ok(json!(number("uses")));
                }
            }
            Ok(Value::Null)
        })
    }
}

impl Replace for Scripted {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        Box::pin(self.perform(move || work(self.name, call, hands)))
    }
}

fn argument(call: &Call, name: &str) -> String {
    call.args[name].as_str().unwrap_or_default().to_owned()
}

fn look(name: &str, call: &Call, hands: &dyn Look) -> Result<Value, Failure> {
    match name {
        "t.get" => Ok(json!(read(hands, &argument(call, "path"))?)),
        "t.all" => {
            let mut text = String::new();
            for path in hands.list(&argument(call, "files"))? {
                text += &format!("{path}={};", read(hands, &path)?);
            }
            Ok(json!(text))
        }
        "t.login" => Ok(Value::Null),
        "t.seal" => Ok(json!({ "verdict": "green" })),
        "t.judge" => Ok(json!({ "verdict": argument(call, "says"), "notes": [], "more": 1 })),
        _ if attempt(&call.step) < call.args["until"].as_u64().unwrap() => {
            Err(Failure::new("on-purpose", "It failed on purpose."))
        }
        _ => Ok(json!("through")),
    }
}

fn work(name: &str, call: &Call, hands: &dyn Work) -> Result<Value, Failure> {
    match name {
        "t.put" => {
            let path = argument(call, "path");
            let text = read(hands, &path)? + &argument(call, "text");
            hands.change(vec![change(&path, &text)])?;
            Ok(json!(text))
        }
        "t.fail" => {
            hands.change(vec![change(&argument(call, "path"), "never")])?;
            Err(Failure::new("on-purpose", "It failed on purpose."))
        }
        "t.wreck" => Err(Failure::new("on-purpose", "It failed on purpose.")),
        _ => {
            let mut could: Vec<String> = Vec::new();
            for path in PATHS {
                if hands.read(path).is_ok() {
                    could.push(format!("read {path}"));
                }
                if hands.change(vec![change(path, "probed")]).is_ok() {
                    could.push(format!("write {path}"));
                }
            }
            for path in hands.list("**")? {
                could.push(format!("see {path}"));
            }
            Ok(json!(could))
        }
    }
}

/// Which attempt of the mission around it a step belongs to: 2 of `call~2/step`.
fn attempt(step: &str) -> u64 {
    let (call, _) = step.rsplit_once('/').unwrap();
    let (_, number) = call.rsplit_once('~').unwrap_or((call, "1"));
    number.parse().unwrap()
}

fn read(hands: &dyn Look, path: &str) -> Result<String, Failure> {
    let file = hands.read(path)?;
    Ok(file.map_or_else(String::new, |file| String::from_utf8(file.bytes).unwrap()))
}

fn change(path: &str, text: &str) -> Change {
    Change {
        path: path.to_owned(),
        file: Some(File {
            bytes: text.as_bytes().to_vec(),
            mode: FileMode::Regular,
        }),
    }
}
