//! Nothing outlives its command, and no command outlives its tau.

use std::fs;
use std::time::{Duration, Instant};

use super::{Case, makes};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// The processes of the machine whose command line has `word`.
fn with(word: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let line = |entry: fs::DirEntry| fs::read_to_string(entry.path().join("cmdline")).ok();
    let lines = entries.filter_map(line);
    lines.filter(|line| line.contains(word)).collect()
}

/// Leaves servers behind in each way there is, and ends.
const LEAVES: &str = "sleep 7701 &\nsetsid sleep 7702 &\n( ( setsid nohup sleep 7703 & ) & )\n\
                      sh -c 'trap \"\" TERM INT HUP; sleep 7704' &\nexit 0\n";

#[test]
fn what_a_command_leaves_behind_is_gone_with_it() {
    for tier in ["full", "landlock"] {
        if makes(tier, "what_a_command_leaves_behind_is_gone_with_it") {
            let number = std::process::id();
            let script = LEAVES.replace("770", &format!("{number}770"));
            let case = Case::new(&script);
            case.run(tier).ends(0);
            assert_eq!(with(&format!("{number}770")), [] as [String; 0], "{tier}");
        }
    }
}

#[test]
fn a_killed_tau_leaves_no_command_behind() {
    for tier in ["full", "landlock"] {
        if !makes(tier, "a_killed_tau_leaves_no_command_behind") {
            continue;
        }
        let mark = format!("{}88001", std::process::id());
        let case = Case::new(&format!("setsid sleep {mark} &\nexec sleep {mark}\n"));
        let arguments = ["apply", "boxed.tau", "--yes", "--box", tier];
        let mut tau = case.sandbox.command(&arguments).spawn().unwrap();
        let began = Instant::now();
        while with(&mark).is_empty() {
            assert!(began.elapsed() < PATIENCE, "the command did not start");
            std::thread::yield_now();
        }
        tau.kill().unwrap();
        tau.wait().unwrap();
        while !with(&mark).is_empty() {
            assert!(began.elapsed() < PATIENCE, "{tier}: {:?}", with(&mark));
            std::thread::yield_now();
        }
    }
}

#[test]
fn a_command_that_takes_too_long_is_gone_with_all_it_started() {
    if makes(
        "full",
        "a_command_that_takes_too_long_is_gone_with_all_it_started",
    ) {
        let mark = format!("{}88002", std::process::id());
        let case = Case::new(&format!("setsid sleep {mark} &\nexec sleep {mark}\n"));
        let mission = case
            .sandbox
            .read("boxed.tau")
            .replace("timeout 1m", "timeout 1s");
        case.sandbox.write("boxed.tau", mission);
        case.run("full").ends(1);
        assert_eq!(with(&mark), [] as [String; 0]);
    }
}
