//! The way to hosts of one attempt of a step, and what it remembers of it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tau_lang::authority::Host;
use tau_lang::syntax::tree::Effect;

use super::Broker;
use crate::net::address::not_public;
use crate::net::hosts;
use crate::net::{Gate, Noted, Refused};

/// How many different refusals an attempt remembers.
const MOST_REFUSED: usize = 50;

impl Broker {
    /// What this step may reach: for its own requests, and for the
    /// [proxy](crate::net::proxy::serve) of the processes that it starts. What was reached and what
    /// was refused is remembered with the attempt.
    #[must_use]
    pub fn gate(&self) -> Gate {
        let world = &self.world;
        let (rules, names) = (self.rules.clone(), world.network.names.clone());
        let gate = Gate::new(rules, names, world.clock.clone());
        let broker = self.clone();
        gate.telling(Arc::new(move |noted| broker.note(noted)))
    }

    /// What the commands that this step starts may reach; `None` where that is nothing. In a part that is
    /// never anything: nobody could say what one that was cut has done there, and what a file tells a
    /// model to send away is not sent.
    pub(super) fn gate_of_commands(&self) -> Option<Gate> {
        let reaches = !self.is_part && self.commands_reach_hosts();
        reaches.then(|| self.gate())
    }

    /// Whether commands that this step starts may reach anything.
    pub(crate) fn commands_reach_hosts(&self) -> bool {
        hosts::any(&self.rules)
    }

    fn note(&self, noted: Noted) {
        // A name that a program makes up may hold what it was given.
        let hidden = |text: String| self.redactor().text(&text).into_owned();
        match noted {
            Noted::Used {
                host,
                port,
                address,
            } => {
                self.used(Effect::Net, None, &Host::at(&hidden(host), port));
                // Such an address had to be granted beside its name.
                if not_public(address.ip()).is_some() {
                    self.used(Effect::Net, None, &spelled(address));
                }
            }
            Noted::Refused(refused) => {
                let refused = Refused {
                    host: hidden(refused.host),
                    why: hidden(refused.why),
                    grant: refused.grant.map(hidden),
                    ..refused
                };
                self.with_done(|done| {
                    if done.refused.len() < MOST_REFUSED && !done.refused.contains(&refused) {
                        done.refused.push(refused);
                    }
                });
            }
        }
    }
}

fn spelled(address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) => Host::at(&ip.to_string(), address.port()),
        IpAddr::V6(ip) => Host::at(&format!("[{ip}]"), address.port()),
    }
}
