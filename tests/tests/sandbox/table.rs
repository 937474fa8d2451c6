//! Whether each attack ends as its table says, at each tier, for root and for an ordinary user.

use super::attack::{Attack, Control};
use super::world::{Ended, Verdicts, World, verdicts};
use super::{attacks, users};

const TIERS: [&str; 3] = ["full", "bwrap", "landlock"];

/// What is wrong, what is skipped, and how many are shown to hold at each tier.
#[derive(Debug, Default)]
struct Found {
    wrong: Vec<String>,
    skipped: Vec<String>,
    shown: usize,
}

#[test]
fn each_attack_ends_as_the_table_says() {
    let name = "table::each_attack_ends_as_the_table_says";
    if let Some(file) = users::told_to_say() {
        let found = tries("an ordinary user");
        let lines = [found.wrong, found.skipped].map(|lines| lines.join("\n"));
        let text = format!("{}\n\n{}\n\n{}", found.shown, lines[0], lines[1]);
        return std::fs::write(file, text).unwrap();
    }
    let ordinary = users::is_root().then(|| users::starts(name));
    let own = tries(if users::is_root() { "root" } else { "the user" });
    let mut said = vec![(own.shown, own.wrong, own.skipped)];
    if let Some(ordinary) = ordinary {
        let text = ordinary.said();
        let mut parts = text.split("\n\n");
        let shown = parts.next().unwrap().parse().unwrap();
        let mut lines = || {
            let part = parts.next().unwrap_or_default().lines();
            part.map(str::to_owned).collect()
        };
        said.push((shown, lines(), lines()));
    }
    for (_, _, skipped) in &said {
        for line in skipped {
            tau_tests::skip("the case", line);
        }
    }
    let wrong: Vec<String> = said
        .iter()
        .flat_map(|(_, wrong, _)| wrong.clone())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tries them all as this process's user, and compares.
fn tries(user: &str) -> Found {
    let mut found = Found::default();
    let plain = verdicts(World::Plain).unwrap();
    let free = verdicts(World::Run("none")).unwrap();
    let boxes = TIERS.map(|tier| (tier, verdicts(World::Run(tier))));
    for (tier, it) in &boxes {
        if let Err(why) = it {
            found.skipped.push(format!(
                "a box `{tier}`, which this machine does not make for {user}: {why}"
            ));
        }
    }
    for (id, class, attack) in attacks::all() {
        if attack.is_roots && user != "root" {
            continue;
        }
        let what = format!("{id}, {class}: {}, as {user}", attack.name);
        let control = match attack.control {
            Control::Plain => &plain[&id],
            Control::Unboxed => &free[&id],
        };
        match (control, attack.depends) {
            (Ended::Works, _) => {}
            (Ended::Lacks(tool), _) => {
                found.skipped.push(format!("{tool} ({what})"));
                continue;
            }
            (Ended::Fails(said), Some(on)) => {
                found.skipped.push(format!("{on} ({what}: {said})"));
                continue;
            }
            (Ended::Fails(said), None) => {
                found.wrong.push(format!(
                    "{what}: does not work without a box, which proves nothing: {said}"
                ));
                continue;
            }
        }
        if attack.control == Control::Plain && free[&id] == Ended::Works {
            found
                .wrong
                .push(format!("{what}: works in a run without a box"));
        }
        for (tier, it) in &boxes {
            compare(&what, tier, it, &id, attack, &mut found);
        }
    }
    found
}

fn compare(what: &str, tier: &str, it: &Verdicts, id: &str, attack: &Attack, found: &mut Found) {
    let Ok(verdicts) = it else { return };
    let open = match tier {
        "full" => attack.open_in_full,
        "bwrap" => attack.open_in_bwrap,
        _ => attack.open_in_landlock,
    };
    match (&verdicts[id], open) {
        (Ended::Works, Some(_)) | (Ended::Fails(_), None) => found.shown += 1,
        (Ended::Works, None) => found.wrong.push(format!("{what}: works in `{tier}`")),
        (Ended::Fails(said), Some(_)) => {
            found.wrong.push(format!(
                "{what}: does not work in `{tier}`, which the table does not know: {said}"
            ));
        }
        (Ended::Lacks(tool), _) => {
            found.wrong.push(format!(
                "{what}: has no {tool} in `{tier}`, which proves nothing"
            ));
        }
    }
}
