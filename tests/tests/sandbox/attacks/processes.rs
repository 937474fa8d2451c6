//! Other processes, and what outlives a command.

use crate::attack::{Attack, py, sh};

const TRACES: &str = "that one may trace one's other processes";

pub(crate) const PROCESSES: &[Attack] = &[
    py("a signal to another process", "os.kill(VICTIM, 0)"),
    py(
        "a signal, by a handle",
        "signal.pidfd_send_signal(os.pidfd_open(VICTIM), 0)",
    ),
    py(
        "a signal, queued",
        r#"
information = ctypes.create_string_buffer(struct.pack("iii", 0, 0, -1).ljust(128, b"\0"))
call(129, VICTIM, 0, information)
"#,
    ),
    py(
        "a signal, by what is ready to be read",
        r#"
# The kernel judges it when it is sent, not when it is asked for.
r, w = os.pipe()
fcntl.fcntl(r, fcntl.F_SETOWN, VICTIM)
fcntl.fcntl(r, 10, signal.SIGUSR1)
fcntl.fcntl(r, fcntl.F_SETFL, fcntl.fcntl(r, fcntl.F_GETFL) | os.O_ASYNC)
os.write(w, b"x")
"#,
    )
    .changes_at("signalled"),
    py(
        "the memory of another process, read",
        r#"
where = ctypes.create_string_buffer(25)
local = struct.pack("QQ", ctypes.addressof(where), 25)
remote = struct.pack("QQ", ADDRESS, 25)
call(310, VICTIM, local, 1, remote, 1, 0)
assert where.raw == b"secret of another process"
"#,
    )
    .depends(TRACES),
    py(
        "the memory of another process, written",
        r#"
text = ctypes.create_string_buffer(b"secret of another process")
local = struct.pack("QQ", ctypes.addressof(text), 25)
remote = struct.pack("QQ", ADDRESS, 25)
call(311, VICTIM, local, 1, remote, 1, 0)
"#,
    )
    .depends(TRACES),
    py(
        "the memory of another process, as a file",
        r#"
memory = open(f"/proc/{VICTIM}/mem", "rb", buffering=0)
memory.seek(ADDRESS)
assert memory.read(25) == b"secret of another process"
"#,
    )
    .depends(TRACES),
    py(
        "another process, traced",
        r#"
call(101, 0x4206, VICTIM, 0, 0)
"#,
    )
    .depends(TRACES),
    py(
        "another process, compared with this",
        "call(312, os.getpid(), VICTIM, 0, 0, 0)",
    )
    .depends(TRACES),
    py(
        "the priority of another process",
        r#"
os.setpriority(os.PRIO_PROCESS, VICTIM, os.getpriority(os.PRIO_PROCESS, VICTIM))
"#,
    ),
    py(
        "the processors of another process",
        "os.sched_setaffinity(VICTIM, os.sched_getaffinity(VICTIM))",
    ),
    py(
        "how another process is scheduled",
        "os.sched_setscheduler(VICTIM, os.SCHED_OTHER, os.sched_param(0))",
    ),
    py(
        "how another process reads the disk",
        r#"call(251, 1, VICTIM, (2 << 13) | 4)"#,
    ),
    py(
        "a limit of another process",
        r#"
import resource
resource.prlimit(VICTIM, resource.RLIMIT_CORE, (0, resource.prlimit(VICTIM, resource.RLIMIT_CORE)[1]))
"#,
    ),
    py(
        "who dies first where memory is short",
        r#"open(f"/proc/{VICTIM}/oom_score_adj", "w").write("0")"#,
    ),
    py(
        "the pages of another process, moved",
        "call(256, VICTIM, 8, struct.pack('Q', 1), struct.pack('Q', 1))",
    )
    .depends("memory in several parts"),
    py(
        "the command line of another process",
        r#"assert b"process outside" in open(f"/proc/{VICTIM}/cmdline", "rb").read()"#,
    ),
    sh(
        "a list of the machine's processes",
        r#"for p in /proc/[0-9]*; do grep -qa 'process outside' $p/cmdline && exit 0; done; exit 1"#,
    ),
    sh(
        "a limit of the process that watches over it",
        r#"prlimit --pid $WATCHER --core=0:0"#,
    )
    .needs(&["prlimit"]),
    sh(
        "the memory of the process that watches over it",
        r#"head -c 0 "/proc/$WATCHER/mem""#,
    )
    .depends(TRACES),
    py(
        "the priority of the process that watches over it",
        "os.setpriority(os.PRIO_PROCESS, WATCHER, os.getpriority(os.PRIO_PROCESS, WATCHER))",
    ),
    py(
        "the processors of the process that watches over it",
        "os.sched_setaffinity(WATCHER, os.sched_getaffinity(WATCHER))",
    ),
    py(
        "how the process that watches over it is scheduled",
        "os.sched_setscheduler(WATCHER, os.SCHED_OTHER, os.sched_param(0))",
    ),
    py(
        "how the process that watches over it reads the disk",
        "call(251, 1, WATCHER, (2 << 13) | 4)",
    ),
    py(
        "the process that watches over it, traced",
        "call(101, 0x4206, WATCHER, 0, 0)",
    )
    .depends(TRACES),
    py(
        "the process that watches over it, stopped",
        r#"
os.kill(WATCHER, signal.SIGSTOP)
for _ in range(200):
    state = open(f"/proc/{WATCHER}/stat").read().rsplit(")", 1)[1].split()[0]
    if state == "T":
        os.kill(WATCHER, signal.SIGCONT)
        break
    time.sleep(0.001)
assert state == "T"
"#,
    ),
    // What outlives its command.
    sh(
        "a process in the background",
        "nohup sleep $MARK > /dev/null 2>&1 &",
    )
    .survives()
    .plain(),
    sh(
        "a session of its own",
        "setsid sleep $MARK > /dev/null 2>&1 &",
    )
    .survives()
    .plain()
    .needs(&["setsid"]),
    sh(
        "a process without a parent",
        "( ( setsid nohup sleep $MARK > /dev/null 2>&1 & ) & )",
    )
    .survives()
    .plain()
    .needs(&["setsid"]),
    sh(
        "one that is deaf to signals",
        r#"setsid sh -c 'trap "" TERM INT HUP QUIT; sleep $MARK; sleep $MARK' > /dev/null 2>&1 &"#,
    )
    .survives()
    .plain()
    .needs(&["setsid"]),
    sh(
        "one that has stopped",
        "setsid sh -c 'kill -STOP $$' sh $MARK > /dev/null 2>&1 &",
    )
    .survives()
    .plain()
    .needs(&["setsid"]),
    sh(
        "one without an environment",
        "setsid env -i sleep $MARK > /dev/null 2>&1 &",
    )
    .survives()
    .needs(&["setsid"]),
    sh(
        "one that starts itself again",
        r#"setsid sh -c 'while :; do sleep $MARK; done' > /dev/null 2>&1 &"#,
    )
    .survives()
    .plain()
    .needs(&["setsid"]),
    py(
        "one that adopts orphans",
        r#"
if os.fork() == 0:
    os.setsid()
    call(157, 36, 1, 0, 0, 0)
    if os.fork() == 0 and os.fork() == 0:
        os.setsid()
        os.execvpe("sleep", ["sleep", str(MARK)], {})
    signal.pause()
"#,
    )
    .survives(),
    py(
        "one that is traced by another",
        r#"
if os.fork() == 0:
    os.setsid()
    child = os.fork()
    if child == 0:
        call(101, 0, 0, 0, 0)
        os.execvpe("sleep", ["sleep", str(MARK)], {})
    os.waitpid(child, 0)
    signal.pause()
"#,
    )
    .survives(),
    py(
        "one with another name",
        r#"
if os.fork() == 0:
    os.setsid()
    call(157, 15, ctypes.create_string_buffer(b"kworker/0:1"), 0, 0, 0)
    os.execvpe("sleep", ["sleep", str(MARK)], {})
"#,
    )
    .survives(),
    py(
        "many at once",
        r#"
if os.fork() == 0:
    os.setsid()
    for _ in range(50):
        if os.fork() == 0:
            os.setsid()
            os.execvpe("sleep", ["sleep", str(MARK)], {})
    os._exit(0)
"#,
    )
    .survives(),
];
