//! A run that stands still while one of its commands runs, so that a test can do harm meanwhile.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use tau_tests::{Done, Sandbox};

use crate::mission::patiently;

const MISSION: &str = r#"mission held {
  authority {
    read  "**"
    write "**"
    run   "sh *"
    git   commit on "tau/*"
  }

  verifier tests {
    run     "sh check.sh"
    protect "tests/**"
  }

  step red    = verify.red(tests)
  step one    = fs.write("one.txt", "1\n")
  step wait   = process.run("sh wait.sh first", writes: ["first.txt"]) after one
  step two    = fs.write("two.txt", "2\n") after wait
  step again  = process.run("sh wait.sh second", writes: ["second.txt"]) after two
  step green  = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "held")

  output commit = commit.sha
}
"#;

/// Where there is a FIFO of its name, it says its number there and waits.
const WAIT: &str = r#"gate=$HOME/gates/$1
echo "begun $1"
if [ -p "$gate" ]; then
  echo $$ > "$gate"
  cat "$gate-go"
fi
echo "$1" > "$1.txt"
echo "ended $1"
"#;

/// A repository with the mission.
pub(crate) struct Held {
    pub(crate) sandbox: Sandbox,
}

impl Held {
    pub(crate) fn new() -> Held {
        let sandbox = Sandbox::repository(&[
            ("check.sh", "test -e second.txt\n"),
            ("wait.sh", WAIT),
            ("tests/none.txt", "none\n"),
        ]);
        let held = Held { sandbox };
        fs::create_dir_all(held.gates()).unwrap();
        fs::write(held.mission(), MISSION).unwrap();
        held.close("first");
        held
    }

    fn gates(&self) -> PathBuf {
        self.sandbox.outside().join("home/gates")
    }

    fn mission(&self) -> PathBuf {
        self.sandbox.outside().join("held.tau")
    }

    /// Makes the command of this name wait.
    pub(crate) fn close(&self, name: &str) {
        for gate in [name.to_owned(), format!("{name}-go")] {
            let made = self
                .sandbox
                .program("mkfifo")
                .arg(self.gates().join(gate))
                .status();
            assert!(made.unwrap().success());
        }
    }

    /// Lets the command of this name, which waits, go on, and all later ones of it.
    pub(crate) fn let_go(&self, name: &str) {
        fs::remove_file(self.gates().join(name)).unwrap();
        // Opened as soon as the command reads it, and closed again.
        fs::write(self.gates().join(format!("{name}-go")), "").unwrap();
    }

    /// No command waits any more that begins from now on.
    pub(crate) fn open(&self) {
        for gate in fs::read_dir(self.gates()).unwrap() {
            fs::remove_file(gate.unwrap().path()).unwrap();
        }
    }

    /// Waits until the command of this name is there; its number.
    pub(crate) fn stands_at(&self, name: &str) -> u32 {
        let gate = self.gates().join(name);
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut told = String::new();
            File::open(gate).unwrap().read_to_string(&mut told).unwrap();
            sender.send(told)
        });
        let told = receiver.recv_timeout(Duration::from_secs(60));
        told.expect("no command has come").trim().parse().unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(arguments);
        command.env("SOURCE_DATE_EPOCH", "1700000000");
        command
    }

    pub(crate) fn apply(&self, how: &str) -> Command {
        let file = self.mission().to_string_lossy().into_owned();
        self.command(&["apply", &file, "--yes", "--box", "none", how])
    }

    /// Starts the run, and waits until it stands at its first command.
    pub(crate) fn start(&self) -> (Child, u32) {
        let mut command = self.apply("--json");
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        (child.unwrap(), self.stands_at("first"))
    }

    pub(crate) fn tau(&self, arguments: &[&str]) -> Done {
        patiently(self.command(arguments))
    }

    /// The folder of the only run.
    pub(crate) fn run(&self) -> PathBuf {
        let mut runs = fs::read_dir(self.sandbox.state().join("runs")).unwrap();
        let run = runs.next().unwrap().unwrap().path();
        assert!(runs.next().is_none(), "there are several runs");
        run
    }

    /// Goes on with the run to a good end.
    #[track_caller]
    pub(crate) fn resume(&self) -> Value {
        let report = self.tau(&["resume", "@", "--json"]).ends(0).json();
        assert_eq!(report["outcome"], "succeeded");
        report
    }
}

/// Waits for a process that was started, but not for ever.
pub(crate) fn ended(child: Child) -> Done {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let output = receiver.recv_timeout(Duration::from_secs(90));
    output.expect("it does not end").unwrap().into()
}

/// Sends a process a signal.
pub(crate) fn send(signal: &str, process: u32) {
    let kill = format!("kill -{signal} {process}");
    let sent = Command::new("sh").args(["-c", &kill]).status();
    assert!(sent.unwrap().success());
}

/// Whether a process is there and not only waited for by nobody.
pub(crate) fn is_alive(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = stat
        .rsplit_once(')')
        .and_then(|(_, rest)| rest.trim().chars().next());
    state.is_some_and(|state| state != 'Z' && state != 'X')
}
