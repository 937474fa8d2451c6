//! Which files a folder stands for.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::Input;
use super::discover;

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let root = TempDir::new().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// The names found below `root`, and those refused.
fn found(root: &Path, paths: &[PathBuf]) -> (Vec<String>, Vec<String>) {
    let (inputs, unreadable) = discover(paths, None);
    let short = |name: String| {
        let below = Path::new(&name).strip_prefix(root).map(Path::to_path_buf);
        below.unwrap_or(name.into()).to_string_lossy().into_owned()
    };
    (
        inputs.iter().map(|input| short(input.name())).collect(),
        unreadable
            .into_iter()
            .map(|file| short(file.name))
            .collect(),
    )
}

#[test]
fn a_folder_stands_for_its_tau_files_in_order() {
    let root = folder(&[
        ("b.tau", ""),
        ("a/x.tau", ""),
        (".tau/fix.tau", ""),
        ("mission.yaml", "# about\ntau: 1\n"),
        ("other.yml", "on: push\n  tau: 1\n"),
        ("notes.md", "tau: 1\n"),
        (".git/x.tau", ""),
        (".hidden/x.tau", ""),
        ("target/x.tau", ""),
        ("web/node_modules/x.tau", ""),
    ]);
    let (names, refused) = found(root.path(), &[root.path().to_owned()]);
    assert_eq!(names, ["b.tau", "mission.yaml", ".tau/fix.tau", "a/x.tau"]);
    assert!(refused.is_empty());
}

#[test]
fn a_named_file_is_taken_whatever_it_is_called_and_once() {
    let root = folder(&[("mission.txt", "")]);
    let file = root.path().join("mission.txt");
    let (names, _) = found(root.path(), &[file.clone(), file]);
    assert_eq!(names, ["mission.txt"]);
}

#[test]
fn a_missing_path_is_reported_and_the_rest_goes_on() {
    let root = folder(&[("a.tau", "")]);
    let paths = [root.path().join("none"), root.path().join("a.tau")];
    let (names, refused) = found(root.path(), &paths);
    assert_eq!(names, ["a.tau"]);
    assert_eq!(refused, ["none"]);
}

#[test]
fn links_in_circles_and_to_nowhere_are_no_obstacle() {
    let root = folder(&[("a/x.tau", "")]);
    symlink(root.path(), root.path().join("a/again")).unwrap();
    symlink("nowhere", root.path().join("gone.tau")).unwrap();
    symlink("self.tau", root.path().join("self.tau")).unwrap();
    symlink("a/x.tau", root.path().join("link.tau")).unwrap();
    let (names, refused) = found(root.path(), &[root.path().to_owned()]);
    assert_eq!(names, ["link.tau", "a/x.tau"]);
    assert!(refused.is_empty());
}

#[test]
fn a_deep_folder_does_not_end_the_stack() {
    let root = TempDir::new().unwrap();
    let mut deep = root.path().to_owned();
    for _ in 0..800 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("x.tau"), "").unwrap();
    assert_eq!(found(root.path(), &[root.path().to_owned()]).0.len(), 1);
}

#[test]
fn standard_input_is_asked_for_by_a_dash_or_by_its_name() {
    let here = [PathBuf::from(".")];
    assert_eq!(
        discover(&here, Some("x.yaml")).0,
        [Input::Stdin("x.yaml".into())]
    );
    let dash = [PathBuf::from("-")];
    assert_eq!(discover(&dash, None).0, [Input::Stdin("<stdin>".into())]);
}
