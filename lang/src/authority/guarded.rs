//! Files that no wide pattern lets a mission write: what is in them decides what others run or
//! believe, so a grant has to say that it means them.
//!
//! `write "**"` grants everything but these. `write "Cargo.lock"`, `write "**/conftest.py"` and
//! `write ".github/workflows/*.yml"` grant such files, since they match nothing else.

use super::pattern::covers_word;
use crate::glob::Glob;

/// One kind of such files.
#[derive(Debug, PartialEq, Eq)]
pub struct Guarded {
    /// What one of them is: `a lock file`.
    pub what: &'static str,
    /// What a change of one can do.
    pub why: &'static str,
    /// Names of folders, at any depth; all in them is meant.
    pub folders: &'static [&'static str],
    /// Names of files, at any depth; `*` stands for any letters.
    pub files: &'static [&'static str],
}

/// All kinds. The book has the same table.
pub const GUARDED: &[Guarded] = &[
    Guarded {
        what: "a CI file",
        why: "it runs on other machines, with their secrets, and decides what is released",
        folders: &[
            ".github",
            ".gitlab",
            ".circleci",
            ".buildkite",
            ".forgejo",
            ".gitea",
            ".woodpecker",
            ".semaphore",
            ".teamcity",
            ".builds",
            ".ci",
        ],
        files: &[
            ".gitlab-ci.y*ml",
            ".travis.yml",
            ".cirrus.y*ml",
            ".cirrus.star",
            ".drone.y*ml",
            ".woodpecker.y*ml",
            ".appveyor.yml",
            "appveyor.yml",
            ".build.yml",
            "azure-pipelines*.y*ml",
            "bitbucket-pipelines.yml",
            "cloudbuild.y*ml",
            "buildspec.y*ml",
            "Jenkinsfile*",
        ],
    },
    Guarded {
        what: "a rule of reviews",
        why: "it decides who must look at a change, and which updates come by themselves",
        folders: &[],
        files: &["CODEOWNERS", "renovate.json*", ".renovaterc*"],
    },
    Guarded {
        what: "a file of git's own",
        why: "it names repositories and programs that git uses, and what reviewers are not shown",
        folders: &[".githooks", ".husky"],
        files: &[
            ".gitmodules",
            ".gitattributes",
            ".gitconfig",
            ".lfsconfig",
            ".pre-commit-config.y*ml",
            ".pre-commit-hooks.y*ml",
            "lefthook.y*ml",
            ".lefthook.y*ml",
        ],
    },
    Guarded {
        what: "a file of tau",
        why: "it is a mission, its authority or its verifier",
        folders: &[".tau"],
        files: &["*.tau", "tau.lock"],
    },
    Guarded {
        what: "a file of instructions for agents",
        why: "whoever is steered by it next obeys it",
        folders: &[
            ".agents",
            ".claude",
            ".codex",
            ".continue",
            ".cursor",
            ".gemini",
            ".junie",
            ".kiro",
            ".roo",
            ".windsurf",
        ],
        files: &[
            "AGENTS.md",
            "AGENTS.override.md",
            "AGENT.md",
            "CLAUDE.md",
            "CLAUDE.local.md",
            "GEMINI.md",
            ".aider*",
            ".clinerules*",
            ".cursorrules",
            ".goosehints",
            ".windsurfrules",
            ".mcp.json",
        ],
    },
    Guarded {
        what: "a file that editors and shells obey",
        why: "it can start programs as soon as somebody opens the folder",
        folders: &[".vscode", ".idea", ".devcontainer", ".zed"],
        files: &[
            ".envrc",
            ".exrc",
            ".nvim.lua",
            ".nvimrc",
            ".dir-locals.el",
            ".devcontainer.json",
            "*.code-workspace",
        ],
    },
    Guarded {
        what: "a lock file",
        why: "it decides whose code a build fetches",
        folders: &[],
        files: &[
            "Cargo.lock",
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "bun.lock*",
            "deno.lock",
            "poetry.lock",
            "uv.lock",
            "pdm.lock",
            "pixi.lock",
            "pylock*.toml",
            "Pipfile.lock",
            "go.sum",
            "go.work.sum",
            "Gemfile.lock",
            "gems.locked",
            "composer.lock",
            "mix.lock",
            "rebar.lock",
            "flake.lock",
            "packages.lock.json",
            "*.gradle.lockfile",
            "gradle.lockfile",
            "pubspec.lock",
            "Podfile.lock",
            "Package.resolved",
            "conan.lock",
            "MODULE.bazel.lock",
            ".terraform.lock.hcl",
        ],
    },
    Guarded {
        what: "a file that chooses tools",
        why: "it decides which compiler, registry or wrapper runs, instead of the one that is trusted",
        folders: &[".cargo", ".mvn", ".yarn"],
        files: &[
            "rust-toolchain",
            "rust-toolchain.toml",
            "build.rs",
            ".npmrc",
            ".yarnrc*",
            ".pnpmfile.*",
            "bunfig.toml",
            "pip.conf",
            ".python-version",
            ".node-version",
            ".nvmrc",
            ".ruby-version",
            ".tool-versions",
            "mise.toml",
            ".mise.toml",
            "mise.local.toml",
            "go.work",
            "gradle-wrapper.*",
            ".bazelrc",
            ".bazelversion",
        ],
    },
    Guarded {
        what: "a file that programs load by themselves",
        why: "what is in it runs in every test, and in the tool that reports their results",
        folders: &[],
        files: &["*.pth", "sitecustomize.py", "usercustomize.py"],
    },
    Guarded {
        what: "a configuration of tests",
        why: "it decides which tests run and what counts as passed",
        folders: &[".config"],
        files: &[
            "conftest.py",
            "pytest.ini",
            ".pytest.ini",
            "pytest.toml",
            ".pytest.toml",
            "tox.ini",
            "tox.toml",
            "setup.cfg",
            "noxfile.py",
            ".coveragerc",
            "jest.config.*",
            "jest.setup.*",
            "vitest.config.*",
            "vitest.setup.*",
            "vitest.workspace.*",
            "vite.config.*",
            "babel.config.*",
            ".babelrc*",
            "karma.conf.*",
            "ava.config.*",
            "cypress.config.*",
            "playwright.config.*",
            ".mocharc*",
            ".taprc",
            ".nycrc*",
            ".swcrc",
            ".rspec",
            "phpunit.xml*",
            "CTestConfig.cmake",
        ],
    },
    Guarded {
        what: "a file that says how to build",
        why: "its scripts, targets and plugins are what a test command starts, and its dependencies are what that fetches",
        folders: &[],
        files: &[
            "Cargo.toml",
            "package.json",
            "pyproject.toml",
            "setup.py",
            "go.mod",
            "Makefile",
            "makefile",
            "GNUmakefile",
            "justfile",
            "Justfile",
            ".justfile",
            "Taskfile.y*ml",
            "Rakefile",
            "Gemfile",
            "CMakeLists.txt",
            "meson.build",
            "build.gradle*",
            "settings.gradle*",
            "pom.xml",
            "composer.json",
            "deno.json*",
            "mix.exs",
            "BUILD",
            "BUILD.bazel",
            "MODULE.bazel",
            "WORKSPACE",
            "WORKSPACE.bazel",
        ],
    },
];

/// The kind that `text`, a path or a pattern, is about wholly; none if it may mean another file,
/// too. Braces in it are several patterns.
#[must_use]
pub fn guarded(text: &str) -> Option<&'static Guarded> {
    let kind = of_one(text);
    if kind.is_some() || !text.contains('{') {
        return kind;
    }
    let glob = Glob::new(text).ok()?;
    let mut all = glob.alternatives().map(|it| of_one(it.as_str()));
    let first = all.next()??;
    all.all(|kind| kind.is_some()).then_some(first)
}

impl Guarded {
    /// Why a wide pattern does not grant such a file, as a clause behind "which".
    #[must_use]
    pub fn says(&self) -> String {
        format!("as {} only its own name grants", self.what)
    }

    fn holds(&self, parts: &[&str]) -> bool {
        let is_folder = |part: &&str| self.folders.contains(part);
        let is_file = |part: &str| self.files.iter().any(|name| covers_word(name, part));
        // A link that stands where a folder would is one, too.
        parts.iter().any(is_folder) || parts.last().is_some_and(|last| is_file(last))
    }
}

/// The same without braces. What stands for other letters in `text` is a letter here, which only
/// what stands for any letters covers.
fn of_one(text: &str) -> Option<&'static Guarded> {
    let parts: Vec<&str> = text.split('/').collect();
    GUARDED.iter().find(|kind| kind.holds(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guarded() {
        for (text, what) in [
            ("Cargo.lock", "a lock file"),
            ("a/b/Cargo.lock", "a lock file"),
            ("**/Cargo.lock", "a lock file"),
            (".github/workflows/ci.yml", "a CI file"),
            (".github", "a CI file"),
            ("x/.github/**", "a CI file"),
            ("site/a.pth", "a file that programs load by themselves"),
            ("**/*.pth", "a file that programs load by themselves"),
            ("{Cargo.lock,yarn.lock}", "a lock file"),
            ("{a,b}/conftest.py", "a configuration of tests"),
            ("**/jest.config.*", "a configuration of tests"),
        ] {
            assert_eq!(guarded(text).map(|it| it.what), Some(what), "{text}");
        }
        for text in [
            "**",
            "*",
            "src/**",
            "**/*.lock",
            "cargo.lock",
            "Cargo.lock/x",
            "conftest.p?",
            "github/a",
            ".githubs/a",
            "{Cargo.lock,src/**}",
            "a.pth.txt",
            "{",
        ] {
            assert_eq!(guarded(text), None, "{text}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let names = |of: fn(&Guarded) -> &'static [&'static str]| {
            let mut all: Vec<&str> = GUARDED.iter().flat_map(of).copied().collect();
            let length = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), length);
        };
        names(|it| it.files);
        names(|it| it.folders);
    }
}
