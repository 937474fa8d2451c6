//! The `tau` program.
fn main() {}
