//! Files of the machine that a command may read, by the grants of its mission.

use std::io;
use std::path::{Path, PathBuf};

use tau_lang::authority::{Holder, MachineFiles, NEVER, Pattern, Rule, Rules};
use tau_lang::syntax::tree::Effect;

/// A file or folder that a command is shown, and cannot change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// As it was granted.
    pub text: String,
    /// Where it is seen.
    pub path: PathBuf,
    /// Where it really is: no part of this is a link.
    pub from: PathBuf,
    /// A folder below the home folder: a cache, in which tools write.
    pub is_cache: bool,
}

/// A grant that this machine does not follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotShown {
    /// As it was granted.
    pub text: String,
    /// Why, as a clause about it.
    pub why: String,
}

/// A pattern with its place on this machine.
struct Place {
    text: String,
    path: PathBuf,
    is_folder: bool,
}

/// What `rules`, those of policies first and then of the missions that lead to a command, all grant
/// of the machine's files. What is not there is left out.
///
/// # Errors
/// One of them leads to what nobody is shown: what stands in [`NEVER`], or is in `private`, tau's
/// own; or a denial takes a part of it away.
pub fn granted(
    rules: &[Rules],
    home: &Path,
    private: &[PathBuf],
) -> Result<Vec<Granted>, NotShown> {
    let mut found: Vec<Granted> = Vec::new();
    for place in rules.iter().flat_map(|it| places(it, home, false)) {
        if found.iter().any(|it| it.path == place.path)
            || !rules.iter().all(|it| grants(it, &place, home))
        {
            continue;
        }
        // Links are the machine's own, and what counts is where they lead.
        let from = match place.path.canonicalize() {
            Ok(from) => from,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(not_shown(&place, format!("cannot be looked at: {error}"))),
        };
        match (place.is_folder, from.is_dir()) {
            (true, false) => continue,
            (false, true) => {
                let why = format!("is a folder: grant `{}/**`", place.text);
                return Err(not_shown(&place, why));
            }
            _ => {}
        }
        let real = Place {
            text: place.text.clone(),
            path: from.clone(),
            is_folder: place.is_folder,
        };
        let denied = rules.iter().flat_map(|it| places(it, home, true));
        let mut denied = denied.map(|it| (it.text.clone(), really(it)));
        if let Some((denial, _)) = denied.find(|(_, it)| meet(it, &real) || meet(it, &place)) {
            let why = format!("is denied in part by `{denial}`: grant what is to be read of it");
            return Err(not_shown(&place, why));
        }
        may_be_shown(&from, home, private).map_err(|why| not_shown(&place, why))?;
        found.push(Granted {
            is_cache: place.is_folder && place.path.starts_with(home),
            text: place.text,
            path: place.path,
            from,
        });
    }
    // What is below another is shown on top of it.
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Where a file or folder that a command is to be shown really is.
///
/// # Errors
/// Why it is not shown, as a clause about it: it is not there, or is what nobody is shown.
pub fn may_show(path: &Path, home: &Path, private: &[PathBuf]) -> Result<PathBuf, String> {
    let from = match path.canonicalize() {
        Ok(from) if from.is_dir() || from.is_file() => from,
        Ok(_) => return Err("is neither a file nor a folder".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err("is not there".to_owned());
        }
        Err(error) => return Err(format!("cannot be looked at: {error}")),
    };
    may_be_shown(&from, home, private)?;
    Ok(from)
}

/// Whether a place that no link is part of holds nothing, and is in nothing, that nobody is shown.
fn may_be_shown(from: &Path, home: &Path, private: &[PathBuf]) -> Result<(), String> {
    let never = NEVER.iter().map(|it| at(it, home)).chain(private.to_vec());
    let mut never = never.map(|it| it.canonicalize().unwrap_or(it));
    match never.find(|it| it.starts_with(from) || from.starts_with(it)) {
        Some(it) => Err(format!(
            "leads to `{}`, which is never shown to a command",
            it.display()
        )),
        None => Ok(()),
    }
}

/// The patterns of the machine's files that are granted, or denied.
fn places(rules: &Rules, home: &Path, deny: bool) -> impl Iterator<Item = Place> {
    let about = move |rule: &&Rule| rule.effect == Effect::Read && rule.deny == deny;
    rules
        .all()
        .iter()
        .filter(about)
        .filter_map(move |rule| match &rule.pattern {
            Pattern::Machine(files) => Some(place(files, home)),
            _ => None,
        })
}

fn place(files: &MachineFiles, home: &Path) -> Place {
    let root = if files.in_home() {
        home
    } else {
        Path::new("/")
    };
    Place {
        text: files.to_string(),
        path: root.join(files.path()),
        is_folder: files.is_folder(),
    }
}

/// Whether these rules leave it to be read. What a policy does not mention is not limited.
fn grants(rules: &Rules, wanted: &Place, home: &Path) -> bool {
    let covers = |it: &Place| match it.is_folder {
        true => wanted.path.starts_with(&it.path),
        false => !wanted.is_folder && wanted.path == it.path,
    };
    let unlimited = rules.holder() == Holder::Policy && rules.first_grant(Effect::Read).is_none();
    let granted = unlimited || places(rules, home, false).any(|it| covers(&it));
    let mut denied = rules
        .all()
        .iter()
        .filter(|it| it.deny && it.effect == Effect::Read);
    // One that is denied in part is for `granted` to tell.
    granted
        && !denied.any(|it| it.pattern.is_universal())
        && !places(rules, home, true).any(|it| covers(&it))
}

fn really(place: Place) -> Place {
    Place {
        path: place.path.canonicalize().unwrap_or(place.path),
        ..place
    }
}

fn meet(a: &Place, b: &Place) -> bool {
    a.path == b.path
        || (a.is_folder && b.path.starts_with(&a.path))
        || (b.is_folder && a.path.starts_with(&b.path))
}

fn at(text: &str, home: &Path) -> PathBuf {
    match text.strip_prefix("~/") {
        Some(rest) => home.join(rest),
        None => PathBuf::from(text),
    }
}

fn not_shown(place: &Place, why: String) -> NotShown {
    NotShown {
        text: place.text.clone(),
        why,
    }
}

#[cfg(test)]
mod tests {
    use tau_lang::authority::Limits;
    use tau_lang::source::Span;

    use super::*;

    fn rules(holder: Holder, lines: &[(bool, &str)]) -> Rules {
        let rule = |(deny, text): &(bool, &str)| Rule {
            deny: *deny,
            effect: Effect::Read,
            verb: None,
            pattern: Pattern::new(Effect::Read, text).unwrap(),
            says: String::new(),
            is_else: false,
            limits: Limits::default(),
            at: Span::default(),
            place: None,
        };
        Rules::of(holder, lines.iter().map(rule).collect())
    }

    /// A home folder with a cache, a link to it, one to a key, and tau's own.
    fn home() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path();
        for folder in ["cache/deep", ".ssh", "state/runs"] {
            std::fs::create_dir_all(home.join(folder)).unwrap();
        }
        std::fs::write(home.join("file"), "").unwrap();
        for (link, to) in [("link", "cache"), ("key", ".ssh"), ("own", "state/runs")] {
            std::os::unix::fs::symlink(home.join(to), home.join(link)).unwrap();
        }
        dir
    }

    fn of(all: &[Rules]) -> Result<Vec<String>, String> {
        let dir = home();
        let home = dir.path().canonicalize().unwrap();
        let shown = granted(all, &home, &[home.join("state")]);
        let below = |path: &Path| path.strip_prefix(&home).unwrap().display().to_string();
        match shown {
            Ok(shown) => Ok(shown
                .iter()
                .map(|it| format!("{} from {}", below(&it.path), below(&it.from)))
                .collect()),
            Err(it) => Err(it.why.replace(&home.display().to_string(), "~")),
        }
    }

    #[test]
    fn all_that_lead_there_must_grant_it() {
        use Holder::{Mission, Policy};
        let own = || {
            rules(
                Mission,
                &[(false, "**"), (false, "~/cache/**"), (false, "~/gone/**")],
            )
        };
        let shown = ["cache from cache".to_owned()];
        assert_eq!(of(&[own()]).unwrap(), shown);
        assert_eq!(of(&[rules(Policy, &[]), own()]).unwrap(), shown);
        assert_eq!(
            of(&[rules(Policy, &[(false, "~/cache/**")]), own()]).unwrap(),
            shown
        );
        // Patterns of the repository's files are none of the machine's.
        let none: [String; 0] = [];
        assert_eq!(of(&[rules(Policy, &[(false, "**")]), own()]).unwrap(), none);
        assert_eq!(of(&[rules(Mission, &[(false, "**")])]).unwrap(), none);
        assert_eq!(of(&[rules(Mission, &[]), own()]).unwrap(), none);
        assert_eq!(
            of(&[rules(Policy, &[(true, "~/cache/**")]), own()]).unwrap(),
            none
        );
        // The caller grants less of it.
        let less = rules(Mission, &[(false, "~/cache/deep/**")]);
        assert_eq!(of(&[less, own()]).unwrap(), ["cache/deep from cache/deep"]);
    }

    #[test]
    fn what_counts_is_where_links_lead() {
        let one = |text: &str| of(&[rules(Holder::Mission, &[(false, text)])]);
        assert_eq!(one("~/link/**").unwrap(), ["link from cache"]);
        assert_eq!(one("~/file").unwrap(), ["file from file"]);
        assert_eq!(
            one("~/key/**").unwrap_err(),
            "leads to `~/.ssh`, which is never shown to a command"
        );
        assert_eq!(
            one("~/own/**").unwrap_err(),
            "leads to `~/state`, which is never shown to a command"
        );
        assert!(one("~/cache").unwrap_err().contains("is a folder"));
        let denied = of(&[rules(
            Holder::Mission,
            &[(false, "~/link/**"), (true, "~/cache/**")],
        )]);
        assert!(denied.unwrap_err().contains("denied in part"));
        let denied = of(&[rules(
            Holder::Mission,
            &[(false, "~/cache/**"), (true, "~/cache/deep/**")],
        )]);
        assert!(denied.unwrap_err().contains("denied in part"));
    }

    #[test]
    fn a_folder_that_holds_a_home_folder_or_what_is_tau_s_own_is_refused() {
        let dir = home();
        let home = dir.path().canonicalize().unwrap();
        let all = format!("{}/**", home.display());
        let all = rules(Holder::Mission, &[(false, all.as_str())]);
        assert!(granted(&[all], &home, &[]).is_err());
    }
}
