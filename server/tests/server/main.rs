//! The whole program: its structure, its HTTP side, its knowledge held against the real model.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod api;
mod architecture;
mod backup;
mod coach;
mod health;
mod http;
mod injection;
mod isolated;
mod live;
mod logs;
mod mail;
mod metrics;
mod models;
mod openai;
mod peer;
mod providers;
mod questions;
mod share;
mod streams;
mod support;
