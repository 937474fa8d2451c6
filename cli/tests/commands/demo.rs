use std::fs;

use super::support::Place;

#[test]
fn it_takes_a_free_folder_and_leaves_the_others_alone() {
    let place = Place::new();
    place.tau(&["demo"]);
    place.tau(&["demo"]);
    for folder in ["tau-demo", "tau-demo-2"] {
        let folder = place.path().join(folder);
        assert!(folder.join("fix.patch").is_file() && folder.join("wrap/.git").is_dir());
    }
}

#[test]
fn it_needs_a_folder_of_its_own() {
    let place = Place::with(&[("mine/file", "")]);
    let done = place.tau(&["demo", "mine"]).ends(1);
    assert!(done.err.contains("`mine` is not empty"), "{}", done.err);
    assert_eq!(fs::read_dir(place.path().join("mine")).unwrap().count(), 1);
}

#[test]
fn what_it_needs_is_named_before_anything_is_made() {
    let place = Place::new();
    let output = place
        .command(&["demo"])
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("the demo needs `git` and `cargo`"), "{err}");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}
