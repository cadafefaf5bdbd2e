//! The rubric held against an answer: each key point with a word, an icon, and the sentence that
//! comes closest to it.

use std::sync::Arc;

use domain::feedback::{Covered, PointFeedback};
use leptos::prelude::*;

use super::highlight::Marks;
use super::scores::Quoted;
use crate::ui::Icon;

/// The weight of a point that a strong answer must make.
const ESSENTIAL: u8 = 3;

/// Every key point of a question.
#[component]
pub fn Rubric(
    /// The points, in the question's order.
    points: Vec<PointFeedback>,
    /// Where the sentences stand in the answer, if it is on the page.
    marks: Option<Arc<Marks>>,
) -> impl IntoView {
    let points = points.into_iter().map(|point| view! { <li><Point point=point marks=marks.clone()/></li> });
    view! { <ul class="grid gap-3">{points.collect_view()}</ul> }
}

#[component]
fn Point(point: PointFeedback, marks: Option<Arc<Marks>>) -> impl IntoView {
    let (icon, word) = match point.covered {
        Covered::Fully => (Icon::CircleCheck.sized("size-5 mt-0.5 text-secondary").into_any(), "Covered"),
        Covered::Partly => (Icon::CircleDashed.sized("size-5 mt-0.5 text-secondary").into_any(), "Partly"),
        Covered::Missing => (Icon::CircleX.sized("size-5 mt-0.5 text-error").into_any(), "Missing"),
    };
    view! {
        <div class="flex gap-2 break-inside-avoid">
            {icon}
            <div class="min-w-0">
                <p>
                    <strong>{word}": "</strong>
                    {point.text}
                    {(point.weight >= ESSENTIAL).then(|| view! { <span class="text-sm text-muted">" (essential)"</span> })}
                </p>
                {point.sentence.map(|quote| view! { <p class="text-sm"><Quoted quote=quote marks=marks/></p> })}
            </div>
        </div>
    }
    .into_any()
}
