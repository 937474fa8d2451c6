//! How much a command may use: the least of what each policy and each mission that leads to the step
//! allows, and what a command may use anyway where none of them says anything.

use std::time::Duration;

use tau_lang::authority::{CommandLimits, Decision};
use tau_lang::syntax::tree::Effect;

use super::Broker;
use crate::process::OUTPUT_LIMIT;
use crate::sandbox::Limits;

impl Broker {
    /// The limits of a command, as the grants that cover it have them.
    pub(super) fn command_limits(&self, command: &str) -> CommandLimits {
        let granted =
            self.rules
                .iter()
                .filter_map(|rules| match rules.decide(Effect::Run, None, command) {
                    Decision::Granted(rule) => Some(rule.limits.command),
                    _ => None,
                });
        granted.fold(CommandLimits::default(), CommandLimits::and)
    }
}

/// What the box holds a command to.
pub(super) fn in_box(granted: CommandLimits) -> Limits {
    let usual = Limits::default();
    Limits {
        cpu_seconds: granted
            .cpu
            .map_or(usual.cpu_seconds, |millis| millis.div_ceil(1000).max(1)),
        memory: granted.memory.unwrap_or(usual.memory),
        processes: granted.processes.unwrap_or(usual.processes),
        open_files: granted.open_files.unwrap_or(usual.open_files),
        file_size: granted.file_size.unwrap_or(usual.file_size),
        scratch: granted.scratch.unwrap_or(usual.scratch),
    }
}

/// What it may print, in bytes.
pub(super) fn output(granted: CommandLimits) -> u64 {
    granted.output.unwrap_or(OUTPUT_LIMIT)
}

/// What it may take of `timeout`.
pub(super) fn time(granted: CommandLimits, timeout: Duration) -> Duration {
    granted
        .time
        .map_or(timeout, |millis| timeout.min(Duration::from_millis(millis)))
}
