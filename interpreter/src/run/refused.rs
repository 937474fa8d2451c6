//! What of the network a step was refused, told with its failure.

use crate::action::{Failure, FailureKind};
use crate::net::Refused;

/// So many are told in words; all of them stand in the record of the step.
const TOLD: usize = 5;

/// Says with the failure of a step what of the network it, or what it had started, was refused, and
/// the lines that would grant it.
pub(super) fn tell(failure: &mut Failure, refused: &[Refused]) {
    if failure.kind != FailureKind::Failed || refused.is_empty() {
        return;
    }
    let mut told: Vec<String> = refused.iter().take(TOLD).map(Refused::to_string).collect();
    if refused.len() > TOLD {
        told.push(format!("and {} more", refused.len() - TOLD));
    }
    let mut lines: Vec<&str> = Vec::new();
    for line in refused.iter().filter_map(|it| it.grant.as_deref()) {
        if !lines.contains(&line) && lines.len() < TOLD {
            lines.push(line);
        }
    }
    let mut text = format!(
        "It was refused what it asked the network for: {}.",
        told.join("; ")
    );
    if !lines.is_empty() {
        text.push_str(" If it needs that, add to `authority`: ");
        text.push_str(&lines.join("; "));
    }
    failure.help = Some(match failure.help.take() {
        Some(help) => format!("{help} {text}"),
        None => text,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Missing;

    fn refused(host: &str, port: u16, grant: Option<&str>) -> Refused {
        Refused {
            host: host.to_owned(),
            port,
            why: "is not granted".to_owned(),
            limited_by: "mission".to_owned(),
            limited_at: None,
            grant: grant.map(|host| format!("net \"{host}\"")),
        }
    }

    fn told(mut failure: Failure, refused: &[Refused]) -> Option<String> {
        tell(&mut failure, refused);
        failure.help
    }

    #[test]
    fn each_line_that_grants_is_told_once() {
        let failure = || Failure::new("process-exit", "It ended with 1.");
        let all = [
            refused("a.example", 80, Some("a.example")),
            refused("a.example", 443, Some("a.example")),
            refused("b.example", 1, None),
        ];
        let many: Vec<Refused> = (1..9).map(|port| refused("c", port, None)).collect();
        let all = [
            told(failure(), &all),
            told(failure().help("Try again."), &all[2..]),
            told(failure(), &many),
        ];
        let all: Vec<String> = all.into_iter().flatten().collect();
        insta::assert_snapshot!(all.join("\n"), @"
        It was refused what it asked the network for: `a.example:80` is not granted; `a.example:443` is not granted; `b.example:1` is not granted. If it needs that, add to `authority`: net \"a.example\"
        Try again. It was refused what it asked the network for: `b.example:1` is not granted.
        It was refused what it asked the network for: `c:1` is not granted; `c:2` is not granted; `c:3` is not granted; `c:4` is not granted; `c:5` is not granted; and 3 more.
        ");
    }

    #[test]
    fn nothing_is_added_where_nothing_was_refused_or_the_failure_says_it() {
        assert_eq!(told(Failure::new("a", "b"), &[]), None);
        let missing = Missing {
            effect: "net".to_owned(),
            scope: "a:1".to_owned(),
            limited_by: "mission".to_owned(),
            limited_at: None,
            grant: None,
        };
        let blocked = Failure {
            kind: FailureKind::Blocked(missing),
            ..Failure::new("a", "b")
        };
        assert_eq!(told(blocked, &[refused("a", 1, None)]), None);
    }
}
