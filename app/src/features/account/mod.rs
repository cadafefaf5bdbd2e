//! Accounts: register, sign in, the first administrator, what links in mails lead to, and the frame of signed-in people.

pub mod api;
mod commands;
mod confirm;
mod forgot;
mod link;
mod login;
mod person_menu;
mod register;
mod reset;
mod setup;
mod signed_in;

pub use confirm::{ChangeAddressPage, VerifyPage};
pub use forgot::ForgotPage;
pub use login::LoginPage;
pub use person_menu::SignOutForm;
pub use register::RegisterPage;
pub use reset::ResetPage;
pub use setup::SetupPage;
pub use signed_in::{Me, SignedIn};
