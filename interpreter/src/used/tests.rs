use tau_lang::authority::{Limits, Pattern, Rule};
use tau_lang::source::Span;

use super::*;

fn rules(holder: Holder, lines: &[(bool, Effect, &str)]) -> Rules {
    let rules = lines.iter().map(|(deny, effect, text)| Rule {
        deny: *deny,
        effect: *effect,
        verb: None,
        pattern: Pattern::new(*effect, text).unwrap(),
        says: "the policy refuses".to_owned(),
        is_else: false,
        limits: Limits::default(),
        at: Span::default(),
        place: None,
    });
    Rules::of(holder, rules.collect())
}

fn uses() -> Uses {
    let mut uses = Uses::default();
    uses.add_listing("docs/**");
    uses.add(Effect::Read, None, "docs/a.md");
    uses.add(Effect::Read, None, "src/a.rs");
    uses.add(Effect::Git, Some("commit"), "tau/m-1");
    uses
}

#[test]
fn what_is_recorded_is_read_back() {
    let text = serde_json::to_string(&uses()).unwrap();
    assert_eq!(
        text,
        r#"{"git commit":["tau/m-1"],"list":["docs/**"],"read":["src/a.rs"]}"#
    );
    assert_eq!(serde_json::from_str::<Uses>(&text).unwrap(), uses());
    let uses = uses();
    let all: Vec<_> = uses
        .iter()
        .map(|it| (it.effect, it.verb, it.scope, it.is_listing))
        .collect();
    assert_eq!(
        all,
        [
            (Effect::Git, Some("commit"), "tau/m-1", false),
            (Effect::Read, None, "docs/**", true),
            (Effect::Read, None, "src/a.rs", false),
        ]
    );
}

#[test]
fn a_narrower_policy_refuses_what_was_used() {
    let refused = |lines: &[(bool, Effect, &str)]| uses().refused(&[rules(Holder::Policy, lines)]);
    assert_eq!(refused(&[]), None);
    assert_eq!(refused(&[(true, Effect::Write, "**")]), None);
    assert_eq!(refused(&[(false, Effect::Read, "**")]), None);
    let says = Some("the policy refuses `read src/a.rs`".to_owned());
    assert_eq!(refused(&[(true, Effect::Read, "src/**")]), says);
    assert_eq!(refused(&[(false, Effect::Read, "docs/**")]), says);
    // Of what was listed a file would be missing.
    let says = Some("the policy refuses `read docs/**`".to_owned());
    assert_eq!(refused(&[(true, Effect::Read, "docs/b.md")]), says);
}

/// What the mission itself grants is looked at before a run and at each access.
#[test]
fn only_policies_are_asked() {
    assert_eq!(uses().refused(&[rules(Holder::Mission, &[])]), None);
}
