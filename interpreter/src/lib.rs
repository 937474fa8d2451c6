//! Runs a checked plan: scheduler, journal, workspace, broker, processes.

pub mod action;
pub mod process;
pub mod repository;
