//! What is around the attacks, and how they end in it.
//!
//! A script knows these places, in shell as variables and in Python as names: `O`, the folder around
//! all; `H`, the home folder; `R`, the user's checkout; `S`, tau's state; `V`, a folder below `H` that
//! belongs to this case alone, with `notes.txt`, `link`, `sub/` and `tool`; `T`, a temporary folder of
//! its own; `ID`, its number; `MARK`, how long its `sleep` sleeps. `WATCHER` is the process that started
//! the command, `VICTIM` another process outside, and what that offers has the names that
//! `drivers/victim.py` gives it. Descriptors 7, 8 and 9 are open in whoever starts tau.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tau_tests::{Sandbox, is_installed, tau_program};

use super::attack::{Attack, Script, Shows};
use super::attacks;
use super::evidence::{look, processes};

/// Where attacks are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum World {
    /// Without tau.
    Plain,
    /// In a run, in a box of this tier or none.
    Run(&'static str),
}

/// How an attack ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Works,
    /// With what it said last.
    Fails(String),
    /// It needs something that is not there.
    Lacks(String),
}

/// How all attacks ended, by their numbers; why there is no such world, if so.
pub(crate) type Verdicts = Result<BTreeMap<String, Ended>, String>;

/// The last step changes the repository.
const MISSION: &str = "mission boxed {
  authority {
    read \"**\"
    run  \"sh run.sh\", \"python3 run.py\"
  }

  step python = process.run(\"python3 run.py\")
  step shell  = process.run(\"sh run.sh\")
}
";

/// Variables of the user, which are none of a command's business.
const PRIVATE: &[(&str, &str)] = &[
    ("AWS_SECRET_ACCESS_KEY", "key-of-the-user"),
    ("BASH_ENV", "/nowhere/bash"),
    ("CFLAGS", "-g"),
    ("DATABASE_URL", "postgres://user:password@localhost/x"),
    ("GITHUB_TOKEN", "token-of-the-user"),
    ("GIT_SSH_COMMAND", "/nowhere/ssh"),
    ("HTTPS_PROXY", "http://user:password@localhost:1"),
    ("LD_LIBRARY_PATH", "/nowhere/libraries"),
    ("NODE_OPTIONS", "--no-warnings"),
    ("PYTHONPATH", "/nowhere/python"),
    ("RUSTFLAGS", "-g"),
    ("SEVERAL", "first\nline of the user\nlast"),
    ("SSH_AUTH_SOCK", "/nowhere/agent"),
];

/// Tries all attacks in a world.
pub(crate) fn verdicts(world: World) -> Verdicts {
    Around::new(world).verdicts()
}

struct Around {
    world: World,
    sandbox: Sandbox,
    marks: String,
    victim: Option<Child>,
}

impl Around {
    fn new(world: World) -> Around {
        let number = match world {
            World::Plain => 1,
            World::Run("none") => 2,
            World::Run("landlock") => 3,
            World::Run("bwrap") => 5,
            World::Run(_) => 4,
        };
        let mut around = Around {
            world,
            sandbox: Sandbox::repository(&[]),
            marks: format!("{}{number}", std::process::id()),
            victim: None,
        };
        around.fill_home();
        around.fill_checkout();
        around
    }

    fn outside(&self) -> &Path {
        self.sandbox.outside()
    }

    fn fill_home(&self) {
        let home = self.outside().join("home");
        let write = |path: &str, text: &str| {
            let path = home.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(".ssh/id_ed25519", "a key\n");
        write(".git-credentials", "https://user:password@example.org\n");
        write("notes.txt", "private\n");
        write("open", "");
        fs::copy("/bin/true", home.join("true")).unwrap();
        fs::create_dir(self.outside().join("tools")).unwrap();
        fs::create_dir(self.outside().join("tmp")).unwrap();
        for (id, _, attack) in attacks::all() {
            let (Script::Shell(text) | Script::Python(text)) = attack.script;
            if !text.contains('V') {
                continue;
            }
            write(&format!("v/{id}/notes.txt"), "private\n");
            write(&format!("v/{id}/sub/inner.txt"), "private\n");
            write(&format!("v/{id}/tool"), "#!/bin/sh\nexit 0\n");
            let own = home.join("v").join(id);
            fs::set_permissions(own.join("tool"), fs::Permissions::from_mode(0o755)).unwrap();
            symlink("notes.txt", own.join("link")).unwrap();
        }
    }

    fn fill_checkout(&mut self) {
        let sandbox = &self.sandbox;
        let (home, git) = (self.outside().join("home"), sandbox.path().join(".git"));
        let planted = sandbox.path().join("planted");
        fs::create_dir(&planted).unwrap();
        for (name, target) in [
            ("file", home.join("notes.txt")),
            ("home", home.clone()),
            ("socket", home.join("stream.sock")),
            ("git", git),
        ] {
            symlink(target, planted.join(name)).unwrap();
        }
        sandbox.write("run.sh", include_str!("drivers/run.sh"));
        sandbox.write("run.py", include_str!("drivers/run.py"));
        for (id, _, attack) in attacks::all() {
            let needs = attack.needs.join(" ");
            match attack.script {
                Script::Shell(text) => {
                    sandbox.write(
                        &format!("cases/{id}.sh"),
                        format!("# needs {needs}\n{text}\n"),
                    );
                }
                Script::Python(text) => {
                    sandbox.write(
                        &format!("cases/{id}.py"),
                        format!("# needs {needs}\n{text}\n"),
                    );
                }
            }
        }
        let has_python = is_installed("python3");
        let is_shell = |line: &&str| has_python || !line.contains("step python");
        let mission: Vec<&str> = MISSION.lines().filter(is_shell).collect();
        sandbox.write("boxed.tau", mission.join("\n"));
        let outside = self.outside().display().to_string();
        let mut known = format!(
            "export O={outside}\nexport H={outside}/home\nexport R={outside}/repo\n\
             export S={outside}/state\nexport MARKS={}\n",
            self.marks
        );
        if has_python {
            let (victim, offers) = self.start_victim();
            self.victim = Some(victim);
            known += &offers;
        }
        self.sandbox.write("cases/env.sh", known);
        self.sandbox.git(&[
            "config",
            "remote.origin.url",
            "https://user:password@example.org/x",
        ]);
        self.sandbox.commit("the cases");
        self.add_a_future();
    }

    /// A branch that is ahead of the base: the answer to the task.
    fn add_a_future(&self) {
        let git = |arguments: &[&str]| self.sandbox.git(arguments);
        git(&["checkout", "--quiet", "-b", "future"]);
        self.sandbox.write("answer.txt", "solution\n");
        self.sandbox.commit("the answer");
        git(&["checkout", "--quiet", "main"]);
    }

    fn start_victim(&self) -> (Child, String) {
        let mut command = self.sandbox.program("python3");
        command.arg("-c").arg(include_str!("drivers/victim.py"));
        command.arg(self.outside()).arg(&self.marks);
        let mut victim = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = String::new();
        for line in BufReader::new(victim.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if line == "export END=1" {
                break;
            }
            lines += &format!("{line}\n");
        }
        (victim, lines)
    }

    /// What is done here, with descriptors that whoever does it has open, on a terminal if there is
    /// a way to have one.
    fn run(&self, line: &str) {
        let outside = self.outside().display();
        let launch = format!(
            "exec 7< {outside}/home/notes.txt 8>> {outside}/home/open 9< {outside}/home\n{line}\n"
        );
        let script = self.outside().join("launch.sh");
        fs::write(&script, launch).unwrap();
        let mut command = if is_installed("script") {
            let mut command = self.sandbox.program("script");
            let line = format!("sh {}", script.display());
            command.args(["-qefc", &line, "/dev/null"]);
            command
        } else {
            let mut command = self.sandbox.program("sh");
            command.arg(&script);
            command
        };
        command
            .env("TAU_HOME", self.sandbox.state())
            .envs(PRIVATE.iter().copied());
        // The system's own programs first: a toolchain's may be of another user's home folder.
        let path = std::env::var("PATH").unwrap_or_default();
        let tools = self.outside().join("tools");
        command.env("PATH", format!("/usr/bin:/bin:{path}:{}", tools.display()));
        command.output().unwrap();
    }

    /// What the drivers said; why nothing, if there is no such world.
    fn said(&self) -> Result<String, String> {
        let outside = self.outside().display();
        match self.world {
            World::Plain => {
                self.run(&format!(
                    "cp -r {outside}/repo {outside}/plain && cd {outside}/plain\n\
                     export TMPDIR={outside}/tmp\n\
                     python3 run.py > {outside}/said.py < /dev/null\n\
                     sh run.sh > {outside}/said.sh < /dev/null"
                ));
                let said = |name| fs::read_to_string(self.outside().join(name)).unwrap_or_default();
                Ok(said("said.py") + &said("said.sh"))
            }
            World::Run(tier) => {
                let tau = tau_program();
                self.run(&format!(
                    "exec {} apply boxed.tau --yes --json --box {tier} > {outside}/out 2> {outside}/err",
                    tau.display()
                ));
                let read = |name| fs::read_to_string(self.outside().join(name)).unwrap();
                let report: Value = serde_json::from_str(&read("out"))
                    .unwrap_or_else(|error| panic!("{error}: {}{}", read("out"), read("err")));
                if report["steps"].as_array().is_none_or(Vec::is_empty) {
                    return Err(report["reason"].to_string());
                }
                assert_eq!(report["tier"], tier, "{report:#}");
                let steps = report["steps"].as_array().unwrap().iter();
                let said = steps.map(|step| {
                    let output = step["result"]["output"].as_str();
                    let output = output.or(step["failure"]["detail"]["output"].as_str());
                    output.unwrap_or_else(|| panic!("{step:#}")).to_owned()
                });
                Ok(said.collect())
            }
        }
    }

    fn verdicts(mut self) -> Verdicts {
        let before = self.evidence();
        let said = self.said()?;
        let after = self.evidence();
        let left = self.survivors();
        if let Some(mut victim) = self.victim.take() {
            // It cleans up behind itself at the end of its input.
            drop(victim.stdin.take());
            victim.wait().unwrap();
        }
        self.end_all();
        let said: BTreeMap<&str, (&str, &str)> = said
            .lines()
            .filter_map(|line| {
                let (id, how) = line.trim().strip_prefix("@ ")?.split_once(' ')?;
                let (word, rest) = how.split_once(' ').unwrap_or((how, ""));
                Some((id, (word, rest)))
            })
            .collect();
        let heard = fs::read_to_string(self.outside().join("heard")).unwrap_or_default();
        let heard: BTreeSet<&str> = heard.lines().collect();
        let mut verdicts = BTreeMap::new();
        for (id, _, attack) in attacks::all() {
            let without = matches!(attack.script, Script::Python(_)) && !is_installed("python3");
            let Some((word, rest)) = said.get(id.as_str()) else {
                assert!(
                    without,
                    "nothing is said of {id}, {}: {said:?}",
                    attack.name
                );
                verdicts.insert(id, Ended::Lacks("python3".to_owned()));
                continue;
            };
            let works = match attack.shows {
                Shows::Success => *word == "works",
                Shows::Change | Shows::ChangeOf(_) => before[&id] != after[&id],
                Shows::Heard => heard.contains(id.as_str()),
                Shows::Survives => left.contains(&id),
            };
            let ended = match *word {
                _ if works => Ended::Works,
                "lacks" => Ended::Lacks((*rest).to_owned()),
                "works" => Ended::Fails("it takes itself for successful".to_owned()),
                "hangs" => panic!("{id}, {}, hangs", attack.name),
                _ => Ended::Fails((*rest).to_owned()),
            };
            verdicts.insert(id, ended);
        }
        Ok(verdicts)
    }

    /// What is there of what an attack may change, for those that are shown by that.
    fn evidence(&self) -> BTreeMap<String, BTreeMap<PathBuf, String>> {
        let of = |id: &str, attack: &Attack| match attack.shows {
            Shows::Change => Some(self.outside().join("home/v").join(id)),
            // An absolute one stays itself.
            Shows::ChangeOf(path) => {
                Some(self.outside().join(path.replace("{marks}", &self.marks)))
            }
            _ => None,
        };
        let shown = attacks::all().filter_map(|(id, _, attack)| {
            let path = of(&id, attack)?;
            let mut found = BTreeMap::new();
            look(&path, &mut found);
            Some((id, found))
        });
        shown.collect()
    }

    /// The numbers of the cases whose processes are still there.
    fn survivors(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (_, line, _) in processes() {
            let mark = line
                .split('\0')
                .find_map(|word| word.strip_prefix(&self.marks));
            found.extend(mark.map(|id| id.trim().to_owned()));
        }
        found
    }

    /// Ends all that attacks have left behind, also what starts others again.
    fn end_all(&self) {
        let outside = self.outside().display().to_string();
        let is_left = |(_, line, environment): &(String, String, String)| {
            line.split('\0').any(|word| word.starts_with(&self.marks))
                || environment.contains(&outside)
        };
        for _ in 0..100 {
            let left: Vec<_> = processes().filter(is_left).map(|(pid, _, _)| pid).collect();
            if left.is_empty() {
                return;
            }
            // It fails for one that has just ended.
            let _ = Command::new("kill")
                .arg("-9")
                .args(left)
                .stderr(Stdio::null())
                .status();
        }
        panic!("what was left behind cannot be ended");
    }
}
