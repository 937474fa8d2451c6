//! Where tau keeps its runs.

use std::ffi::OsString;
use std::path::PathBuf;

/// `$TAU_HOME`, or `$XDG_STATE_HOME/tau`, or `~/.local/state/tau`. An empty variable counts as not
/// set, and so does a relative one that is not ours, as the XDG rules ask.
///
/// # Errors
/// A sentence: `TAU_HOME` is relative, so it would be another folder for each command; or not even
/// the home folder is known.
pub(crate) fn tau_home() -> Result<PathBuf, String> {
    from(|name| std::env::var_os(name))
}

/// `secrets.toml` in `$XDG_CONFIG_HOME/tau`, or in `~/.config/tau`, where it may be `secrets.yaml`; and the home folder, which its
/// paths may begin with.
pub(crate) fn secrets_file() -> (PathBuf, Option<PathBuf>) {
    let folder = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let home = folder("HOME");
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
    // Without either there is nothing to read, and `/` is no one's home.
    let config = config.unwrap_or_else(|| PathBuf::from("/nonexistent"));
    (config.join("tau/secrets.toml"), home)
}

/// `providers.toml` in the same folder.
pub(crate) fn providers_file() -> PathBuf {
    secrets_file().0.with_file_name("providers.toml")
}

fn from(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, String> {
    let folder = |name: &str| {
        let path = PathBuf::from(variable(name)?);
        path.is_absolute().then_some(path)
    };
    let ours = variable("TAU_HOME").filter(|path| !path.is_empty());
    if let Some(path) = ours.map(PathBuf::from) {
        return match path.is_absolute() {
            true => Ok(path),
            false => Err(format!(
                "TAU_HOME is `{}`, which is no absolute path",
                path.display()
            )),
        };
    }
    folder("XDG_STATE_HOME")
        .map(|state| state.join("tau"))
        .or_else(|| Some(folder("HOME")?.join(".local/state/tau")))
        .ok_or_else(|| "none of TAU_HOME, XDG_STATE_HOME and HOME names a folder".to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::from;

    fn home(set: &[(&str, &str)]) -> Result<PathBuf, String> {
        from(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_nearest_variable_decides() {
        let all = [("TAU_HOME", "/t"), ("XDG_STATE_HOME", "/x"), ("HOME", "/h")];
        assert_eq!(home(&all), Ok("/t".into()));
        assert_eq!(home(&all[1..]), Ok("/x/tau".into()));
        assert_eq!(home(&all[2..]), Ok("/h/.local/state/tau".into()));
    }

    #[test]
    fn relative_and_empty_variables_do_not_count() {
        assert_eq!(
            home(&[("XDG_STATE_HOME", "here"), ("HOME", "/h")]),
            Ok("/h/.local/state/tau".into())
        );
        assert_eq!(
            home(&[("TAU_HOME", "here"), ("HOME", "/h")]),
            Err("TAU_HOME is `here`, which is no absolute path".to_owned())
        );
        assert_eq!(
            home(&[("TAU_HOME", ""), ("HOME", "/h")]),
            Ok("/h/.local/state/tau".into())
        );
        assert!(home(&[]).is_err());
    }
}
