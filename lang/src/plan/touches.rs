//! What a step touches, from its action's face.

use super::{Thing, Touch};
use crate::check::scope_texts;
use crate::expr::{Context, Engine};
use crate::glob::Glob;
use crate::library::Repeat;
use crate::syntax::tree::{Effect, Need};

/// What GitHub is called, under whichever of its names it is asked.
const GITHUB: &str = "github.com";

/// What an action with these `needs` touches when it is called with `args`. A scope that they do
/// not decide is all files, or some host.
///
/// Who only looks at a host may be asked again, and so changes nothing there: its `repeat` says so.
#[must_use]
pub fn touches(engine: &Engine, needs: &[Need], repeat: Repeat, args: &Context) -> Vec<Touch> {
    let mut touches: Vec<Touch> = Vec::new();
    let mut add = |write: bool, thing: Thing| {
        let touch = Touch { write, thing };
        if !touches.contains(&touch) {
            touches.push(touch);
        }
    };
    let changes = repeat.changes();
    for need in needs {
        let scopes = || scope_texts(engine, &need.scope, args);
        match need.effect {
            Effect::Read | Effect::Write => {
                for scope in scopes().unwrap_or_else(|| vec!["**".to_owned()]) {
                    if let Ok(glob) = Glob::new(&scope) {
                        add(need.effect == Effect::Write, Thing::Files(glob));
                    }
                }
            }
            Effect::Git => add(true, Thing::Branch),
            Effect::Net => match scopes() {
                Some(hosts) => hosts
                    .iter()
                    .for_each(|host| add(changes, Thing::Host(Some(name(host))))),
                None => add(changes, Thing::Host(None)),
            },
            Effect::Github => add(changes, Thing::Host(Some(GITHUB.to_owned()))),
            // What is spent is kept by the ledger, and what is started has its files.
            Effect::Env | Effect::Model | Effect::Run | Effect::Secret | Effect::Time => {}
        }
    }
    touches
}

/// A host's name without its port, in small letters.
fn name(host: &str) -> String {
    let (name, _) = host.split_once(':').unwrap_or((host, ""));
    let name = name.to_ascii_lowercase();
    match name == GITHUB || name.ends_with(".github.com") {
        true => GITHUB.to_owned(),
        false => name,
    }
}
