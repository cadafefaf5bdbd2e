//! Which keys open the palette and the list of keys, and whether bare keys do anything.

use leptos::ev::KeyboardEvent;
use leptos::prelude::window;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

/// Where this browser keeps that keys without Ctrl do nothing.
const SINGLE_KEYS_OFF: &str = "single-keys-off";

/// What a key opens.
#[derive(Clone, Copy)]
pub(super) enum Opens {
    /// Pages and actions.
    Palette,
    /// The list of keys.
    Shortcuts,
}

/// What `event` opens, if it opens something.
pub(super) fn opens(event: &KeyboardEvent) -> Option<Opens> {
    let control = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "k" | "K" if control && !event.shift_key() && !event.alt_key() => Some(Opens::Palette),
        "?" if !control && !event.alt_key() && !typing(event) && single_keys() => Some(Opens::Shortcuts),
        _ => None,
    }
}

/// Whether a key goes into a field.
fn typing(event: &KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return false };
    matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || element.is_content_editable()
}

/// Whether keys without Ctrl do something (WCAG 2.2, 2.1.4). Browser only.
pub fn single_keys() -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(SINGLE_KEYS_OFF).ok().flatten()).is_none()
}

/// Keeps whether keys without Ctrl do something. Browser only.
pub fn keep_single_keys(on: bool) {
    let Some(storage) = window().local_storage().ok().flatten() else { return };
    // Browsers that keep nothing go on with what they had.
    let _ = if on { storage.remove_item(SINGLE_KEYS_OFF) } else { storage.set_item(SINGLE_KEYS_OFF, "1") };
}
