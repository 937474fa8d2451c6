//! `tau authority diff A B`

mod revision;

use std::path::Path;

use serde::Serialize;
use tau_lang::check::Checked;
use tau_lang::plan::Plan;
use tau_lang::plan::compare::{Change, Difference, difference};

use self::revision::Revision;
use crate::args::AuthorityDiff;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::language::Language;
use crate::libraries::Disk;
use crate::mission;
use crate::render::sanitize::one_line;
use crate::render::style::{ERROR, STRONG, paint};

/// The document `tau.authority.diff/1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    from: &'a str,
    to: &'a str,
    widens: bool,
    missions: Vec<Mission>,
}

/// A mission whose authority differs.
#[derive(Serialize)]
struct Mission {
    mission: String,
    #[serde(flatten)]
    difference: Difference,
}

/// Shows what B adds and drops; whether it adds anything is the exit code.
pub(crate) fn run(args: &AuthorityDiff, context: &mut Context) -> Outcome {
    let (from, to) = (&*args.from, &*args.to);
    let (_, old) = checked(from, context)?;
    let (language, new) = checked(to, context)?;
    let mut missions = Vec::new();
    for (old, new) in pairs(&old, &new) {
        let difference = difference(old, new, &language.library.engine);
        let name = new
            .or(old)
            .map_or_else(String::new, |it| it.mission.clone());
        if !difference.is_empty() {
            missions.push(Mission {
                mission: name,
                difference,
            });
        }
    }
    let widens = missions.iter().any(|it| it.difference.widens());
    let (a, b) = (one_line(from).into_owned(), one_line(to).into_owned());
    context.note(&match (widens, missions.is_empty()) {
        (true, _) => format!("`{b}` may do more than `{a}`"),
        (false, false) => format!("`{b}` may do nothing that `{a}` may not"),
        (false, true) => format!("`{b}` may do what `{a}` may"),
    });
    match context.form() {
        Form::Human => context.print(&missions.iter().map(page).collect::<String>()),
        Form::Json | Form::JsonStream => context.json(&Document {
            schema: "tau.authority.diff/1",
            from,
            to,
            widens,
            missions,
        }),
    }
    Ok(match widens {
        true => Exit::Failed,
        false => Exit::Succeeded,
    })
}

/// The missions of two files by name. Two files with one mission each are about the same, however
/// it is called.
fn pairs<'a>(old: &'a Checked, new: &'a Checked) -> Vec<(Option<&'a Plan>, Option<&'a Plan>)> {
    if let ([old], [new]) = (&*old.plans, &*new.plans) {
        return vec![(Some(old), Some(new))];
    }
    let named = |plans: &'a Checked, name: &str| {
        let mut plans = plans.plans.iter();
        plans.find(|it| it.mission == name).map(|it| &**it)
    };
    let both = new.plans.iter();
    let both = both.map(|it| (named(old, &it.mission), Some(&**it)));
    let gone = old
        .plans
        .iter()
        .filter(|it| named(new, &it.mission).is_none());
    both.chain(gone.map(|it| (Some(&**it), None))).collect()
}

fn page(mission: &Mission) -> String {
    let mut page = format!("{}\n", paint(STRONG, one_line(&mission.mission)));
    let changes = [
        ('+', &mission.difference.adds),
        ('-', &mission.difference.drops),
    ];
    for (sign, changes) in changes {
        for Change { line, widens } in changes {
            let line = one_line(line);
            page += &match widens {
                true => format!("  {sign} {line}  {}\n", paint(ERROR, "(more)")),
                false => format!("  {sign} {line}\n"),
            };
        }
    }
    page
}

/// A file, or one of `REV:PATH`, with what it uses from the same place.
fn checked(named: &str, context: &mut Context) -> Result<(Language, Checked), Failure> {
    let (language, checked, _) = match Revision::named(named) {
        Some(revision) => mission::checked(named, &revision.text()?, &revision, context)?,
        None => {
            let uses = Disk::of(Path::new(named));
            mission::checked(named, &mission::text(named)?, &uses, context)?
        }
    };
    Ok((language, checked))
}
