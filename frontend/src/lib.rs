//! Takes over the server-rendered page in the browser, and nothing else.

/// Called by the page's start-up script once the WebAssembly is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(app::App);
}
