# What a Python runner tells tau: lines that nobody can write who has not the key.
#
# The key is in a file that is read and removed before any file of the tree is loaded, and is then
# held by closures alone.


def _tau_open(folder):
    import hashlib
    import json
    import os

    sha256, dumps, write = hashlib.sha256, json.dumps, os.write
    with open(os.path.join(folder, "key"), "rb") as file:
        key = file.read().strip()
    os.unlink(os.path.join(folder, "key"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
    out = os.open(os.path.join(folder, "lines"), flags, 0o600)
    count = [0]

    def say(kind, **fields):
        body = dumps({"at": count[0], "kind": kind, **fields}).encode()
        count[0] += 1
        inner = sha256(key + body).hexdigest().encode()
        mac = sha256(key + inner).hexdigest().encode()
        write(out, mac + b" " + body + b"\n")

    return say


def _tau_short(value):
    # The end, which says what went wrong where there is a traceback.
    try:
        return str(value).strip()[-300:]
    except Exception:
        return ""
