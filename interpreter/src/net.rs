//! The network: one place that decides what may be reached, and reaches it.
//!
//! Whoever asks (an action of a mission through the broker, or a program in the box through the
//! [proxy](proxy::serve)) gets a connection from a [`Gate`] and from nothing else. A gate asks the
//! grants for the host and the port ([`hosts`]), resolves the name once ([`resolve`]), looks at
//! every address that it has ([`address`]), and connects to one of them. So the address that was
//! judged is the one that is connected to, however a name changes meanwhile.

pub mod address;
pub mod client;
mod gate;
pub mod hosts;
mod metered;
pub mod proxy;
pub mod resolve;
pub mod roots;
pub mod url;

#[cfg(test)]
pub(crate) mod testing;

use serde::{Deserialize, Serialize};

pub use self::gate::{Gate, Limits, NotOpened, Noted, Sink};
pub use self::resolve::Names;
pub use self::roots::Roots;

/// What all steps of a run share of the network.
#[derive(Clone, Default)]
pub struct Network {
    /// Names, each resolved once.
    pub names: Names,
    /// Whom to believe who they are.
    pub roots: Roots,
}

/// Something that was asked of the network and refused. Nothing was sent there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The host's name, or its address; that of IPv6 in brackets. It comes from whoever asked, and is
    /// a host's name in its form and length.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Why, as a clause about it: `is not granted`.
    pub why: String,
    /// What limited it: `mission`, `policy`, `caller`.
    pub limited_by: String,
    /// The line of the policy that limited it.
    pub limited_at: Option<String>,
    /// The line that would grant it, where one can.
    pub grant: Option<String>,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Refused {
            host, port, why, ..
        } = self;
        write!(f, "`{host}:{port}` {why}")
    }
}
