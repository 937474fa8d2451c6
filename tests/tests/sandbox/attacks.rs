//! Attacks: each works without a box, and in which boxes it does is what its table says.

mod capabilities;
mod descriptors;
mod environment;
mod git;
mod network;
mod paths;
mod proc;
mod processes;
mod races;
mod scripts;
mod sockets;
mod special;
mod terminals;

use super::attack::Attack;

/// A class of attacks, and what it is called.
pub(crate) type Class = (&'static str, &'static [Attack]);

/// All of them.
pub(crate) const CLASSES: &[Class] = &[
    ("paths and links", paths::PATHS),
    ("races", races::RACES),
    ("special files", special::SPECIAL),
    ("git", git::GIT),
    ("environment", environment::ENVIRONMENT),
    ("descriptors", descriptors::DESCRIPTORS),
    ("processes", processes::PROCESSES),
    ("network", network::NETWORK),
    ("local sockets", sockets::SOCKETS),
    ("what the kernel shows", proc::PROC),
    ("capabilities and namespaces", capabilities::CAPABILITIES),
    ("terminals", terminals::TERMINALS),
    ("scripts of packages", scripts::SCRIPTS),
];

/// Every attack with the number that its files have.
pub(crate) fn all() -> impl Iterator<Item = (String, &'static str, &'static Attack)> {
    let each = CLASSES.iter().flat_map(|(class, attacks)| {
        let class = *class;
        attacks.iter().map(move |attack| (class, attack))
    });
    each.enumerate()
        .map(|(number, (class, attack))| (format!("{number:03}"), class, attack))
}
