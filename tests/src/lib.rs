//! What a user would see.
