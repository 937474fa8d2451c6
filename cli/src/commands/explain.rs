//! `tau explain [CODE]`

use serde::Serialize;
use tau_lang::diagnostic::{Kind, nearest};

use crate::args::Explain;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::style::{FAINT, STRONG};
use crate::render::table::{Cell, table};

/// A page as programs read it.
#[derive(Serialize)]
struct Page<'a> {
    schema: &'static str,
    code: &'a str,
    page: &'a str,
}

/// All codes as programs read them.
#[derive(Serialize)]
struct Codes<'a> {
    schema: &'static str,
    codes: Vec<&'a str>,
}

/// Prints a code's page, or all codes.
pub(crate) fn run(args: &Explain, context: &mut Context) -> Outcome {
    match &args.code {
        Some(code) => page(code, context),
        None => {
            list(context);
            Ok(Exit::Succeeded)
        }
    }
}

fn page(asked: &str, context: &mut Context) -> Outcome {
    // Codes are pasted from where they were seen: `error[name-unknown]`, `Name-Unknown`.
    let inner = asked.split_once('[').map_or(asked, |(_, rest)| rest);
    let code = inner
        .trim_matches(|c: char| !c.is_ascii_alphanumeric())
        .to_ascii_lowercase()
        .replace('_', "-");
    let Some((code, page)) = Kind::PAGES.iter().find(|(known, _)| *known == code) else {
        return Err(unknown(asked, &code));
    };
    match context.form() {
        Form::Human => {
            let page = page.trim_end();
            context.print(&format!("{page}\n"));
        }
        Form::Json | Form::JsonStream => context.json(&Page {
            schema: "tau.explain/1",
            code,
            page,
        }),
    }
    Ok(Exit::Succeeded)
}

fn unknown(asked: &str, code: &str) -> Failure {
    let failure = Failure::usage(format!("no finding has the code `{asked}`"));
    match nearest(code, Kind::PAGES.iter().map(|(known, _)| *known)) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`tau explain` lists all codes"),
    }
}

fn list(context: &mut Context) {
    if context.form() != Form::Human {
        context.json(&Codes {
            schema: "tau.explain.codes/1",
            codes: Kind::PAGES.iter().map(|(code, _)| *code).collect(),
        });
        return;
    }
    let row =
        |(code, page): &(&str, &str)| vec![Cell::new(STRONG, code), Cell::new(FAINT, gist(page))];
    let rows: Vec<_> = Kind::PAGES.iter().map(row).collect();
    context.print(&table(&rows, context.width()));
}

/// What a page says first: the line below its title.
fn gist(page: &str) -> &str {
    page.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or("")
}
