//! `tau lib add [REF…]`

use std::path::Path;

use super::load::{locked, newest};
use super::propose::{self, Command};
use crate::args::LibAdd;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::libraries::{Origin, Project, collect, named, of_folder};

/// Locks what is asked for, or what the files of this folder use.
pub(crate) fn run(project: &Project, args: &LibAdd, context: &mut Context) -> Outcome {
    let mut roots = Vec::new();
    for text in &args.refs {
        let pin = named(project, text).map_err(|why| {
            Failure::usage(format!("`{text}` names no repository at a version: {why}"))
        })?;
        roots.push((pin, Origin::Named));
    }
    if roots.is_empty() {
        let used = of_folder(project, Path::new("."));
        roots.extend(
            used.into_iter()
                .map(|(pin, file)| (pin, Origin::File(file))),
        );
    }
    // What is locked and used is there, too, and its version counts.
    for (pin, file) in of_folder(project, &project.folder) {
        if project.lock.libraries.contains_key(&pin) {
            roots.push((pin, Origin::File(file)));
        }
    }
    let graph = collect(&project.folder, roots, |pin| {
        match project.lock.libraries.get(pin) {
            Some(known) => locked(project, pin, known, context),
            None => newest(project, pin, context),
        }
    });
    let graph = graph.map_err(|why| {
        Failure::failed(why).help("nothing was written; `tau.lock` is what it was")
    })?;
    let command = Command {
        schema: "tau.lib.add/1",
        yes: args.yes,
        drops: false,
        idle: "nothing to add: all that is used is locked",
    };
    propose::run(project, &graph, &command, context)
}
