//! What whoever started tau had open.

use crate::attack::{Attack, py, sh};

pub(crate) const DESCRIPTORS: &[Attack] = &[
    sh("a file that is open for reading", "grep -q private <&7"),
    sh("a file that is open for writing", "echo x >&8").changes_at("home/open"),
    py(
        "a folder that is open",
        r#"assert b"private" in os.read(os.open("notes.txt", os.O_RDONLY, dir_fd=9), 100)"#,
    ),
    py(
        "a folder that is open, entered",
        r#"
os.fchdir(9)
assert b"private" in open("notes.txt", "rb").read()
"#,
    ),
    py(
        "any descriptor but the first three",
        r#"
own = os.open("/dev/null", os.O_RDONLY)
assert [fd for fd in range(3, 64) if fd != own and fd != 255 and os.path.exists(f"/proc/self/fd/{fd}")
        and "notes" in os.readlink(f"/proc/self/fd/{fd}")]
"#,
    ),
    sh(
        "what the process above has open",
        "ls -l /proc/$WATCHER/fd 2> /dev/null | grep -q /",
    ),
    sh(
        "what any process has open",
        "for p in /proc/[0-9]*; do ls -l $p/fd 2> /dev/null | grep -q notes.txt && [ ${p#/proc/} != $$ ] && exit 0; done; exit 1",
    ),
    py(
        "a descriptor, taken from another process",
        r#"
process = os.pidfd_open(VICTIM)
fd = call(438, process, VICTIMFD, 0)
os.lseek(fd, 0, 0)
assert b"private" in os.read(fd, 100)
"#,
    )
    .depends("that one may trace one's other processes"),
    py(
        "a file of another process, opened anew",
        r#"assert b"private" in open(f"/proc/{VICTIM}/fd/{VICTIMFD}", "rb").read()"#,
    )
    .depends("that one may trace one's other processes"),
    py(
        "a descriptor, sent by another process",
        r#"
s = socket.socket(socket.AF_UNIX)
s.settimeout(5)
s.connect(f"{H}/stream.sock")
s.sendall(ID.encode())
_, fds, _, _ = socket.recv_fds(s, 5, 1)
os.lseek(fds[0], 0, 0)
assert b"private" in os.read(fds[0], 100)
"#,
    ),
];
