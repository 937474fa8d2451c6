use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use super::*;
use crate::secrets::Redactor;

/// A folder to run in.
struct Scene(TempDir);

impl Scene {
    fn new() -> Self {
        Scene(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap()
    }

    async fn run(&self, command: Command, limit: u64) -> Result<Ended, LaunchError> {
        let log = self.path("log");
        let redactor = Redactor::default();
        run(self.launch(&command, &log, &redactor, limit)).await
    }

    fn launch<'a>(
        &'a self,
        command: &'a Command,
        log: &'a Path,
        redactor: &'a Redactor,
        limit: u64,
    ) -> Launch<'a> {
        Launch {
            command,
            cwd: self.0.path(),
            log,
            redactor,
            output_limit: limit,
            limits: crate::sandbox::Limits::default(),
            tail: 1000,
            notes: None,
            base_env: base_environment(),
            granted: Vec::new(),
            sandbox: None,
            gate: None,
        }
    }

    async fn talk(&self, command: Command, speaker: &mut dyn Speaker) -> Ended {
        let log = self.path("log");
        let redactor = Redactor::default();
        let launch = self.launch(&command, &log, &redactor, OUTPUT_LIMIT);
        super::talk(launch, speaker).await.unwrap()
    }

    async fn sh(&self, script: &str) -> Ended {
        self.run(sh(script), OUTPUT_LIMIT).await.unwrap()
    }

    /// Makes a FIFO that processes hold open for writing, and tells when the last of them ends.
    fn held(&self, name: &str) -> Receiver<()> {
        let path = self.fifo(name);
        let (tell, told) = channel();
        thread::spawn(move || {
            fs::File::open(path)
                .unwrap()
                .read_to_end(&mut Vec::new())
                .unwrap();
            tell.send(()).unwrap();
        });
        told
    }

    fn fifo(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        path
    }
}

fn command(argv: &[&str], timeout: Duration) -> Command {
    Command {
        argv: argv.iter().map(|arg| (*arg).to_owned()).collect(),
        env: Vec::new(),
        script: None,
        handed: crate::action::Handed::Nothing,
        granted: None,
        secrets: Vec::new(),
        timeout,
    }
}

fn sh(script: &str) -> Command {
    command(&["sh", "-c", script], Duration::from_secs(60))
}

#[tokio::test]
async fn both_streams_are_in_the_log_in_the_order_of_writing() {
    let scene = Scene::new();
    let ended = scene
        .sh("for n in 1 2 3; do echo out $n; echo err $n >&2; done; exit 7")
        .await;
    assert_eq!(ended.exit, Exit::Code(7));
    assert_eq!(ended.tail, "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
    assert_eq!(scene.log(), ended.tail);
    assert_eq!(ended.bytes, 36);
}

#[tokio::test]
async fn input_is_empty_arguments_are_not_read_by_a_shell_and_the_folder_is_right() {
    let scene = Scene::new();
    assert_eq!(
        scene.sh("cat; pwd -P").await.tail.trim(),
        scene.0.path().canonicalize().unwrap().to_str().unwrap()
    );
    let echo = command(
        &["printf", "%s|", "$HOME", "a b", "*", ";"],
        Duration::from_secs(60),
    );
    assert_eq!(
        scene.run(echo, OUTPUT_LIMIT).await.unwrap().tail,
        "$HOME|a b|*|;|"
    );
}

#[tokio::test]
async fn the_environment_is_only_what_is_given() {
    let scene = Scene::new();
    let mut env = command(&["/usr/bin/env"], Duration::from_secs(60));
    env.env = vec![("MINE".into(), "1".into()), ("PATH".into(), "/x".into())];
    let log = scene.path("log");
    let base_env = vec![("PATH".into(), "/y".into()), ("B".into(), "2".into())];
    let cwd = scene.0.path();
    let launch = Launch {
        command: &env,
        cwd,
        log: &log,
        redactor: &Redactor::default(),
        output_limit: 1000,
        limits: crate::sandbox::Limits::default(),
        tail: 1000,
        notes: None,
        base_env,
        granted: Vec::new(),
        sandbox: None,
        gate: None,
    };
    let ended = run(launch).await.unwrap();
    let mut shown: Vec<&str> = ended.tail.lines().collect();
    shown.sort_unstable();
    assert_eq!(shown, ["B=2", "MINE=1", "PATH=/x"]);
}

#[tokio::test]
async fn a_signal_is_not_an_exit_code() {
    let ended = Scene::new().sh("kill -TERM $$").await;
    assert_eq!(ended.exit, Exit::Signal(15));
}

#[tokio::test]
async fn what_takes_too_long_is_killed_with_its_children() {
    let scene = Scene::new();
    let held = scene.held("hold");
    let mut slow = sh("trap '' TERM INT HUP; sleep 1000 > hold & echo started; wait; wait");
    slow.timeout = Duration::from_millis(300);
    let ended = scene.run(slow, OUTPUT_LIMIT).await.unwrap();
    assert_eq!(ended.exit, Exit::TimedOut);
    assert_eq!(ended.tail, "started\n");
    assert!(ended.seconds >= 0.3, "{}", ended.seconds);
    held.recv_timeout(Duration::from_secs(30)).unwrap();
}

#[tokio::test]
async fn what_writes_too_much_is_killed() {
    let scene = Scene::new();
    let ended = scene.run(sh("yes"), 100_001).await.unwrap();
    assert_eq!((ended.exit, ended.bytes), (Exit::TooMuchOutput, 100_001));
    assert_eq!(scene.log().len(), 100_001);
    assert!(ended.tail.starts_with("y\ny\n"));
    // Also when it is over before the first byte is read.
    let ended = scene.run(sh("echo 12345"), 5).await.unwrap();
    assert_eq!(
        (ended.exit, ended.tail.as_str()),
        (Exit::TooMuchOutput, "12345")
    );
    let ended = scene.run(sh("echo 1234"), 5).await.unwrap();
    assert_eq!(ended.exit, Exit::Code(0));
}

#[tokio::test]
async fn all_output_is_read_before_the_end() {
    let scene = Scene::new();
    let ended = scene
        .sh("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end")
        .await;
    assert_eq!((ended.exit, ended.bytes), (Exit::Code(0), 3_000_005));
    assert_eq!(ended.tail, "end\n");
}

#[tokio::test]
async fn nothing_goes_on_in_the_background() {
    let scene = Scene::new();
    let held = scene.held("hold");
    scene.fifo("up");
    let ended = scene
        .sh("(exec 3> hold; : > up; exec sleep 1000) & cat up; echo done")
        .await;
    assert_eq!((ended.exit, ended.tail.as_str()), (Exit::Code(0), "done\n"));
    held.recv_timeout(Duration::from_secs(30)).unwrap();
}

#[tokio::test]
async fn a_process_that_left_the_group_does_not_keep_us_waiting() {
    let scene = Scene::new();
    let release = scene.fifo("release");
    scene.fifo("up");
    let script = "setsid sh -c ': > up; exec cat release' & cat up; echo done";
    let ended = scene.sh(script).await;
    assert_eq!((ended.exit, ended.tail.as_str()), (Exit::Code(0), "done\n"));
    assert!(ended.seconds < 30.0);
    // Lets it go.
    drop(fs::OpenOptions::new().write(true).open(release).unwrap());
}

#[tokio::test]
async fn dropping_the_future_kills_the_group() {
    let scene = Scene::new();
    let held = scene.held("hold");
    let up = scene.fifo("up");
    let (tell, told) = tokio::sync::oneshot::channel();
    thread::spawn(move || {
        fs::read(up).unwrap();
        tell.send(()).unwrap();
    });
    tokio::select! {
        ended = scene.sh("(exec 3> hold; : > up; exec sleep 1000) & wait") => panic!("{ended:?}"),
        told = told => told.unwrap(),
    }
    held.recv_timeout(Duration::from_secs(30)).unwrap();
}

#[tokio::test]
async fn says_why_it_could_not_start() {
    let scene = Scene::new();
    let put = |name: &str, content: &str, mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        fs::write(scene.path(name), content).unwrap();
        fs::set_permissions(scene.path(name), PermissionsExt::from_mode(mode)).unwrap();
    };
    put("lost", "#!/no/such/program\n", 0o755);
    put("plain", "text\n", 0o644);
    put("odd", "\x01\x02", 0o755);
    for (argv, code) in [
        (&[][..], "command-empty"),
        (&[""][..], "command-empty"),
        (&["no-such-program-anywhere"][..], "command-not-found"),
        (&["./nothing"][..], "command-not-found"),
        (&["./plain"][..], "command-not-executable"),
        (&["./lost"][..], "command-interpreter-missing"),
        (&["./odd"][..], "command-not-started"),
        (&["sh", "a\0b"][..], "command-not-started"),
    ] {
        let command = command(argv, Duration::from_secs(60));
        let error = scene.run(command, OUTPUT_LIMIT).await.unwrap_err();
        assert_eq!(error.code(), code, "{argv:?}: {error}");
    }
    let (command, log, nowhere) = (sh("true"), scene.path("log"), scene.path("nowhere"));
    let redactor = Redactor::default();
    let launch = |cwd, log| {
        let base_env = base_environment();
        run(Launch {
            command: &command,
            cwd,
            log,
            redactor: &redactor,
            output_limit: 10,
            limits: crate::sandbox::Limits::default(),
            tail: 10,
            notes: None,
            base_env,
            granted: Vec::new(),
            sandbox: None,
            gate: None,
        })
    };
    let error = launch(&nowhere, &log).await.unwrap_err();
    assert_eq!(error, LaunchError::NoFolder(nowhere.clone()));
    let error = launch(scene.0.path(), &nowhere.join("log"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "log-not-written");
}

#[test]
fn what_the_machine_lacks_is_no_fault_of_the_command() {
    let scene = Scene::new();
    let command = sh("true");
    let launch = Launch {
        command: &command,
        cwd: scene.0.path(),
        log: &scene.path("log"),
        redactor: &Redactor::default(),
        output_limit: 1,
        limits: crate::sandbox::Limits::default(),
        tail: 1,
        notes: None,
        base_env: base_environment(),
        granted: Vec::new(),
        sandbox: None,
        gate: None,
    };
    let code = |number: i32| failed(&launch, io::Error::from_raw_os_error(number)).code();
    // EMFILE, EAGAIN, ENOMEM; ENOEXEC, E2BIG.
    assert_eq!([24, 11, 12].map(code), ["machine-exhausted"; 3]);
    assert_eq!([8, 7].map(code), ["command-not-started"; 2]);
}

/// Answers each line with itself, until one says `end`.
struct Echo(Vec<String>);

impl Speaker for Echo {
    fn hears(&self) -> bool {
        true
    }

    fn begin(&mut self) -> Said {
        Said {
            text: "first\n".to_owned(),
            then: Then::More,
        }
    }

    fn hear(&mut self, line: &str) -> Said {
        self.0.push(line.to_owned());
        Said {
            text: format!("{line}\n"),
            then: match line {
                "end" => Then::Over,
                _ => Then::More,
            },
        }
    }
}

/// Says a text that is larger than a pipe holds.
struct Long;

const LONG: usize = 1 << 20;

impl Speaker for Long {
    fn hears(&self) -> bool {
        false
    }

    fn begin(&mut self) -> Said {
        Said {
            text: "x".repeat(LONG),
            then: Then::Closed,
        }
    }

    fn hear(&mut self, _: &str) -> Said {
        Said::default()
    }
}

#[tokio::test]
async fn a_process_is_talked_with_line_by_line() {
    let scene = Scene::new();
    let mut echo = Echo(Vec::new());
    let command = sh(
        "read a; echo \"$a?\"; echo unheard >&2; read a; printf 'no end'; echo; read a; echo end; cat >/dev/null",
    );
    let ended = scene.talk(command, &mut echo).await;
    assert_eq!(ended.exit, Exit::Code(0));
    assert_eq!(echo.0, ["first?", "no end", "end"]);
    assert!(scene.log().contains("unheard"));
}

#[tokio::test]
async fn a_text_that_nobody_reads_keeps_nobody() {
    let scene = Scene::new();
    let ended = scene.talk(sh("exit 3"), &mut Long).await;
    assert_eq!(ended.exit, Exit::Code(3));
    // Nor does one who closes the input and goes on.
    let ended = scene.talk(sh("exec <&-; echo on"), &mut Long).await;
    assert_eq!((ended.exit, &*ended.tail), (Exit::Code(0), "on\n"));
    // Who reads has it whole, and both streams in the order of writing.
    let ended = scene
        .talk(sh("wc -c; echo bad >&2; echo good"), &mut Long)
        .await;
    assert_eq!(ended.tail.trim(), format!("{LONG}\nbad\ngood"));
}
