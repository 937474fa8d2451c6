//! What a command gets beside the usual variables, and what it must not get.

use std::ffi::OsString;

use secrecy::ExposeSecret as _;
use tau_lang::syntax::tree::Effect;

use super::Broker;
use crate::action::{Command, Failure, FailureKind, Missing};
use crate::secrets::{Redactor, Refused};

impl Broker {
    /// The variables of a command that are granted, and the secrets that it names.
    pub(super) async fn variables(
        &self,
        command: &Command,
    ) -> Result<Vec<(String, OsString)>, Failure> {
        for name in command.granted.iter().flatten() {
            self.ask(Effect::Env, None, name)?;
        }
        let mut all = Vec::new();
        for (name, value) in &self.world.variables {
            let named = command.granted.as_ref();
            let wanted = named.is_none_or(|named| named.contains(name));
            if wanted && self.allows(Effect::Env, None, name) {
                all.push((name.clone(), value.clone()));
            }
        }
        for name in &command.secrets {
            self.ask(Effect::Secret, None, name)?;
            let value = self.world.secrets.for_command(name).await;
            let value = value.map_err(|why| self.refused(name, &why))?;
            all.push((name.clone(), OsString::from(value.expose_secret())));
        }
        Ok(all)
    }

    /// Takes the secrets of the run out of what a step says.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        self.world.secrets.redactor()
    }

    /// A secret that is not given.
    pub(super) fn refused(&self, name: &str, why: &Refused) -> Failure {
        let message = format!("Step `{}` needs the secret `{name}`, and {why}.", self.step);
        let path = self.world.secrets.sources().path().display();
        Failure {
            kind: FailureKind::Blocked(Missing {
                effect: "secret".to_owned(),
                scope: name.to_owned(),
                limited_by: "machine".to_owned(),
                limited_at: None,
                grant: None,
            }),
            ..Failure::new(why.code(), message)
        }
        .help(format!("Say in `{path}` where it comes from and what for."))
    }

    /// Refuses what would put a secret where others can read it.
    pub(super) fn without_secrets(&self, bytes: &[u8], place: &str) -> Result<(), Failure> {
        let names = self.world.secrets.redactor().names_in(bytes);
        match names.first() {
            None => Ok(()),
            Some(name) => Err(Failure::new(
                "secret-exposed",
                format!("The value of the secret `{name}` would stand in {place}."),
            )
            .help(
                "Give it to a command with `secrets: [\"NAME\"]`, which puts it into a variable.",
            )),
        }
    }
}
