//! The answer that is being written, kept in this browser until it was accepted or the person
//! signs out.

use domain::interview::InterviewId;
use leptos::prelude::window;

/// What the names of drafts begin with in the browser's storage.
const DRAFT: &str = "lodestar.draft.";

/// Keeps `text` as the draft of that interview; an empty text is no draft. A browser that refuses
/// to store it changes nothing else.
pub fn keep(id: InterviewId, text: &str) {
    if text.is_empty() {
        return forget(id);
    }
    if let Some(storage) = storage() {
        let _ = storage.set_item(&name(id), text);
    }
}

/// The draft of that interview.
pub fn kept(id: InterviewId) -> Option<String> {
    storage()?.get_item(&name(id)).ok()?
}

/// Drops the draft of that interview.
pub fn forget(id: InterviewId) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&name(id));
    }
}

/// Drops every draft in this browser; to be called when the person signs out.
pub fn forget_all() {
    let Some(storage) = storage() else { return };
    let names: Vec<String> = (0..storage.length().unwrap_or(0)).filter_map(|place| storage.key(place).ok()?).collect();
    for name in names.iter().filter(|name| name.starts_with(DRAFT)) {
        let _ = storage.remove_item(name);
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok()?
}

fn name(id: InterviewId) -> String {
    format!("{DRAFT}{id}")
}

/// What to put into the answer field when the page comes alive; none to leave it as it is.
///
/// `field` is what stands there: `refused`, the answer that the server handed back, or what was
/// typed before the page came alive, which always stays. `said` is the latest answer: a draft with
/// the same words was sent by the page before it came alive.
pub fn to_restore(field: &str, refused: &str, kept: Option<String>, said: Option<&str>) -> Option<String> {
    let typed_here = !field.is_empty() && plain(field) != plain(refused);
    kept.filter(|kept| !typed_here && !kept.is_empty() && said.is_none_or(|said| plain(said) != plain(kept)))
}

/// The text as it is compared: forms send line ends in another way than fields hold them.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::to_restore;

    fn kept() -> Option<String> {
        Some("I wrote a runbook.\nThen".to_owned())
    }

    #[test]
    fn a_draft_comes_back_into_an_empty_field() {
        assert_eq!(to_restore("", "", kept(), None), kept());
        assert_eq!(to_restore("", "", None, None), None);
    }

    #[test]
    fn a_draft_wins_over_a_refused_answer() {
        assert_eq!(to_restore("I did", "I did", kept(), None), kept());
        assert_eq!(to_restore("I did", "I did", None, None), None);
    }

    #[test]
    fn what_was_typed_before_stays() {
        assert_eq!(to_restore("I wr", "", kept(), None), None);
        assert_eq!(to_restore("I did more", "I did", kept(), None), None);
    }

    #[test]
    fn an_answer_that_was_accepted_does_not_come_back() {
        assert_eq!(to_restore("", "", kept(), Some("I wrote a runbook.\r\nThen ")), None);
        assert_eq!(to_restore("", "", kept(), Some("Something else")), kept());
    }
}
