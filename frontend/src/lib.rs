//! Takes over the server-rendered page in the browser, and nothing else.
// The type of a page holds the types of all that is on it.
#![recursion_limit = "512"]

/// Called by the page's start-up script once the WebAssembly is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_lazy(app::App);
}
