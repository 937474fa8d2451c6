//! Rights, namespaces, and parts of the kernel that no build needs.

use crate::attack::{Attack, py, sh};

const USERS: &str = "namespaces for users who are not root";

pub(crate) const CAPABILITIES: &[Attack] = &[
    sh("capabilities", "grep -q 'CapEff:.*[1-9a-f]' /proc/self/status").roots(),
    sh("capabilities that a program could get", "grep -q 'CapBnd:.*[1-9a-f]' /proc/self/status"),
    sh("a program that runs as its owner", "grep -q 'NoNewPrivs:.*0' /proc/self/status"),
    sh("another user, by a program", "setpriv --reuid 1 --regid 1 --clear-groups true").roots().needs(&["setpriv"]),
    py("another user, by a call", "os.setresuid(1, 1, 1)").roots(),
    py("another group, by a call", "os.setresgid(1, 1, 1)").roots(),
    py("further groups", "os.setgroups([1, 2])").roots(),
    sh("another owner of a file", r#"touch "$T/f" && chown 1:1 "$T/f""#).roots(),
    sh("a file that runs as its owner", r#"cp /bin/true "$T/f" && chmod u+s "$T/f" && [ -u "$T/f" ]"#),
    py("a file that runs as its owner, from its making", r#"
os.umask(0)
fd = os.open(f"{T}/f", os.O_CREAT | os.O_WRONLY, 0o4755)
assert os.fstat(fd).st_mode & stat.S_ISUID
"#),
    py("a file that runs as its owner, by a handle", r#"
fd = os.open(f"{T}/f", os.O_CREAT | os.O_WRONLY, 0o755)
os.fchmod(fd, 0o4755)
assert os.fstat(fd).st_mode & stat.S_ISUID
"#),
    py("a file that runs as its group", r#"
fd = os.open(f"{T}/f", os.O_CREAT | os.O_WRONLY, 0o755)
call(452, -100, ctypes.create_string_buffer(f"{T}/f".encode()), 0o2755, 0)
assert os.fstat(fd).st_mode & stat.S_ISGID
"#).depends("fchmodat2"),
    py("capabilities in a file", r#"
shutil.copy("/bin/true", f"{T}/f")
os.setxattr(f"{T}/f", "security.capability", struct.pack("IIIII", 0x2000001, 1 << 21, 0, 0, 0))
"#).roots().depends("attributes of files"),
    sh("a namespace for mounts", "unshare -m true").roots().needs(&["unshare"]),
    sh("a namespace for users", "unshare -U true").needs(&["unshare"]).depends(USERS),
    sh("to be root in a namespace", "unshare -Ur sh -c 'mount -t tmpfs x /mnt'").needs(&["unshare"]).depends(USERS),
    sh("a namespace for processes", "unshare -pf true").roots().needs(&["unshare"]),
    sh("a namespace for networks", "unshare -n true").roots().needs(&["unshare"]),
    sh("a namespace for messages", "unshare -i true").roots().needs(&["unshare"]),
    sh("a namespace for names", "unshare -u true").roots().needs(&["unshare"]),
    sh("a namespace for control groups", "unshare -C true").roots().needs(&["unshare"]),
    sh("a namespace for times", "unshare -T true").roots().needs(&["unshare"]).depends("namespaces for times"),
    py("a namespace for users, by clone", r#"
pid = call(56, 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
"#).depends(USERS),
    py("a namespace for users, by clone3", r#"
pid = call(435, struct.pack("8Q", 0x10000000, 0, 0, 0, signal.SIGCHLD, 0, 0, 0), 64)
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
"#).depends(USERS),
    py("the namespaces of another process", r#"
fd = os.open(f"/proc/{VICTIM}/ns/mnt", os.O_RDONLY)
call(308, fd, 0x20000)
"#).roots(),
    py("the namespaces of another process, by a handle", "call(308, os.pidfd_open(VICTIM), 0x20000)").roots(),
    sh("a mount", r#"mkdir -p "$T/m" && mount -t tmpfs x "$T/m" && umount "$T/m""#).roots().needs(&["mount"]),
    sh("a mount of a folder elsewhere", r#"mkdir -p "$T/m" && mount --bind "$V" "$T/m" && grep -q private "$T/m/notes.txt"; code=$?; umount "$T/m"; exit $code"#)
        .roots()
        .needs(&["mount"]),
    py("a mount, by the newer calls", r#"
call(430, ctypes.create_string_buffer(b"tmpfs"), 0)
"#).roots(),
    py("a tree of mounts, copied", r#"call(428, -100, ctypes.create_string_buffer(V.encode()), 1)"#).roots(),
    py("attributes of a mount", r#"
fd = call(428, -100, ctypes.create_string_buffer(V.encode()), 1)
call(442, fd, ctypes.create_string_buffer(b""), 0x1000, struct.pack("4Q", 1, 0, 0, 0), 32)
"#).roots(),
    sh("a root of one's own", "chroot / true").roots().needs(&["chroot"]),
    py("another root", r#"
# Whoever may is told that there is no such folder: a control that moves the root would harm.
nowhere = ctypes.create_string_buffer(b"/nowhere")
try:
    call(155, nowhere, nowhere)
except OSError as error:
    assert error.errno == errno.ENOENT
"#).roots(),
    sh("a name for the machine", "hostname $(hostname)").roots().needs(&["hostname"]),
    py("the time of the machine", "time.clock_settime(time.CLOCK_REALTIME, time.time())").roots(),
    py("a program in the kernel", r#"call(321, 0, struct.pack("5I", 2, 4, 4, 1, 0).ljust(72, b"\0"), 72)"#).roots(),
    py("counters of the processor", r#"
attributes = struct.pack("IIQQQQQ", 1, 112, 0, 0, 0, 0, 0x60).ljust(112, b"\0")
call(298, attributes, os.getpid(), -1, -1, 0)
"#).depends("counters for everybody"),
    py("keys in the kernel", r#"
call(248, ctypes.create_string_buffer(b"user"), ctypes.create_string_buffer(b"tau-box"), ctypes.create_string_buffer(b"x"), 1, -2)
"#),
    py("keys of the user, asked for", "call(250, 0, -4, 1)"),
    py("faults of memory, handled by a program", "call(323, 1)"),
    py("all files of a machine, watched", "call(300, 0x200, 0)").depends("watching for everybody"),
    py("a better priority", "os.setpriority(os.PRIO_PROCESS, 0, -5)").roots(),
    py("the time of a device", "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))").roots(),
    py("ports of the processor", "call(172, 3)").roots().depends("ports of x86-64"),
    py("the kernel's modules, listed and asked for", r#"
fd = os.memfd_create("m")
try:
    call(313, fd, ctypes.create_string_buffer(b""), 0)
except OSError as error:
    # Root is told that it is no module; others that they may not.
    assert error.errno in (errno.ENOEXEC, errno.EINVAL)
"#).roots().depends("modules"),
    py("accounts of processes", r#"
# Whoever may is told that there is no such file.
try:
    call(163, ctypes.create_string_buffer(b"/nowhere/x"))
except OSError as error:
    assert error.errno == errno.ENOENT
"#).roots().depends("accounts of processes"),
    py("quotas", r#"
try:
    call(179, 0x800001 << 8, 0, 0, 0)
except OSError as error:
    assert error.errno != errno.EPERM and error.errno != errno.ENOSYS
"#).roots().depends("quotas"),
    py("the number of calls of another kind", r#"
# The calls of x32 have a bit of their own: 0x40000000 with the number of `getpid`.
assert call(0x40000000 + 39) > 0
"#).depends("calls of x32"),
    py("the dump of a program that has crashed", r#"
import resource
assert resource.getrlimit(resource.RLIMIT_CORE)[1] != 0
"#),
];
