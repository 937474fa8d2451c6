//! From text to tree: two spellings, one tree.

pub mod blanks;
pub mod command;
pub mod letters;
pub mod literal;
pub mod tau;
pub mod template;
pub mod text;
pub mod tree;
pub mod types;
pub mod yaml;
