//! Servers of the machine, its interfaces, names of hosts, and sockets of other kinds.

use crate::attack::{Attack, py, sh};

pub(crate) const NETWORK: &[Attack] = &[
    py("a server on the machine", r#"
s = socket.create_connection(("127.0.0.1", TCP), 5)
s.sendall(ID.encode())
assert s.recv(5) == b"hello"
"#).is_heard(),
    py("a server on the machine, by its name", r#"
s = socket.create_connection(("localhost", TCP), 5)
s.sendall(ID.encode())
"#).is_heard().depends("a name for loopback"),
    py("a server on the machine, by IPv6", r#"
s = socket.create_connection(("::1", TCP6), 5)
s.sendall(ID.encode())
"#).is_heard().depends("IPv6"),
    py("a server on the machine, by an IPv4 address in IPv6", r#"
s = socket.socket(socket.AF_INET6)
s.settimeout(5)
s.connect(("::ffff:127.0.0.1", TCP))
s.sendall(ID.encode())
"#).is_heard().depends("IPv6"),
    py("a server on the machine, by address 0", r#"
s = socket.create_connection(("0.0.0.0", TCP), 5)
s.sendall(ID.encode())
"#).is_heard(),
    py("a server on the machine, without connecting first", r#"
s = socket.socket()
s.sendto(ID.encode(), 0x20000000, ("127.0.0.1", TCP))
s.recv(5)
"#).is_heard().depends("TCP Fast Open"),
    py("a server on the machine, by several paths", r#"
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
s.settimeout(5)
s.connect(("127.0.0.1", TCP))
s.sendall(ID.encode())
"#).is_heard().depends("Multipath TCP"),
    py("a server on the machine, by a ring", r#"
call(425, 8, ctypes.create_string_buffer(120))
"#).depends("rings of io_uring"),
    py("a datagram to the machine", r#"
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(ID.encode(), ("127.0.0.1", UDP))
"#).is_heard(),
    py("a question about a name", r#"
# As a resolver would ask, with the secret in the name.
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("127.0.0.1", UDP))
s.send(ID.encode())
"#).is_heard(),
    sh("a server, by the shell itself", r#"bash -c "exec 3<> /dev/tcp/127.0.0.1/$TCP; printf %s $ID >&3; head -c 5 <&3" | grep -q hello"#)
        .needs(&["bash"])
        .is_heard(),
    sh("a server, by curl", r#"curl -s --http0.9 -m 5 "http://127.0.0.1:$TCP/" | grep -q hello"#).needs(&["curl"]),
    sh("a server, by Perl", r#"perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("127.0.0.1:$ENV{TCP}") or exit 1; print $s $ENV{ID}; close $s'"#)
        .needs(&["perl"])
        .is_heard(),
    sh("a server, by node", r#"node -e 'const s = require("net").connect(+process.env.TCP, "127.0.0.1", () => s.end(process.env.ID)); s.on("error", () => process.exit(1))'"#)
        .needs(&["node"])
        .is_heard(),
    py("a port that the machine sees", r#"
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
ours = f":{s.getsockname()[1]:04X} "
outside = open(f"/proc/{VICTIM}/net/tcp").read()
assert ours in outside
"#),
    py("the interfaces of the machine", r#"assert [it for _, it in socket.if_nameindex() if it != "lo"]"#)
        .depends("an interface besides loopback"),
    py("the interfaces of the machine, in /sys", r#"assert [it for it in os.listdir("/sys/class/net") if it != "lo"]"#)
        .depends("an interface besides loopback"),
    sh("the routes of the machine", "[ $(wc -l < /proc/net/route) -gt 1 ]").depends("a route"),
    py("the connections of the machine", r#"assert f":{TCP:04X} " in open("/proc/net/tcp").read()"#),
    py("the connections of the machine, asked for", r#"
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)
request = struct.pack("IHHII", 72, 20, 0x301, 1, 0) + struct.pack("BBBBI", 2, 6, 0, 0, 0xFFF) + bytes(48)
s.send(request)
assert struct.pack(">H", TCP) in s.recv(65536)
"#).depends("questions about sockets"),
    py("raw packets", "socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)").roots(),
    py("packets of a device", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)").roots(),
    py("the machine's host", "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)").depends("vsock"),
    py("the kernel's ciphers", "socket.socket(38, socket.SOCK_SEQPACKET)").depends("AF_ALG"),
    py("a bus of a vehicle", "socket.socket(socket.AF_CAN, socket.SOCK_RAW, 1)").depends("CAN"),
    py("the kernel's keys", "socket.socket(15, socket.SOCK_RAW, 2)").roots().depends("AF_KEY"),
    py("an interface, changed", r#"
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
request = struct.pack("16sh14x", b"lo", 0)
flags = fcntl.ioctl(s, 0x8913, request)
fcntl.ioctl(s, 0x8914, flags)
"#).roots(),
];
