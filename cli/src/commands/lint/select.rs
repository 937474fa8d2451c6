//! `--select` and `--ignore`: which findings are reported.

use tau_lang::diagnostic::Diagnostic;

use crate::args::Lint;

/// Whether a finding is asked for. What is ignored is not, even where it is selected.
pub(super) fn is_wanted(args: &Lint, found: &Diagnostic) -> bool {
    let selected = args.select.is_empty() || args.select.iter().any(|it| it.covers(&found.kind));
    selected && !args.ignore.iter().any(|it| it.covers(&found.kind))
}
