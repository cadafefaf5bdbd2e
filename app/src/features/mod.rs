//! One folder a feature.

pub mod account;
pub mod admin;
pub mod audit;
pub mod dashboard;
pub mod identity;
pub mod interview;
pub mod landing;
pub mod live;
pub mod mail;
pub mod models;
pub mod people;
pub mod security;
pub mod settings;
pub mod share;
pub mod tasks;
