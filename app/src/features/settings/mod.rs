//! Settings: name, password, theme and keys.

pub mod api;
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
