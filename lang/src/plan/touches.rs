//! What a step touches, from its action's face.

use super::{Thing, Touch};
use crate::check::scope_texts;
use crate::expr::{Context, Engine};
use crate::glob::Glob;
use crate::syntax::tree::{Effect, Need};

/// What an action with these `needs` touches when it is called with `args`. A scope that they do
/// not decide is all files.
#[must_use]
pub fn touches(engine: &Engine, needs: &[Need], args: &Context) -> Vec<Touch> {
    let mut touches: Vec<Touch> = Vec::new();
    for need in needs {
        let write = match need.effect {
            Effect::Read => false,
            Effect::Write => true,
            Effect::Git => {
                touches.push(Touch {
                    write: true,
                    thing: Thing::Branch,
                });
                continue;
            }
            _ => continue,
        };
        let scopes =
            scope_texts(engine, &need.scope, args).unwrap_or_else(|| vec!["**".to_owned()]);
        for scope in scopes {
            let touch = Glob::new(&scope).map(|glob| Touch {
                write,
                thing: Thing::Files(glob),
            });
            touches.extend(touch.ok().filter(|touch| !touches.contains(touch)));
        }
    }
    touches
}
