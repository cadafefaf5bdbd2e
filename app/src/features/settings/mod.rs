//! Settings: name, address, password, digest, theme and keys.

mod address;
pub mod api;
mod digest;
mod generated;
mod keyboard;
mod name;
mod page;
mod password;
mod saved;
mod theme;
mod theme_form;

pub use page::SettingsPage;
pub use theme::{Theme, Themes};
pub use theme_form::ThemeSwitch;
