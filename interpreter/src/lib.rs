//! Runs a checked plan: scheduler, journal, workspace, broker, processes.
//!
//! The way of a run: plan → [`preflight`] → [`run`] (scheduler → step → [`broker`]) →
//! [`journal`] → [`report`]. This crate knows no particular action and no screen.

pub mod action;
pub mod blobs;
pub mod broker;
pub mod clock;
pub mod content;
pub mod control;
pub mod events;
pub mod evidence;
pub mod fork;
pub mod home;
pub mod inputs;
pub mod inspect;
pub mod jobs;
pub mod journal;
pub mod ledger;
pub mod mail;
pub mod models;
pub mod net;
mod observe;
pub mod outside;
pub mod parts;
pub mod person;
pub mod preflight;
pub mod premises;
pub mod process;
pub mod providers;
pub mod replay;
pub mod report;
pub mod repository;
pub mod run;
pub mod sandbox;
pub mod secrets;
pub mod settings;
pub mod trace;
pub mod used;
pub mod wait;
pub mod workspace;
