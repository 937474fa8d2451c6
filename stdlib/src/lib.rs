//! The standard actions.
