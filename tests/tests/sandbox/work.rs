//! Work that must go on in a box, whoever has started tau.

use std::fs;

use super::{Case, makes, users};

/// Work for which a box with a root of its own is needed: `landlock` has no sockets, no memory with a
/// name and no watching of folders.
const FULL: &str = "full";
/// Work that every box does.
const ALL: &str = "";

/// What is done, the programs that it takes, where, and the script that ends with 0 when it was done.
const WORK: &[(&str, &str, &str, &str)] = &[
    ("its files", "", ALL, "cat boxed.tau > /dev/null"),
    (
        "files that are granted",
        "",
        ALL,
        "mkdir -p out && echo x > out/x",
    ),
    (
        "temporary files",
        "",
        ALL,
        "f=$(mktemp) && echo x > \"$f\" && rm \"$f\"",
    ),
    (
        "files in the home folder, of its own",
        "",
        ALL,
        "echo x > \"$HOME/x\" && cat \"$HOME/x\"",
    ),
    ("a pipe", "", ALL, "echo x | cat | grep -q x"),
    (
        "a FIFO",
        "",
        ALL,
        "mkfifo \"$T/p\" && (echo x > \"$T/p\" &) && cat \"$T/p\"",
    ),
    ("processes in the background", "", ALL, "sleep 0 & wait $!"),
    ("a signal to one's own", "", ALL, "sleep 1000 & kill $!"),
    (
        "devices",
        "",
        ALL,
        "head -c 8 /dev/urandom > /dev/null && echo x > /dev/null",
    ),
    (
        "links between files",
        "",
        ALL,
        "echo x > \"$T/a\" && ln \"$T/a\" \"$T/b\" && ln -s a \"$T/c\" && cat \"$T/c\"",
    ),
    (
        "modes and times of one's own files",
        "",
        ALL,
        "echo x > \"$T/a\" && chmod 600 \"$T/a\" && touch -d 2001-01-01 \"$T/a\" && cp -a \"$T/a\" \"$T/b\" && [ ! \"$T/b\" -nt \"$T/a\" ]",
    ),
    (
        "a program of its own",
        "",
        ALL,
        "printf '#!/bin/sh\\nexit 0\\n' > \"$T/p\" && chmod +x \"$T/p\" && \"$T/p\"",
    ),
    ("who one is", "", ALL, "[ \"$(id -u)\" -ge 0 ]"),
    (
        "git",
        "git",
        ALL,
        "cd \"$T\" && git init -q r && cd r && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git log > log && git status > /dev/null",
    ),
    ("the time", "", ALL, "date > /dev/null"),
    (
        "sorting much",
        "",
        ALL,
        "seq 100000 | sort -n | tail -1 | grep -q 100000",
    ),
    (
        "an archive",
        "tar gzip",
        ALL,
        "tar czf \"$T/t.tar\" boxed.tau && tar tzf \"$T/t.tar\"",
    ),
    ("a lock on a file", "flock", ALL, "flock \"$T/lock\" true"),
    (
        "a lower priority",
        "nice",
        ALL,
        "[ $(nice -n 5 nice) -ge 5 ]",
    ),
    (
        "a lower limit",
        "",
        ALL,
        "(ulimit -n 100 && [ $(ulimit -n) = 100 ])",
    ),
    (
        "a tree of files found and deleted",
        "find",
        ALL,
        "mkdir -p \"$T/a/b/c\" && echo x > \"$T/a/b/c/d\" && find \"$T/a\" -type f -delete && rm -r \"$T/a\"",
    ),
    (
        "a Makefile",
        "make",
        ALL,
        "cd \"$T\" && printf 'all: a b\\na b:\\n\\techo $@ > $@\\n' > Makefile && make -s -j 2 && cat a b",
    ),
    (
        "a program in C",
        "cc",
        ALL,
        "cd \"$T\" && echo 'int main(void) { return 0; }' > a.c && cc a.c -o a && ./a",
    ),
    (
        "Perl",
        "perl",
        ALL,
        "perl -MFile::Temp -e 'print {File::Temp->new} 1 or die'",
    ),
    (
        "Python, with threads and children",
        "python3",
        ALL,
        "python3 -c 'import threading, subprocess; t = threading.Thread(target=lambda: subprocess.run([\"true\"], check=True)); t.start(); t.join()'",
    ),
    (
        "tests of Python",
        "python3",
        ALL,
        "cd \"$T\" && printf 'import unittest\\nclass T(unittest.TestCase):\\n    def test(self): pass\\n' > test_a.py && python3 -m unittest -q test_a",
    ),
    (
        "an event loop of Python",
        "python3",
        ALL,
        "python3 -c 'import asyncio; asyncio.run(asyncio.sleep(0))'",
    ),
    (
        "a data base",
        "python3",
        ALL,
        "cd \"$T\" && python3 -c 'import sqlite3; d = sqlite3.connect(\"a.db\"); d.execute(\"pragma journal_mode = wal\"); d.execute(\"create table t (a)\"); d.commit()'",
    ),
    (
        "processes of Python that share memory",
        "python3",
        FULL,
        "python3 -c 'import multiprocessing as m; p = m.Pool(2); assert p.map(abs, [-1]) == [1]'",
    ),
    (
        "tests of node",
        "node",
        ALL,
        "cd \"$T\" && echo 'require(\"node:test\")(\"a\", () => {})' > a.test.js && node --test a.test.js",
    ),
    (
        "a script of npm",
        "npm",
        ALL,
        "cd \"$T\" && echo '{\"scripts\":{\"test\":\"node -e 0\"}}' > package.json && npm test",
    ),
    (
        "a server on loopback",
        "python3",
        FULL,
        "python3 -c 'import socket; s = socket.create_server((\"127.0.0.1\", 0)); c = socket.create_connection(s.getsockname()); s.accept()[0].send(b\"x\"); assert c.recv(1) == b\"x\"'",
    ),
    (
        "a server on a local socket",
        "python3",
        FULL,
        "cd \"$T\" && python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.bind(\"s\"); s.listen(); c = socket.socket(socket.AF_UNIX); c.connect(\"s\")'",
    ),
    (
        "a terminal of its own",
        "python3",
        FULL,
        "python3 -c 'import pty; pty.spawn([\"true\"])'",
    ),
    (
        "a folder that is watched",
        "node",
        FULL,
        "cd \"$T\" && node -e 'require(\"fs\").watch(\".\").close()'",
    ),
];

/// Runs all of it in a box of this tier; what was not done, and what is not there to do it.
fn undone(tier: &str) -> (Vec<String>, Vec<String>) {
    let case = Case::new(
        "for w in work/*.sh; do\n  n=$(basename \"$w\" .sh)\n  lacks=\n  \
         for tool in $(sed -n 's/^# //p' \"$w\"); do command -v $tool > /dev/null || lacks=$tool; done\n  \
         [ -n \"$lacks\" ] && echo \"@ $n lacks $lacks\" && continue\n  \
         export T=\"$TMPDIR/$n\"\n  mkdir -p \"$T\"\n  \
         if sh \"$w\" > \"$T.said\" 2>&1; then echo \"@ $n done\"; else echo \"@ $n failed $(tail -n 2 \"$T.said\")\"; fi\n\
         done\nexit 0\n",
    );
    for (number, (_, needs, _, script)) in WORK.iter().enumerate() {
        let text = format!("# {needs}\n{script}\n");
        case.sandbox.write(&format!("work/{number:02}.sh"), text);
    }
    case.sandbox.commit("the work");
    let said = case.said(tier);
    let (mut failed, mut lacking) = (Vec::new(), Vec::new());
    for (number, (what, _, place, _)) in WORK.iter().enumerate() {
        if *place == FULL && tier == "landlock" {
            continue;
        }
        let of = |how: &str| {
            let start = format!("@ {number:02} {how}");
            said.lines()
                .find_map(|line| line.strip_prefix(&start).map(str::to_owned))
        };
        if let Some(tool) = of("lacks") {
            lacking.push(format!("`{}`, which is not installed: {what}", tool.trim()));
        } else if of("done").is_none() {
            failed.push(format!(
                "{what}, in `{tier}`: {}",
                of("failed").unwrap_or(said.clone())
            ));
        }
    }
    (failed, lacking)
}

#[test]
fn what_builds_and_tests_do_is_done_in_every_box() {
    let name = "work::what_builds_and_tests_do_is_done_in_every_box";
    let told = users::told_to_say();
    let ordinary = (told.is_none() && users::is_root()).then(|| users::starts(name));
    let mut failed = Vec::new();
    for tier in ["full", "landlock", "none"] {
        if makes(tier, name) {
            let (wrong, lacking) = undone(tier);
            failed.extend(wrong);
            for tool in lacking {
                tau_tests::skip(name, &tool);
            }
        }
    }
    if let Some(file) = told {
        return fs::write(file, failed.join("\n")).unwrap();
    }
    if let Some(ordinary) = ordinary {
        let said = ordinary.said();
        failed.extend(
            said.lines()
                .map(|line| format!("as an ordinary user: {line}")),
        );
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
