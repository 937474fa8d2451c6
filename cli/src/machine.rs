//! Files of this machine that a mission grants to its commands.

use std::path::{Path, PathBuf};

use tau_lang::authority::{MachineFiles, Pattern};
use tau_lang::plan::Plan;
use tau_lang::syntax::tree::{Effect, ValueKind};

use crate::context::Context;
use crate::mission::Loaded;

/// Says which of them are not there, so that nobody wonders why a build fetches what it cannot. The
/// same mission may run where they are. A mission of the library, and one that tau writes itself to run a
/// verifier of it again, names those of several languages, and nobody has all of them.
pub(crate) fn warn_of_missing(loaded: &Loaded, context: &mut Context) {
    let Loaded { path, plan, .. } = loaded;
    if path.is_none() {
        return;
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let home = home.unwrap_or_default();
    for files in granted(plan) {
        let root = if files.in_home() {
            home.as_path()
        } else {
            Path::new("/")
        };
        if !root.join(files.path()).exists() {
            context.warn(&format!(
                "`{files}` is granted and not there: no command will see it"
            ));
        }
    }
}

fn granted(plan: &Plan) -> impl Iterator<Item = MachineFiles> {
    let grants = plan.grants.iter();
    let grants = grants.filter(|grant| !grant.deny && grant.effect == Effect::Read);
    let texts = grants
        .flat_map(|grant| &grant.scopes)
        .filter_map(|scope| match &scope.kind {
            ValueKind::Text(template) => template.as_literal(),
            _ => None,
        });
    texts.filter_map(|text| match Pattern::new(Effect::Read, text) {
        Ok(Pattern::Machine(files)) => Some(files),
        _ => None,
    })
}
