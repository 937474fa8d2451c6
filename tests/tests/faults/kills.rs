//! SIGKILL right before a system call that changes or secures something.

use crate::fault::{Fault, skip_without_strace};
use crate::mission::Mission;
use crate::sample::{Failures, all, places, seed, tell};

/// The calls, and about how many places of each are tried when not all of them are.
const CALLS: &[(&str, u64)] = &[
    ("write", 4),
    ("fsync,fdatasync", 4),
    ("open,openat", 3),
    ("rename,renameat,renameat2", 1),
    ("link,linkat", 1),
    ("flock", 1),
    ("unlink,unlinkat", 2),
    ("mkdir,mkdirat", 2),
    ("clone,clone3,vfork", 1),
];

/// Kills one of the lives of a run at places of each kind, and goes on. When not all places are
/// tried, only `every` n-th kind is.
fn killed_in(life: &str, every: usize) {
    let every = if all() { 1 } else { every };
    let (mut tried, mut killed) = (0, 0);
    let mut failures = Failures::default();
    for (calls, few) in CALLS.iter().step_by(every) {
        let fault = Fault {
            calls,
            does: "signal=KILL",
        };
        let mission = Mission::new();
        let words = mission.lead_to(life);
        let last = fault.last(&mission, &words);
        let mut places = places(&format!("{life} {calls}"), last, *few);
        if all() {
            // Threads share the work anew each time, so the last place is looked for, too.
            places.extend(last + 1..last + 50);
        }
        for place in places {
            let told = format!(
                "killed in `{life}` before {calls} {place} (seed {})",
                seed()
            );
            let code = failures.of(&told, || killed_at(fault, life, place, &told));
            tried += 1;
            killed += usize::from(code == Some(-9));
            if place > last && code != Some(-9) {
                break;
            }
        }
    }
    tell(&format!(
        "{tried} places in `{life}`, {killed} were reached"
    ));
    failures.none();
    // Threads share the work anew each time, so not every place is there again.
    assert!(killed > 0, "nothing was killed in `{life}`");
}

/// Kills a life at one place, if it is reached, and goes on. What tau ended with.
fn killed_at(fault: Fault<'_>, life: &str, place: u64, told: &str) -> i32 {
    let mission = Mission::new();
    let words = mission.lead_to(life);
    let done = fault.run(&mission, &words, place);
    assert!([0, 6, -9].contains(&done.code), "{told}: {done:?}");
    mission.finish(told);
    mission.has_ended_well(told, 1);
    done.code
}

#[test]
fn before_a_call_of_a_run_that_begins() {
    if !skip_without_strace("before_a_call_of_a_run_that_begins") {
        killed_in("apply", 1);
    }
}

#[test]
fn before_a_call_of_an_answer() {
    if !skip_without_strace("before_a_call_of_an_answer") {
        killed_in("approve", 4);
    }
}

#[test]
fn before_a_call_of_a_run_that_goes_on() {
    if !skip_without_strace("before_a_call_of_a_run_that_goes_on") {
        killed_in("resume", 2);
    }
}
