//! `CONNECT`: a tunnel to one host, whose first bytes must not be meant for another.
//!
//! At port 443, and at every port that no grant says by its number or `*`, only TLS goes through,
//! and it must name the host that was asked for. A port that a grant does say may carry anything;
//! what begins as TLS there must name the host too.

use hyper::Request;
use hyper::body::Incoming;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, split};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;

use super::Not;
use super::hello::{LONGEST_HELLO, Seen, see};
use crate::net::hosts::Target;
use crate::net::{Gate, Refused};

/// The port of TLS, where nothing else is let through.
const TLS: u16 = 443;

/// A tunnel that was granted.
pub(super) struct Tunnel {
    target: Target,
    client: OnUpgrade,
    host: TcpStream,
}

impl Tunnel {
    /// Connects to the host that a request asks for.
    pub(super) async fn open(request: Request<Incoming>, gate: &Gate) -> Result<Tunnel, Not> {
        let wrong = |why: String| Not::Wrong(format!("`CONNECT` wants `host:port`: {why}."));
        let authority = request.uri().authority().map(|it| it.as_str());
        let target = Target::of_authority(authority.unwrap_or_default(), None).map_err(wrong)?;
        let opened = gate.open(&target).await;
        let host = opened.map_err(|not| Not::Opened(target.scope(), not))?;
        Ok(Tunnel {
            target,
            client: hyper::upgrade::on(request),
            host,
        })
    }

    /// Carries bytes both ways until one side has had enough.
    pub(super) async fn carry(self, gate: &Gate) {
        let Ok(client) = self.client.await else {
            return;
        };
        let (from_client, mut to_client) = split(TokioIo::new(client));
        let (mut from_host, to_host) = self.host.into_split();
        let target = self.target;
        let up = up(from_client, to_host, &target, gate);
        let down = async {
            tokio::io::copy(&mut from_host, &mut to_client).await?;
            to_client.shutdown().await
        };
        // Whatever went wrong, there is nobody left to tell: the bytes are theirs.
        let _ = tokio::try_join!(up, down);
    }
}

type Client = TokioIo<Upgraded>;

/// What the client sends. Nothing of it reaches the host before it is known for whom it is.
async fn up(
    mut client: ReadHalf<Client>,
    mut host: OwnedWriteHalf,
    target: &Target,
    gate: &Gate,
) -> std::io::Result<()> {
    let mut first = Vec::new();
    let greeting = async {
        loop {
            let length = client.read_buf(&mut first).await?;
            match see(&first) {
                Seen::More if length == 0 => return Ok(Seen::More),
                Seen::More => {}
                seen => return std::io::Result::Ok(seen),
            }
        }
    };
    let only_tls = target.port() == TLS || !gate.says_port(target);
    let seen = match only_tls {
        // What must come must come soon.
        true => tokio::select! {
            seen = greeting => seen?,
            () = gate.clock().sleep(gate.limits().first) => Seen::More,
        },
        false => greeting.await?,
    };
    judged(&seen, target, only_tls).map_err(|refused| {
        let why = refused.to_string();
        gate.refuse(refused);
        std::io::Error::other(why)
    })?;
    debug_assert!(first.len() <= 2 * LONGEST_HELLO);
    host.write_all(&first).await?;
    tokio::io::copy(&mut client, &mut host).await?;
    host.shutdown().await
}

/// Whether what a tunnel begins with is meant for its host.
fn judged(seen: &Seen, target: &Target, only_tls: bool) -> Result<(), Refused> {
    let refused = |why: String| Err(target.refused(why, None));
    match seen {
        Seen::Hello { name: Some(name) } if name == target.host() => Ok(()),
        Seen::Hello { name: Some(name) } => {
            let name = crate::net::hosts::shown(name);
            refused(format!("was asked for, and then TLS for {name}"))
        }
        // An address has no name to agree with.
        Seen::Hello { name: None } if target.address().is_some() => Ok(()),
        Seen::Hello { name: None } => refused("was asked for, and TLS does not name it".to_owned()),
        Seen::Broken => refused("gets no TLS whose beginning cannot be read".to_owned()),
        Seen::Other | Seen::More if only_tls => {
            let line = tau_lang::authority::Host::at(target.host(), target.port());
            let why = "gets nothing but TLS through a tunnel";
            match target.port() {
                TLS => refused(why.to_owned()),
                _ => Err(target.refused(
                    format!("{why}, as no grant says its port"),
                    Some(format!("net \"{line}\"")),
                )),
            }
        }
        Seen::Other | Seen::More => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_a_tunnel_must_be_meant_for_its_host() {
        let tls = |name: Option<&str>| Seen::Hello {
            name: name.map(str::to_owned),
        };
        let told = |seen: &Seen, target: &str, only_tls| {
            let target = Target::of_authority(target, None).unwrap();
            match judged(seen, &target, only_tls) {
                Ok(()) => "goes through".to_owned(),
                Err(refused) => format!("{refused} => {:?}", refused.grant),
            }
        };
        let all = [
            told(&tls(Some("a.example")), "a.example:443", true),
            told(&tls(Some("b.example")), "a.example:443", true),
            told(&tls(Some("b.example\u{1b}[2J")), "a.example:443", true),
            told(&tls(None), "a.example:443", true),
            told(&tls(None), "192.0.2.1:443", true),
            told(&tls(Some("a.example")), "192.0.2.1:443", true),
            told(&Seen::Other, "a.example:443", true),
            told(&Seen::More, "a.example:80", true),
            told(&Seen::Other, "a.example:22", false),
            told(&tls(Some("b.example")), "a.example:22", false),
            told(&Seen::Broken, "a.example:22", false),
        ];
        insta::assert_snapshot!(all.join("\n"), @r#"
        goes through
        `a.example:443` was asked for, and then TLS for `b.example` => None
        `a.example:443` was asked for, and then TLS for what is no name => None
        `a.example:443` was asked for, and TLS does not name it => None
        goes through
        `192.0.2.1:443` was asked for, and then TLS for `a.example` => None
        `a.example:443` gets nothing but TLS through a tunnel => None
        `a.example:80` gets nothing but TLS through a tunnel, as no grant says its port => Some("net \"a.example:80\"")
        goes through
        `a.example:22` was asked for, and then TLS for `b.example` => None
        `a.example:22` gets no TLS whose beginning cannot be read => None
        "#);
    }
}
