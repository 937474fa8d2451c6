//! `tau lib verify`

use std::collections::BTreeMap;

use serde::Serialize;
use tau_lang::module::{Pin, Unavailable};

use super::NOTHING;
use crate::context::{Context, Form};
use crate::exit::{Exit, Outcome};
use crate::libraries::{Project, Store, of_folder, of_library};
use crate::render::sanitize::{self, one_line, sanitize};

/// The document `tau.lib.verify/1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    lock: String,
    /// Whether nothing is wrong.
    ok: bool,
    libraries: Vec<Library>,
    /// What is used and not locked.
    not_locked: Vec<Missing>,
}

#[derive(Serialize)]
struct Library {
    from: String,
    version: String,
    commit: String,
    content: String,
    /// `vendored` or `stored`; nothing when it is not here.
    place: Option<&'static str>,
    /// Its folder.
    folder: Option<String>,
    /// Whether a file or a library uses it; not known while a library is missing.
    used: Option<bool>,
    /// What is wrong.
    problem: Option<String>,
}

#[derive(Serialize)]
struct Missing {
    from: String,
    version: String,
    /// The file or library that uses it.
    used_by: String,
}

/// Looks at everything that is locked, and at everything that is used.
pub(crate) fn run(project: &Project, context: &mut Context) -> Outcome {
    let store = Store::here();
    let mut used: BTreeMap<Pin, String> = of_folder(project, &project.folder);
    let mut libraries = Vec::new();
    for (pin, locked) in &project.lock.libraries {
        let read = store.read(project, pin, locked);
        if let Ok(content) = &read {
            for other in of_library(pin, content) {
                used.entry(other).or_insert_with(|| pin.to_string());
            }
        }
        let place = store.place_of(project, pin, locked);
        libraries.push(Library {
            from: pin.from.clone(),
            version: pin.version.clone(),
            commit: locked.commit.clone(),
            content: locked.content.clone(),
            place: place.as_ref().map(|(vendored, _)| match vendored {
                true => "vendored",
                false => "stored",
            }),
            folder: place.map(|(_, folder)| sanitize::path(&folder)),
            used: None,
            problem: read.err().map(problem),
        });
    }
    let is_whole = libraries.iter().all(|it| it.problem.is_none());
    for (library, pin) in libraries.iter_mut().zip(project.lock.libraries.keys()) {
        library.used = match used.contains_key(pin) {
            true => Some(true),
            false => is_whole.then_some(false),
        };
    }
    used.retain(|pin, _| !project.lock.libraries.contains_key(pin));
    let not_locked = used.into_iter().map(|(pin, used_by)| Missing {
        from: pin.from,
        version: pin.version,
        used_by,
    });
    let not_locked: Vec<Missing> = not_locked.collect();
    let ok = is_whole && not_locked.is_empty();
    let document = Document {
        schema: "tau.lib.verify/1",
        lock: sanitize::path(&project.path()),
        ok,
        libraries,
        not_locked,
    };
    if context.form() == Form::Human {
        show(&document, context);
    } else {
        context.json(&document);
    }
    Ok(match ok {
        true => Exit::Succeeded,
        false => Exit::Failed,
    })
}

fn problem(why: Unavailable) -> String {
    match why {
        Unavailable::NotFetched => {
            "it is not on this machine; `tau lib fetch` brings it".to_owned()
        }
        Unavailable::NotLocked => "it is not locked; run `tau lib add`".to_owned(),
        Unavailable::Tampered(why) => format!("it is not what `tau.lock` pins: {why}"),
        Unavailable::Unreadable(why) | Unavailable::LockInvalid(why) => why,
    }
}

fn show(document: &Document, context: &mut Context) {
    let mut text = String::new();
    for library in &document.libraries {
        let pin = format!("{}@{}", library.from, library.version);
        let state = match (&library.problem, library.place) {
            (Some(_), _) => "wrong",
            (None, place) => place.unwrap_or_default(),
        };
        text += &format!("{state:<9} {}\n", one_line(&pin));
    }
    let is_empty = document.libraries.is_empty() && document.not_locked.is_empty();
    context.print(if is_empty { NOTHING } else { &text });
    for library in &document.libraries {
        let pin = format!("{}@{}", library.from, library.version);
        if let Some(problem) = &library.problem {
            context.error(&format!("`{pin}`: {problem}"));
        }
        if library.used == Some(false) {
            let note = format!("note: no file uses `{pin}`; `tau lib update` drops it");
            context.note(&sanitize(&note));
        }
    }
    for missing in &document.not_locked {
        context.error(&format!(
            "`{}` uses `{}@{}`, which is not locked; run `tau lib add`",
            missing.used_by, missing.from, missing.version
        ));
    }
}
