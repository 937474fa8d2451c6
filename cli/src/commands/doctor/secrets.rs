//! Secrets that come from elsewhere than variables and files, as far as that shows without asking.

use tau_interpreter::secrets::Sources;

use super::Check;
use crate::home::secrets_file;

/// The GitHub Apps of `secrets.toml`; nothing is asked of GitHub.
pub(super) fn apps() -> Vec<Check> {
    const NAME: &str = "secret";
    let (file, home) = secrets_file();
    let sources = Sources::read(&file, home.as_deref());
    let apps = match sources.apps() {
        Ok(apps) => apps,
        Err(broken) => {
            let todo = "mend it: no run that needs a secret can begin";
            return vec![Check::warn(NAME, broken.0, todo)];
        }
    };
    let check = |(name, app): (&str, &tau_interpreter::secrets::App)| {
        let found = format!("{name} is a token of the GitHub App {}", app.id());
        match app.look() {
            Ok(()) => Check::ok(NAME, format!("{found}, whose key can be used")),
            Err(why) => Check::warn(NAME, found, why.to_string()),
        }
    };
    apps.into_iter().map(check).collect()
}
