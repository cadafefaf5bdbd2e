//! Pages and server functions, for the server and the browser alike.
//!
//! A feature is a folder in `features/`: `api.rs` holds its server functions, the other files its
//! pages and components. Only pages call server functions; components take plain values and
//! callbacks. To add a page: a file in its feature's folder and a route in `routes.rs`.
//!
//! There is no SQL, no rule of the product and no `cfg` outside the lines below.

pub mod cookie;
pub mod error;
pub mod features;
mod routes;
mod shell;
pub mod ui;
mod wait;

#[cfg(feature = "ssr")]
pub mod ssr;
#[cfg(feature = "ssr")]
use ssr as seam;
#[cfg(not(feature = "ssr"))]
#[path = "browser.rs"]
mod seam;

pub use routes::App;
pub use shell::shell;
