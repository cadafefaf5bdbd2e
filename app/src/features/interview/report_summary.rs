//! The head of a report: a strength, the overall score, the seven dimensions, what to practise next.

use domain::feedback::{Band, FEWEST_WORDS, Grade, Mean};
use domain::interview::{AnswerState, Report};
use leptos::prelude::*;

use super::feedback::NotGraded;
use crate::ui::{Icon, ScoreBar};

/// The interview as a whole.
#[component]
pub fn Summary(
    /// The report.
    report: Report,
) -> impl IntoView {
    let graded =
        report.answers.iter().filter(|answer| matches!(answer.state, AnswerState::Answered(Grade::Graded(_)))).count();
    let needed = format!(
        "None of your answers could be graded. It takes at least {FEWEST_WORDS} words to judge by; 80 to 250 are a good length."
    );
    let practise = report.practise.into_iter().map(|sentence| view! { <li>{sentence}</li> });
    view! {
        <section class="grid gap-4" aria-labelledby="summary">
            <h2 class="sr-only" id="summary">"Summary"</h2>
            {report.strength.map(|strength| view! {
                <p class="measure flex gap-2 text-lg">{Icon::CircleCheck.sized("size-6 mt-0.5 text-secondary")}<span>{strength}</span></p>
            })}
            <div class="grid gap-4 lg:grid-cols-[18rem_minmax(0,1fr)] lg:items-start">
                <div class="grid gap-4">
                    <div class="grid gap-3 rounded-box border border-base-300 p-4">
                        <h3 class="font-semibold">"Overall"</h3>
                        {match report.overall {
                            Some(overall) => view! { <Overall overall=overall graded=graded/> }.into_any(),
                            None => view! { <NotGraded needed=needed/> }.into_any(),
                        }}
                    </div>
                    {(practise.len() > 0).then(|| view! {
                        <div class="grid gap-2 rounded-box border border-base-300 p-4">
                            <h3 class="font-semibold">"Practise next"</h3>
                            <ol class="grid list-decimal gap-2 pl-5">{practise.collect_view()}</ol>
                        </div>
                    })}
                </div>
                {(!report.dimensions.is_empty()).then(|| view! { <Dimensions dimensions=report.dimensions/> })}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Overall(overall: u8, graded: usize) -> impl IntoView {
    let band = Band::of(overall).word();
    let mean =
        if graded == 1 { "From one graded answer.".to_owned() } else { format!("Mean of {graded} graded answers.") };
    view! {
        <p class="flex items-baseline gap-2 tabular-nums" aria-hidden="true">
            <span class="text-4xl font-semibold">{overall.to_string()}</span>
            <span>"of 100, "{band}</span>
        </p>
        // The figure stands above the bar already.
        <div class="[&_.score-figure]:hidden"><ScoreBar label="Overall" value=overall word=band show_label=false/></div>
        <p class="text-sm text-muted">{mean}</p>
    }
    .into_any()
}

/// Each dimension with its mean, how many answers that is of, and what it looks at.
#[component]
pub fn Dimensions(
    /// The means, in the order of the dimensions.
    dimensions: Vec<Mean>,
) -> impl IntoView {
    let rows = dimensions.into_iter().map(|mean| {
        let answers = if mean.n == 1 { "From one answer.".to_owned() } else { format!("Mean of {} answers.", mean.n) };
        view! {
            <li class="grid content-start gap-1 break-inside-avoid">
                <ScoreBar label=mean.dimension.name() value=mean.value word=mean.band().word()/>
                <p class="text-sm text-muted">{mean.dimension.explanation()}" "{answers}</p>
            </li>
        }
    });
    view! {
        <section class="@container grid gap-3 rounded-box border border-base-300 p-4" aria-labelledby="dimensions">
            <h3 class="font-semibold" id="dimensions">"By dimension"</h3>
            <ul class="grid gap-x-8 gap-y-4 @3xl:grid-cols-2">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}
