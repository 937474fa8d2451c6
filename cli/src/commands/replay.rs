//! `tau replay RUN`

use tau_interpreter::replay::events;

use crate::args::Replay;
use crate::context::Context;
use crate::exit::{Exit, Outcome};
use crate::runner::{self, Screen, Shows as _};

/// Shows a run again, as whoever watched it saw it.
pub(crate) fn run(args: &Replay, context: &mut Context) -> Outcome {
    let found = runner::find(&args.run)?;
    let report = found.report()?;
    let mut screen = Screen::new(context);
    for event in events(&found.dir, &found.records) {
        screen.show(event, context);
    }
    screen.end();
    runner::print(&report, context);
    Ok(Exit::Succeeded)
}
