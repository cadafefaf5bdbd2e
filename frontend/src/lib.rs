//! Takes over the server-rendered page in the browser, and nothing else.
// The type of a page holds the types of all that is on it.
#![recursion_limit = "512"]

/// Called by the page's start-up script once the WebAssembly is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_lazy(app::App);
}

/// Room for constants. The tool that splits the program gives each part its own constants, aligned, but only if all of
/// them take no more room than before; otherwise every page loads those of all, which is 20 kB. This is the room that it
/// may take: nothing refers to it, so it goes into no part.
#[used]
static ROOM: [u8; 2_048] = [1; 2_048];
