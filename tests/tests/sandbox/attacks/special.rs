//! Files that are not files: devices, pipes, memory with a name.

use crate::attack::{Attack, py, sh};

pub(crate) const SPECIAL: &[Attack] = &[
    sh("a device of characters, made", r#"mknod "$T/d" c 1 5 && head -c 1 "$T/d""#).roots(),
    sh("a device of blocks, made", r#"mknod "$T/d" b 7 0"#).roots(),
    sh("a disk, read", "for d in /dev/vda /dev/sda /dev/nvme0n1 /dev/xvda /dev/loop0; do [ -b $d ] && head -c 1 $d > /dev/null && exit 0; done; exit 1")
        .roots()
        .depends("a disk that shows"),
    sh("the kernel's messages, written", "echo tau-box-test > /dev/kmsg").roots().depends("/dev/kmsg"),
    sh("the kernel's messages, read", "dmesg > /dev/null").roots(),
    sh("the memory of the machine", ": < /dev/mem").roots().depends("/dev/mem"),
    sh("a file system in a program", ": <> /dev/fuse").depends("/dev/fuse"),
    sh("a machine in the machine", ": <> /dev/kvm").depends("/dev/kvm"),
    sh("a network device", ": <> /dev/net/tun").depends("/dev/net/tun"),
    sh("a loop device", ": <> /dev/loop-control").roots().depends("/dev/loop-control"),
    sh("the ports of the processor", ": < /dev/port").roots().depends("/dev/port"),
    sh("a pipe in the home folder", r#"mkfifo "$V/made""#).changes(),
    py("a socket in the home folder", r#"socket.socket(socket.AF_UNIX).bind(f"{V}/made")"#).changes(),
    py("memory that others have named", r#"assert open(f"/dev/shm/tau-{MARKS}").read() == "private\n""#)
        .depends("/dev/shm"),
    py("memory with a name, left for others", r#"
open(f"/dev/shm/tau-{MARKS}-made", "w").write("x")
"#).changes_at("/dev/shm/tau-{marks}-made"),
    py("a queue of messages of others", r#"
name = ctypes.create_string_buffer(f"tau-{MARKS}".encode())
call(240, name, os.O_RDONLY, 0, 0)
"#),
    py("shared memory by number", r#"
call(29, 0x7A000000 + VICTIM, 0, 0)
"#),
    py("a program in memory, with all rights", r##"
fd = os.memfd_create("x")
os.write(fd, b"#!/bin/sh\ngrep -q private " + V.encode() + b"/notes.txt\n")
os.set_inheritable(fd, True)
assert subprocess.run([f"/proc/self/fd/{fd}"], pass_fds=[fd]).returncode == 0
"##),
];
