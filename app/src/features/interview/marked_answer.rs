//! An answer with the quoted words marked.

use std::sync::Arc;

use leptos::prelude::*;

use super::highlight::{Marks, Meaning, Segment};

/// The answer as it was given. What makes a key point has a band behind it, what comes close a
/// broken line below it; evidence for scores stands out only when a link led to it.
#[component]
pub fn MarkedAnswer(
    /// The answer with its marks.
    marks: Arc<Marks>,
) -> impl IntoView {
    view! { <div class="measure whitespace-pre-line break-words">{shown(&marks.segments(), &marks)}</div> }
}

fn shown(segments: &[Segment], marks: &Marks) -> AnyView {
    let views = segments.iter().map(|segment| match segment {
        Segment::Plain(text) => text.clone().into_any(),
        Segment::Marked { number, meaning, inside } => {
            let id = number.map(|number| marks.id(number));
            view! { <mark id=id class=look(*meaning)>{shown(inside, marks)}</mark> }.into_any()
        }
    });
    views.collect_view().into_any()
}

fn look(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Covered => {
            "scroll-mt-32 rounded-xs bg-secondary/20 text-inherit underline decoration-secondary decoration-2 underline-offset-4 target:bg-primary/40 print:[print-color-adjust:exact]"
        }
        Meaning::Partly => {
            "scroll-mt-32 rounded-xs bg-transparent text-inherit underline decoration-secondary decoration-dashed decoration-2 underline-offset-4 target:bg-primary/40"
        }
        Meaning::Evidence => "scroll-mt-32 rounded-xs bg-transparent text-inherit target:bg-primary/40",
    }
}

/// What the marks mean, in words.
#[component]
pub fn MarksKey() -> impl IntoView {
    view! {
        <p class="text-sm text-muted">
            "In your answers, "
            <mark class=look(Meaning::Covered)>"these words"</mark>
            " make a point of the rubric and "
            <mark class=look(Meaning::Partly)>"these words"</mark>
            " come close to one. A quote leads to its place in the answer."
        </p>
    }
}
