//! From text to tree: two spellings, one tree.

pub mod command;
pub mod literal;
pub mod tau;
pub mod template;
pub mod text;
pub mod tree;
pub mod types;
