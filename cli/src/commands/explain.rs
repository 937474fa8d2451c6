//! `tau explain [CODE]`

use clap::builder::styling::Style;
use serde::Serialize;
use tau_lang::diagnostic::{Family, Kind, Rule, Severity, nearest};

use crate::args::Explain;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure, Outcome};
use crate::render::style::{FAINT, STRONG};
use crate::render::table::{Cell, table};

/// A page as programs read it.
#[derive(Serialize)]
struct Page {
    schema: &'static str,
    #[serde(flatten)]
    entry: Entry,
    page: &'static str,
}

/// All codes as programs read them, in the order of their families.
#[derive(Serialize)]
struct Codes {
    schema: &'static str,
    codes: Vec<Entry>,
}

/// A code in a few words.
#[derive(Serialize)]
struct Entry {
    code: &'static str,
    family: &'static str,
    severity: Severity,
    /// `safe`, `unsafe` or `none`.
    fix: &'static str,
    gist: String,
}

impl Entry {
    fn new(rule: &Rule) -> Entry {
        Entry {
            code: rule.code,
            family: rule.family.name(),
            severity: rule.severity,
            fix: rule.fix(),
            gist: rule.gist(),
        }
    }
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
    let Some(rule) = Rule::named(&code) else {
        return Err(unknown(asked, &code));
    };
    match context.form() {
        Form::Human => {
            let level = match rule.severity {
                Severity::Error => "an error",
                Severity::Warning => "a warning",
            };
            let page = rule.page.trim_end();
            let family = rule.family;
            context.print(&format!(
                "{page}\n\nIt is {level}, of the family `{family}`.\n"
            ));
        }
        Form::Json | Form::JsonStream => context.json(&Page {
            schema: "tau.explain/1",
            entry: Entry::new(rule),
            page: rule.page,
        }),
    }
    Ok(Exit::Succeeded)
}

fn unknown(asked: &str, code: &str) -> Failure {
    let failure = Failure::usage(format!("no finding has the code `{asked}`"));
    match nearest(code, Kind::RULES.iter().map(|rule| rule.code)) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`tau explain` lists all codes"),
    }
}

/// All codes below the names of their families.
fn list(context: &mut Context) {
    let of = |family: Family| Kind::RULES.iter().filter(move |rule| rule.family == family);
    if context.form() != Form::Human {
        let rules = Family::ALL.into_iter().flat_map(of);
        context.json(&Codes {
            schema: "tau.explain.codes/2",
            codes: rules.map(Entry::new).collect(),
        });
        return;
    }
    let row = |rule: &Rule| {
        vec![
            Cell::new(Style::new(), &format!("  {}", rule.code)),
            Cell::new(FAINT, &rule.gist()),
        ]
    };
    let mut rows = Vec::new();
    for family in Family::ALL {
        let rules: Vec<_> = of(family).map(row).collect();
        if !rules.is_empty() {
            rows.push(vec![Cell::new(STRONG, family.name())]);
            rows.extend(rules);
        }
    }
    context.print(&table(&rows, context.width()));
}
