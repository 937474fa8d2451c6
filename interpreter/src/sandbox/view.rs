//! What a command sees of the machine.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::granted::Granted;
use super::spec::{Access, Ground, Mount};
use crate::workspace::TOOLS;

/// Folders of programs and libraries.
const SYSTEM: &[&str] = &[
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix", "/gnu",
];

/// What programs read of `/etc`, and what holds nothing about this machine's users or secrets.
const ETC: &[&str] = &[
    "alternatives",
    "ca-certificates",
    "ca-certificates.conf",
    "crypto-policies",
    "debian_version",
    "fonts",
    "java",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "magic",
    "mime.types",
    "os-release",
    "pki/ca-trust",
    "pki/tls/cert.pem",
    "pki/tls/certs",
    "protocols",
    "python3",
    "rpc",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "terminfo",
    "timezone",
];

/// What a box with a root of its own has made for it, and others read of the machine.
const SHARED: &[&str] = &[
    "/etc/group",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/sys/devices/system/cpu",
];

/// The devices that programs expect.
const DEVICES: &[&str] = &["null", "zero", "full", "random", "urandom"];

/// Where a command starts and where it may write.
#[derive(Clone, Debug)]
pub struct Places<'a> {
    /// The folder of the mission's files.
    pub files: &'a Path,
    /// Where builds go.
    pub build: &'a Path,
    /// Temporary files, where there is no `/tmp` of its own.
    pub temp: &'a Path,
}

/// What is seen where the root is the machine's.
pub(super) fn shared(toolchains: &[Mount], granted: &[Granted], places: &Places<'_>) -> Vec<Mount> {
    let system = SYSTEM.iter().map(PathBuf::from);
    let etc = ETC.iter().map(|name| Path::new("/etc").join(name));
    let further = SHARED.iter().map(PathBuf::from);
    let mut mounts: Vec<_> = system
        .chain(etc)
        .chain(further)
        .filter_map(Mount::readable)
        .collect();
    mounts.extend_from_slice(toolchains);
    mounts.extend(of_machine(granted, 0));
    for path in [places.files, places.build, places.temp] {
        mounts.push(Mount::Shown {
            path: path.to_owned(),
            access: Access::Write,
        });
    }
    mounts
}

/// What all boxes of this machine have in common.
pub(super) fn ground(at: &Path, user: &str, home: &Path) -> Ground {
    let mut mounts = Vec::new();
    for folder in SYSTEM.iter().map(Path::new) {
        match std::fs::read_link(folder) {
            Ok(target) => mounts.push(Mount::Link {
                path: folder.to_owned(),
                target,
            }),
            Err(_) => mounts.extend(Mount::readable(folder)),
        }
    }
    for name in ETC {
        mounts.extend(Mount::readable(Path::new("/etc").join(name)));
    }
    let file = |path: &str, text: String| Mount::File {
        path: path.into(),
        text,
    };
    let home = home.display();
    mounts.push(file(
        "/etc/passwd",
        format!("root:x:0:0:root:/:/usr/sbin/nologin\n{user}:x:1000:1000::{home}:/bin/sh\n"),
    ));
    mounts.push(file("/etc/group", format!("root:x:0:\n{user}:x:1000:\n")));
    mounts.push(file(
        "/etc/hosts",
        "127.0.0.1 localhost box\n::1 localhost\n".to_owned(),
    ));
    mounts.push(file("/etc/hostname", "box\n".to_owned()));
    mounts.push(file("/etc/resolv.conf", String::new()));
    mounts.push(file(
        "/etc/nsswitch.conf",
        "passwd: files\ngroup: files\nhosts: files\n".to_owned(),
    ));
    for name in DEVICES {
        mounts.push(Mount::Shown {
            path: Path::new("/dev").join(name),
            access: Access::Device,
        });
    }
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
        ("ptmx", "pts/ptmx"),
    ] {
        mounts.push(Mount::Link {
            path: Path::new("/dev").join(name),
            target: target.into(),
        });
    }
    mounts.push(Mount::Link {
        path: "/var/tmp".into(),
        target: "/tmp".into(),
    });
    mounts.extend(Mount::readable("/sys/devices/system/cpu"));
    for folder in ["/dev/pts", "/dev/shm", "/proc", "/run", "/tmp"] {
        mounts.push(Mount::Folder(folder.into()));
    }
    Ground {
        at: at.to_owned(),
        mounts,
    }
}

/// What one command sees besides.
pub(super) fn own(
    run: &Path,
    home: &Path,
    toolchains: &[Mount],
    granted: &[Granted],
    places: &Places<'_>,
    scratch: u64,
) -> Vec<Mount> {
    let scratched = |path: &Path| Mount::Scratch {
        path: path.to_owned(),
        size: scratch,
    };
    let mut mounts = vec![
        scratched(Path::new("/tmp")),
        scratched(Path::new("/dev/shm")),
        scratched(home),
    ];
    mounts.extend_from_slice(toolchains);
    // The run's own folder is below the home folder as a rule, and its way is made there.
    if !run.starts_with(home) && !run.starts_with("/tmp") {
        mounts.push(Mount::Scratch {
            path: run.to_owned(),
            size: 1 << 20,
        });
    }
    // Nothing lies on top of the mission's files.
    mounts.extend(of_machine(granted, scratch));
    for path in [places.files, places.build] {
        mounts.push(Mount::Shown {
            path: path.to_owned(),
            access: Access::Write,
        });
    }
    mounts.push(Mount::Kept {
        root: places.build.to_owned(),
        path: TOOLS.into(),
    });
    mounts
}

/// The files of the machine that were granted.
fn of_machine(granted: &[Granted], scratch: u64) -> impl Iterator<Item = Mount> {
    granted.iter().map(move |it| Mount::Granted {
        path: it.path.clone(),
        from: it.from.clone(),
        layer: it.is_cache.then_some(scratch),
    })
}

/// The home folder of these variables, or of nobody.
pub(super) fn home_of(env: &[(OsString, OsString)]) -> PathBuf {
    let home = variable(env, "HOME").map(PathBuf::from);
    let home = home.filter(|home| home.is_absolute() && home.parent().is_some());
    home.unwrap_or_else(|| PathBuf::from("/home/user"))
}

pub(super) fn variable<'a>(env: &'a [(OsString, OsString)], name: &str) -> Option<&'a OsStr> {
    let found = env.iter().rev().find(|(it, _)| it == name);
    found.map(|(_, value)| value.as_os_str())
}
