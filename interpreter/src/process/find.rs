//! Which file a command's first word means.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::LaunchError;
use crate::repository::near;

/// Finds a program as `execvp` does: a name with a slash is a file, relative to `cwd`; any other
/// is looked for in the folders of `path` (the value of PATH). Relative folders of PATH are
/// passed over, since a repository could fill them.
///
/// # Errors
/// When there is none, with names that are near; or when what is there may not be executed.
pub fn find(program: &str, cwd: &Path, path: Option<&OsStr>) -> Result<PathBuf, LaunchError> {
    if program.is_empty() {
        return Err(LaunchError::Empty);
    }
    let file = Path::new(program);
    let (folders, name) = if program.contains('/') {
        let file = cwd.join(file);
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        (vec![file.parent().unwrap_or(cwd).to_owned()], name)
    } else {
        let path = path.unwrap_or(OsStr::new("/usr/bin:/bin"));
        let folders = env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .collect();
        (folders, program.to_owned())
    };
    let mut refused = None;
    for folder in &folders {
        let file = folder.join(&name);
        let is_file = file.is_file();
        if is_file && access(&file, Access::EXEC_OK).is_ok() {
            return Ok(file);
        }
        if refused.is_none() && (is_file || (program.contains('/') && file.is_dir())) {
            refused = Some(file);
        }
    }
    Err(match refused {
        Some(file) => LaunchError::NotExecutable(file),
        None => LaunchError::NotFound {
            program: program.to_owned(),
            near: like(&name, &folders),
        },
    })
}

/// Names in `folders` that are near.
fn like(name: &str, folders: &[PathBuf]) -> Vec<String> {
    let names: Vec<String> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    near(name, names.iter().map(String::as_str))
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn put(path: &Path, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "#!/bin/sh\n").unwrap();
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }

    #[test]
    fn looks_where_execvp_looks() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        put(&at("one/tool"), 0o644);
        put(&at("two/tool"), 0o755);
        put(&at("two/other"), 0o755);
        put(&at("one/plain"), 0o644);
        put(&at("cwd/local"), 0o755);
        put(&at("cwd/bin/run"), 0o755);
        fs::create_dir(at("one/folder")).unwrap();
        let path = env::join_paths([Path::new(""), Path::new("bin"), &at("one"), &at("two")]);
        let path = path.unwrap();
        let look = |program: &str| find(program, &at("cwd"), Some(&path));
        let missing = |program: &str, near: &[&str]| {
            let near = near.iter().map(|name| (*name).to_owned()).collect();
            Err(LaunchError::NotFound {
                program: program.into(),
                near,
            })
        };
        assert_eq!(look("tool"), Ok(at("two/tool")));
        assert_eq!(look("./local"), Ok(at("cwd/./local")));
        assert_eq!(look("bin/run"), Ok(at("cwd/bin/run")));
        assert_eq!(look(at("two/other").to_str().unwrap()), Ok(at("two/other")));
        assert_eq!(
            look("plain"),
            Err(LaunchError::NotExecutable(at("one/plain")))
        );
        assert_eq!(
            look("../one/plain"),
            Err(LaunchError::NotExecutable(at("cwd/../one/plain")))
        );
        assert_eq!(
            look("./bin"),
            Err(LaunchError::NotExecutable(at("cwd/./bin")))
        );
        assert_eq!(look("local"), missing("local", &[]));
        assert_eq!(look("run"), missing("run", &[]));
        assert_eq!(look("folder"), missing("folder", &[]));
        assert_eq!(look("otter"), missing("otter", &["other"]));
        assert_eq!(look("./locale"), missing("./locale", &["local"]));
        assert_eq!(look(""), Err(LaunchError::Empty));
    }
}
