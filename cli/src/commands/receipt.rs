//! `tau receipt RUN`

use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use tau_interpreter::evidence::keys::{Keys, Role};
use tau_interpreter::evidence::receipt::{Planned, Receipt};
use tau_interpreter::evidence::{link, ssh};
use tau_interpreter::journal::Loaded;
use tau_interpreter::report::Report;
use tau_interpreter::repository::Repository;

use super::resume::read_again;
use crate::args;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::render::sanitize;
use crate::runner::{self, Found};

/// Shows or writes the receipt of a run.
pub(crate) fn run(args: &args::Receipt, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    let report = found.report()?;
    if !report.has_ended() {
        let message = format!("run {} has not ended: it is {}", report.run, report.outcome);
        return Err(Failure::failed(message));
    }
    let folder = match &args.keys {
        Some(folder) => folder.clone(),
        None => runner::home()?.keys(),
    };
    let keys = Keys::open(&folder).map_err(|why| Failure::new(Exit::Blocked, why))?;
    let loaded = found.dir.load();
    let loaded = loaded.map_err(|error| Failure::failed(error.to_string()))?;
    let stored = match args.keys {
        Some(_) => None,
        None => Receipt::stored(&found.dir, &loaded),
    };
    let receipt = match stored {
        Some(receipt) => receipt,
        None => make(&found, &loaded, &keys, context)?,
    };
    if args.note {
        note(&found, &report, &receipt)?;
    }
    if let Some(out) = &args.out {
        return write(out, &found, &receipt, &keys, context);
    }
    match context.form() {
        Form::Human => context.print_raw(&receipt.text()),
        Form::Json | Form::JsonStream => {
            let payloads = receipt.envelopes().iter().filter_map(|it| it.payload());
            let statements = payloads.filter_map(|it| serde_json::from_slice(&it).ok());
            context.json(&serde_json::json!({
                "schema": "tau.receipt/1",
                "run": found.dir.id(),
                "statements": statements.collect::<Vec<Json>>(),
                "envelopes": receipt.envelopes(),
            }));
        }
    }
    Ok(Exit::Succeeded)
}

/// Notes beside the commit of a run what the run was. Who asks for it is the repository's user, and
/// the commit is one that the run was granted to make.
fn note(found: &Found, report: &Report, receipt: &Receipt) -> Result<(), Failure> {
    let failed = |why: String| Failure::failed(format!("the note was not written: {why}"));
    let commit = report.commit.as_deref().and_then(|it| it.parse().ok());
    let commit = commit.ok_or_else(|| failed("the run made no commit".to_owned()))?;
    let repo = Path::new(&found.started()?.repo);
    let last = receipt.envelopes().last().map(serde_json::to_string);
    let line = last.transpose().map_err(|why| failed(why.to_string()))?;
    let repository = Repository::discover(repo).map_err(|why| failed(why.to_string()))?;
    let noted = repository.add_note(&commit, &line.unwrap_or_default());
    noted.map_err(|why| failed(why.to_string()))
}

/// Makes a receipt anew, with the mission as it was when the run last ran.
fn make(
    found: &Found,
    loaded: &Loaded,
    keys: &Keys,
    context: &mut Context,
) -> Result<Receipt, Failure> {
    let again = read_again(found, true, context)?;
    let planned = Planned {
        plan: &again.plan,
        engine: &again.engine,
        sources: &again.sources,
        policies: &again.policies,
    };
    let made = Receipt::make(&found.dir, loaded, &planned, keys);
    made.map_err(|why| Failure::failed(format!("run {}: {why}", found.dir.id())))
}

/// Writes it with everything that other programs need to check it.
fn write(
    out: &Path,
    found: &Found,
    receipt: &Receipt,
    keys: &Keys,
    context: &mut Context,
) -> Outcome {
    let failed = |error: std::io::Error, path: &Path| {
        Failure::failed(format!("cannot write `{}`: {error}", sanitize::path(path)))
    };
    fs::create_dir_all(out).map_err(|error| failed(error, out))?;
    let (id, text) = (found.dir.id(), receipt.text());
    let runner = keys.of(Role::Runner);
    let mut all = vec![
        (format!("{id}.intoto.jsonl"), text.clone()),
        (
            format!("{id}.intoto.jsonl.sig"),
            ssh::signature(runner, ssh::RECEIPT, text.as_bytes()),
        ),
    ];
    let mut allowed = String::new();
    for role in Role::ALL {
        let public = keys.of(role).public();
        let line = public.openssh(&role.owner());
        all.push((format!("{}.pub", role.word()), format!("{line}\n")));
        all.push((format!("{}.pub.pem", role.word()), public.pem()));
        allowed.push_str(&ssh::allowed_signer(&public, &role.owner()));
        allowed.push('\n');
    }
    all.push(("allowed_signers".to_owned(), allowed));
    let link = link::link(&found.dir, &found.records, runner);
    if let Some(link) = link.map_err(Failure::failed)? {
        let text = serde_json::to_string(&link).map_err(|why| Failure::failed(why.to_string()))?;
        all.push((link::file_name(runner), text));
    }
    let mut names = Vec::new();
    for (name, content) in all {
        let path = out.join(name);
        files::write(&path, content.as_bytes()).map_err(|error| failed(error, &path))?;
        names.push(path);
    }
    if context.form() == Form::Human {
        for name in &names {
            context.print(&format!("{}\n", sanitize::path(name)));
        }
    } else {
        context.json(&serde_json::json!({
            "schema": "tau.receipt-files/1", "run": id, "files": names,
        }));
    }
    Ok(Exit::Succeeded)
}
