//! Accounts: register, sign in, the first administrator, and the frame of signed-in people.

pub mod api;
mod commands;
mod login;
mod person_menu;
mod register;
mod setup;
mod signed_in;

pub use login::LoginPage;
pub use person_menu::SignOutForm;
pub use register::RegisterPage;
pub use setup::SetupPage;
pub use signed_in::{Me, SignedIn};
