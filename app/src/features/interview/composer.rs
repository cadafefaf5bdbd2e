//! Where the answer is written and sent. Nothing typed here is lost: it is kept in the browser with
//! every key, comes back when sending fails, and goes away when the answer was accepted.

use domain::feedback::FEWEST_WORDS;
use domain::interview::{InterviewId, LONGEST_ANSWER};
use domain::number::grouped;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::form::FromFormData;
use leptos::html::{Form, Textarea};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::SendAnswer;
use super::draft;
use crate::ui::{Icon, TextAreaField, about, failure_of};

/// Words of a good answer.
const GOOD_LENGTH: std::ops::RangeInclusive<usize> = 80..=250;

/// The field for the answer with its button; the other things one can do stand beside it.
#[component]
pub fn Composer(
    /// The interview.
    id: InterviewId,
    /// The turn that the answer gets.
    #[prop(into)]
    turn: Signal<u32>,
    /// An answer that the server handed back.
    refused: String,
    /// The latest answer that was accepted before this page was made.
    said: Option<String>,
    /// Sends the answer.
    send: ServerAction<SendAnswer>,
    /// Something else is on its way to the server.
    #[prop(into)]
    busy: Signal<bool>,
    /// What else can be done; not while the answer is on its way.
    children: Children,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let form = NodeRef::<Form>::new();
    let length = RwSignal::new(Length::of(&refused));
    let sent = StoredValue::new(String::new());
    let put = move |text: &str| {
        if let Some(field) = field.get_untracked() {
            field.set_value(text);
        }
        length.set(Length::of(text));
    };
    let typed = move |_| {
        let text = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        draft::keep(id, &text);
        length.set(Length::of(&text));
    };

    let handed_back = refused.clone();
    Effect::new(move |restored: Option<bool>| {
        // The field is there one run later when the page was not made by the server.
        let Some(field) = field.get() else { return false };
        if restored != Some(true) {
            let text = draft::to_restore(&field.value(), &handed_back, draft::kept(id), said.as_deref())
                .unwrap_or_else(|| field.value());
            put(&text);
            draft::keep(id, &text);
        }
        true
    });
    let pending = send.pending();
    Effect::new(move || {
        let pending = pending.get();
        if let Some(field) = field.get_untracked() {
            field.set_read_only(pending);
        }
    });
    Effect::new(move || {
        let accepted = send.value().with(|value| value.as_ref().map(Result::is_ok));
        match accepted {
            Some(true) => draft::forget(id),
            Some(false) if sent.with_value(|sent| !sent.is_empty()) => put(&sent.get_value()),
            _ => {}
        }
        sent.set_value(String::new());
    });

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() || busy.get_untracked() {
            return;
        }
        if let Ok(answer) = SendAnswer::from_event(&event) {
            sent.set_value(answer.answer.clone());
            put("");
            send.dispatch(answer);
        }
    };
    let send_by_key = move |event: KeyboardEvent| {
        let form = form.get_untracked().filter(|_| event.key() == "Enter" && (event.ctrl_key() || event.meta_key()));
        if let Some(form) = form {
            event.prevent_default();
            // It cannot fail: the form has a button that submits it.
            let _ = form.request_submit();
        }
    };
    view! {
        <form class="grid gap-2" method="post" action=SendAnswer::url() node_ref=form on:submit=submit on:input=typed on:keydown=send_by_key>
            <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
            <input type="hidden" name="turn" value=move || turn.get().to_string() autocomplete="off"/>
            <TextAreaField
                label="Your answer"
                name="answer"
                value=refused
                rows=7
                hint="In your own words, as you would say it. Ctrl Enter (or Cmd Enter) sends, Enter starts a new line."
                error=about(failure_of(send), "answer")
                node_ref=field
            />
            <p class="text-sm text-muted tabular-nums">{move || length.get().advice()}</p>
            <div class="flex flex-wrap items-center gap-2">
                // Not disabled while sending: a disabled button would drop the keyboard's place.
                <button type="submit" class="btn btn-primary" aria-disabled=move || (pending.get() || busy.get()).then_some("true")>
                    {Icon::Send.view()}"Send answer"
                </button>
                <fieldset class="contents" disabled=move || pending.get()>{children()}</fieldset>
            </div>
        </form>
    }
    .into_any()
}

/// How long a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Length {
    words: usize,
    characters: usize,
}

impl Length {
    fn of(text: &str) -> Self {
        let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        Self { words, characters: text.chars().count() }
    }

    /// The number of words, and what it means.
    fn advice(self) -> String {
        // A longer text that is pasted stands, to be shortened here.
        if self.characters > LONGEST_ANSWER {
            return format!(
                "{} characters: up to 20,000 can be read. Shorten it before you send it.",
                grouped(self.characters)
            );
        }
        let words = match self.words {
            0 => "No words yet: 80 to 250 are a good length.".to_owned(),
            1 => format!("1 word: fewer than {FEWEST_WORDS} cannot be graded."),
            words if words < FEWEST_WORDS => format!("{words} words: fewer than {FEWEST_WORDS} cannot be graded."),
            words if words < *GOOD_LENGTH.start() => format!("{words} words: 80 to 250 are a good length."),
            words if words <= *GOOD_LENGTH.end() => format!("{words} words: a good length."),
            words => format!("{words} words: longer than most good answers, which have 80 to 250."),
        };
        format!("{words} {} of 20,000 characters.", grouped(self.characters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_explained() {
        let advice = |words: usize| Length::of(&"wörd – ".repeat(words)).advice();
        assert_eq!(advice(0), "No words yet: 80 to 250 are a good length. 0 of 20,000 characters.");
        assert_eq!(advice(7), "7 words: fewer than 8 cannot be graded. 49 of 20,000 characters.");
        assert_eq!(advice(8), "8 words: 80 to 250 are a good length. 56 of 20,000 characters.");
        assert!(advice(80).starts_with("80 words: a good length. 560 of"));
        assert!(Length::of(&"x".repeat(20_001)).advice().starts_with("20,001 characters: up to 20,000"));
        assert!(advice(251).starts_with("251 words: longer than most good answers, which have 80 to 250. 1,757 of"));
    }

    #[test]
    fn digits_are_grouped() {
        assert_eq!([0, 999, 1_000, 20_000, 1_234_567].map(grouped), ["0", "999", "1,000", "20,000", "1,234,567"]);
    }
}
