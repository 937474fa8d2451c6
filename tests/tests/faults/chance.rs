//! Runs that are killed at moments that nobody chose, and runners that start at the same time.

use std::env;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tau_tests::Done;

use crate::mission::Mission;
use crate::sample::{Numbers, all, seed, tell};

/// For how long runs are killed: `TAU_FAULTS_SECONDS`, or a few.
fn patience() -> Duration {
    let given = env::var("TAU_FAULTS_SECONDS").ok();
    Duration::from_secs(given.map_or(5, |seconds| seconds.parse().unwrap()))
}

#[test]
fn killed_again_and_again_at_moments_that_nobody_chose() {
    if tau_tests::skip_without(
        "timeout",
        "killed_again_and_again_at_moments_that_nobody_chose",
    ) {
        return;
    }
    let mut numbers = Numbers::of("chance");
    let began = Instant::now();
    let (mut runs, mut kills) = (0, 0);
    while began.elapsed() < patience() {
        let mission = Mission::new();
        let mut own = 0;
        // Each life is longer than the one before may have been, or it would never end.
        for life in 0.. {
            let Some(words) = mission.next() else { break };
            let millis = 1 + numbers.below(150 + life * 60);
            let done = killed_after(&mission, &words, millis);
            let told = format!("run {runs}, life {life}, {millis} ms (seed {})", seed());
            assert!([0, 6, -9, 137].contains(&done.code), "{told}: {done:?}");
            own += usize::from(![0, 6].contains(&done.code));
        }
        let told = format!("run {runs} (seed {}), killed {own} times", seed());
        mission.has_ended_well(&told, own);
        runs += 1;
        kills += own;
    }
    tell(&format!(
        "{runs} runs were killed {kills} times (seed {})",
        seed()
    ));
    assert!(kills > 0);
}

/// Runs tau, which is killed after so many milliseconds.
fn killed_after(mission: &Mission, words: &[String], millis: u64) -> Done {
    let tau = mission.command(&[]);
    let mut timeout = mission.sandbox.program("timeout");
    for (name, value) in tau.get_envs() {
        timeout.env(name, value.unwrap_or_default());
    }
    let after = format!("{}.{:03}", millis / 1000, millis % 1000);
    timeout
        .args(["--signal", "KILL", &after])
        .arg(tau.get_program())
        .args(words);
    timeout.output().unwrap().into()
}

/// One of them does it, the other one is refused or finds it done; nothing is done twice.
#[test]
fn of_two_that_start_at_once_one_goes_on() {
    let (mut refused, mut found) = (0, 0);
    for round in 0..if all() { 200 } else { 6 } {
        let mission = Mission::new();
        let words = mission.lead_to("resume");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let two = [(); 2].map(|()| {
            let mut command = mission.command(&words);
            command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        });
        for child in two {
            let done = Done::from(child.wait_with_output().unwrap());
            match done.code {
                0 => found += 1,
                3 => {
                    assert!(done.err.contains("run by another process"), "{done:?}");
                    refused += 1;
                }
                _ => panic!("round {round}: {done:?}"),
            }
        }
        mission.has_ended_well(&format!("round {round}"), 0);
    }
    tell(&format!(
        "{refused} were refused, {found} went on or found it done"
    ));
}
