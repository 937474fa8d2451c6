//! Where a model that works with tools ends that does not end by itself.

use super::*;

/// The code of what blocked it.
#[track_caller]
fn blocked(worked: &Worked) -> String {
    let result = worked.ends(3);
    super::super::untouched_but(&worked.sandbox, "work.tau");
    result["blocked"]["code"].as_str().unwrap().to_owned()
}

fn read(path: &str) -> Answer {
    Answer::calls("fs_read", &json!({ "path": path }))
}

#[test]
fn an_endless_loop_of_calls_has_an_end() {
    let same = || (0..9).map(|_| read("src/a.txt")).collect();
    let worked = Worked::with(&mission("\"fs.read\"", "", ""), same());
    assert_eq!(blocked(&worked), "tool-loop");
    assert_eq!(worked.asked().len(), 3);
}

#[test]
fn answers_without_an_end_have_a_most() {
    let reads = || {
        ["src/a.txt", "src/b.txt", "test.sh", "work.tau"]
            .map(read)
            .into()
    };
    let worked = Worked::with(&mission("\"fs.read\"", "", ", turns: 3"), reads());
    assert_eq!(blocked(&worked), "turns-exhausted");
    let asked = worked.asked();
    assert_eq!(asked.len(), 3);
    // The last one is told that it is.
    assert!(super::super::last_turn(&asked[2]).starts_with("This is your last answer"));
    let worked = Worked::with(&mission("\"fs.read\"", "", ", uses: 2"), reads());
    assert_eq!(blocked(&worked), "uses-exhausted");
    let worked = Worked::with(&mission("\"fs.read\"", "", ", calls: 2"), reads());
    assert_eq!(blocked(&worked), "calls-exhausted");
    let worked = Worked::with(
        &mission("\"fs.read\"", "", ", tokens: 12k, answer: 4k"),
        reads(),
    );
    assert_eq!(blocked(&worked), "tokens-exhausted");
}

#[test]
fn tools_that_there_are_not_and_answers_that_say_nothing_end_it() {
    let unknown = ["bash", "shell", "exec"].map(|name| Answer::calls(name, &json!({})));
    let worked = Worked::with(&mission("\"fs.read\"", "", ""), unknown.into());
    assert_eq!(blocked(&worked), "tool-unknown");
    let silent = (0..4).map(|_| Answer::says("")).collect();
    let worked = Worked::with(&mission("\"fs.read\"", "", ""), silent);
    assert_eq!(blocked(&worked), "progress-exhausted");
    let cut = vec![Answer::Says("half".to_owned(), "length")];
    let worked = Worked::with(&mission("\"fs.read\"", "", ""), cut);
    let result = worked.ends(1);
    assert!(result["reason"].as_str().unwrap().contains("cut"));
}

#[test]
fn what_is_changed_before_it_gives_up_is_not_kept() {
    let worked = Worked::with(
        &mission("\"fs.write\"", "write \"src/**\"", ", turns: 1"),
        vec![Answer::calls(
            "fs_write",
            &json!({ "path": "src/a.txt", "text": "2\n" }),
        )],
    );
    assert_eq!(blocked(&worked), "turns-exhausted");
    assert_eq!(worked.sandbox.tau(&["diff", "@"]).ends(0).out, "");
}

#[test]
fn a_hundred_megabytes_of_output_are_a_few_in_a_prompt() {
    let files = [(
        "loud.sh",
        "#!/bin/sh\necho begins\nyes 0123456789 | head -c 100000000\necho ends\n",
    )];
    let worked = Worked::in_files(
        &files,
        &mission("\"process.run\"", "run \"./loud.sh\"", ""),
        vec![
            Answer::calls("process_run", &json!({ "command": "./loud.sh" })),
            Answer::says("loud"),
        ],
    );
    worked.ends(0);
    let asked = worked.asked();
    let told = results(&asked[1])[0].to_owned();
    assert!(told.len() < 40_000, "{}", told.len());
    assert!(told.contains("0123456789"), "{told}");
}

#[test]
fn old_results_make_room_for_new_ones() {
    let long = "x\n".repeat(20_000);
    let files = [
        ("a", &*long),
        ("b", &*long),
        ("c", &*long),
        ("d", "short\n"),
    ];
    let worked = Worked::in_files(
        &files,
        &mission("\"fs.read\"", "", ", context: 12k"),
        ["a", "b", "c", "d"]
            .map(read)
            .into_iter()
            .chain([Answer::says("read")])
            .collect(),
    );
    let result = worked.ends(0);
    let asked = worked.asked();
    for request in &asked {
        assert!(
            request.to_string().len() < 50_000,
            "{}",
            request.to_string().len()
        );
    }
    assert!(asked[4].to_string().contains("left out for want of room"));
    let left_out = &step(&result, "work")["result"]["left_out"];
    assert_eq!(left_out[0], "what older calls of tools gave");
}

#[test]
fn of_a_long_file_lines_can_be_asked_for() {
    let long: String = (1..=4000)
        .map(|line| format!("this is line {line}\n"))
        .collect();
    let files = [("long.txt", long.as_str())];
    let lines = json!({ "path": "long.txt", "first": 2000, "last": 2001 });
    let beyond = json!({ "path": "long.txt", "first": 4001 });
    let worked = Worked::in_files(
        &files,
        &mission("\"fs.read\"", "", ""),
        vec![
            read("long.txt"),
            Answer::calls("fs_read", &lines),
            Answer::calls("fs_read", &beyond),
            Answer::says("done"),
        ],
    );
    worked.ends(0);
    let asked = worked.asked();
    let turns = asked.last().unwrap()["messages"].as_array().unwrap();
    let told: Vec<&str> = turns
        .iter()
        .filter(|turn| turn["role"] == "tool")
        .map(|turn| turn["content"].as_str().unwrap())
        .collect();
    assert!(told[0].contains(" are left out here: `first` and `last` ask for them"));
    assert!(
        told[1].contains("\nthis is line 2000\nthis is line 2001\n<"),
        "{}",
        told[1]
    );
    assert!(told[2].contains("has 4000 lines"), "{}", told[2]);
}
