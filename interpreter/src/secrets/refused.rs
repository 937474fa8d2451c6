//! Why a secret is not given to who asks for it.

use std::fmt;

use super::fetch::Unavailable;

/// Why a secret is not given to who asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is bound to no host, and a request is to have it.
    Unbound,
    /// It is bound to these hosts.
    OtherHost(Vec<String>),
    /// It is for requests to these hosts, and a command is to have it.
    NotForCommands(Vec<String>),
    /// It has no value.
    Unavailable(Unavailable),
}

impl Refused {
    /// A stable, short name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Refused::Unbound => "secret-unbound",
            Refused::OtherHost(_) => "secret-other-host",
            Refused::NotForCommands(_) => "secret-not-for-commands",
            Refused::Unavailable(_) => "secret-missing",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |hosts: &[String]| hosts.join(", ");
        match self {
            Refused::Unbound => f.write_str("it is bound to no host, so no request may have it"),
            Refused::OtherHost(hosts) => write!(f, "it is only for {}", all(hosts)),
            Refused::NotForCommands(hosts) => {
                write!(f, "it is for requests to {}, not for commands", all(hosts))
            }
            Refused::Unavailable(why) => why.fmt(f),
        }
    }
}
