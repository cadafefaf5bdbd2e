//! The browser's side of the seam: what the server decides, the browser is told.

use domain::ErrorKind;

/// Answers have a status on the server only.
pub fn answer_with(_kind: ErrorKind) {}

/// Answers have headers on the server only.
pub fn content_security_policy(_nonce: &str) {}

/// Only the server renders the document, so only it asks for the path.
pub fn path() -> String {
    String::new()
}

/// Only the server renders the document, so only it asks for preferences.
pub fn preference(_name: &str) -> Option<String> {
    None
}

/// Leads the reader to `path` instead of this page.
pub fn lead_to(path: &str) {
    leptos_router::hooks::use_navigate()(path, leptos_router::NavigateOptions { replace: true, ..Default::default() });
}
