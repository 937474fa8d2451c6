//! What the kernel shows and lets be set, in `/proc` and `/sys`.

use crate::attack::{Attack, py, sh};

const TRACES: &str = "that one may trace one's other processes";

pub(crate) const PROC: &[Attack] = &[
    sh("another process's root", r#"for p in /proc/[0-9]*; do grep -q private "$p/root$V/notes.txt" 2> /dev/null && exit 0; done; exit 1"#),
    sh("another process's folder", "for p in /proc/[0-9]*; do [ -d $p/cwd/.git ] && exit 0; done; exit 1").depends(TRACES),
    sh("the root of process 1", r#"grep -q private "/proc/1/root$V/notes.txt""#).roots().depends(TRACES),
    sh("the environment of process 1", "head -c 1 /proc/1/environ > /dev/null").roots().depends(TRACES),
    sh("the program of process 1", "head -c 1 /proc/1/exe > /dev/null").roots().depends(TRACES),
    sh("the namespaces of process 1", "readlink /proc/1/ns/mnt | grep -q mnt").roots().depends(TRACES),
    py("the maps of another process", r#"assert "stack" in open(f"/proc/{VICTIM}/maps").read()"#).depends(TRACES),
    sh("the kernel's settings", r#"v=$(cat /proc/sys/vm/swappiness) && echo "$v" > /proc/sys/vm/swappiness"#).roots(),
    sh("where the kernel puts what has crashed", r#"v=$(cat /proc/sys/kernel/core_pattern) && echo "$v" > /proc/sys/kernel/core_pattern"#).roots(),
    sh("which program the kernel starts for modules", r#"v=$(cat /proc/sys/kernel/modprobe) && echo "$v" > /proc/sys/kernel/modprobe"#)
        .roots()
        .depends("modules"),
    sh("kinds of programs", "test -w /proc/sys/fs/binfmt_misc/register && : >> /proc/sys/fs/binfmt_misc/register")
        .roots()
        .depends("kinds of programs that can be added"),
    sh("the keyboard of the kernel", ": >> /proc/sysrq-trigger").roots().depends("keys of the kernel"),
    sh("the memory of the kernel", "head -c 1 /proc/kcore > /dev/null").roots().depends("/proc/kcore"),
    sh("the interrupts' processors", "for f in /proc/irq/*/smp_affinity; do v=$(cat $f) && echo $v > $f && exit 0; done; exit 1")
        .roots()
        .depends("interrupts that can be moved"),
    sh("the kernel's addresses", "grep -m 1 ' T ' /proc/kallsyms | grep -qv '^0*  *T'").roots().depends("/proc/kallsyms"),
    sh("the keys of the user", r#"grep -q "tau-$MARKS" /proc/keys"#).depends("keys").open_in_bwrap("bubblewrap shows `/proc` whole: what keys are called, not what they hold"),
    sh("devices, in /sys", "ls /sys/block /sys/bus/pci/devices /sys/class/net 2> /dev/null | grep -q .").depends("/sys"),
    sh("the firmware, in /sys", "ls /sys/firmware /sys/kernel 2> /dev/null | grep -q .").depends("/sys"),
    sh("control groups", "ls /sys/fs/cgroup | grep -q cgroup").depends("control groups"),
    sh("a control group, made", "d=/sys/fs/cgroup/tau-box-$$; mkdir $d && rmdir $d").roots().depends("control groups"),
    sh("the processors of the machine, switched", r#"for f in /sys/devices/system/cpu/cpu*/online; do v=$(cat $f) && echo $v > $f && exit 0; done; exit 1"#)
        .roots()
        .depends("processors that can be switched"),
    sh("what is mounted on the machine", "grep -q ' /sys ' /proc/mounts").depends("/sys"),
    py("what is mounted, by a call", r#"
ids = ctypes.create_string_buffer(8 * 4096)
count = call(458, struct.pack("IIQQ", 24, 0, 0xFFFFFFFFFFFFFFFF, 0), ids, 4096, 0)
told = ctypes.create_string_buffer(65536)
for number in struct.unpack_from(f"{count}Q", ids):
    call(457, struct.pack("IIQQ", 24, 0, number, 0x10), told, 65536, 0)
    if b"\0/sys\0" in told.raw:
        break
else:
    raise OSError("only its own")
"#).depends("a kernel that lists mounts"),
];
