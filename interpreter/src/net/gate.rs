//! The gate: decides whether a host may be reached, and reaches it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tau_lang::authority::Rules;
use tokio::net::TcpStream;

use super::hosts::{self, Target};
use super::{Names, Refused};
use crate::clock::Clock;

/// What a gate tells of what passed it, or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It was connected to.
    Used {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// The address that it had.
        address: SocketAddr,
    },
    /// It was refused, before anything was sent there.
    Refused(Refused),
}

/// Told what happens at a gate, while it happens. It must not wait for anything.
pub type Sink = Arc<dyn Fn(Noted) + Send + Sync>;

/// Bounds of what goes through a gate.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long finding an address may take, and then connecting to each.
    pub connect: Duration,
    /// How many bytes the head of a request may have.
    pub head: usize,
    /// How many fields it may have.
    pub fields: usize,
    /// How long a client may take to send the head of its request.
    pub first: Duration,
    /// How long a connection may stay without a byte in either direction. It is ended at the latest
    /// when twice this time is over.
    pub idle: Duration,
    /// How many connections a proxy has at the same time; further ones wait.
    pub connections: usize,
    /// How many bytes all connections of a proxy may carry, both ways together.
    pub bytes: u64,
}

const CONNECT: Duration = Duration::from_secs(10);
const HEAD: usize = 32 << 10;
const FIELDS: usize = 100;
const FIRST: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(120);
const CONNECTIONS: usize = 64;
const BYTES: u64 = 4 << 30;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: CONNECT,
            head: HEAD,
            fields: FIELDS,
            first: FIRST,
            idle: IDLE,
            connections: CONNECTIONS,
            bytes: BYTES,
        }
    }
}

/// Why a gate gives no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// It may not be reached.
    Refused(Refused),
    /// It may, and was not; why, as a clause about it.
    Unreachable(String),
}

/// What one step may reach; cheap to clone.
#[derive(Clone)]
pub struct Gate {
    rules: Arc<Vec<Rules>>,
    names: Names,
    clock: Clock,
    limits: Limits,
    sink: Sink,
}

impl Gate {
    /// A gate of a step with these rules, all of which must grant. `names` is shared by everything
    /// that must see a name at the same addresses. It tells nobody, and has the default limits.
    #[must_use]
    pub fn new(rules: Arc<Vec<Rules>>, names: Names, clock: Clock) -> Gate {
        Gate {
            rules,
            names,
            clock,
            limits: Limits::default(),
            sink: Arc::new(|_| ()),
        }
    }

    /// The same gate with other bounds.
    #[must_use]
    pub fn limited(mut self, limits: Limits) -> Gate {
        self.limits = limits;
        self
    }

    /// The same gate, which tells what happens at it.
    #[must_use]
    pub fn telling(mut self, sink: Sink) -> Gate {
        self.sink = sink;
        self
    }

    /// Its bounds.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether a grant names this host, which is written as in a program's list of hosts: an address
    /// of IPv6 without brackets.
    #[must_use]
    pub fn names(&self, host: &str) -> bool {
        hosts::names_host(&self.rules, host)
    }

    /// Whether the port of a target is granted because a grant says so, and not as a usual one.
    #[must_use]
    pub(super) fn says_port(&self, target: &Target) -> bool {
        hosts::says_port(&self.rules, target)
    }

    /// Tells that something was refused, and gives it back.
    pub(super) fn refuse(&self, refused: Refused) -> NotOpened {
        (self.sink)(Noted::Refused(refused.clone()));
        NotOpened::Refused(refused)
    }

    /// Connects to a host that may be reached.
    ///
    /// # Errors
    /// It may not, or nobody is there.
    pub async fn open(&self, target: &Target) -> Result<TcpStream, NotOpened> {
        hosts::named(&self.rules, target).map_err(|refused| self.refuse(refused))?;
        let addresses = match target.address() {
            Some(address) => vec![address],
            None => {
                let looking = self.names.addresses(target.host());
                let found = self.in_time(looking).await;
                let found = found.unwrap_or_else(|| Err("was not found in time".to_owned()));
                found.map_err(NotOpened::Unreachable)?.to_vec()
            }
        };
        // INVARIANT: every address of the name is allowed before one is connected to, so that it
        // does not depend on which of them answers.
        for address in &addresses {
            hosts::addressed(&self.rules, target, *address)
                .map_err(|refused| self.refuse(refused))?;
        }
        let mut last = "has no address".to_owned();
        for address in addresses {
            let address = SocketAddr::new(address, target.port());
            match self.in_time(TcpStream::connect(address)).await {
                Some(Ok(stream)) => {
                    // Small pieces go at once: whole messages are written here.
                    let _ = stream.set_nodelay(true);
                    (self.sink)(Noted::Used {
                        host: target.host().to_owned(),
                        port: target.port(),
                        address,
                    });
                    return Ok(stream);
                }
                Some(Err(error)) => last = format!("was not reached at {}: {error}", address.ip()),
                None => last = format!("did not answer at {} in time", address.ip()),
            }
        }
        Err(NotOpened::Unreachable(last))
    }

    /// What comes within the time for connecting.
    async fn in_time<T>(&self, what: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            ended = what => Some(ended),
            () = self.clock.sleep(self.limits.connect) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use tokio::net::TcpListener;

    use super::*;
    use crate::net::testing::{Answers, Told, addresses, rules};

    fn gate(grants: &[&str], answers: Vec<Vec<IpAddr>>) -> (Gate, Told) {
        let names = Names::new(Answers::new(answers.into_iter().map(Ok)));
        let told = Told::default();
        let gate = Gate::new(Arc::new(vec![rules(grants)]), names, Clock::system());
        (gate.telling(told.sink()), told)
    }

    async fn port() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    }

    #[tokio::test]
    async fn nothing_that_is_not_granted_is_connected_to() {
        let (_listener, port) = port().await;
        for (grants, host, answers) in [
            (vec![], "127.0.0.1", vec![]),
            (vec!["*:*".to_owned()], "127.0.0.1", vec![]),
            (
                vec![format!("localhost:{port}")],
                "localhost",
                vec!["127.0.0.1"],
            ),
            (vec![format!("a:{port}")], "a", vec!["1.1.1.1", "127.0.0.1"]),
            (vec![format!("a:{port}")], "a", vec!["::ffff:127.0.0.1"]),
            (
                vec!["a:*".to_owned(), "127.0.0.1:1".to_owned()],
                "a",
                vec!["127.0.0.1"],
            ),
        ] {
            let grants: Vec<&str> = grants.iter().map(String::as_str).collect();
            let (gate, told) = gate(&grants, vec![addresses(&answers)]);
            let target = Target::new(host, port).unwrap();
            let NotOpened::Refused(refused) = gate.open(&target).await.unwrap_err() else {
                panic!("{grants:?} {host}");
            };
            assert!(refused.grant.is_some(), "{refused}");
            assert_eq!(told.lines(), [format!("refused {refused}")]);
        }
    }

    #[tokio::test]
    async fn a_name_cannot_move_to_another_address_between_two_connections() {
        let (_listener, port) = port().await;
        let grants = [format!("a:{port}"), format!("127.0.0.1:{port}")];
        let grants = grants.each_ref().map(String::as_str);
        // The second answer would be refused, and is never asked for.
        let answers = vec![addresses(&["127.0.0.1"]), addresses(&["127.0.0.2"])];
        let (gate, told) = gate(&grants, answers);
        let target = Target::new("a", port).unwrap();
        for _ in 0..2 {
            let stream = gate.open(&target).await.unwrap();
            assert_eq!(stream.peer_addr().unwrap(), ([127, 0, 0, 1], port).into());
        }
        assert_eq!(
            told.lines(),
            [format!("used a:{port}"), format!("used a:{port}")]
        );
    }

    #[tokio::test]
    async fn that_nobody_is_there_is_no_refusal() {
        let (listener, port) = port().await;
        drop(listener);
        let grant = format!("127.0.0.1:{port}");
        let (gate, told) = gate(&[&grant], vec![]);
        let target = Target::new("127.0.0.1", port).unwrap();
        let NotOpened::Unreachable(why) = gate.open(&target).await.unwrap_err() else {
            panic!("it was refused");
        };
        assert!(why.starts_with("was not reached at 127.0.0.1: "), "{why}");
        assert!(told.lines().is_empty());
    }
}
