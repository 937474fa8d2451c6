//! The page of the book that lists all attacks. With `UPDATE=1` in the environment it is written anew.

use std::fmt::Write as _;
use std::fs;

use tau_tests::workspace_root;

use super::attack::{Attack, Control, Shows};
use super::attacks;

const HEAD: &str = "# Attacks on the box

<!-- Made from the tables in tests/tests/sandbox/attacks by a test. -->

What a command tries, and whether [the box](sandbox.md) holds. A test tries each of these at each tier
that the machine makes, as root and as an ordinary user, and fails where it ends otherwise than is said
here. Before that it shows that the attack works at all: in a run with `--box none`, or, where tau stops it
by other means than a box, without tau. Where that fails for want of something of the machine, the test
says so and the case counts for nothing.

*held*: it does not work. *open*: it works, and why. An attack of *root* needs root to work without a box;
from a box that root has started it works no better.
";

/// All that there is.
#[test]
fn the_page_of_attacks_is_that_of_the_tables() {
    let number = attacks::all().count();
    assert!(number >= 150, "{number}");
    let mut page = String::from(HEAD);
    for (class, attacks) in attacks::CLASSES {
        let title = format!("{}{}", class[..1].to_uppercase(), &class[1..]);
        write!(
            page,
            "\n## {title}\n\n| after what | by | works without | full | bwrap | landlock |\n\
             | --- | --- | --- | --- | --- | --- |\n"
        )
        .unwrap();
        attacks
            .iter()
            .for_each(|attack| page.push_str(&row(attack)));
    }
    let path = workspace_root().join("docs/src/reference/box-attacks.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == page,
        "docs/src/reference/box-attacks.md is out of date: UPDATE=1 cargo test -p tau-tests --test sandbox writes it anew"
    );
}

fn row(attack: &Attack) -> String {
    let verdict = |open: Option<&str>| match open {
        Some(why) => format!("open: {why}"),
        None => "held".to_owned(),
    };
    let by = if attack.is_roots { "root" } else { "anyone" };
    let without = match (attack.control, attack.shows) {
        (Control::Unboxed, _) => "a box",
        (Control::Plain, Shows::Survives) => "tau, whose `none` ends it, too",
        (Control::Plain, _) => "tau, which gives it to no command",
    };
    let [full, bwrap, landlock] = [
        attack.open_in_full,
        attack.open_in_bwrap,
        attack.open_in_landlock,
    ]
    .map(verdict);
    format!(
        "| {} | {by} | {without} | {full} | {bwrap} | {landlock} |\n",
        attack.name
    )
}

/// What is shown by a name is of use only when that is one attack's.
#[test]
fn each_attack_has_a_name_of_its_own() {
    let mut seen = std::collections::BTreeSet::new();
    for (_, class, attack) in attacks::all() {
        assert!(
            seen.insert((class, attack.name)),
            "{class}: {}",
            attack.name
        );
    }
}
