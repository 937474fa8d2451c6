//! Which system calls a command may make: all but those that reach beyond its box, or into parts of
//! the kernel that no build or test needs.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter, sock_filter,
};

use super::Step;
use super::confine::Surroundings;

/// The filters of a machine, made once.
#[derive(Debug)]
pub(super) struct Filters {
    /// What is not there for the command.
    absent: BpfProgram,
    /// What it may not do.
    refused: BpfProgram,
    /// What it may not do either where the network is the machine's.
    sockets: BpfProgram,
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

impl Filters {
    /// Makes them.
    ///
    /// # Errors
    /// Seccomp is not known on this architecture.
    pub(super) fn compile() -> Result<Filters, Step> {
        let wrong = |error: seccompiler::BackendError| Step(format!("seccomp: {error}"));
        let program = |rules: Rules, errno: i32| -> Result<BpfProgram, Step> {
            let architecture = std::env::consts::ARCH.try_into().map_err(wrong)?;
            let answer = SeccompAction::Errno(errno.cast_unsigned());
            SeccompFilter::new(rules, SeccompAction::Allow, answer, architecture)
                .and_then(TryInto::try_into)
                .map_err(wrong)
        };
        let mut absent = other_numbers();
        absent.extend(program(not_there(), libc::ENOSYS)?);
        Ok(Filters {
            absent,
            refused: program(not_allowed().map_err(wrong)?, libc::EPERM)?,
            sockets: program(no_sockets(), libc::EACCES)?,
        })
    }

    /// Applies them to this process, for good.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn apply(&self, surroundings: Surroundings) -> Result<(), Step> {
        let wrong = |error| Step(format!("seccomp: {error}"));
        if surroundings == Surroundings::Shared {
            apply_filter(&self.sockets).map_err(wrong)?;
        }
        apply_filter(&self.refused).map_err(wrong)?;
        apply_filter(&self.absent).map_err(wrong)
    }
}

/// Refuses the numbers of the x32 calls, which would pass by filters that know only the others. It
/// goes on with what is put behind it.
fn other_numbers() -> BpfProgram {
    if !cfg!(target_arch = "x86_64") {
        return Vec::new();
    }
    let one = |code: u32, jt: u8, jf: u8, k: u32| sock_filter {
        code: u16::try_from(code).unwrap_or(0),
        jt,
        jf,
        k,
    };
    // The first word of `seccomp_data` is the number of the call.
    let load = one(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0);
    let other = one(
        libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K,
        0,
        1,
        0x4000_0000,
    );
    let refuse = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.cast_unsigned();
    vec![load, other, one(libc::BPF_RET | libc::BPF_K, 0, 0, refuse)]
}

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

fn not_allowed() -> Result<Rules, seccompiler::BackendError> {
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

/// No socket but such as have two ends from the beginning, and no memory or messages that are shared
/// by name: these have no files that Landlock could judge.
fn no_sockets() -> Rules {
    let calls = [
        libc::SYS_shmget,
        libc::SYS_semget,
        libc::SYS_msgget,
        libc::SYS_mq_open,
        libc::SYS_socket,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
    ];
    calls.into_iter().map(|call| (call, Vec::new())).collect()
}

fn condition(
    argument: u8,
    operator: SeccompCmpOp,
    value: u64,
) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
}

/// When an argument has one of these bits.
fn any_bit(argument: u8, bits: i32) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
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
fn made_with(
    flags: u8,
    mode: u8,
    bits: i32,
) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
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
fn equal(argument: u8, values: &[u64]) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let rule = |value: &u64| SeccompRule::new(vec![condition(argument, SeccompCmpOp::Eq, *value)?]);
    values.iter().map(rule).collect()
}
