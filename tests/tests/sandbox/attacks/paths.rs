//! Files of the user and of the machine, by their paths and by links.

use crate::attack::{Attack, py, sh};

const GUESSED: &str = "Landlock does not hide that a file is there, how large it is, or where a link leads, from one who knows its name";
const MODES: &str = "Landlock knows nothing of modes, owners and times";

pub(crate) const PATHS: &[Attack] = &[
    sh(
        "a file of the home folder",
        r#"grep -q private "$V/notes.txt""#,
    ),
    sh(
        "a key of the home folder",
        r#"grep -q key "$H/.ssh/id_ed25519""#,
    ),
    sh("the list of the home folder", r#"ls "$H" | grep -q notes"#),
    sh(
        "the list of a folder, from inside",
        r#"cd "$V" && ls | grep -q notes"#,
    ),
    sh(
        "a file by a link",
        r#"ln -s "$V/notes.txt" "$T/l"; grep -q private "$T/l""#,
    ),
    sh(
        "a file by a hard link",
        r#"ln "$V/notes.txt" "$T/l" && grep -q private "$T/l""#,
    ),
    sh(
        "a file by a link of the repository",
        "grep -q private planted/file",
    ),
    sh(
        "a file below a link of the repository",
        "grep -q private planted/home/notes.txt",
    ),
    sh(
        "a file by a way upwards",
        r#"grep -q private "$T/../../../../../../../../../../..$V/notes.txt""#,
    ),
    sh(
        "a file by an odd spelling",
        r#"grep -q private "//${V#/}/.//../${ID}/notes.txt""#,
    ),
    sh(
        "a file by a pattern",
        r#"cat "$V"/no*.t?t | grep -q private"#,
    ),
    sh(
        "a file by the root of this process",
        r#"grep -q private "/proc/self/root$V/notes.txt""#,
    ),
    sh(
        "a file by the folder of this process",
        r#"cd "$V" && grep -q private /proc/self/cwd/notes.txt"#,
    ),
    sh(
        "a file found below the folder around",
        r#"find "$O" -name id_ed25519 | grep -q ."#,
    ),
    sh(
        "a copy of a folder",
        r#"cp -r "$V" "$T/copy" && grep -q private "$T/copy/notes.txt""#,
    ),
    sh(
        "an archive of a folder",
        r#"tar cf "$T/t.tar" -C "$V" notes.txt && tar tf "$T/t.tar" | grep -q notes"#,
    )
    .needs(&["tar"]),
    sh("a program of the home folder", r#""$V/tool""#),
    sh(
        "a program of the home folder, by the loader",
        r#"/lib64/ld-linux-x86-64.so.2 "$H/true""#,
    )
    .depends("a dynamic loader of x86-64"),
    sh("the passwords of the machine", "grep -q : /etc/shadow").roots(),
    sh("the log of the machine", "ls /var/log | grep -q ."),
    sh(
        "what runs at boot",
        "ls /boot /etc/systemd /etc/init.d /etc/cron.d 2> /dev/null | grep -q .",
    ),
    sh(
        "a new file in the system's configuration",
        "touch /etc/tau-box-test && rm /etc/tau-box-test",
    )
    .roots(),
    sh(
        "a new program of the system",
        "touch /usr/bin/tau-box-test && rm /usr/bin/tau-box-test",
    )
    .roots(),
    sh("the user's checkout", r#"grep -q mission "$R/boxed.tau""#),
    sh(
        "the run's journal",
        r#"cat "$S"/runs/*/journal.jsonl | grep -q ."#,
    ),
    sh(
        "the run's journal, written",
        r#"for j in "$S"/runs/*/journal.jsonl; do : >> "$j" || exit 1; done"#,
    ),
    sh(
        "the run's folder, listed",
        r#"ls "$S"/runs/* | grep -q journal"#,
    ),
    py(
        "a file by a handle of its path",
        r#"
fd = os.open(f"{V}/notes.txt", os.O_PATH)
assert b"private" in open(f"/proc/self/fd/{fd}", "rb").read()
"#,
    ),
    py(
        "a file from a folder that was entered",
        r#"
os.chdir(V)
assert b"private" in open("notes.txt", "rb").read()
"#,
    ),
    py(
        "a file by openat2",
        r#"
how = struct.pack("QQQ", os.O_RDONLY, 0, 0)
path = ctypes.create_string_buffer(f"{V}/notes.txt".encode())
fd = call(437, -100, path, how, 24)
assert b"private" in os.read(fd, 100)
"#,
    ),
    py(
        "a file by its number, past all folders",
        r#"
handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
mount = ctypes.c_int()
path = ctypes.create_string_buffer(f"{V}/notes.txt".encode())
call(303, -100, path, handle, ctypes.byref(mount), 0)
folder = os.open(".", os.O_RDONLY)
fd = call(304, folder, handle, os.O_RDONLY)
assert b"private" in os.read(fd, 100)
"#,
    )
    .roots()
    .depends("handles of files"),
    py(
        "a folder above the root, by a root of one's own",
        r#"
os.mkdir(f"{T}/jail")
top = os.open("/", os.O_RDONLY)
os.chroot(f"{T}/jail")
os.fchdir(top)
for _ in range(20):
    os.chdir("..")
os.chroot(".")
assert b"private" in open(f"{V}/notes.txt", "rb").read()
"#,
    )
    .roots(),
    py(
        "that a file is there",
        r#"assert os.path.exists(f"{V}/notes.txt")"#,
    )
    .open_in_landlock(GUESSED),
    py(
        "how large a file is",
        r#"assert os.stat(f"{V}/notes.txt").st_size == 8"#,
    )
    .open_in_landlock(GUESSED),
    py(
        "where a link leads",
        r#"assert os.readlink(f"{V}/link") == "notes.txt""#,
    )
    .open_in_landlock(GUESSED),
    py(
        "the names of new files, by watching",
        r#"
fd = call(294, 0)
call(254, fd, ctypes.create_string_buffer(V.encode()), 0x100)
"#,
    ),
    py(
        "what is written about a file beside it",
        r#"assert os.getxattr(f"{V}/notes.txt", "user.tau") == b"private""#,
    )
    .depends("attributes of files"),
    // Changes.
    sh("a new file in the home folder", r#"echo x > "$V/made""#).changes(),
    sh("a new folder in the home folder", r#"mkdir "$V/made""#).changes(),
    sh("a new link in the home folder", r#"ln -s x "$V/made""#).changes(),
    sh("a file, written", r#"echo x >> "$V/notes.txt""#).changes(),
    sh("a file, emptied", r#": > "$V/notes.txt""#).changes(),
    sh("a file, removed", r#"rm -f "$V/notes.txt""#).changes(),
    sh("a file, renamed", r#"mv "$V/notes.txt" "$V/n""#).changes(),
    sh(
        "a file, replaced by one's own",
        r#"echo x > "$T/x"; mv -f "$T/x" "$V/notes.txt""#,
    )
    .changes(),
    sh(
        "a file, by a link",
        r#"ln -s "$V/notes.txt" "$T/l"; echo x >> "$T/l""#,
    )
    .changes(),
    sh("a folder, removed", r#"rm -rf "$V/sub""#).changes(),
    sh("a folder, moved", r#"mv "$V/sub" "$T/""#).changes(),
    sh(
        "a name for one's own file",
        r#"echo x > "$T/x"; ln "$T/x" "$V/made""#,
    )
    .changes(),
    sh("the mode of a file", r#"chmod 777 "$V/notes.txt""#)
        .changes()
        .open_in_landlock(MODES),
    sh(
        "the times of a file",
        r#"touch -d 2001-01-01 "$V/notes.txt""#,
    )
    .changes()
    .open_in_landlock(MODES),
    sh("the owner of a file", r#"chown 1:1 "$V/notes.txt""#)
        .changes()
        .roots(),
    sh("the flags of a file", r#"chattr +d "$V/notes.txt""#)
        .needs(&["chattr"])
        .depends("flags of files"),
    py(
        "an attribute of a file",
        r#"os.setxattr(f"{V}/notes.txt", "user.made", b"x")"#,
    )
    .depends("attributes of files"),
    py(
        "an attribute of a file, removed",
        r#"os.removexattr(f"{V}/notes.txt", "user.tau")"#,
    )
    .depends("attributes of files"),
    py("a file, cut short", r#"os.truncate(f"{V}/notes.txt", 1)"#).changes(),
    py(
        "the flags of a file, by its name",
        r#"
told = ctypes.create_string_buffer(24)
name = ctypes.create_string_buffer(f"{V}/notes.txt".encode())
call(468, -100, name, told, 24, 0)
call(469, -100, name, told, 24, 0)
"#,
    )
    .depends("a kernel that knows flags of files by their names"),
    py(
        "two files, exchanged",
        r#"
open(f"{T}/x", "w").write("x")
names = [ctypes.create_string_buffer(it.encode()) for it in (f"{T}/x", f"{V}/notes.txt")]
call(316, -100, names[0], -100, names[1], 2)
"#,
    )
    .changes(),
    sh("a start file of the shell", r#"echo x >> "$H/.profile""#).changes_at("home/.profile"),
    sh(
        "a program that starts with the session",
        r#"mkdir -p "$H/.config/autostart"; echo x > "$H/.config/autostart/x.desktop""#,
    )
    .changes_at("home/.config"),
    sh(
        "a key that may log in",
        r#"echo x >> "$H/.ssh/authorized_keys""#,
    )
    .changes_at("home/.ssh/authorized_keys"),
    sh("a file of the checkout", r#"echo x >> "$R/boxed.tau""#).changes_at("repo/boxed.tau"),
    sh("a new file in the checkout", r#"echo x > "$R/made""#).changes_at("repo/made"),
    sh("a file beside all", r#"echo x > "$O/beside""#).changes_at("beside"),
];
