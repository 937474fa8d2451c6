//! The last moments before a command's program: everything that it could use is taken away.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, PathBeneath,
    PathFd, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetStatus, Scope,
};
use rustix::process::{Resource, Rlimit, chdir, setrlimit, setsid};
use rustix::thread::{
    CapabilitySet, CapabilitySets, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};

use super::super::spec::{Access, Ended, Limits, Mount, Spec};
use super::super::{streams, sys};
use super::keeper::null;
pub(super) use super::seccomp::Filters;
use super::{Doing as _, Step};

/// What is around a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// Namespaces of its own.
    Own,
    /// Those of the machine.
    Shared,
}

/// Starts the command's program in this process; gives why it could not.
pub(super) fn start(
    spec: &Spec,
    streams: &streams::Given,
    filters: &Filters,
    surroundings: Surroundings,
) -> Ended {
    match confine(spec, filters, surroundings) {
        Ok(()) => {}
        Err(Step(why)) => return Ended::NoBox(why),
    }
    let error = match streams.three(null) {
        Ok((input, output, errors)) => exec(spec, input, output, errors),
        Err(error) => error,
    };
    Ended::NotStarted(error.raw_os_error().unwrap_or(0))
}

fn exec(spec: &Spec, input: OwnedFd, output: OwnedFd, errors: OwnedFd) -> io::Error {
    let Some((name, arguments)) = spec.argv.split_first() else {
        return rustix::io::Errno::INVAL.into();
    };
    let mut command = Command::new(&spec.program);
    command
        .arg0(name)
        .args(arguments)
        .env_clear()
        .envs(spec.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::from(File::from(input)))
        .stdout(Stdio::from(File::from(output)))
        .stderr(Stdio::from(File::from(errors)));
    command.exec()
}

fn confine(spec: &Spec, filters: &Filters, surroundings: Surroundings) -> Result<(), Step> {
    setsid().doing("a session of its own")?;
    chdir(&spec.cwd).doing(&spec.cwd.display().to_string())?;
    limit(&spec.limits)?;
    set_no_new_privs(true).doing("no new privileges")?;
    drop_capabilities()?;
    confine_files(spec, surroundings)?;
    sys::close_on_exec().doing("open files")?;
    filters.apply()
}

fn limit(limits: &Limits) -> Result<(), Step> {
    let set = |what: Resource, most: u64, name: &str| {
        let both = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        match setrlimit(what, both) {
            // Less is allowed already, and stays.
            Err(rustix::io::Errno::PERM) => Ok(()),
            other => other.doing(name),
        }
    };
    set(Resource::Core, 0, "the limit of core dumps")?;
    // Of all together the init keeps count, and tells; this is for when it does not.
    set(
        Resource::Cpu,
        limits.cpu_seconds.saturating_add(2),
        "the limit of processor time",
    )?;
    set(
        Resource::Nofile,
        limits.open_files,
        "the limit of open files",
    )?;
    set(Resource::Fsize, limits.file_size, "the limit of file sizes")
}

/// No program that is started can have a capability, whatever is written in its file.
pub(super) fn forget_capabilities() -> Result<(), Step> {
    for capability in CapabilitySet::all().iter() {
        match remove_capability_from_bounding_set(capability) {
            // One that this kernel does not have.
            Ok(()) | Err(rustix::io::Errno::INVAL) => {}
            Err(error) => return Err(Step::new("a capability", &error.into())),
        }
    }
    Ok(())
}

/// This process has no capability any more.
pub(super) fn drop_capabilities() -> Result<(), Step> {
    clear_ambient_capability_set().doing("ambient capabilities")?;
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, none).doing("capabilities")
}

/// Takes all files away but those that the command was given, by Landlock: a second wall behind
/// the root of its own, or the only one.
fn confine_files(spec: &Spec, surroundings: Surroundings) -> Result<(), Step> {
    let abi = ABI::from(sys::landlock_version());
    let wrong = |error: landlock::RulesetError| Step(format!("Landlock: {error}"));
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(abi))
        .map_err(wrong)?;
    if surroundings == Surroundings::Shared && abi >= ABI::V4 {
        ruleset = ruleset
            .handle_access(AccessNet::from_all(abi))
            .map_err(wrong)?;
    }
    if abi >= ABI::V6 {
        let scope = match surroundings {
            // Who watches a command may be among the processes that it sees.
            Surroundings::Own => Scope::Signal.into(),
            Surroundings::Shared => Scope::from_all(abi),
        };
        ruleset = ruleset.scope(scope).map_err(wrong)?;
    }
    let mut created = ruleset.create().map_err(wrong)?;
    let reading = AccessFs::from_read(abi);
    let everything = AccessFs::from_all(abi);
    let mut allow = |path: &Path, access: BitFlags<AccessFs>| -> Result<(), Step> {
        let Ok(file) = PathFd::new(path) else {
            return Ok(());
        };
        let is_folder = path.is_dir();
        let access = if is_folder {
            access
        } else {
            access & AccessFs::from_file(abi)
        };
        let rule = PathBeneath::new(file, access);
        (&mut created).add_rule(rule).map_err(wrong).map(drop)
    };
    match surroundings {
        // All there is was put there for it.
        Surroundings::Own => {
            allow(Path::new("/"), reading)?;
            allow(
                Path::new("/dev"),
                reading | AccessFs::WriteFile | device_control(abi),
            )?;
        }
        Surroundings::Shared => {
            for device in ["null", "zero", "full", "random", "urandom"] {
                let path = Path::new("/dev").join(device);
                allow(&path, reading | AccessFs::WriteFile)?;
            }
        }
    }
    for mount in &spec.mounts {
        match mount {
            Mount::Shown {
                path,
                access: Access::Write,
            }
            | Mount::Scratch { path, .. } => {
                allow(path, everything)?;
            }
            Mount::Shown { path, .. } => allow(path, reading)?,
            Mount::Granted { path, layer, .. } if surroundings == Surroundings::Own => {
                let access = if layer.is_some() { everything } else { reading };
                allow(path, access)?;
            }
            Mount::Granted { from, .. } => allow(from, reading)?,
            _ => {}
        }
    }
    let status = created.restrict_self().map_err(wrong)?;
    match status.ruleset {
        RulesetStatus::FullyEnforced => Ok(()),
        _ => Err(Step("Landlock is not fully enforced".to_owned())),
    }
}

/// The right to control devices, as terminals, where Landlock knows of it.
fn device_control(abi: ABI) -> BitFlags<AccessFs> {
    AccessFs::from_all(abi) & AccessFs::IoctlDev
}
