//! A host and a port against the grants: `net "example.org"`, `net "*.example.org:8443"`.

use std::net::IpAddr;

use tau_lang::authority::{
    Decision, Holder, Host, Limits, Pattern, Ports, Rule, Rules, grant_line, limited_by,
};
use tau_lang::source::Span;
use tau_lang::syntax::tree::Effect;

use super::Refused;
use super::address::not_public;

/// The longest name of a host, in bytes, as names are on the wire.
pub const LONGEST_NAME: usize = 253;

/// One port of one host, in the spelling in which hosts are compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    host: String,
    port: u16,
    address: Option<IpAddr>,
}

impl Target {
    /// Reads a host's name or address; that of IPv6 has its brackets.
    ///
    /// # Errors
    /// Why it is no host, as a clause.
    pub fn new(host: &str, port: u16) -> Result<Target, String> {
        if host.len() > LONGEST_NAME {
            return Err("it is too long".to_owned());
        }
        if host.contains('*') {
            return Err("a host has no '*'".to_owned());
        }
        if port == 0 {
            return Err("there is no port 0".to_owned());
        }
        let read = Host::new(host)?;
        if read.ports() != Ports::Usual {
            return Err("it has a port twice".to_owned());
        }
        Ok(Target {
            host: read.name().to_owned(),
            port,
            address: read.address(),
        })
    }

    /// Reads `host:port`; `usual` is the port where none is written.
    ///
    /// # Errors
    /// Why it is none, as a clause.
    pub fn of_authority(text: &str, usual: Option<u16>) -> Result<Target, String> {
        let read = Host::new(text)?;
        let port = match read.ports() {
            Ports::One(port) => port,
            Ports::Usual => usual.ok_or_else(|| "it has no port".to_owned())?,
            Ports::Any => return Err("a port is a number".to_owned()),
        };
        Target::new(read.name(), port)
    }

    /// The name or the address.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address, if it is written as one.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// As rules are asked for it: `example.org:443`.
    #[must_use]
    pub fn scope(&self) -> String {
        Host::at(&self.host, self.port)
    }

    /// It is refused, for this reason.
    #[must_use]
    pub fn refused(&self, why: impl Into<String>, grant: Option<String>) -> Refused {
        Refused {
            host: self.host.clone(),
            port: self.port,
            why: why.into(),
            limited_by: "mission".to_owned(),
            limited_at: None,
            grant,
        }
    }
}

/// A name that somebody has sent, for a message: in quotes if it has the form of a name.
pub(super) fn shown(name: &str) -> String {
    match Target::new(name, 1) {
        Ok(target) => format!("`{}`", target.host()),
        Err(_) => "what is no name".to_owned(),
    }
}

/// Rules that grant this target and nothing else, with the addresses of its host that are not public.
/// `says` is who grants it, as rules have it.
#[must_use]
pub fn only(target: &Target, addresses: &[IpAddr], says: &str) -> Rules {
    let port = target.port();
    let mut scopes = vec![target.scope()];
    if target.host() == "localhost" {
        scopes.extend([Host::at("127.0.0.1", port), Host::at("[::1]", port)]);
    }
    scopes.extend(addresses.iter().map(|address| match address {
        IpAddr::V4(address) => Host::at(&address.to_string(), port),
        IpAddr::V6(address) => Host::at(&format!("[{address}]"), port),
    }));
    let patterns = scopes.iter().map(|scope| Pattern::new(Effect::Net, scope));
    let grants = patterns.flatten().map(|pattern| Rule {
        deny: false,
        effect: Effect::Net,
        verb: None,
        pattern,
        says: says.to_owned(),
        is_else: false,
        limits: Limits::default(),
        at: Span::default(),
        place: None,
    });
    Rules::new(grants.collect())
}

/// Whether every one of the rules grants a host by what it is called. Where there is no mission,
/// nothing is granted.
///
/// # Errors
/// It is denied, or not granted.
pub fn named(rules: &[Rules], target: &Target) -> Result<(), Refused> {
    let scope = target.scope();
    if !rules.iter().any(|rules| rules.holder() == Holder::Mission) {
        return Err(target.refused("is not granted", None));
    }
    for (index, own) in rules.iter().enumerate() {
        match own.decide(Effect::Net, None, &scope) {
            Decision::Granted(_) | Decision::Unlimited => {}
            Decision::Denied(rule) => {
                let why = format!("is what {}", rule.says);
                return Err(limited(rules, index, Some(rule), target.refused(why, None)));
            }
            Decision::Missing | Decision::Guarded(_) => {
                let policy = policy_of(own);
                let (why, grant) = match policy {
                    Some(rule) => (format!("is what {}", rule.says), None),
                    None => {
                        let line = grant_line(Effect::Net, None, &scope);
                        ("is not granted".to_owned(), Some(line))
                    }
                };
                return Err(limited(rules, index, policy, target.refused(why, grant)));
            }
        }
    }
    Ok(())
}

/// What a policy grants of hosts, which is all there is. What it leaves out, no line of the mission
/// can grant.
fn policy_of(rules: &Rules) -> Option<&Rule> {
    let first = rules.first_grant(Effect::Net);
    first.filter(|_| rules.holder() == Holder::Policy)
}

/// A refusal with who has limited it, and where.
fn limited(rules: &[Rules], index: usize, by: Option<&Rule>, refused: Refused) -> Refused {
    Refused {
        limited_by: limited_by(rules, index).to_owned(),
        limited_at: by.and_then(|rule| rule.place.clone()),
        ..refused
    }
}

/// Whether an address of a granted host may be connected to: it is public, or every one of the
/// rules names the address itself; and none denies it.
///
/// # Errors
/// It may not.
pub fn addressed(rules: &[Rules], target: &Target, address: IpAddr) -> Result<(), Refused> {
    let literal = match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    let scope = Host::at(&literal, target.port);
    let is_itself = target.address == Some(address);
    let special = not_public(address);
    for (index, own) in rules.iter().enumerate() {
        if let Decision::Denied(rule) = own.decide(Effect::Net, None, &scope) {
            let why = format!("has the address {address}, which is what {}", rule.says);
            return Err(limited(rules, index, Some(rule), target.refused(why, None)));
        }
        if let Some(special) = special
            && limits(own)
            && !names(own, address, &scope)
        {
            let what = match is_itself {
                true => special.to_owned(),
                false => format!("has the address {address}, which {special}"),
            };
            let policy = policy_of(own);
            let (by, grant) = match policy {
                Some(_) => ("the policy", None),
                None => ("a grant", Some(grant_line(Effect::Net, None, &scope))),
            };
            let why = format!("{what}, and is only reached where {by} names its address");
            return Err(limited(rules, index, policy, target.refused(why, grant)));
        }
    }
    Ok(())
}

/// Whether these rules may grant any host: that of every mission has a line that grants some.
#[must_use]
pub fn any(rules: &[Rules]) -> bool {
    let missions = || rules.iter().filter(|it| it.holder() == Holder::Mission);
    missions().count() > 0 && missions().all(|own| own.first_grant(Effect::Net).is_some())
}

/// Whether a line of a mission grants this host by its very name or address.
pub(super) fn names_host(rules: &[Rules], host: &str) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    let is_it = |rule: &Rule| match &rule.pattern {
        Pattern::Host(granted) if !rule.deny => match address {
            Some(address) => granted.address() == Some(address),
            None => granted.name() == host,
        },
        _ => false,
    };
    let mut missions = rules.iter().filter(|it| it.holder() == Holder::Mission);
    missions.any(|own| own.all().iter().any(is_it))
}

/// Whether rules have only what they grant. A policy that grants no host at all says nothing of them.
fn limits(rules: &Rules) -> bool {
    rules.holder() == Holder::Mission || rules.first_grant(Effect::Net).is_some()
}

/// Whether a grant names an address itself, and not by a pattern.
fn names(rules: &Rules, address: IpAddr, scope: &str) -> bool {
    let mut grants = rules.all().iter().filter(|rule| !rule.deny);
    grants.any(|rule| match &rule.pattern {
        Pattern::Host(host) => host.address() == Some(address) && rule.pattern.covers(scope),
        _ => false,
    })
}

/// Whether every one of the rules grants the port because it says so, and not because it is a usual
/// one.
#[must_use]
pub fn says_port(rules: &[Rules], target: &Target) -> bool {
    let scope = target.scope();
    let mut rules = rules.iter().filter(|rules| limits(rules));
    rules.all(|rules| {
        let mut grants = rules.all().iter().filter(|rule| !rule.deny);
        grants.any(|rule| match &rule.pattern {
            Pattern::Host(host) => host.ports() != Ports::Usual && rule.pattern.covers(&scope),
            _ => false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::testing::rules;

    fn target(text: &str) -> Target {
        Target::of_authority(text, None).unwrap()
    }

    fn told(refused: Result<(), Refused>) -> String {
        match refused {
            Ok(()) => "granted".to_owned(),
            Err(refused) => format!("{refused} => {:?}", refused.grant),
        }
    }

    /// What a policy grants is all there is; one that grants no host leaves what it does not deny.
    #[test]
    fn a_policy_limits_only_what_it_is_about() {
        let policy = |all: &[&str]| Rules::of(Holder::Policy, rules(all).all().to_vec());
        let asked = |policy: Rules, text: &str| {
            let rules = [policy, rules(&["*.example.org", "10.0.0.1:81"])];
            let target = target(text);
            let private = target.address();
            named(&rules, &target).is_ok()
                && private.is_none_or(|address| addressed(&rules, &target, address).is_ok())
        };
        assert!(asked(policy(&[]), "a.example.org:443"));
        assert!(asked(policy(&[]), "10.0.0.1:81"));
        assert!(!asked(policy(&[]), "b.example.com:443"));
        assert!(!asked(
            policy(&["deny *.example.org:*"]),
            "a.example.org:443"
        ));
        assert!(asked(policy(&["deny *.example.org:*"]), "10.0.0.1:81"));
        assert!(!asked(policy(&["b.example.org"]), "a.example.org:443"));
        assert!(!asked(policy(&["*:*"]), "10.0.0.1:81"));
        assert!(asked(policy(&["10.0.0.1:*"]), "10.0.0.1:81"));
        let alone = [policy(&["a.example.org"])];
        assert!(named(&alone, &target("a.example.org:443")).is_err());
        assert!(named(&[], &target("a.example.org:443")).is_err());
        let both = [policy(&["b.example.org"]), rules(&["*.example.org"])];
        let refused = named(&both, &target("a.example.org:443")).unwrap_err();
        assert_eq!(
            (refused.limited_by.as_str(), refused.grant),
            ("policy", None)
        );
        let says =
            |policy: Rules| says_port(&[policy, rules(&["10.0.0.1:81"])], &target("10.0.0.1:81"));
        assert!(says(policy(&[])));
        assert!(!says(policy(&["10.0.0.1"])));
    }

    #[test]
    fn every_rule_must_grant_and_none_deny() {
        let rules = [
            rules(&["*.example.org", "deny bad.example.org"]),
            rules(&["*.example.org:*", "127.0.0.1:80"]),
        ];
        let all = [
            "a.example.org:443",
            "a.example.org:8443",
            "bad.example.org:443",
            "example.org:443",
            "127.0.0.1:80",
        ];
        let all = all.map(|text| told(named(&rules, &target(text))));
        insta::assert_snapshot!(all.join("\n"), @r#"
        granted
        `a.example.org:8443` is not granted => Some("net \"a.example.org:8443\"")
        `bad.example.org:443` is what the mission denies => None
        `example.org:443` is not granted => Some("net \"example.org\"")
        `127.0.0.1:80` is not granted => Some("net \"127.0.0.1\"")
        "#);
    }

    #[test]
    fn an_address_that_is_not_public_must_be_named_itself() {
        let target = target("a.example.org:443");
        let of = |grants: &[&str], address: &str| {
            told(addressed(
                &[rules(grants)],
                &target,
                address.parse().unwrap(),
            ))
        };
        let all = [
            of(&["a.example.org"], "1.1.1.1"),
            of(&["a.example.org"], "10.0.0.1"),
            of(&["*:*"], "10.0.0.1"),
            of(&["10.0.0.*"], "10.0.0.1"),
            of(&["10.0.0.1:80"], "10.0.0.1"),
            of(&["10.0.0.1"], "10.0.0.1"),
            of(&["10.0.0.1"], "::ffff:10.0.0.1"),
            of(&["[::1]"], "::1"),
            of(&["a.example.org", "deny 1.1.1.1"], "1.1.1.1"),
        ];
        insta::assert_snapshot!(all.join("\n"), @r#"
        granted
        `a.example.org:443` has the address 10.0.0.1, which is a private address, and is only reached where a grant names its address => Some("net \"10.0.0.1\"")
        `a.example.org:443` has the address 10.0.0.1, which is a private address, and is only reached where a grant names its address => Some("net \"10.0.0.1\"")
        `a.example.org:443` has the address 10.0.0.1, which is a private address, and is only reached where a grant names its address => Some("net \"10.0.0.1\"")
        `a.example.org:443` has the address 10.0.0.1, which is a private address, and is only reached where a grant names its address => Some("net \"10.0.0.1\"")
        granted
        `a.example.org:443` has the address ::ffff:10.0.0.1, which leads to another address, and is only reached where a grant names its address => Some("net \"[::ffff:10.0.0.1]\"")
        granted
        `a.example.org:443` has the address 1.1.1.1, which is what the mission denies => None
        "#);
    }

    #[test]
    fn what_is_no_host_is_no_target() {
        for text in ["a", "a:*", "*.a:80", "a:0", "http://a", "a:80:80", ""] {
            assert!(Target::of_authority(text, None).is_err(), "{text}");
        }
        assert!(Target::new("a:80", 80).is_err());
        assert!(Target::new(&"a".repeat(LONGEST_NAME + 1), 80).is_err());
        let name = Target::of_authority("EXAMPLE.org.", Some(443)).unwrap();
        assert_eq!(name.scope(), "example.org:443");
    }
}
