use insta::assert_snapshot;
use serde_json::{Value, json};
use tau_interpreter::action::{Failure, FileMode};

use super::*;
use crate::fake::Fake;

/// Calls an action by name, with the arguments that its face would fill in.
fn call(tree: &Fake, name: &str, args: Value) -> Result<Value, Failure> {
    let action = actions()
        .into_iter()
        .find(|action| action.name == name)
        .unwrap();
    tree.run(&action, args)
}

fn code(result: Result<Value, Failure>) -> String {
    result.unwrap_err().code
}

#[test]
fn the_face_and_the_hands_name_the_same_actions() {
    let faces: Vec<String> = FACE
        .lines()
        .filter_map(|line| line.strip_prefix("action ")?.split('(').next())
        .map(|name| format!("fs.{name}"))
        .collect();
    let hands: Vec<&str> = actions().iter().map(|action| action.name).collect();
    assert_eq!(faces, hands);
}

#[test]
fn reading_gives_the_text_exactly() {
    let tree = Fake::with(&[("d/x", "\u{feff}ä\r\nb")]);
    let read = call(&tree, "fs.read", json!({ "path": "d/x", "first": 1 })).unwrap();
    assert_eq!(
        read,
        json!({ "text": "\u{feff}ä\r\nb", "size": 8, "lines": 2 })
    );
}

#[test]
fn lines_of_a_file_can_be_chosen() {
    let tree = Fake::with(&[("x", "1\r\n2\n\n4"), ("empty", "")]);
    let read = |path: &str, first: i64, last: Option<i64>| {
        let args = json!({ "path": path, "first": first, "last": last });
        let read = call(&tree, "fs.read", args).map_err(|failure| failure.message);
        read.map(|read| read["text"].as_str().unwrap().to_owned())
    };
    assert_eq!(read("x", 1, Some(1)).unwrap(), "1\r\n");
    assert_eq!(read("x", 2, Some(3)).unwrap(), "2\n\n");
    assert_eq!(read("x", 3, None).unwrap(), "\n4");
    assert_eq!(read("x", 4, Some(i64::MAX)).unwrap(), "4");
    assert_eq!(read("empty", 1, None).unwrap(), "");
    for (first, last) in [
        (0, None),
        (i64::MIN, Some(i64::MAX)),
        (3, Some(2)),
        (5, None),
    ] {
        read("x", first, last).unwrap_err();
    }
    assert_eq!(
        read("x", 5, Some(9)).unwrap_err(),
        "`x` has 4 lines, and the lines 5 to 9 are none of them."
    );
}

#[test]
fn what_cannot_be_read_as_text_is_refused() {
    let tree = Fake::with(&[("src/Main.rs", ""), ("lib/main.rs", "")]);
    tree.put("nul", b"a\0b", FileMode::Regular);
    tree.put("latin1", b"gr\xfc\xdfe\n", FileMode::Regular);
    tree.put("link", b"src/Main.rs", FileMode::Link);
    let told: Vec<String> = [
        "nul",
        "latin1",
        "link",
        "main.rs",
        "src",
        "nothing",
        "../x",
        ".git/config",
    ]
    .iter()
    .map(|path| call(&tree, "fs.read", json!({ "path": path, "first": 1 })).unwrap_err())
    .map(|failure| {
        format!(
            "{}: {} {}",
            failure.code,
            failure.message,
            failure.help.unwrap_or_default()
        )
    })
    .collect();
    assert_snapshot!(told.join("\n"), @r"
    file-binary: `nul` is not a text file: it holds a NUL byte or bytes that are not UTF-8. 
    file-binary: `latin1` is not a text file: it holds a NUL byte or bytes that are not UTF-8. 
    file-link: `link` is a symbolic link to `src/Main.rs`, not a file with text of its own. Name the file that it leads to; or remove the link first if a file shall replace it.
    file-missing: There is no file `main.rs`. Did you mean `lib/main.rs` or `src/Main.rs`?
    file-missing: There is no file `src`. `src` is a folder: name the files in it.
    file-missing: There is no file `nothing`. 
    path-refused: The path `../x` has a `.` or `..` part. 
    path-refused: The path `.git/config` reaches into git's own folder.
    ");
}

#[test]
fn globbing_lists_paths_in_order() {
    let tree = Fake::with(&[("b.rs", ""), ("a/c.rs", ""), ("a/d.py", "")]);
    assert_eq!(
        call(&tree, "fs.glob", json!({ "pattern": "**/*.rs" })).unwrap(),
        json!(["a/c.rs", "b.rs"])
    );
}

#[test]
fn searching_finds_lines() {
    let tree = Fake::with(&[
        ("a", "x.y\r\nxzy\r\n"),
        ("b", "no\nx.y x.y"),
        ("long", &"x.y ".repeat(200)),
    ]);
    tree.put("binary", b"x.y\0", FileMode::Regular);
    tree.put("link", b"x.y", FileMode::Link);
    let search = |text: &str, files: &str, regex: bool, limit: i64| {
        call(
            &tree,
            "fs.search",
            json!({ "text": text, "files": files, "regex": regex, "limit": limit }),
        )
    };
    let first = json!({ "path": "a", "line": 1, "text": "x.y" });
    let second = json!({ "path": "a", "line": 2, "text": "xzy" });
    let third = json!({ "path": "b", "line": 2, "text": "x.y x.y" });
    assert_eq!(
        search("x.y", "?".replace('?', "*").as_str(), false, 2).unwrap(),
        json!({ "matches": [first, third], "complete": false })
    );
    assert_eq!(
        search("^x.y$", "**", true, 2).unwrap(),
        json!({ "matches": [first, second], "complete": true })
    );
    let long = search("x.y", "long", false, 9).unwrap();
    assert_eq!(
        long["matches"][0]["text"].as_str().unwrap().chars().count(),
        501
    );
    assert_eq!(
        search("x", "**", false, -1).unwrap(),
        json!({ "matches": [], "complete": false })
    );
    assert_eq!(code(search("", "**", false, 9)), "search-empty");
    assert_eq!(code(search("(", "**", true, 9)), "search-pattern");
    assert!(
        search("(", "**", false, 9).is_ok(),
        "a plain text is not a pattern"
    );
}

#[test]
fn writing_creates_and_replaces() {
    let tree = Fake::default();
    let made = call(
        &tree,
        "fs.write",
        json!({ "path": "d/run", "text": "a\nb\n", "executable": true }),
    )
    .unwrap();
    assert_eq!(
        made,
        json!({ "paths": ["d/run"], "added": 2, "removed": 0 })
    );
    let replaced = call(
        &tree,
        "fs.write",
        json!({ "path": "d/run", "text": "a\r\nc", "executable": null }),
    )
    .unwrap();
    assert_eq!(
        replaced,
        json!({ "paths": ["d/run"], "added": 2, "removed": 2 })
    );
    assert_eq!(
        tree.file("d/run").unwrap(),
        ("a\r\nc".into(), FileMode::Executable),
        "the mode is kept"
    );

    let same = call(
        &tree,
        "fs.write",
        json!({ "path": "d/run", "text": "a\r\nc" }),
    )
    .unwrap();
    assert_eq!(
        same,
        json!({ "paths": ["d/run"], "added": 0, "removed": 0 }),
        "no change is no failure"
    );
    call(
        &tree,
        "fs.write",
        json!({ "path": "d/run", "text": "", "executable": false }),
    )
    .unwrap();
    assert_eq!(
        tree.file("d/run").unwrap(),
        (String::new(), FileMode::Regular)
    );

    tree.put("link", b"/etc/passwd", FileMode::Link);
    assert_eq!(
        code(call(
            &tree,
            "fs.write",
            json!({ "path": "link", "text": "" })
        )),
        "file-link"
    );
    assert_eq!(
        code(call(
            &tree,
            "fs.write",
            json!({ "path": ".git/hooks/x", "text": "" })
        )),
        "path-refused"
    );
}

#[test]
fn writing_many_is_all_or_nothing() {
    let tree = Fake::with(&[("a", "1\n")]);
    let write = |files: Value| call(&tree, "fs.write_many", json!({ "files": files }));
    let refused = write(json!([{ "path": "a", "text": "2\n" }, { "path": "../b", "text": "" }]));
    assert_eq!(code(refused), "path-refused");
    let twice = write(json!([{ "path": "a", "text": "2\n" }, { "path": "a", "text": "3\n" }]));
    assert_eq!(code(twice), "write-twice");
    let written =
        write(json!([{ "path": "b", "text": "b" }, { "path": "a", "text": "2\n" }])).unwrap();
    assert_eq!(
        written,
        json!({ "paths": ["a", "b"], "added": 2, "removed": 1 })
    );
    assert_eq!(
        (tree.text("a").unwrap(), tree.text("b").unwrap()),
        ("2\n".into(), "b".into())
    );
}

#[test]
fn editing_keeps_the_mode_and_counts_lines() {
    let tree = Fake::default();
    tree.put("run", b"a\r\nb\r\nc", FileMode::Executable);
    let edit = |find: &str, replace: &str, all: bool| {
        call(
            &tree,
            "fs.edit",
            json!({ "path": "run", "find": find, "replace": replace, "all": all }),
        )
    };
    assert_eq!(
        edit("b\n", "x\ny\n", false).unwrap(),
        json!({ "paths": ["run"], "added": 2, "removed": 1 })
    );
    assert_eq!(
        tree.file("run").unwrap(),
        ("a\r\nx\r\ny\r\nc".into(), FileMode::Executable)
    );
    assert_eq!(edit("\n", "\n\n", true).unwrap()["added"], 3);
    let ambiguous = edit("\n", "", false).unwrap_err();
    assert!(ambiguous.help.unwrap().contains("`all: true`"));
}

#[test]
fn editing_damages_no_binary_file_and_follows_no_link() {
    let tree = Fake::with(&[("target", "a")]);
    tree.put("binary", b"a\0", FileMode::Regular);
    tree.put("link", b"target", FileMode::Link);
    for (path, refusal) in [
        ("binary", "file-binary"),
        ("link", "file-link"),
        ("nothing", "file-missing"),
    ] {
        let edit = json!({ "path": path, "find": "a", "replace": "b", "all": false });
        assert_eq!(code(call(&tree, "fs.edit", edit.clone())), refusal);
        assert_eq!(
            code(call(&tree, "fs.edit_many", json!({ "edits": [edit] }))),
            refusal
        );
    }
}

#[test]
fn edits_of_one_file_build_on_each_other() {
    let tree = Fake::with(&[("a", "one two\n"), ("b", "three\n")]);
    let edits = json!([
        { "path": "a", "find": "one", "replace": "1" },
        { "path": "b", "find": "three", "replace": "3" },
        { "path": "a", "find": "1 two", "replace": "12" },
    ]);
    let result = call(&tree, "fs.edit_many", json!({ "edits": edits })).unwrap();
    assert_eq!(
        result,
        json!({ "paths": ["a", "b"], "added": 2, "removed": 2 })
    );
    assert_eq!(
        (tree.text("a").unwrap(), tree.text("b").unwrap()),
        ("12\n".into(), "3\n".into())
    );
}

#[test]
fn every_edit_that_fails_is_told() {
    let tree = Fake::with(&[("a", "one one\n"), ("b", "three\n")]);
    let edits = json!([
        { "path": "a", "find": "one", "replace": "1" },
        { "path": "b", "find": "three", "replace": "3" },
        { "path": "b", "find": "four", "replace": "4" },
        { "path": "c", "find": "x", "replace": "y" },
    ]);
    let failure = call(&tree, "fs.edit_many", json!({ "edits": edits })).unwrap_err();
    assert_eq!(failure.code, "edit-ambiguous");
    assert_snapshot!(failure.message, @r"
    Edit 1 of 4: The text `one` occurs 2 times in `a`, at lines 1, 1. It must occur exactly once.
    Edit 3 of 4: The text `four` does not occur in `b`.
    Edit 4 of 4: There is no file `c`.
    ");
    assert_eq!(failure.detail["edits"][0]["detail"]["lines"], json!([1, 1]));
    assert_eq!(failure.detail["edits"][2]["code"], "file-missing");
}

#[test]
fn of_very_many_failures_the_first_are_told() {
    let edit = json!({ "path": "a", "find": "x", "replace": "y" });
    let failure = call(
        &Fake::with(&[("a", "")]),
        "fs.edit_many",
        json!({ "edits": vec![edit; 60] }),
    );
    let failure = failure.unwrap_err();
    assert!(
        failure.message.ends_with("And 10 more."),
        "{}",
        failure.message
    );
    assert_eq!(failure.detail["more"], 10);
}

#[test]
fn moving_keeps_content_and_mode() {
    let tree = Fake::with(&[("there", "")]);
    tree.put("a", b"\0binary", FileMode::Executable);
    let result = call(&tree, "fs.move", json!({ "from": "a", "to": "d/b" })).unwrap();
    assert_eq!(
        result,
        json!({ "paths": ["a", "d/b"], "added": 0, "removed": 0 })
    );
    assert_eq!(
        tree.file("d/b").unwrap(),
        ("\0binary".into(), FileMode::Executable)
    );
    assert_eq!(tree.file("a"), None);
    for (from, to, refusal) in [
        ("a", "b", "file-missing"),
        ("d/b", "there", "file-exists"),
        ("d/b", "d/b", "file-exists"),
        ("d", "e", "file-missing"),
        ("there", "/x", "path-refused"),
        ("..", "x", "path-refused"),
    ] {
        assert_eq!(
            code(call(&tree, "fs.move", json!({ "from": from, "to": to }))),
            refusal,
            "{from} {to}"
        );
    }
    // A file may take the place of the folder that it alone was in, and the reverse.
    call(&tree, "fs.move", json!({ "from": "d/b", "to": "d" })).unwrap();
    call(&tree, "fs.move", json!({ "from": "d", "to": "d/e" })).unwrap();
    assert!(tree.file("d/e").is_some());
}

#[test]
fn removing_takes_files_of_any_kind() {
    let tree = Fake::with(&[("a", "1\n2")]);
    tree.put("binary", b"\n\0\n", FileMode::Regular);
    tree.put("link", b"/etc/passwd", FileMode::Link);
    let remove = |path: &str| call(&tree, "fs.remove", json!({ "path": path }));
    assert_eq!(
        remove("a").unwrap(),
        json!({ "paths": ["a"], "added": 0, "removed": 2 })
    );
    assert_eq!(remove("binary").unwrap()["removed"], 0);
    assert_eq!(remove("link").unwrap()["removed"], 0);
    assert!(tree.files().is_empty());
    assert_eq!(code(remove("a")), "file-missing");
}

#[test]
fn arguments_that_do_not_fit_are_a_failure_and_no_panic() {
    assert_eq!(
        code(call(&Fake::default(), "fs.read", json!({ "path": 1 }))),
        "action-arguments"
    );
}
