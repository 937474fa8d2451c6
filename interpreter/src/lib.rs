//! Runs a checked plan: scheduler, journal, workspace, broker, processes.
//!
//! The way of a run: plan → [`preflight`] → [`run`] (scheduler → step → [`broker`]) →
//! [`journal`] → [`report`]. This crate knows no particular action and no screen.

pub mod action;
pub mod blobs;
pub mod home;
pub mod journal;
pub mod process;
pub mod repository;
