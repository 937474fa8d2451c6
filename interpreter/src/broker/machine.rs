//! What a command may read of the machine's files.

use std::path::{Path, PathBuf};

use tau_lang::syntax::tree::Effect;

use super::Broker;
use crate::action::{Failure, FailureKind, Missing};
use crate::sandbox::{Granted, granted};

impl Broker {
    /// What is tau's own, and shown to no command.
    pub(super) fn private(&self) -> Vec<PathBuf> {
        let world = &self.world;
        let sources = world.secrets.sources();
        let state = self.state().to_owned();
        let mut all = vec![state, sources.path().to_owned(), world.seal.clone()];
        // With the key of an App, whoever has it is the App.
        let apps = sources.apps().unwrap_or_default();
        all.extend(apps.iter().map(|(_, app)| app.key().to_owned()));
        all
    }

    /// The folder of tau's own that the run is in.
    pub(super) fn state(&self) -> &Path {
        let run = self.world.dir.path();
        // `runs/<id>`.
        run.parent().and_then(|runs| runs.parent()).unwrap_or(run)
    }

    /// The files of the machine that a command is shown, if there is a box to show them in.
    pub(super) fn of_machine(&self) -> Result<Vec<Granted>, Failure> {
        let world = &self.world;
        let Some(sandbox) = &world.sandbox else {
            return Ok(Vec::new());
        };
        match granted(&self.rules, sandbox.home(), &self.private()) {
            Ok(all) => {
                for it in &all {
                    self.used(Effect::Read, None, &it.text);
                }
                Ok(all)
            }
            Err(it) => {
                let message = format!(
                    "Step `{}` starts a command, which cannot be shown `{}`: it {}.",
                    self.step, it.text, it.why
                );
                Err(Failure {
                    kind: FailureKind::Blocked(Missing {
                        effect: "read".to_owned(),
                        scope: it.text,
                        limited_by: "machine".to_owned(),
                        limited_at: None,
                        grant: None,
                    }),
                    ..Failure::new("machine-files-refused", message)
                })
            }
        }
    }
}
