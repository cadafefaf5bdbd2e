//! The whole program: its structure, its HTTP side, its knowledge held against the real model.

mod architecture;
mod coach;
mod http;
mod questions;
mod support;
