//! Work that must go on in a box.

use super::{Case, makes};

/// What is done, and how it is shown that it was.
const WORK: &[(&str, &str)] = &[
    ("its files", "cat boxed.tau > /dev/null && echo DONE"),
    (
        "files that are granted",
        "mkdir -p out && echo x > out/x && echo DONE",
    ),
    (
        "temporary files",
        "f=$(mktemp) && echo x > \"$f\" && rm \"$f\" && echo DONE",
    ),
    (
        "files in the home folder, of its own",
        "echo x > \"$HOME/x\" && cat \"$HOME/x\" && echo DONE",
    ),
    ("a pipe", "echo x | cat | grep -q x && echo DONE"),
    (
        "a FIFO",
        "mkfifo \"$TMPDIR/p\" && (echo x > \"$TMPDIR/p\" &) && cat \"$TMPDIR/p\" && echo DONE",
    ),
    (
        "processes in the background",
        "sleep 0 & wait $! && echo DONE",
    ),
    ("a signal to one's own", "sleep 1000 & kill $! && echo DONE"),
    (
        "devices",
        "head -c 8 /dev/urandom > /dev/null && echo x > /dev/null && echo DONE",
    ),
    (
        "links between files",
        "echo x > \"$TMPDIR/a\" && ln \"$TMPDIR/a\" \"$TMPDIR/b\" && ln -s a \"$TMPDIR/c\" && cat \"$TMPDIR/c\" && echo DONE",
    ),
    (
        "a program of its own",
        "printf '#!/bin/sh\\necho DONE\\n' > \"$TMPDIR/p\" && chmod +x \"$TMPDIR/p\" && \"$TMPDIR/p\"",
    ),
    ("who one is", "[ \"$(id -u)\" -ge 0 ] && echo DONE"),
    (
        "git",
        "cd \"$TMPDIR\" && git init -q r && cd r && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && echo DONE",
    ),
    ("the time", "date > /dev/null && echo DONE"),
    (
        "sorting much",
        "seq 100000 | sort -n | tail -1 | grep -q 100000 && echo DONE",
    ),
    (
        "an archive",
        "tar cf \"$TMPDIR/t.tar\" case.sh && tar tf \"$TMPDIR/t.tar\" && echo DONE",
    ),
];

#[test]
fn what_builds_and_tests_do_is_done_in_every_box() {
    for tier in ["full", "landlock", "none"] {
        if !makes(tier, "what_builds_and_tests_do_is_done_in_every_box") {
            continue;
        }
        for (what, script) in WORK {
            let case = Case::new(&format!("{script}\n"));
            let said = case.said(tier);
            assert!(said.contains("DONE"), "{what}, in `{tier}`: {said}");
        }
    }
}

#[test]
fn a_server_on_loopback_is_reached_in_a_full_box() {
    if !makes("full", "a_server_on_loopback_is_reached_in_a_full_box") {
        return;
    }
    let script = "import socket, threading\n\
                  s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(1)\n\
                  t = threading.Thread(target=lambda: s.accept()[0].sendall(b'DONE')); t.start()\n\
                  print(socket.create_connection(s.getsockname()).recv(4).decode())\n";
    let case =
        Case::new("command -v python3 > /dev/null || { echo DONE; exit 0; }\nexec python3 s.py\n");
    case.sandbox.write("s.py", script);
    case.sandbox.commit("a server");
    assert!(case.said("full").contains("DONE"));
}
