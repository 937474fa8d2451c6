//! What happens around a run: it is killed, somebody else runs it too, the repository moves on.

use std::process::Stdio;

use tau_tests::Done;

use crate::place::{Place, mend};
use crate::programs::PYTHON;
use crate::provider::Answer;
use crate::row::{Row, python as row, told};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("killed in the middle", "succeeded", killed),
        row("two runners of one run", "succeeded", two_runners),
        row("the base moves on meanwhile", "succeeded", moved_base),
    ]
}

/// A run that was killed while its model was asked.
fn killed_at_the_model(answers: Vec<Answer>) -> Place {
    let lost = std::iter::once(Answer::Closes);
    let place = Place::new(&PYTHON, lost.chain(answers).collect());
    let mut child = place
        .command(&[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _ = place.provider.next();
    child.kill().unwrap();
    child.wait().unwrap();
    place
}

fn killed() -> String {
    let place = killed_at_the_model(vec![mend(&PYTHON)]);
    place.assert_untouched();
    let result = place.sandbox.tau(&["resume", "@", "--json"]).json();
    place.assert_mended(&result);
    assert_eq!(place.branches().len(), 1);
    told(&result)
}

fn two_runners() -> String {
    let place = killed_at_the_model(vec![mend(&PYTHON), mend(&PYTHON)]);
    let resume = || {
        let mut command = place.sandbox.command(&["resume", "@", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let both = [resume(), resume()];
    let both = both.map(|child| Done::from(child.wait_with_output().unwrap()));
    let won: Vec<&Done> = both.iter().filter(|done| done.code == 0).collect();
    assert!(!won.is_empty(), "{both:#?}");
    // Whoever came too late was told so, or found it done.
    assert!(
        both.iter().all(|done| [0, 3].contains(&done.code)),
        "{both:#?}"
    );
    assert_eq!(place.provider.asked().len(), 1);
    assert_eq!(place.branches().len(), 1);
    let result = won[0].json();
    place.assert_mended(&result);
    told(&result)
}

fn moved_base() -> String {
    let place = Place::new(&PYTHON, vec![Answer::Closes, mend(&PYTHON)]);
    let base = place.sandbox.git(&["rev-parse", "HEAD"]);
    let child = place
        .command(&[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = place.provider.next();
    place.sandbox.write("src/tally/other.py", "OTHER = 1\n");
    let moved = place.sandbox.commit("moved on");
    let result = Done::from(child.wait_with_output().unwrap()).json();
    let commit = result["commit"].as_str().unwrap();
    let parent = place.sandbox.git(&["rev-parse", &format!("{commit}~1")]);
    assert_eq!(parent, base, "what was proven is a change of the base");
    assert_eq!(result["base"], base.trim());
    let main = place.sandbox.git(&["rev-parse", "main"]);
    assert_eq!(main.trim(), moved);
    told(&result)
}
