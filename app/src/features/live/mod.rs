//! What happens for the signed-in person while a page is open, as `public/live.js` hears it over `/ws`.
//!
//! `lodestar.listen(topic, hear)` answers with a function that ends it. `hear` gets each event, or nothing if some were
//! missed and it must be read anew how things stand. To the events of the server it adds two of the topic
//! "notifications": "signed_out", and "signed_in" when somebody is let in again, after that or after the way in changed.

mod news;
mod notices;

pub use news::{News, on};
pub use notices::Notices;
