//! `tau lib vendor`

use std::fs;

use serde::Serialize;

use super::NOTHING;
use super::load::locked;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::libraries::{Project, VENDORED, vendor, vendored_folders};
use crate::render::sanitize::{self, one_line};

/// Git must give the files back to the byte, also where it changes the ends of lines.
const ATTRIBUTES: (&str, &str) = (".gitattributes", "* -text\n");

/// The document `tau.lib.vendor/1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    folder: String,
    libraries: Vec<Library>,
    removed: Vec<String>,
}

#[derive(Serialize)]
struct Library {
    from: String,
    version: String,
    /// Its folder's name.
    folder: String,
}

/// Copies what is locked into the project, all or nothing, and removes what is not locked.
pub(crate) fn run(project: &Project, context: &mut Context) -> Outcome {
    let failed = |why: String| Failure::failed(why);
    let present = vendored_folders(project).map_err(failed)?;
    let mut contents = Vec::new();
    for (pin, known) in &project.lock.libraries {
        let known = locked(project, pin, known, context).map_err(failed)?;
        contents.push((pin, known));
    }
    let mut libraries = Vec::new();
    for (pin, known) in contents {
        let folder = vendor(project, pin, &known.locked, &known.content).map_err(failed)?;
        libraries.push(Library {
            from: pin.from.clone(),
            version: pin.version.clone(),
            folder,
        });
    }
    let folder = project.folder.join(VENDORED);
    let name = sanitize::path(&folder);
    let (attributes, text) = ATTRIBUTES;
    if !libraries.is_empty() {
        let written = files::write(&folder.join(attributes), text.as_bytes());
        written.map_err(|error| failed(format!("cannot write to `{name}`: {error}")))?;
    }
    let mut removed = Vec::new();
    for old in present {
        let old_name = old.file_name().unwrap_or_default().to_string_lossy();
        if libraries.iter().any(|it| it.folder == old_name) {
            continue;
        }
        fs::remove_dir_all(&old).map_err(|error| {
            failed(format!("cannot remove `{}`: {error}", sanitize::path(&old)))
        })?;
        removed.push(old_name.into_owned());
    }
    if context.form() == Form::Human {
        context.print(&report(&libraries, &removed));
    } else {
        context.json(&Document {
            schema: "tau.lib.vendor/1",
            folder: name,
            libraries,
            removed,
        });
    }
    Ok(Exit::Succeeded)
}

fn report(libraries: &[Library], removed: &[String]) -> String {
    let mut text = String::new();
    for library in libraries {
        let folder = one_line(&library.folder);
        text += &format!("vendored  {VENDORED}/{folder}\n");
    }
    for folder in removed {
        text += &format!("removed   {VENDORED}/{}\n", one_line(folder));
    }
    match text.is_empty() {
        true => NOTHING.to_owned(),
        false => text,
    }
}
