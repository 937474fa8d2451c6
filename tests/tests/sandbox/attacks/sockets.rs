//! Local sockets of other programs.

use crate::attack::{Attack, py, sh};

const SEEN: &str = "a socket that lies in a folder that is shown, as `/opt` or a toolchain, can be connected to: no wall of this kernel knows of it";

pub(crate) const SOCKETS: &[Attack] = &[
    py("a socket in the home folder", r#"
s = socket.socket(socket.AF_UNIX)
s.connect(f"{H}/stream.sock")
s.sendall(ID.encode())
"#).is_heard(),
    py("a socket in the home folder, by a link", r#"
os.symlink(f"{H}/stream.sock", f"{T}/s")
s = socket.socket(socket.AF_UNIX)
s.connect(f"{T}/s")
s.sendall(ID.encode())
"#).is_heard(),
    py("a socket, by a link of the repository", r#"
s = socket.socket(socket.AF_UNIX)
s.connect("planted/socket")
s.sendall(ID.encode())
"#).is_heard(),
    py("a socket, by the root of a process", r#"
s = socket.socket(socket.AF_UNIX)
s.connect(f"/proc/{VICTIM}/root{H}/stream.sock")
s.sendall(ID.encode())
"#).is_heard().depends("that one may trace one's other processes"),
    py("a socket for datagrams", r#"
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(ID.encode(), f"{H}/dgram.sock")
"#).is_heard(),
    py("a socket for packets", r#"
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect(f"{H}/seq.sock")
s.send(ID.encode())
"#).is_heard(),
    py("a socket without a file", r#"
s = socket.socket(socket.AF_UNIX)
s.connect("\0" + ABSTRACT)
s.sendall(ID.encode())
"#).is_heard(),
    py("a socket without a file, for datagrams", r#"
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(ID.encode(), "\0" + ABSDGRAM)
"#).is_heard(),
    py("a socket without a file, by one of a pair", r#"
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
a.sendto(ID.encode(), "\0" + ABSDGRAM)
"#).is_heard(),
    py("a socket in the home folder, by one of a pair", r#"
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
a.sendto(ID.encode(), f"{H}/dgram.sock")
"#).is_heard(),
    py("a socket beside a toolchain", r#"
s = socket.socket(socket.AF_UNIX)
s.connect(f"{O}/tools/seen.sock")
s.sendall(ID.encode())
"#).is_heard().open_in_full(SEEN),
    py("which sockets the machine has", r#"assert ABSTRACT in open("/proc/net/unix").read()"#),
    sh("a socket of the system", "for s in /run/docker.sock /run/dbus/system_bus_socket /run/systemd/private /run/user/*/bus /tmp/.X11-unix/X0; do [ -S $s ] && exit 0; done; exit 1")
        .depends("a socket of the system"),
];
