"""Runs each case in Python in a process of its own, and says how it ended."""

import ctypes, errno, fcntl, glob, mmap, os, pathlib, shutil, signal, socket, stat, struct, subprocess, sys, time

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    """A system call, by its number on x86-64."""
    words = [ctypes.c_long(it) if isinstance(it, int) else it for it in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def known():
    """The places of this run."""
    found = {}
    for line in open("cases/env.sh"):
        name, _, value = line.removeprefix("export ").strip().partition("=")
        found[name] = int(value) if value.isdigit() else value
    # Whoever started this watches over it.
    found["WATCHER"] = os.getppid()
    return found


def lacking(text):
    if "call(" in text and os.uname().machine != "x86_64":
        return ["x86-64, whose numbers of system calls it uses"]
    needs = text.splitlines()[0].removeprefix("# needs").split()
    return [tool for tool in needs if not shutil.which(tool)]


def case(path, text, places):
    name = path.stem
    own = dict(globals(), **places, ID=name, V=f"{places['H']}/v/{name}", T=f"{os.environ['TMPDIR']}/{name}")
    own["MARK"] = f"{places['MARKS']}{name}"
    os.environ.update({key: str(own[key]) for key in ("H", "R", "S", "O", "V", "T", "ID", "MARK")})
    os.makedirs(own["T"], exist_ok=True)
    said = os.open(f"{os.environ['TMPDIR']}/{name}.said", os.O_RDWR | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    signal.alarm(20)
    try:
        exec(compile(text, str(path), "exec"), own)
    except BaseException as error:
        print(type(error).__name__, error, flush=True)
        os._exit(1)
    os._exit(0)


def races(change, look, times=100):
    """Whether `look` is true at some moment while another process makes a change and another."""
    made = mmap.mmap(-1, 8)
    child = os.fork()
    if child == 0:
        while True:
            change()
            os.sched_yield()
            made[0:8] = struct.pack("Q", struct.unpack("Q", made[0:8])[0] + 1)
    found, looked, last = False, 0, 0
    while not found and looked < times:
        # On a busy machine one of the two may run alone for a while.
        os.sched_yield()
        now = struct.unpack("Q", made[0:8])[0]
        looked += now != last
        last = now
        try:
            found = look()
        except OSError:
            pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return found


def main():
    places = known()
    for path in sorted(pathlib.Path("cases").glob("*.py")):
        text = path.read_text()
        lacks = lacking(text)
        if lacks:
            print(f"@ {path.stem} lacks {lacks[0]}", flush=True)
            continue
        child = os.fork()
        if child == 0:
            case(path, text, places)
        _, status = os.waitpid(child, 0)
        if status == 0:
            how = "works"
        elif os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            how = "hangs"
        else:
            lines = open(f"{os.environ['TMPDIR']}/{path.stem}.said", errors="replace").read().splitlines()
            how = f"fails {status} {lines[-1][-40:] if lines else ''}"
        print(f"@ {path.stem} {how}", flush=True)


main()
