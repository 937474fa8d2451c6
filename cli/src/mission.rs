//! From what stands on the command line to a checked mission.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use tau_interpreter::clock::Clock;
use tau_interpreter::journal::FileTexts;
use tau_interpreter::models::Replay;
use tau_interpreter::providers::Providers;
use tau_interpreter::sandbox::Tier;
use tau_interpreter::secrets::{Secrets, Sources, with_inputs};
use tau_lang::check::{self, Checked};
use tau_lang::diagnostic::{Diagnostic, Severity, nearest};
use tau_lang::expr::{Context as Values, Engine};
use tau_lang::module::Source;
use tau_lang::plan::Plan;
use tau_lang::policy::{Policies, PolicyFile};
use tau_lang::source::SourceMap;

use crate::args::{Mission, Setting};
use crate::context::Context;
use crate::exit::Failure;
use crate::files::{Input, read};
use crate::home::{providers_file, secrets_file};
use crate::language::Language;
use crate::libraries::{Disk, Recorded};
use crate::policies;
use crate::render::diagnostics::human::{self, Look};
use crate::saved::Saved;

/// The most bytes that `--set NAME=@path` reads.
const MAX_VALUE_BYTES: u64 = 64 * 1024 * 1024;

/// A mission that was asked for, checked.
pub(crate) struct Loaded {
    /// The file's name as it was given.
    pub(crate) file: String,
    /// Where it is, unless it is a library's.
    pub(crate) path: Option<PathBuf>,
    /// The box that was asked for.
    pub(crate) tier: Option<Tier>,
    /// What it says, with what it uses.
    pub(crate) texts: FileTexts,
    /// Its plan.
    pub(crate) plan: Arc<Plan>,
    /// Evaluates its expressions.
    pub(crate) engine: Arc<Engine>,
    /// The texts it came from.
    pub(crate) sources: Arc<SourceMap>,
    /// The inputs as they were given, without those that are secret.
    pub(crate) inputs: Map<String, Json>,
    /// Those, and where other secrets come from.
    pub(crate) secrets: Arc<Secrets>,
    /// The providers of models.
    pub(crate) providers: Arc<Providers>,
    /// A run whose answers of models are used instead of asking any.
    pub(crate) replay: Option<Replay>,
    /// A folder in the repository.
    pub(crate) repo: PathBuf,
    /// The revision to start from, if one was asked for.
    pub(crate) rev: Option<String>,
    /// The policies that hold.
    pub(crate) policies: Arc<Policies>,
}

/// What a mission is to be run with and on.
pub(crate) struct Ground {
    /// The inputs as they were given.
    pub(crate) inputs: Map<String, Json>,
    /// A folder in the repository.
    pub(crate) repo: PathBuf,
    /// The revision to start from, if one was asked for.
    pub(crate) rev: Option<String>,
    /// The commit that it meant, of a run that has begun.
    pub(crate) base: Option<String>,
    /// The policies of the command line.
    pub(crate) policies: Vec<PolicyFile>,
}

/// Loads what the command line names: a file, a saved plan, or a library's mission.
///
/// # Errors
/// Usage: the file cannot be read or has errors, which have been shown; an input is unreadable.
pub(crate) fn load(args: &Mission, context: &mut Context) -> Result<Loaded, Failure> {
    let given = &args.given;
    if let Some(saved) = Saved::read(&args.file)? {
        let more = given.mission.is_some() || given.repo.is_some() || given.base.is_some();
        if more {
            let message = format!(
                "`{}` is a saved plan, which has its inputs and its base already",
                args.file
            );
            return Err(Failure::usage(message).help("make another with `tau plan … --out PLAN`"));
        }
        let mut policies = policies::again(&saved.policies)?;
        policies.extend(policies::asked(&given.policy)?);
        let ground = Ground {
            inputs: saved.inputs,
            repo: saved.repo,
            rev: Some(saved.base),
            base: None,
            policies,
        };
        let asked = Asked {
            file: &saved.file,
            text: saved.texts.text,
            uses: &Recorded {
                texts: &saved.texts.used,
                now: None,
            },
            mission: Some(&saved.mission),
        };
        let mut loaded = check(asked, context, ground)?;
        loaded.path = saved.path;
        let rest = format!(
            "the saved plan `{}` has its other inputs already",
            args.file
        );
        loaded.give_secrets(&given.set, &rest)?;
        return Ok(loaded);
    }
    let text = text(&args.file)?;
    let inputs = settings(&given.set)?;
    let repo = given.repo.clone().unwrap_or_else(|| PathBuf::from("."));
    let repo = std::fs::canonicalize(&repo).unwrap_or(repo);
    let asked = Asked {
        file: &args.file,
        text,
        uses: &Disk::of(Path::new(&args.file)),
        mission: given.mission.as_deref(),
    };
    let ground = Ground {
        inputs,
        repo,
        rev: given.base.clone(),
        base: None,
        policies: policies::asked(&given.policy)?,
    };
    check(asked, context, ground)
}

/// Loads a mission of the library, with these inputs, for the repository at hand.
///
/// # Errors
/// Usage: one of the policies that hold has errors or cannot be read.
pub(crate) fn of_library(
    name: &str,
    inputs: Map<String, Json>,
    rev: Option<String>,
    policies: Vec<PolicyFile>,
    context: &mut Context,
) -> Result<Loaded, Failure> {
    let asked = Asked {
        file: name,
        text: text(name)?,
        uses: &Disk::of(Path::new(name)),
        mission: None,
    };
    let here = PathBuf::from(".");
    let ground = Ground {
        inputs,
        repo: std::fs::canonicalize(&here).unwrap_or(here),
        rev,
        base: None,
        policies,
    };
    check(asked, context, ground)
}

/// A mission that is to be checked.
pub(crate) struct Asked<'a> {
    /// Its file's name.
    pub(crate) file: &'a str,
    /// The file's text.
    pub(crate) text: String,
    /// Where the files come from that it uses.
    pub(crate) uses: &'a dyn Source,
    /// Its name; none if the file has one mission.
    pub(crate) mission: Option<&'a str>,
}

/// Checks a mission's text. What is wrong with it, but for missing authority, is shown and ends
/// the command; missing authority blocks the run, with a record of it.
///
/// # Errors
/// Usage: the file or one of the policies that hold has errors or cannot be read.
pub(crate) fn check(
    asked: Asked<'_>,
    context: &mut Context,
    ground: Ground,
) -> Result<Loaded, Failure> {
    let Asked {
        file,
        text,
        uses,
        mission,
    } = asked;
    let (mut language, checked, texts) = checked(file, &text, uses, context)?;
    let of_library = library_name(file);
    let plan = choose(file, mission.or(of_library.as_deref()), &checked)?;
    let Ground {
        mut inputs,
        repo,
        rev,
        base,
        policies: asked,
    } = ground;
    let mut files = policies::of_machine()?;
    let base = base.as_deref().or(rev.as_deref());
    files.extend(policies::of_repository(&repo, base)?);
    files.extend(asked);
    let policies = policies::check(files, &mut language, context)?;
    let (secrets_file, home) = secrets_file();
    let sources = Sources::read(&secrets_file, home.as_deref());
    let secrets = Arc::new(Secrets::new(Arc::new(sources), Clock::system()));
    secrets
        .take(&plan, &mut inputs)
        .map_err(|wrong| Failure::usage(wrong.join("\n")))?;
    Ok(Loaded {
        providers: Arc::new(Providers::read(&providers_file())),
        replay: None,
        tier: None,
        path: of_library
            .is_none()
            .then(|| std::fs::canonicalize(file).unwrap_or_else(|_| PathBuf::from(file))),
        file: file.to_owned(),
        texts,
        plan,
        engine: language.library.engine.clone(),
        sources: Arc::new(language.sources),
        inputs,
        secrets,
        repo,
        rev,
        policies: Arc::new(policies),
    })
}

/// Checks a file. What is wrong with it, but for missing authority, is shown and is a failure.
///
/// # Errors
/// Usage: the file has errors.
pub(crate) fn checked(
    file: &str,
    text: &str,
    uses: &dyn Source,
    context: &mut Context,
) -> Result<(Language, Checked, FileTexts), Failure> {
    let mut language = Language::new();
    let (checked, texts) = match library_name(file) {
        Some(name) => {
            let checked = check::library_mission(&name, &language.library).unwrap_or_default();
            let text = text.to_owned();
            let used = BTreeMap::new();
            (checked, FileTexts { text, used })
        }
        None => {
            let read = language.check_with(file, text, uses);
            (read.checked, read.texts)
        }
    };
    let wrong: Vec<&Diagnostic> = checked
        .diagnostics
        .iter()
        .filter(|one| one.severity() == Severity::Error && !one.kind.is_authority())
        .collect();
    for one in &wrong {
        context.error_block(&human::diagnostic(
            &language.sources,
            one,
            Look::of(context),
        ));
    }
    if !wrong.is_empty() {
        let count = crate::render::diagnostics::counted(wrong.len(), "error");
        return Err(Failure::usage(format!(
            "`{file}` has {count}, so nothing was started"
        )));
    }
    Ok((language, checked, texts))
}

impl Loaded {
    /// Gives secret inputs their values, which no file and no record has; `rest` says why no other
    /// input can be given.
    ///
    /// # Errors
    /// Usage: one is no secret input, or cannot be read.
    pub(crate) fn give_secrets(&self, set: &[Setting], rest: &str) -> Result<(), Failure> {
        let mut inputs = settings(set)?;
        let taken = self.secrets.take(&self.plan, &mut inputs);
        taken.map_err(|wrong| Failure::usage(wrong.join("\n")))?;
        match inputs.keys().next() {
            None => Ok(()),
            Some(name) => Err(Failure::usage(format!(
                "`{name}` is no secret input of mission `{}`, and {rest}",
                self.plan.mission
            ))),
        }
    }

    /// All inputs that were given, the secret ones too.
    pub(crate) fn all_inputs(&self) -> Map<String, Json> {
        with_inputs(&self.inputs, &self.secrets)
    }

    /// The values of the inputs that were given, as far as they have the right type.
    pub(crate) fn given(&self) -> Values {
        let given = self.all_inputs();
        let inputs = self.plan.inputs.iter();
        inputs
            .filter_map(|input| {
                let value = given.get(&input.name)?.clone();
                Some((input.name.clone(), input.ty.coerce(value).ok()?))
            })
            .collect()
    }

    /// The inputs' values as far as they are given or have a default.
    pub(crate) fn known(&self) -> Values {
        let mut known = self.given();
        for input in &self.plan.inputs {
            if let (None, Some(default)) = (self.inputs.get(&input.name), &input.default) {
                let value = self.engine.known(default, &input.ty, &Values::new());
                known.extend(value.map(|value| (input.name.clone(), value)));
            }
        }
        known
    }
}

/// The mission that was asked for, or the only one.
fn choose(file: &str, mission: Option<&str>, checked: &Checked) -> Result<Arc<Plan>, Failure> {
    let names: Vec<&str> = checked
        .plans
        .iter()
        .map(|plan| plan.mission.as_str())
        .collect();
    match mission {
        None => match checked.plans.as_slice() {
            [plan] => Ok(plan.clone()),
            [] if checked.policy.is_some() => {
                let failure = Failure::usage(format!("`{file}` is a policy, and no mission"));
                Err(failure.help(format!("it holds for one with `--policy {file}`")))
            }
            [] => Err(
                Failure::usage(format!("`{file}` has no mission to run")).help(
                    "its types and actions are there for other files; `tau test` runs its tests",
                ),
            ),
            several => match outermost(several).as_slice() {
                [plan] => Ok((*plan).clone()),
                _ => Err(Failure::usage(format!(
                    "`{file}` has several missions: {}",
                    names.join(", ")
                ))
                .help("say which with `--mission NAME`")),
            },
        },
        Some(name) => match checked.plans.iter().find(|plan| plan.mission == name) {
            Some(plan) => Ok(plan.clone()),
            None => {
                let failure = Failure::usage(format!("`{file}` has no mission `{name}`"));
                Err(match nearest(name, names.iter().copied()) {
                    Some(near) => failure.help(format!("did you mean `{near}`?")),
                    None => failure,
                })
            }
        },
    }
}

/// Those that no other one of the file calls.
fn outermost(plans: &[Arc<Plan>]) -> Vec<&Arc<Plan>> {
    let mut called = BTreeSet::new();
    for block in plans.iter().flat_map(|plan| plan.blocks()) {
        block.each_call(&mut |call| {
            called.insert(call.plan.mission.as_str());
        });
    }
    let mut all: Vec<&Arc<Plan>> = plans.iter().collect();
    all.retain(|plan| !called.contains(plan.mission.as_str()));
    all
}

/// The name of a library's mission as the library knows it: `std/prove-patch` is `prove_patch`.
pub(crate) fn library_name(file: &str) -> Option<String> {
    tau_stdlib::mission_text(file)?;
    Some(file.strip_prefix("std/")?.replace('-', "_"))
}

/// The text of a mission file or of a library's mission.
pub(crate) fn text(file: &str) -> Result<String, Failure> {
    if let Some(text) = tau_stdlib::mission_text(file) {
        return Ok(text.to_owned());
    }
    if file.starts_with("std/") && !Path::new(file).exists() {
        let names = tau_stdlib::mission_names();
        let failure = Failure::usage(format!("the library has no mission `{file}`"));
        return Err(match nearest(file, names.iter().map(String::as_str)) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help(format!("it has {}", names.join(", "))),
        });
    }
    read(&Input::File(PathBuf::from(file)))
        .map_err(|wrong| Failure::usage(format!("cannot read `{file}`: {}", wrong.why)))
}

/// The values of `--set`, with `@path` and `@-` read.
pub(crate) fn settings(set: &[Setting]) -> Result<Map<String, Json>, Failure> {
    let mut inputs = Map::new();
    for Setting { name, value } in set {
        let value = match value.strip_prefix('@') {
            None => value.clone(),
            Some(path) => read_value(&format!("input `{name}`"), path)?,
        };
        if inputs.insert(name.clone(), Json::String(value)).is_some() {
            return Err(Failure::usage(format!("`--set {name}=…` is given twice")));
        }
    }
    Ok(inputs)
}

/// The text behind an `@`: that of a file, or with `-` of standard input. `what` it is for is told
/// when it cannot be read.
pub(crate) fn read_value(what: &str, path: &str) -> Result<String, Failure> {
    let failed = |why: String| Failure::usage(format!("cannot read `{path}` for {what}: {why}"));
    let mut bytes = Vec::new();
    let read = match path {
        "-" => std::io::stdin()
            .take(MAX_VALUE_BYTES + 1)
            .read_to_end(&mut bytes),
        path => std::fs::File::open(path)
            .and_then(|file| file.take(MAX_VALUE_BYTES + 1).read_to_end(&mut bytes)),
    };
    read.map_err(|error| failed(error.to_string()))?;
    if bytes.len() as u64 > MAX_VALUE_BYTES {
        return Err(failed(format!("it has more than {MAX_VALUE_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        failed(format!("it is not UTF-8: byte {at} is wrong"))
    })
}
