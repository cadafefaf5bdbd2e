//! How one signs in: where one is signed in, second steps, and providers. One page, `/settings/security`, which works
//! without scripts and ships none but those that passkeys need, for it is seldom opened.

pub mod api;
mod app;
mod codes;
mod confirmed;
mod page;
mod passkeys;
mod second;
mod sessions;

pub use page::SecurityPage;
pub use second::SecondStepPage;
