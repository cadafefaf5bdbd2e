//! The browser's side of the seam: what the server decides, the browser is told.

use domain::{Error, ErrorKind};
use leptos::prelude::{AnyView, IntoAny, document, request_animation_frame, window};
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlDocument;

use crate::cookie;

/// Answers have a status on the server only.
pub fn answer_with(_kind: ErrorKind) {}

/// The server has put the id of its request into the error already.
pub fn in_request(error: Error) -> Error {
    error
}

/// Answers have headers on the server only.
pub fn content_security_policy(_nonce: &str) {}

/// Only the server renders the document, so only it asks for the path.
pub fn path() -> String {
    String::new()
}

/// The preference of that name, as the device's cookie says.
pub fn preference(name: &str) -> Option<String> {
    let cookies = document().unchecked_into::<HtmlDocument>().cookie().ok()?;
    cookie::value(&cookies, name).map(str::to_owned)
}

/// A page that has no part in the browser's program: the server is asked for it, once its address stands. Only by a
/// program that has been awake: a page that the server has just sent must not ask for itself again.
pub fn asleep<V>(_page: impl FnOnce() -> V) -> AnyView {
    if document().document_element().is_some_and(|root| root.has_attribute("data-awake")) {
        request_animation_frame(|| {
            // It fails only where pages may not be loaded at all.
            let _ = window().location().reload();
        });
    }
    ().into_any()
}

/// Leads the reader to `path` instead of this page.
pub fn lead_to(path: &str) {
    // It fails only for an address that is none.
    let _ = window().location().replace(path);
}
