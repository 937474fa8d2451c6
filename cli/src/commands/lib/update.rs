//! `tau lib update [REF…]`

use tau_lang::module::Pin;

use super::load::{locked, newest};
use super::propose::{self, Command};
use crate::args::LibUpdate;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::libraries::{Origin, Project, collect, named, of_folder};

/// Asks again what the locked versions are.
pub(crate) fn run(project: &Project, args: &LibUpdate, context: &mut Context) -> Outcome {
    let mut asked = Vec::new();
    for text in &args.refs {
        asked.extend(matching(project, text)?);
    }
    let all = args.refs.is_empty();
    let used = of_folder(project, &project.folder);
    let used = used.into_iter();
    let mut roots: Vec<_> = used.map(|(pin, file)| (pin, Origin::File(file))).collect();
    // What is not locked yet is for `add`, unless a library that moved uses it.
    roots.retain(|(pin, _)| project.lock.libraries.contains_key(pin));
    roots.extend(asked.iter().map(|pin| (pin.clone(), Origin::Named)));
    let graph = collect(&project.folder, roots, |pin| {
        match project.lock.libraries.get(pin) {
            // A commit is what it is.
            Some(known) if pin.version == known.commit => locked(project, pin, known, context),
            Some(known) if !all && !asked.contains(pin) => locked(project, pin, known, context),
            _ => newest(project, pin, context),
        }
    });
    let graph = graph.map_err(|why| {
        Failure::failed(why).help("nothing was written; `tau.lock` is what it was")
    })?;
    let command = Command {
        schema: "tau.lib.update/1",
        yes: args.yes,
        drops: all,
        idle: "nothing to update: every version is the commit that is locked",
    };
    propose::run(project, &graph, &command, context)
}

/// The locked libraries that a text means: a repository, with or without its version.
fn matching(project: &Project, text: &str) -> Result<Vec<Pin>, Failure> {
    let exact = named(project, text).ok();
    // The version is only there to be left out again.
    let any = named(project, &format!("{text}@any")).ok();
    let is_meant = |pin: &&Pin| {
        exact.as_ref() == Some(*pin) || any.as_ref().is_some_and(|any| any.from == pin.from)
    };
    let pins: Vec<Pin> = project
        .lock
        .libraries
        .keys()
        .filter(is_meant)
        .cloned()
        .collect();
    match pins.is_empty() {
        false => Ok(pins),
        true => Err(
            Failure::usage(format!("`{text}` is not in `tau.lock`")).help(
                "`tau lib verify` lists what is. To use another version, change it behind `use` \
                 and run `tau lib add`",
            ),
        ),
    }
}
