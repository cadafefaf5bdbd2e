//! Settings: name, address, password, digest, theme, keys, programs, and one's own data.

mod address;
pub mod api;
mod data;
mod digest;
mod generated;
mod keyboard;
mod name;
mod own;
mod page;
mod part;
mod password;
mod programs;
mod saved;
mod theme;
mod theme_form;

pub use page::SettingsPage;
pub use part::SettingsPart;
pub use saved::Saved;
pub use theme::{Theme, Themes};
pub use theme_form::ThemeSwitch;
