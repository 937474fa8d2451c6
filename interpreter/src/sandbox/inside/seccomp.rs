//! Which system calls a command may make: all but those that reach beyond its box, or into parts of
//! the kernel that no build or test needs.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter, sock_filter,
};

use super::Step;
use super::confine::Surroundings;

/// The filters for the commands of a machine, made once.
#[derive(Debug)]
pub(super) struct Filters {
    /// In the order in which they are applied: what a later one stops takes a call no further.
    programs: Vec<BpfProgram>,
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

type Wrong = seccompiler::BackendError;

impl Filters {
    /// Makes them.
    ///
    /// # Errors
    /// Seccomp is not known on this architecture.
    pub(super) fn compile(surroundings: Surroundings) -> Result<Filters, Step> {
        let wrong = |error: Wrong| Step(format!("seccomp: {error}"));
        let mut programs = Vec::new();
        if surroundings == Surroundings::Shared {
            programs.push(program(no_names().map_err(wrong)?, libc::EACCES)?);
            programs.push(program(no_attributes(), libc::EOPNOTSUPP)?);
        }
        programs.push(program(
            not_allowed(surroundings).map_err(wrong)?,
            libc::EPERM,
        )?);
        let mut absent = newer_numbers();
        absent.extend(program(not_there(), libc::ENOSYS)?);
        programs.push(absent);
        Ok(Filters { programs })
    }

    /// Applies them to this process, for good.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn apply(&self) -> Result<(), Step> {
        for program in &self.programs {
            apply_filter(program).map_err(|error| Step(format!("seccomp: {error}")))?;
        }
        Ok(())
    }
}

/// Answers these calls with an error, and lets all others through.
fn program(rules: Rules, errno: i32) -> Result<BpfProgram, Step> {
    let wrong = |error: Wrong| Step(format!("seccomp: {error}"));
    let architecture = std::env::consts::ARCH.try_into().map_err(wrong)?;
    let answer = SeccompAction::Errno(errno.cast_unsigned());
    SeccompFilter::new(rules, SeccompAction::Allow, answer, architecture)
        .and_then(TryInto::try_into)
        .map_err(wrong)
}

/// The newest call that was looked at, `mseal`. Since 2019 all architectures have the same numbers.
const NEWEST: u32 = 462;

/// Refuses the calls that were not known when these lists were made, as a kernel without them does,
/// and by that the x32 calls, whose numbers are larger. It goes on with what is put behind it.
fn newer_numbers() -> BpfProgram {
    let one = |code: u32, jt: u8, jf: u8, k: u32| sock_filter {
        code: u16::try_from(code).unwrap_or(0),
        jt,
        jf,
        k,
    };
    // The first word of `seccomp_data` is the number of the call.
    let load = one(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0);
    let newer = one(libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K, 0, 1, NEWEST);
    let refuse = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.cast_unsigned();
    vec![load, newer, one(libc::BPF_RET | libc::BPF_K, 0, 0, refuse)]
}

/// These tell where everything is mounted, also what is not in the box; their names are not known to
/// every libc.
const STATMOUNT: i64 = 457;
const LISTMOUNT: i64 = 458;

/// As on a kernel that does not have them: programs know what to do without.
fn not_there() -> Rules {
    let calls = [
        // What it makes cannot be seen from its arguments; `clone` is there.
        libc::SYS_clone3,
        // These act without making a call that a filter sees.
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        // What these are asked is in memory, where a filter does not see it.
        libc::SYS_openat2,
        libc::SYS_userfaultfd,
        libc::SYS_memfd_secret,
        STATMOUNT,
        LISTMOUNT,
    ];
    calls.into_iter().map(|call| (call, Vec::new())).collect()
}

/// The namespaces that a process could make, each of which gives it all capabilities within.
const NAMESPACES: i32 = libc::CLONE_NEWUSER
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP;

fn not_allowed(surroundings: Surroundings) -> Result<Rules, Wrong> {
    let always = [
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_fsopen,
        libc::SYS_fsmount,
        libc::SYS_fspick,
        libc::SYS_open_tree,
        libc::SYS_move_mount,
        libc::SYS_mount_setattr,
        libc::SYS_open_by_handle_at,
        libc::SYS_name_to_handle_at,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_fanotify_init,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_keyctl,
        libc::SYS_kexec_load,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_swapoff,
        libc::SYS_acct,
        libc::SYS_quotactl,
        libc::SYS_syslog,
        libc::SYS_vhangup,
        libc::SYS_settimeofday,
        libc::SYS_clock_settime,
        libc::SYS_clock_adjtime,
        libc::SYS_adjtimex,
        libc::SYS_sethostname,
        libc::SYS_setdomainname,
    ];
    let mut rules: Rules = always.into_iter().map(|call| (call, Vec::new())).collect();
    #[cfg(target_arch = "x86_64")]
    for call in [libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_kexec_file_load] {
        rules.insert(call, Vec::new());
    }
    // Of its own: whoever watches what it uses has the same user, and must go on watching.
    let others = condition(0, SeccompCmpOp::Ne, 0)?;
    rules.insert(libc::SYS_prlimit64, vec![SeccompRule::new(vec![others])?]);
    steer_others(&mut rules, surroundings)?;
    rules.insert(libc::SYS_clone, any_bit(0, NAMESPACES)?);
    // Typing into, or pasting into, a terminal that others read.
    let steering = [libc::TIOCSTI, libc::TIOCLINUX];
    rules.insert(libc::SYS_ioctl, equal(1, &steering.map(u64::from))?);
    // A file that runs as its owner, who is whoever started tau.
    let set_id = (libc::S_ISUID | libc::S_ISGID).cast_signed();
    rules.insert(libc::SYS_fchmod, any_bit(1, set_id)?);
    rules.insert(libc::SYS_fchmodat, any_bit(2, set_id)?);
    rules.insert(libc::SYS_fchmodat2, any_bit(2, set_id)?);
    #[cfg(target_arch = "x86_64")]
    {
        rules.insert(libc::SYS_chmod, any_bit(1, set_id)?);
        rules.insert(libc::SYS_creat, any_bit(1, set_id)?);
        rules.insert(libc::SYS_open, made_with(1, 2, set_id)?);
        rules.insert(libc::SYS_mknod, any_bit(1, set_id)?);
    }
    rules.insert(libc::SYS_openat, made_with(2, 3, set_id)?);
    rules.insert(libc::SYS_mknodat, any_bit(2, set_id)?);
    // Only the families that stay in the box: local sockets, IPv4, IPv6, and asking about them.
    let families = [
        libc::AF_UNIX,
        libc::AF_INET,
        libc::AF_INET6,
        libc::AF_NETLINK,
    ];
    let mut others = Vec::new();
    for family in families {
        others.push(condition(
            0,
            SeccompCmpOp::Ne,
            family.cast_unsigned().into(),
        )?);
    }
    rules.insert(libc::SYS_socket, vec![SeccompRule::new(others)?]);
    Ok(rules)
}

/// When, on which processors and with which priority others run. Those of its own namespace are the
/// command's own, but for the first: that watches what the command uses.
fn steer_others(rules: &mut Rules, surroundings: Surroundings) -> Result<(), Wrong> {
    let other = |argument: u8| match surroundings {
        Surroundings::Own => condition(argument, SeccompCmpOp::Eq, 1),
        Surroundings::Shared => condition(argument, SeccompCmpOp::Ne, 0),
    };
    for call in [
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setattr,
        libc::SYS_sched_setparam,
        libc::SYS_sched_setscheduler,
    ] {
        rules.insert(call, vec![SeccompRule::new(vec![other(0)?])?]);
    }
    // See ioprio_set(2): its constants are in no header.
    const IOPRIO_WHO_USER: u64 = 3;
    let user = u64::from(libc::PRIO_USER);
    for (call, user) in [
        (libc::SYS_setpriority, user),
        (libc::SYS_ioprio_set, IOPRIO_WHO_USER),
    ] {
        let all = condition(0, SeccompCmpOp::Eq, user)?;
        let either = [other(1)?, all].map(|it| SeccompRule::new(vec![it]));
        rules.insert(call, either.into_iter().collect::<Result<_, _>>()?);
    }
    Ok(())
}

/// Where files and sockets of the machine can be named: nothing that Landlock does not judge by its
/// name. There is no socket but such as have two ends from the beginning, and of these none that can be
/// sent elsewhere; no memory and no messages that are shared by name; no watching of folders.
fn no_names() -> Result<Rules, Wrong> {
    let calls = [
        libc::SYS_shmget,
        libc::SYS_semget,
        libc::SYS_msgget,
        libc::SYS_mq_open,
        libc::SYS_socket,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_inotify_add_watch,
    ];
    let mut rules: Rules = calls.into_iter().map(|call| (call, Vec::new())).collect();
    // The kernel takes a raw local socket for one of datagrams.
    let unconnected = [libc::SOCK_DGRAM, libc::SOCK_RAW].map(|kind| {
        // The other bits are flags.
        let masked = SeccompCmpOp::MaskedEq(0xf);
        SeccompRule::new(vec![condition(1, masked, kind.unsigned_abs().into())?])
    });
    let unconnected = unconnected.into_iter().collect::<Result<_, _>>()?;
    rules.insert(libc::SYS_socketpair, unconnected);
    Ok(rules)
}

/// As on a file system that has none: Landlock does not judge who reads or writes the attributes of
/// files.
fn no_attributes() -> Rules {
    let calls = [
        libc::SYS_getxattr,
        libc::SYS_lgetxattr,
        libc::SYS_listxattr,
        libc::SYS_llistxattr,
        libc::SYS_setxattr,
        libc::SYS_lsetxattr,
        libc::SYS_fsetxattr,
        libc::SYS_removexattr,
        libc::SYS_lremovexattr,
        libc::SYS_fremovexattr,
    ];
    calls.into_iter().map(|call| (call, Vec::new())).collect()
}

fn condition(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompCondition, Wrong> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
}

/// When an argument has one of these bits.
fn any_bit(argument: u8, bits: i32) -> Result<Vec<SeccompRule>, Wrong> {
    let bits = u64::from(bits.cast_unsigned());
    (0..32)
        .map(|place| 1 << place)
        .filter(|bit| bits & bit != 0)
        .map(|bit| {
            let has = condition(argument, SeccompCmpOp::MaskedEq(bit), bit)?;
            SeccompRule::new(vec![has])
        })
        .collect()
}

/// When a file is made, as the argument `flags` says, with one of these bits in its `mode`.
fn made_with(flags: u8, mode: u8, bits: i32) -> Result<Vec<SeccompRule>, Wrong> {
    // `O_TMPFILE` has more bits than this one, of which `O_DIRECTORY` is another flag.
    let only = libc::O_TMPFILE & !libc::O_DIRECTORY;
    let mut rules = Vec::new();
    for making in [libc::O_CREAT, only] {
        let making = u64::from(making.cast_unsigned());
        for place in 0..32 {
            let bit = 1 << place;
            if u64::from(bits.cast_unsigned()) & bit != 0 {
                rules.push(SeccompRule::new(vec![
                    condition(flags, SeccompCmpOp::MaskedEq(making), making)?,
                    condition(mode, SeccompCmpOp::MaskedEq(bit), bit)?,
                ])?);
            }
        }
    }
    Ok(rules)
}

/// When an argument is one of these.
fn equal(argument: u8, values: &[u64]) -> Result<Vec<SeccompRule>, Wrong> {
    let rule = |value: &u64| SeccompRule::new(vec![condition(argument, SeccompCmpOp::Eq, *value)?]);
    values.iter().map(rule).collect()
}
