//! What happens for the signed-in person while a page is open, as `public/live.js` hears it over `/ws`.

mod news;
mod notices;

pub use news::{News, on};
pub use notices::Notices;
