//! The one style: a tree as text, in either spelling.
//!
//! Both printers give a text that reads back as the same tree, and print what they read back
//! unchanged. They take a file without syntax errors: a statement that could not be read is not
//! in the tree, so it would be lost.

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
use crate::syntax::blanks::settle;
use crate::syntax::tree::{File, Grant, Item, UseFrom, Value};

/// Columns that a line may have before it is broken, where it can be.
const WIDTH: usize = 100;

/// The file in the tau spelling.
#[must_use]
pub fn tau(file: &File) -> String {
    let mut file = file.clone();
    settle(&mut file);
    tau::print(&file)
}

/// The file in the YAML spelling, which holds one mission and its uses; see [`fits_yaml`].
#[must_use]
pub fn yaml(file: &File) -> String {
    let mut file = file.clone();
    settle(&mut file);
    yaml::print(&file)
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

/// Whether the YAML spelling can say all of this file: one mission, and neither types nor faces.
#[must_use]
pub fn fits_yaml(file: &File) -> bool {
    unfit_for_yaml(file).is_none()
}

/// What of this file the YAML spelling cannot say, as a clause.
#[must_use]
pub fn unfit_for_yaml(file: &File) -> Option<String> {
    let mut missions = 0;
    for item in &file.items {
        match item {
            Item::Use(node) if matches!(node.from, UseFrom::Source(_)) => {
                return Some("a `use` of a file or repository".to_owned());
            }
            Item::Use(_) => {}
            Item::Mission(_) => missions += 1,
            Item::Type(item) => return Some(format!("the type `{}`", item.name)),
            Item::Action(face) => return Some(format!("the action `{}`", face.name)),
            Item::Test(_) => return Some("a test".to_owned()),
            Item::On(_) => return Some("what starts a mission".to_owned()),
        }
    }
    match missions {
        0 => Some("a file without a mission".to_owned()),
        1 => None,
        several => Some(format!("{several} missions in one file")),
    }
}
