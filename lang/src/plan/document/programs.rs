//! Which programs a plan starts, and which of them can start anything else.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::expr::Context;
use crate::plan::needs::{Needed, Status, program};
use crate::plan::{Block, NodeKind, Plan};
use crate::syntax::tree::Effect;

/// A command that some steps start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Program {
    /// The whole command, or the expression that gives it.
    pub command: String,
    /// Its program, if the command is known.
    pub program: Option<String>,
    /// Why it can start anything that the box allows, as a clause; absent when no reason is
    /// known. A list of commands is an intention, never a wall.
    pub anything: Option<&'static str>,
    /// The steps that start it.
    pub steps: Vec<String>,
}

/// Programs that do what they are told by their arguments or by files, without versions.
const ANYTHING: &[(&str, &[&str])] = &[
    (
        "it is a shell",
        &[
            "ash",
            "bash",
            "busybox",
            "cmd",
            "csh",
            "dash",
            "fish",
            "ksh",
            "nu",
            "powershell",
            "pwsh",
            "sh",
            "tcsh",
            "zsh",
        ],
    ),
    (
        "it is an interpreter",
        &[
            "awk",
            "bun",
            "deno",
            "dotnet",
            "elixir",
            "emacs",
            "erl",
            "gawk",
            "go",
            "java",
            "julia",
            "lua",
            "luajit",
            "mawk",
            "node",
            "nodejs",
            "osascript",
            "perl",
            "php",
            "pypy",
            "python",
            "Rscript",
            "ruby",
            "runghc",
            "scala",
            "swift",
            "tclsh",
            "vi",
            "vim",
        ],
    ),
    (
        "it builds and runs code of the repository",
        &[
            "ant", "bazel", "buck", "cabal", "cargo", "cmake", "ctest", "gmake", "gradle",
            "gradlew", "jest", "just", "make", "meson", "mix", "mocha", "mvn", "mvnw", "ninja",
            "nox", "pytest", "rake", "rspec", "sbt", "stack", "task", "tox", "tsx", "vitest",
            "zig",
        ],
    ),
    (
        "it is a package manager, and packages bring scripts",
        &[
            "apt",
            "apt-get",
            "brew",
            "bundle",
            "composer",
            "conda",
            "dnf",
            "gem",
            "hatch",
            "nix",
            "nix-shell",
            "npm",
            "npx",
            "pdm",
            "pip",
            "pipx",
            "pnpm",
            "poetry",
            "rye",
            "uv",
            "uvx",
            "yarn",
        ],
    ),
    (
        "it runs hooks, filters and helpers that are configured",
        &["gh", "git", "hg", "svn"],
    ),
    (
        "it starts what its arguments name",
        &[
            "chroot",
            "doas",
            "docker",
            "env",
            "expect",
            "find",
            "flock",
            "kubectl",
            "nice",
            "nohup",
            "parallel",
            "podman",
            "rsync",
            "script",
            "setsid",
            "ssh",
            "stdbuf",
            "strace",
            "sudo",
            "systemd-run",
            "tar",
            "time",
            "timeout",
            "unshare",
            "watch",
            "xargs",
        ],
    ),
];

/// The commands among all that is needed, in the order of the text.
pub(super) fn programs(plan: &Plan, all: &[Needed], known: &Context) -> Vec<Program> {
    let mut open = BTreeSet::new();
    inputs(plan, &mut open, &mut 0);
    open.retain(|name| !known.contains_key(*name));
    let mut found: Vec<Program> = Vec::new();
    for need in all.iter().filter(|need| need.effect == Effect::Run) {
        if let Some(it) = found.iter_mut().find(|it| it.command == need.scope) {
            it.steps.push(need.step.clone());
            continue;
        }
        // Until an input has its value, its name stands for it.
        let unknown = need.status == Status::Later || open.contains(need.scope.as_str());
        let program = match unknown {
            true => None,
            false => program(&need.scope),
        };
        found.push(Program {
            command: need.scope.clone(),
            anything: program.as_deref().and_then(anything),
            program,
            steps: vec![need.step.clone()],
        });
    }
    found
}

/// Why a program can start anything, as a clause.
fn anything(program: &str) -> Option<&'static str> {
    let name = program.rsplit('/').next().unwrap_or(program);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    let listed = ANYTHING
        .iter()
        .find(|(_, names)| names.contains(&name) || names.contains(&plain));
    match listed {
        Some((why, _)) => Some(why),
        None if program.contains('/') && !program.starts_with('/') => {
            Some("it is a file of the repository")
        }
        None => None,
    }
}

/// The names of all inputs, those of called missions too. Stops where a plan has more calls
/// than anyone would write.
fn inputs<'a>(plan: &'a Plan, names: &mut BTreeSet<&'a str>, calls: &mut usize) {
    names.extend(plan.inputs.iter().map(|it| it.name.as_str()));
    plan.blocks().for_each(|block| inside(block, names, calls));
}

fn inside<'a>(block: &'a Block, names: &mut BTreeSet<&'a str>, calls: &mut usize) {
    for node in &block.nodes {
        match &node.kind {
            NodeKind::Call(call) if *calls < 10_000 => {
                *calls += 1;
                inputs(&call.plan, names, calls);
            }
            NodeKind::If {
                then, otherwise, ..
            } => {
                inside(then, names, calls);
                inside(otherwise, names, calls);
            }
            NodeKind::For(it) => inside(&it.body, names, calls),
            NodeKind::Repeat { body, .. } => inside(body, names, calls),
            NodeKind::Let(_) | NodeKind::Step(_) | NodeKind::Call(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::anything;

    #[test]
    fn programs_that_can_start_anything() {
        for program in [
            "sh",
            "/bin/bash",
            "python3.12",
            "pip3",
            "node",
            "cargo",
            "git",
            "npx",
            "./check.sh",
            "bin/x",
            "env",
            "python.exe",
        ] {
            assert!(anything(program).is_some(), "{program}");
        }
        for program in ["true", "grep", "/usr/bin/diff", "ls", "shasum"] {
            assert_eq!(anything(program), None, "{program}");
        }
    }
}
