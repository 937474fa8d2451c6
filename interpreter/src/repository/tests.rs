//! Tried against the real git.

mod checkout;
mod harvest;
mod laws;
mod publish;
mod sources;
mod trees;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use super::{Draft, Edit, Oid, Repository, Store};
use crate::action::FileMode;

/// A folder with a user's repository in it, and a store for one run.
struct Scene {
    temp: tempfile::TempDir,
}

impl Scene {
    /// With a repository that has no commits.
    fn empty() -> Self {
        let scene = Scene {
            temp: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(scene.root()).unwrap();
        scene.git(&["init", "-q", "-b", "main"]);
        scene
    }

    /// With one commit of a few files.
    fn new() -> Self {
        let scene = Scene::empty();
        scene.put("a.txt", "one\ntwo\nthree\n");
        scene.put("src/lib.rs", "fn main() {}\n");
        scene.put("src/deep/er/x", "x\n");
        scene.put("run.sh", "#!/bin/sh\n");
        fs::set_permissions(
            scene.root().join("run.sh"),
            PermissionsExt::from_mode(0o755),
        )
        .unwrap();
        scene.git(&["add", "."]);
        scene.git(&["commit", "-q", "-m", "first"]);
        scene
    }

    fn root(&self) -> PathBuf {
        self.temp.path().join("repo")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn put(&self, path: &str, content: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Runs git in the user's repository.
    fn git(&self, args: &[&str]) -> String {
        git(&self.root(), args, b"")
    }

    fn repository(&self) -> Repository {
        Repository::discover(&self.root()).unwrap()
    }

    fn store(&self) -> Store {
        Store::create(&self.path("run/git"), &self.repository()).unwrap()
    }

    /// Runs git in the store.
    fn own(&self, args: &[&str]) -> String {
        git(&self.path("run/git"), args, b"")
    }

    fn tree(&self) -> Oid {
        self.repository().base(None).unwrap().tree
    }

    /// Makes a tree of lines as `git ls-tree -z` prints them, in the user's repository.
    fn mktree(&self, lines: &[(&str, &str, &[u8])]) -> Oid {
        let mut input = Vec::new();
        for (mode, id, name) in lines {
            let kind = match *mode {
                "040000" => "tree",
                "160000" => "commit",
                _ => "blob",
            };
            write!(input, "{mode} {kind} {id}\t").unwrap();
            input.extend_from_slice(name);
            input.push(0);
        }
        git(&self.root(), &["mktree", "-z", "--missing"], &input)
            .trim()
            .parse()
            .unwrap()
    }

    fn hash(&self, content: &str) -> String {
        let id = git(
            &self.root(),
            &["hash-object", "-w", "--stdin"],
            content.as_bytes(),
        );
        id.trim().to_owned()
    }
}

/// Runs git without the configuration of whoever runs the tests; it must succeed.
fn git(dir: &Path, args: &[&str], input: &[u8]) -> String {
    let (ok, out, err) = try_git(dir, args, input);
    assert!(ok, "git {args:?}: {err}");
    String::from_utf8_lossy(&out).into_owned()
}

fn try_git(dir: &Path, args: &[&str], input: &[u8]) -> (bool, Vec<u8>, String) {
    let mut child = Command::new("git")
        .current_dir(dir)
        .args(["-c", "user.name=User", "-c", "user.email=user@localhost"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let out = child.wait_with_output().unwrap();
    (
        out.status.success(),
        out.stdout,
        String::from_utf8_lossy(&out.stderr).into_owned(),
    )
}

fn write(path: &str, blob: Oid) -> Edit {
    Edit {
        path: path.to_owned(),
        to: Some((FileMode::Regular, blob)),
    }
}

fn remove(path: &str) -> Edit {
    Edit {
        path: path.to_owned(),
        to: None,
    }
}

/// Everything below a folder: names, content, and when it was last written.
fn snapshot(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    let mut todo = vec![dir.to_owned()];
    while let Some(path) = todo.pop() {
        let meta = fs::symlink_metadata(&path).unwrap();
        let content = if meta.is_dir() {
            todo.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            Vec::new()
        } else if meta.is_symlink() {
            fs::read_link(&path)
                .unwrap()
                .as_os_str()
                .as_bytes()
                .to_vec()
        } else {
            fs::read(&path).unwrap()
        };
        found.insert(path, (content, meta.modified().unwrap()));
    }
    found
}
