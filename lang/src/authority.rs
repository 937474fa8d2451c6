//! What is granted, and whether a request is covered. The same rules decide while checking,
//! before a run and at every access of a run.

mod guarded;
mod host;
mod machine;
mod pattern;

pub use self::guarded::{GUARDED, Guarded, guarded};
pub use self::host::{Host, Ports, USUAL_PORTS};
pub use self::machine::{MachineFiles, NEVER};
pub use self::pattern::Pattern;
use crate::glob::Glob;
use crate::source::Span;
use crate::syntax::tree::{Effect, Limit, LimitKind};

/// Grants and denials with their patterns read.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    holder: Holder,
}

/// Whose rules they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holder {
    /// A mission's, which has nothing that is not granted.
    #[default]
    Mission,
    /// A policy's, which does not limit an effect that it grants nowhere, but by its denials.
    Policy,
}

/// One grant or denial.
#[derive(Clone, Debug)]
pub struct Rule {
    /// A denial wins over any grant.
    pub deny: bool,
    /// What it is about.
    pub effect: Effect,
    /// For git: `commit`, `push`.
    pub verb: Option<String>,
    /// What it covers.
    pub pattern: Pattern,
    /// Who denies, as a clause for a message: `the mission denies`, ``verifier `tests` protects``.
    /// Of a policy's grant, that it does not grant what it does not cover.
    pub says: String,
    /// Of a model: it stands behind an `else`, so it is asked when those before it of the same line are not
    /// there.
    pub is_else: bool,
    /// How much of it.
    pub limits: Limits,
    /// Where it stands.
    pub at: Span,
    /// The same as it is told, in a policy: `/etc/tau/policy.tau:3:3`.
    pub place: Option<String>,
}

/// How much a grant allows; no bound where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Calls of models.
    pub calls: Option<u64>,
    /// Tokens, in and out.
    pub tokens: Option<u64>,
    /// Money, in millionths of a dollar.
    pub money: Option<u64>,
    /// What each command may use.
    pub command: CommandLimits,
}

/// What a command may use, together with all that it starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommandLimits {
    /// Time of processors, in milliseconds.
    pub cpu: Option<u64>,
    /// The size of each file that it writes, in bytes.
    pub file_size: Option<u64>,
    /// Memory, in bytes.
    pub memory: Option<u64>,
    /// Open files of each process.
    pub open_files: Option<u64>,
    /// What it prints, in bytes.
    pub output: Option<u64>,
    /// Processes and threads.
    pub processes: Option<u64>,
    /// What it writes to each of its folders in memory, in bytes.
    pub scratch: Option<u64>,
    /// Wall time, in milliseconds.
    pub time: Option<u64>,
}

impl Limits {
    /// What the limits of a grant come to: of several of a kind the least counts.
    #[must_use]
    pub fn of(limits: &[Limit]) -> Limits {
        let least = |kind: LimitKind| {
            let limits = limits.iter().filter(|limit| limit.kind == kind);
            limits
                .filter_map(|limit| kind.amount(&limit.amount.value))
                .min()
        };
        Limits {
            calls: least(LimitKind::Calls),
            tokens: least(LimitKind::Tokens),
            money: least(LimitKind::Cost),
            command: CommandLimits {
                cpu: least(LimitKind::Cpu),
                file_size: least(LimitKind::FileSize),
                memory: least(LimitKind::Memory),
                open_files: least(LimitKind::OpenFiles),
                output: least(LimitKind::Output),
                processes: least(LimitKind::Processes),
                scratch: least(LimitKind::Scratch),
                time: least(LimitKind::Time),
            },
        }
    }

    /// Whether something is bounded here that has no bound in `other`, or a wider one.
    #[must_use]
    pub fn is_less_than(&self, other: &Limits) -> bool {
        let pairs = self.all().into_iter().zip(other.all());
        pairs.into_iter().any(|pair| match pair {
            (Some(own), Some(other)) => own < other,
            (own, _) => own.is_some(),
        })
    }

    fn all(&self) -> [Option<u64>; 11] {
        let command = &self.command;
        [
            self.calls,
            self.tokens,
            self.money,
            command.cpu,
            command.file_size,
            command.memory,
            command.open_files,
            command.output,
            command.processes,
            command.scratch,
            command.time,
        ]
    }
}

impl CommandLimits {
    /// Each kind of limit with its amount: numbers, milliseconds, bytes.
    #[must_use]
    pub fn all(&self) -> [(LimitKind, Option<u64>); 8] {
        [
            (LimitKind::Cpu, self.cpu),
            (LimitKind::FileSize, self.file_size),
            (LimitKind::Memory, self.memory),
            (LimitKind::OpenFiles, self.open_files),
            (LimitKind::Output, self.output),
            (LimitKind::Processes, self.processes),
            (LimitKind::Scratch, self.scratch),
            (LimitKind::Time, self.time),
        ]
    }

    /// Of each limit the lesser one.
    #[must_use]
    pub fn and(self, other: CommandLimits) -> CommandLimits {
        let least = |a: Option<u64>, b: Option<u64>| a.into_iter().chain(b).min();
        CommandLimits {
            cpu: least(self.cpu, other.cpu),
            file_size: least(self.file_size, other.file_size),
            memory: least(self.memory, other.memory),
            open_files: least(self.open_files, other.open_files),
            output: least(self.output, other.output),
            processes: least(self.processes, other.processes),
            scratch: least(self.scratch, other.scratch),
            time: least(self.time, other.time),
        }
    }
}

/// What the rules say to a request.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'a> {
    /// Covered by this grant.
    Granted(&'a Rule),
    /// Taken away by this denial.
    Denied(&'a Rule),
    /// Not limited by this policy.
    Unlimited,
    /// Covered by a pattern that is too wide to mean it.
    Guarded(&'static Guarded),
    /// Covered by nothing.
    Missing,
}

impl Rules {
    /// The rules in their order.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Rules {
        Rules::of(Holder::Mission, rules)
    }

    /// The rules of a mission or policy, in their order.
    #[must_use]
    pub fn of(holder: Holder, rules: Vec<Rule>) -> Rules {
        Rules { rules, holder }
    }

    /// Whose they are.
    #[must_use]
    pub fn holder(&self) -> Holder {
        self.holder
    }

    /// The first grant of an effect, whatever its scope.
    #[must_use]
    pub fn first_grant(&self, effect: Effect) -> Option<&Rule> {
        let mut rules = self.rules.iter();
        rules.find(|rule| !rule.deny && rule.effect == effect)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// What the rules say to one path, command, ref or name.
    #[must_use]
    pub fn decide(&self, effect: Effect, verb: Option<&str>, scope: &str) -> Decision<'_> {
        let about = |rule: &&Rule| rule.effect == effect && rule.verb.as_deref() == verb;
        let denied = self
            .rules
            .iter()
            .filter(about)
            .find(|rule| rule.deny && rule.pattern.meets(scope));
        if let Some(rule) = denied {
            // A pattern that a denial only touches is decided path by path.
            let literal = Glob::new_of_several(scope).is_none();
            if literal || rule.pattern.covers(scope) || rule.pattern.names(scope) {
                return Decision::Denied(rule);
            }
        }
        let mut grants = self.rules.iter().filter(about).filter(|rule| !rule.deny);
        let is_policy = self.holder == Holder::Policy;
        // A policy bounds what missions may grant, and they name what they mean.
        let granted = |rule: &&Rule| match is_policy {
            true => rule.pattern.covers(scope),
            false => rule.pattern.grants(effect, scope),
        };
        match grants.clone().find(granted) {
            Some(rule) => Decision::Granted(rule),
            None if is_policy && self.first_grant(effect).is_none() => Decision::Unlimited,
            None => match guarded(scope).filter(|_| grants.any(|it| it.pattern.covers(scope))) {
                Some(kind) => Decision::Guarded(kind),
                None => Decision::Missing,
            },
        }
    }

    /// Whether one path, command, ref or name is covered.
    #[must_use]
    pub fn covers(&self, effect: Effect, verb: Option<&str>, scope: &str) -> bool {
        matches!(
            self.decide(effect, verb, scope),
            Decision::Granted(_) | Decision::Unlimited
        )
    }
}

/// Who limits what a step of a mission may do, of those whose `rules` hold for it: policies first,
/// then the missions that lead to it, outermost first.
#[must_use]
pub fn limited_by(rules: &[Rules], index: usize) -> &'static str {
    match rules.get(index).map(Rules::holder) {
        Some(Holder::Policy) => "policy",
        _ if index + 1 == rules.len() => "mission",
        _ => "caller",
    }
}

/// The line that would grant something, as it is written in tau.
#[must_use]
pub fn grant_line(effect: Effect, verb: Option<&str>, scope: &str) -> String {
    // A host that is granted without a port has the usual ones.
    let scope = match effect {
        Effect::Net => [":443", ":80"]
            .iter()
            .find_map(|port| scope.strip_suffix(port))
            .unwrap_or(scope),
        _ => scope,
    };
    let scope = if effect.has_names() {
        scope.to_owned()
    } else {
        format!("\"{}\"", scope.replace('\\', "\\\\").replace('"', "\\\""))
    };
    match verb {
        Some(verb) => format!("{effect} {verb} on {scope}"),
        None => format!("{effect} {scope}"),
    }
}

#[cfg(test)]
mod tests;
