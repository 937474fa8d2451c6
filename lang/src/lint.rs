//! Rules about what a file may say and had better not. No plan depends on them.
//!
//! Each rule stands in a file of its own. Those that need names and types of a place are in
//! [`crate::check`].

mod after_redundant;
mod authority_broad;
mod authority_redundant;
mod block_empty;
mod command;
mod command_shell;
mod command_unpinned;
mod condition_repeated;
mod deny_useless;
mod loop_once;
mod loop_variable_unused;
mod scope_confusable;
mod secret_exposed;
mod secret_literal;
mod secret_suspected;
mod until_unchanging;
mod url_insecure;
mod use_unused;
mod verifier_trivial;
mod verifier_unprotected;
pub(crate) mod walk;
mod write_before_red;

use std::sync::Arc;

use self::secret_literal::secrets;
use crate::check::Checked;
use crate::diagnostic::{Diagnostic, Kind, bound, offer};
use crate::library::Library;
use crate::plan::Plan;
use crate::source::{SourceId, SourceMap, Span};
use crate::suppress;
use crate::syntax::tree::{File, Item, Mission};

/// What a rule looks at.
struct Subject<'a> {
    file: &'a File,
    /// The missions that have a plan.
    plans: &'a [Arc<Plan>],
    library: &'a Library,
}

impl<'a> Subject<'a> {
    fn missions(&self) -> impl Iterator<Item = &'a Mission> + use<'a> {
        self.file.items.iter().filter_map(|item| match item {
            Item::Mission(mission) => Some(mission),
            _ => None,
        })
    }

    /// The missions with their plans.
    fn planned(&self) -> impl Iterator<Item = (&'a Mission, &'a Plan)> + use<'a> {
        let plans = self.plans;
        self.missions().filter_map(|mission| {
            let plan = plans.iter().find(|it| it.at == mission.at.0)?;
            Some((mission, &**plan))
        })
    }
}

/// A rule.
type Rule = fn(&Subject<'_>) -> Vec<Diagnostic>;

const RULES: &[Rule] = &[
    after_redundant::check,
    authority_broad::check,
    authority_redundant::check,
    block_empty::check,
    command_shell::check,
    command_unpinned::check,
    condition_repeated::check,
    deny_useless::check,
    loop_once::check,
    loop_variable_unused::check,
    scope_confusable::check,
    secret_exposed::check,
    secret_suspected::check,
    until_unchanging::check,
    url_insecure::check,
    use_unused::check,
    verifier_trivial::check,
    verifier_unprotected::check,
    write_before_red::check,
];

/// Completes what checking found in a file: with what reading it found, what its text alone shows,
/// the changes that would mend each finding, and the comments that silence some.
pub fn finish(
    checked: &mut Checked,
    read: Vec<Diagnostic>,
    tree: &File,
    file: SourceId,
    sources: &SourceMap,
) {
    checked.diagnostics.extend(read);
    if tree.items.is_empty() {
        // What is not there has no place but the file's beginning.
        let missing = |one: &&mut Diagnostic| matches!(one.kind, Kind::MissionMissing { .. });
        for one in checked.diagnostics.iter_mut().filter(missing) {
            one.span = Span::new(file, 0, 0);
        }
    }
    let secrets = sources.file(file).map(|source| secrets(source, file));
    checked.diagnostics.extend(secrets.unwrap_or_default());
    checked.sort();
    bound(&mut checked.diagnostics);
    suppress::settle(checked, tree, file, sources);
    let suppressed = checked.suppressed.iter_mut();
    let suppressed = suppressed.map(|it| &mut it.diagnostic);
    offer(suppressed.chain(&mut checked.diagnostics), tree, sources);
}

/// What the rules find in a file.
pub(crate) fn lint(file: &File, plans: &[Arc<Plan>], library: &Library) -> Vec<Diagnostic> {
    let subject = Subject {
        file,
        plans,
        library,
    };
    RULES.iter().flat_map(|rule| rule(&subject)).collect()
}
