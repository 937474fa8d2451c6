//! Runs that are held while one of their commands runs, without anybody sleeping.

use std::fs::{self, File};
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tau_tests::Done;

use crate::reference::Reference;

/// How long a machine under load may take for what takes a moment.
const PATIENCE: Duration = Duration::from_secs(60);

/// A tau that waits for a command, which waits for nobody.
pub(crate) struct Held {
    pub(crate) tau: Child,
    /// The process id of the command.
    pub(crate) command: u32,
}

impl Held {
    /// Starts the reference mission and waits until its command `gate` is running.
    pub(crate) fn at(reference: &Reference, gate: &str) -> Held {
        Held::start(reference, gate, reference.apply(&["--json"]))
    }

    /// Starts `tau` and waits until its command `gate` is running.
    pub(crate) fn start(reference: &Reference, gate: &str, mut tau: Command) -> Held {
        close_gate(reference, "never");
        close_gate(reference, gate);
        let tau = tau
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let command = stands_at(reference, gate);
        Held { tau, command }
    }

    /// Sends tau a signal, and waits until its command `gate` is running.
    pub(crate) fn then(self, reference: &Reference, signal: &str, gate: &str) -> Held {
        close_gate(reference, gate);
        send(signal, self.tau.id());
        let command = stands_at(reference, gate);
        Held { command, ..self }
    }

    /// Kills tau, which cannot do anything about it. Its command goes on.
    pub(crate) fn kill(mut self, reference: &Reference) -> u32 {
        self.tau.kill().unwrap();
        self.tau.wait().unwrap();
        assert!(is_alive(self.command), "the command ended by itself");
        open_gates(reference);
        self.command
    }

    /// Lets the command go on, and waits for tau's end.
    pub(crate) fn let_go(self, reference: &Reference) -> Done {
        fs::write(reference.gates().join("never"), "\n").unwrap();
        let done = patiently(move || self.tau.wait_with_output().unwrap());
        open_gates(reference);
        done.into()
    }

    /// Sends tau a signal and waits for its end.
    pub(crate) fn signal(self, reference: &Reference, signal: &str) -> Done {
        send(signal, self.tau.id());
        let done = patiently(move || self.tau.wait_with_output().unwrap());
        open_gates(reference);
        done.into()
    }
}

/// Makes a FIFO at which a command waits.
pub(crate) fn close_gate(reference: &Reference, name: &str) {
    let path = reference.gates().join(name);
    let made = reference.sandbox.program("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

/// Waits until a command stands at a gate; its process id.
pub(crate) fn stands_at(reference: &Reference, gate: &str) -> u32 {
    let gate = reference.gates().join(gate);
    let told = patiently(move || {
        let mut told = String::new();
        File::open(gate).unwrap().read_to_string(&mut told).unwrap();
        told
    });
    let command = told.trim().parse().unwrap();
    assert!(is_alive(command));
    command
}

/// Takes the FIFOs away: no command waits any more.
pub(crate) fn open_gates(reference: &Reference) {
    for gate in fs::read_dir(reference.gates()).unwrap() {
        fs::remove_file(gate.unwrap().path()).unwrap();
    }
}

/// Does what blocks, but not for ever.
pub(crate) fn patiently<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(work()));
    receiver
        .recv_timeout(PATIENCE)
        .expect("it did not happen in a minute")
}

/// Sends one process a signal.
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
