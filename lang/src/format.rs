//! The one style: a tree as text, in either spelling.
//!
//! Both printers give a text that reads back as the same tree, and print what they read back
//! unchanged. They take a file without syntax errors: a statement that could not be read is not
//! in the tree, so it would be lost.

mod conditions;
mod names;
mod page;
mod tau;
mod types;
mod yaml;

#[cfg(test)]
pub(crate) mod arbitrary;
#[cfg(test)]
mod tests;

pub use self::names::name_arguments;
use crate::source::SourceId;
use crate::syntax::blanks::settle;
use crate::syntax::tree::{Arg, File, Grant, Item, Lead, LimitKind, Need, Spelling, Value};

/// Columns that a line may have before it is broken, where it can be.
const WIDTH: usize = 100;

/// The file in the tau spelling.
#[must_use]
pub fn tau(file: &File) -> String {
    print(file.clone(), Spelling::Tau)
}

/// The file in the YAML spelling; see [`unfit_for_yaml`].
#[must_use]
pub fn yaml(file: &File) -> String {
    print(file.clone(), Spelling::Yaml)
}

/// The file in a spelling, for whoever has no further use for the tree: a large one takes long to
/// copy.
#[must_use]
pub fn print(file: File, spelling: Spelling) -> String {
    let file = styled(file);
    match spelling {
        Spelling::Tau => tau::print(&file),
        Spelling::Yaml => yaml::print(&file),
    }
}

/// The file as the one style has it: its items in the order of their kinds, its conditions as the
/// tau spelling can write them, and no blank line that says nothing.
#[must_use]
pub fn styled(mut file: File) -> File {
    arrange(&mut file);
    conditions::settle(&mut file);
    settle(&mut file);
    file
}

fn arrange(file: &mut File) {
    for item in &mut file.items {
        if let Item::Action(face) = item {
            face.bounds
                .sort_by_key(|bound| bound.kind != LimitKind::Time);
        }
    }
    if file.items.is_sorted_by_key(Item::rank) {
        return;
    }
    // What a blank line parts from the first item is about the file, and stays above all.
    let first = &mut file.items[0].trivia_mut().before;
    let parted = first.iter().rposition(|lead| *lead == Lead::Blank);
    let head: Vec<Lead> = first.drain(..parted.map_or(0, |at| at + 1)).collect();
    file.items.sort_by_key(Item::rank);
    file.items[0].trivia_mut().before.splice(0..0, head);
}

/// One value in one line, as the tau spelling writes it.
#[must_use]
pub fn value(value: &Value) -> String {
    tau::inline(value)
}

/// One grant or denial as the tau spelling writes it, such as `deny write "src/generated/**"`.
#[must_use]
pub fn grant(grant: &Grant) -> String {
    tau::grant(grant)
}

/// One line of an action's face about authority as a grant would say it, such as `write path`.
#[must_use]
pub fn need(need: &Need) -> String {
    tau::asked(need)
}

/// What of this file the YAML spelling cannot say, as a clause. All that has a meaning can be said.
#[must_use]
pub fn unfit_for_yaml(file: &File) -> Option<String> {
    if file.items.iter().all(|item| matches!(item, Item::Use(_))) {
        return Some("a file without a mission".to_owned());
    }
    for item in &file.items {
        if let Item::On(trigger) = item {
            let wrong = |(index, arg): (usize, &Arg)| match &arg.name {
                None => index > 0,
                Some(name) => {
                    name == &trigger.event || ["run", "with", "about"].contains(&&*name.text)
                }
            };
            if trigger.args.iter().enumerate().any(wrong) {
                return Some(format!("what `on {}` is asked for here", trigger.event));
            }
        }
    }
    let (back, found) = crate::syntax::yaml::parse(&yaml(file), SourceId(0));
    // Its keys are names, so no name can stand twice.
    (!found.is_empty() || back != styled(file.clone())).then(|| "two things of one name".to_owned())
}

/// What of this file the tau spelling cannot say, as a clause. All that has a meaning can be said.
#[must_use]
pub fn unfit_for_tau(file: &File) -> Option<String> {
    let (back, found) = crate::syntax::tau::parse(&tau(file), SourceId(0));
    (!found.is_empty() || styled(back) != styled(file.clone()))
        .then(|| "an expression of it".to_owned())
}
