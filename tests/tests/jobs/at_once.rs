//! Two who want the same run at the same time.

use std::process::{Child, Stdio};

use tau_tests::Sandbox;

use crate::support::{COUNTED, counted, journal, kinds, sandbox};

/// Starts a process that goes on with a run as a worker's does.
fn resume(sandbox: &Sandbox, run: &str, behind: usize) -> Child {
    let behind = behind.to_string();
    let arguments = ["resume", run, "--as-recorded", "--behind", &behind];
    let mut command = sandbox.command(&arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn of_two_runners_one_runs_and_the_other_says_why_not_200_times() {
    let sandbox = sandbox();
    sandbox.write("counted.tau", COUNTED);
    sandbox.write_script(
        "count.sh",
        "#!/bin/sh\necho done >> \"$HOME/counted\"\nexit 1\n",
    );
    sandbox.commit("a run that can be gone on with for ever");
    let arguments = ["apply", "counted.tau", "--yes", "--box", "none", "--json"];
    let report = sandbox.tau(&arguments).ends(1).json();
    let run = report["run"].as_str().unwrap();
    for round in 2..=201 {
        let behind = journal(&sandbox.state(), run).lines().count();
        let both = [(); 2].map(|()| resume(&sandbox, run, behind));
        let both = both.map(|child| child.wait_with_output().unwrap());
        let mut codes = both.each_ref().map(|it| it.status.code());
        codes.sort_unstable();
        let said = both.map(|it| String::from_utf8(it.stderr).unwrap());
        assert_eq!(codes, [Some(1), Some(3)], "{said:#?}");
        let refused = said.iter().any(|said| {
            said.contains("is being run by another process")
                || said.contains("was gone on with by somebody else")
        });
        assert!(refused, "{said:#?}");
        assert_eq!(counted(&sandbox), round);
        assert_eq!(
            kinds(&sandbox, run, ["ended", "resumed"]),
            [round, round - 1]
        );
    }
}

#[test]
fn of_two_people_who_go_on_with_a_run_never_two_run_it_at_once() {
    let sandbox = sandbox();
    sandbox.write_script(
        "count.sh",
        "#!/bin/sh\necho done >> \"$HOME/counted\"\nexit 1\n",
    );
    sandbox.commit("a run that can be gone on with for ever");
    let arguments = ["apply", "counted.tau", "--yes", "--box", "none", "--json"];
    let report = sandbox.tau(&arguments).ends(1).json();
    let run = report["run"].as_str().unwrap();
    for _ in 0..20 {
        let both = [(); 2].map(|()| {
            let mut command = sandbox.command(&["resume", run]);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().unwrap()
        });
        for mut one in both {
            let code = one.wait().unwrap().code();
            assert!(matches!(code, Some(1 | 3)), "{code:?}");
        }
    }
    let mut runs = 0;
    for line in journal(&sandbox.state(), run).lines().skip(1) {
        // Between the beginning and the end of one owner nobody else writes.
        runs += i32::from(line.contains("\"kind\":\"resumed\""));
        runs -= i32::from(line.contains("\"kind\":\"ended\""));
        assert!((-1..=0).contains(&runs), "{line}");
    }
}
