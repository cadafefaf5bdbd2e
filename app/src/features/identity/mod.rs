//! Signing in by a provider: the way there and back, and linking and unlinking one.

pub mod api;
mod pages;
mod section;

pub use pages::{ProviderButtons, ProviderPages};
pub use section::ProvidersSection;
