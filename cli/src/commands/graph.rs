//! `tau graph FILE`

use tau_lang::plan::draw;

use crate::args::{Given, Graph, GraphFormat, Mission};
use crate::context::{Context, Form};
use crate::exit::{Exit, Outcome};
use crate::mission;
use crate::render::sanitize::sanitize;

/// Draws the plan.
pub(crate) fn run(args: &Graph, context: &mut Context) -> Outcome {
    let asked = Mission {
        file: args.file.clone(),
        given: Given {
            mission: args.mission.clone(),
            ..Given::default()
        },
    };
    let loaded = mission::load(&asked, context)?;
    let (plan, sources) = (&loaded.plan, &loaded.sources);
    let default = match context.form() {
        Form::Human => GraphFormat::Terminal,
        Form::Json | Form::JsonStream => GraphFormat::Json,
    };
    match args.format.unwrap_or(default) {
        GraphFormat::Terminal => context.print(&sanitize(&draw::terminal(plan, sources))),
        GraphFormat::Mermaid => context.print(&sanitize(&draw::mermaid(plan, sources))),
        GraphFormat::Dot => context.print(&sanitize(&draw::dot(plan, sources))),
        GraphFormat::Svg => context.print(&sanitize(&draw::svg(plan, sources))),
        GraphFormat::Json => context.json(&draw::json(plan, sources)),
    }
    Ok(Exit::Succeeded)
}
