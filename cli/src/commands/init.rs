//! `tau init [DIR]`

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tau_interpreter::evidence::keys::{self, Keys, Role};
use tau_interpreter::home::Home;

use crate::args::Init;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::home::tau_home;
use crate::init::{self, Finding, workflow};
use crate::render::sanitize;
use crate::render::style::{FAINT, STRONG, paint};

/// Where the mission goes, from the repository's root.
const FOLDER: &str = ".tau";
const FILE: &str = "fix.tau";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    file: String,
    repository: bool,
    found: &'a [Finding],
    /// The keys that were made.
    keys: Vec<PathBuf>,
}

/// Writes a first mission for the repository at hand.
pub(crate) fn run(args: &Init, context: &mut Context) -> Outcome {
    let asked = args.directory.as_deref().unwrap_or(Path::new("."));
    if !asked.is_dir() {
        let asked = sanitize::path(asked);
        return Err(Failure::usage(format!("there is no folder `{asked}`")));
    }
    let repository = init::repository(asked);
    let is_repository = repository.is_some();
    let root = repository.unwrap_or_else(|| asked.to_owned());
    let found = init::look(&root);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let caches = match (&home, found.first()) {
        (Some(home), Some(best)) => init::caches(best.command, home),
        _ => Vec::new(),
    };
    let best = found.first();
    let installed = best.map_or_else(Vec::new, |it| init::installed(it, &root));
    let text = workflow::text(&found, &caches, &installed);
    let file = write(&root, &text, args.force)?;
    let name = sanitize::path(&near(&file));
    let keys = keys().unwrap_or_else(|why| {
        context.warn(&format!("no keys for receipts were made: {why}"));
        Vec::new()
    });
    if context.form() == Form::Human {
        context.print(&report(&name, &found, !keys.is_empty()));
    } else {
        context.json(&Document {
            schema: "tau.init/1",
            file: name,
            repository: is_repository,
            found: &found,
            keys,
        });
    }
    if !is_repository {
        context
            .warn("this is not a git repository yet, and a mission works on a commit: `git init`");
    }
    Ok(Exit::Succeeded)
}

/// Makes those of the user's keys that are not there; the others stay as they are. Gives the files
/// of the new ones.
fn keys() -> Result<Vec<PathBuf>, String> {
    let folder = Home::new(tau_home()?).keys();
    let before = Keys::public(&folder)?;
    let is_there = |role: Role| before.iter().any(|(_, it)| *it == role);
    let missing = Role::ALL.into_iter().filter(|role| !is_there(*role));
    let missing: Vec<PathBuf> = missing.map(|role| keys::file(&folder, role)).collect();
    if !missing.is_empty() {
        Keys::open(&folder)?;
    }
    Ok(missing)
}

/// Writes the file and gives its path.
fn write(root: &Path, text: &str, force: bool) -> Result<PathBuf, Failure> {
    let folder = root.join(FOLDER);
    let file = folder.join(FILE);
    let name = sanitize::path(&near(&file));
    let failed = |error: io::Error| Failure::failed(format!("cannot write `{name}`: {error}"));
    // A link could lead the file anywhere.
    match fs::symlink_metadata(&folder) {
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => {
            let folder = sanitize::path(&near(&folder));
            return Err(
                Failure::failed(format!("`{folder}` is there and is not a folder"))
                    .help("move it away and run `tau init` again"),
            );
        }
        Err(_) => fs::create_dir(&folder).map_err(failed)?,
    }
    if !force {
        return match create(&file, text) {
            Ok(()) => Ok(file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Failure::failed(
                format!("`{name}` is already there, and was left as it is"),
            )
            .help("`tau init --force` writes it anew")),
            Err(error) => Err(failed(error)),
        };
    }
    let draft = folder.join(format!("{FILE}.{}.draft", std::process::id()));
    let moved = create(&draft, text).and_then(|()| fs::rename(&draft, &file));
    if moved.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&draft);
    }
    moved.map_err(failed)?;
    Ok(file)
}

/// Creates a file that must not be there yet; a link in its place counts as being there.
fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// The path from the current folder, if it lies below it.
fn near(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .or_else(|_| path.strip_prefix("."))
        .unwrap_or(path)
        .to_owned()
}

fn report(name: &str, found: &[Finding], made_keys: bool) -> String {
    let mut text = format!("wrote {}\n", paint(STRONG, name));
    match found {
        [] => {
            text += "  found nothing that tests this repository: give the command with \
                     `--set check=\"…\"`\n";
        }
        [best, others @ ..] => {
            text += &row("check", best.command, &best.because);
            text += &row("write", &or(&best.write, "src/**"), "");
            text += &row(
                "protect",
                &or(&best.protect, "nothing yet: name your tests there"),
                "",
            );
            for other in others {
                text += &row("or", other.command, &other.because);
            }
        }
    }
    if made_keys {
        text += &row("keys", "made, for receipts", "tau keys");
    }
    let name = if name.contains(' ') {
        format!("'{name}'")
    } else {
        name.to_owned()
    };
    let check = if found.is_empty() {
        " --set check=\"…\""
    } else {
        ""
    };
    text + &format!(
        "\nnext:\n  \
           tau plan {name}\n  \
           git diff > fix.patch      {}\n  \
           tau apply {name} --set patch=@fix.patch{check}\n",
        paint(
            FAINT,
            "# your fix, not committed yet; its test must be committed"
        )
    )
}

fn row(label: &str, value: &str, because: &str) -> String {
    let because = match because {
        "" => String::new(),
        file => paint(FAINT, format_args!("  ({file})")),
    };
    format!("  {label:<8} {value}{because}\n")
}

fn or(patterns: &[String], otherwise: &str) -> String {
    if patterns.is_empty() {
        otherwise.to_owned()
    } else {
        patterns.join(", ")
    }
}
