"""A process outside: what attacks on others are after. It ends with its input."""

import array, ctypes, glob, os, select, signal, socket, sys

outside, mark = sys.argv[1], sys.argv[2]
secret = ctypes.create_string_buffer(b"secret of another process")
file = os.open(f"{outside}/home/notes.txt", os.O_RDONLY)
heard = open(f"{outside}/heard", "ab", buffering=0)

streams, datagrams, places = [], [], {}


def tries(what, *arguments):
    """What this kernel or file system does not have is missed by its case alone."""
    try:
        return what(*arguments)
    except OSError:
        return None


signalled = open(f"{outside}/signalled", "ab", buffering=0)
signal.signal(signal.SIGUSR1, lambda *_: signalled.write(b"x"))
for folder in glob.glob(f"{outside}/home/v/*"):
    tries(os.setxattr, f"{folder}/notes.txt", "user.tau", b"private")

libc = ctypes.CDLL(None, use_errno=True)
memory = libc.shmget(0x7A000000 + os.getpid(), 4096, 0o1600)
key = libc.syscall(248, b"user", f"tau-{mark}".encode(), b"private", 7, -4) if os.uname().machine == "x86_64" else -1
shared = f"/dev/shm/tau-{mark}"
tries(lambda: open(shared, "w").write("private\n"))
queue = ctypes.c_char_p(f"/tau-{mark}".encode())
if hasattr(libc, "mq_open"):
    libc.mq_open(queue, os.O_CREAT | os.O_RDWR, 0o600, None)


def ends():
    if key > 0:
        libc.syscall(250, 9, key, -4)
    libc.shmctl(memory, 0, None)
    if hasattr(libc, "mq_open"):
        libc.mq_unlink(queue)
    for path in glob.glob(f"{shared}*"):
        tries(os.unlink, path)
    sys.exit()


def listens(name, family, kind, address):
    it = socket.socket(family, kind)
    try:
        it.bind(address)
    except OSError:
        places[name] = 0
        return
    places[name] = it.getsockname()[1] if family in (socket.AF_INET, socket.AF_INET6) else address
    if kind == socket.SOCK_DGRAM:
        datagrams.append(it)
    else:
        it.listen(64)
        streams.append(it)


STREAM, DATAGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
listens("TCP", socket.AF_INET, STREAM, ("127.0.0.1", 0))
listens("TCP6", socket.AF_INET6, STREAM, ("::1", 0))
listens("UDP", socket.AF_INET, DATAGRAM, ("127.0.0.1", 0))
listens("SOCK", socket.AF_UNIX, STREAM, f"{outside}/home/stream.sock")
listens("DGRAM", socket.AF_UNIX, DATAGRAM, f"{outside}/home/dgram.sock")
listens("SEQ", socket.AF_UNIX, socket.SOCK_SEQPACKET, f"{outside}/home/seq.sock")
listens("SEEN", socket.AF_UNIX, STREAM, f"{outside}/tools/seen.sock")
listens("ABSTRACT", socket.AF_UNIX, STREAM, f"\0tau-{mark}-stream")
listens("ABSDGRAM", socket.AF_UNIX, DATAGRAM, f"\0tau-{mark}-dgram")
places.update(ABSTRACT=f"tau-{mark}-stream", ABSDGRAM=f"tau-{mark}-dgram")
places.update(VICTIM=os.getpid(), ADDRESS=ctypes.addressof(secret), VICTIMFD=file)
for name, value in places.items():
    print(f"export {name}={value}")
print("export END=1", flush=True)

while True:
    for it in select.select([0, *streams, *datagrams], [], [])[0]:
        if it == 0:
            ends()
        if it in datagrams:
            heard.write(it.recv(100) + b"\n")
            continue
        try:
            one, _ = it.accept()
            one.settimeout(5)
            heard.write(one.recv(100) + b"\n")
            if one.family == socket.AF_UNIX:
                # With an answer comes an open file.
                rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file]))
                one.sendmsg([b"hello"], [rights])
            else:
                one.sendall(b"hello")
            one.close()
        except OSError:
            pass
