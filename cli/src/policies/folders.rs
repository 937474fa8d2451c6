//! Where a user's policy may be.

use std::ffi::OsString;
use std::path::PathBuf;

/// The folders that are looked into: `$XDG_CONFIG_HOME/tau`, and `.config/tau` in the home folder
/// that the environment names and in the one that the system knows. All of them, so that a variable
/// can add a policy and never take one away.
pub(super) fn of_user(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let named = |name: &str| variable(name).map(PathBuf::from);
    let config = named("XDG_CONFIG_HOME");
    let homes = named("HOME").into_iter().chain(known_home());
    let all = config
        .into_iter()
        .chain(homes.map(|home| home.join(".config")));
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in all.filter(|path| path.is_absolute()) {
        let folder = std::fs::canonicalize(folder.join("tau")).unwrap_or(folder.join("tau"));
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// The home folder of this process's user, as `/etc/passwd` has it.
fn known_home() -> Option<PathBuf> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    home_of(&users, rustix::process::getuid().as_raw())
}

fn home_of(users: &str, uid: u32) -> Option<PathBuf> {
    let uid = uid.to_string();
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let found = fields.nth(2)? == uid;
        let home = fields.nth(2)?;
        (found && !home.is_empty()).then(|| PathBuf::from(home))
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{home_of, of_user};

    #[test]
    fn the_system_knows_the_home() {
        let users =
            "root:x:0:0:root:/root:/bin/sh\n# none\nme:x:1000:100::/home/me:\nno:x:7:7:::\n";
        assert_eq!(home_of(users, 0), Some("/root".into()));
        assert_eq!(home_of(users, 1000), Some("/home/me".into()));
        assert_eq!(home_of(users, 7), None);
        assert_eq!(home_of(users, 8), None);
    }

    #[test]
    fn a_variable_adds_a_folder_and_takes_none_away() {
        let folders = |set: &[(&str, &str)]| {
            of_user(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| value.into())
            })
        };
        let known = folders(&[]);
        let more = folders(&[("XDG_CONFIG_HOME", "/x"), ("HOME", "/h"), ("OTHER", "/o")]);
        assert_eq!(
            more[..2],
            [PathBuf::from("/x/tau"), "/h/.config/tau".into()]
        );
        assert_eq!(more[2..], known);
        assert_eq!(folders(&[("HOME", ""), ("XDG_CONFIG_HOME", "here")]), known);
    }
}
