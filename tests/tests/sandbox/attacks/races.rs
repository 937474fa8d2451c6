//! What is right when it is looked at and wrong when it is used.

use crate::attack::{Attack, py};

pub(crate) const RACES: &[Attack] = &[
    py(
        "a file that turns into a link",
        r#"
name = f"{T}/x"
def change():
    open(f"{name}.n", "w").close()
    os.replace(f"{name}.n", name)
    os.symlink(f"{V}/notes.txt", f"{name}.n")
    os.replace(f"{name}.n", name)
assert races(change, lambda: open(name).read() == "private\n")
"#,
    ),
    py(
        "a folder that turns into a link",
        r#"
os.mkdir(f"{T}/a")
os.symlink(V, f"{T}/b")
names = [ctypes.create_string_buffer(f"{T}/{it}".encode()) for it in "ab"]
def write():
    open(f"{T}/a/raced", "w").close()
    return os.path.exists(f"{V}/raced")
assert races(lambda: call(316, -100, names[0], -100, names[1], 2), write)
"#,
    )
    .changes(),
    py(
        "a folder that moves while one goes upwards",
        r#"
os.makedirs(f"{T}/a/b/c/d")
os.mkdir(f"{T}/z")
os.chdir(f"{T}/a/b/c/d")
def change():
    os.rename(f"{T}/a/b/c", f"{T}/z/c")
    os.rename(f"{T}/z/c", f"{T}/a/b/c")
up = "../" * 30 + V.lstrip("/")
assert races(change, lambda: open(f"{up}/notes.txt").read() == "private\n")
"#,
    ),
    py(
        "a folder that is moved away below one's feet",
        r#"
os.makedirs(f"{T}/a/b")
folder = os.open(f"{T}/a/b", os.O_RDONLY)
os.rename(f"{T}/a/b", f"{T}/b")
os.fchdir(folder)
for _ in range(30):
    os.chdir("..")
assert "private\n" == open(V.lstrip("/") + "/notes.txt").read()
"#,
    ),
    py(
        "a file that is moved to where it may be read",
        r#"
os.rename(f"{V}/notes.txt", f"{T}/mine")
assert "private\n" == open(f"{T}/mine").read()
"#,
    ),
    py(
        "a process with another number, reused",
        r#"
# Signals to numbers around one's own: one of them is another's.
found = 0
for pid in range(max(2, VICTIM - 5), VICTIM + 5):
    try:
        os.kill(pid, 0)
        found += open(f"/proc/{pid}/cmdline", "rb").read().count(b"process outside")
    except OSError:
        pass
assert found
"#,
    ),
    py(
        "two threads, one of which is confined",
        r#"
# What a thread that was there before could do.
import threading
said = []
def reads():
    try:
        said.append(open(f"{V}/notes.txt").read())
    except OSError:
        pass
them = [threading.Thread(target=reads) for _ in range(8)]
[it.start() for it in them]
[it.join() for it in them]
assert said
"#,
    ),
];
