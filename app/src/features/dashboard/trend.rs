//! How the overall scores went, as a line and as a table.

use domain::dashboard::TrendPoint;
use domain::feedback::Band;
use leptos::prelude::*;

use super::line::{BOTTOM, EDGE, HEIGHT, LEFT, WIDTH, height, points, polyline};
use crate::ui::{Day, ScrollTable};

/// Points above this number are a line without dots.
const DOTS: usize = 40;

/// The overall scores of graded interviews.
#[component]
pub fn Trend(
    /// The scores, oldest first.
    trend: Vec<TrendPoint>,
) -> impl IntoView {
    let n = trend.len();
    let title = format!("Overall scores (n = {n})");
    let remark = (n == 1).then_some("With the second graded interview this becomes a line.");
    view! {
        <section class="grid gap-3" aria-labelledby="trend">
            <h2 class="text-lg font-semibold" id="trend">{title}</h2>
            <div class="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)] lg:items-start">
                <div class="grid gap-2">
                    <Chart trend=trend.clone()/>
                    {remark.map(|remark| view! { <p class="text-sm text-muted">{remark}</p> })}
                </div>
                <Numbers trend=trend/>
            </div>
        </section>
    }
    .into_any()
}

/// The line. What it says in one sentence is its name; the numbers stand in the table.
#[component]
fn Chart(trend: Vec<TrendPoint>) -> impl IntoView {
    let scores: Vec<u8> = trend.iter().map(|point| point.overall).collect();
    let places = points(&scores);
    let line = polyline(&places);
    let dots = if places.len() > DOTS { Vec::new() } else { places };
    let grid = [0_u8, 25, 50, 75, 100].map(|score| {
        let y = height(score);
        view! {
            <line class="stroke-base-300" x1=LEFT.to_string() x2=(WIDTH - EDGE).to_string() y1=y.to_string() y2=y.to_string()/>
            <text class="fill-current text-sm" x=(LEFT - 8.0).to_string() y=(y + 5.0).to_string() text-anchor="end">{score.to_string()}</text>
        }
    });
    let ends = match trend.as_slice() {
        [] => Vec::new(),
        [only] => vec![(only, (LEFT + WIDTH - EDGE) / 2.0, "middle")],
        [first, .., last] => vec![(first, LEFT, "start"), (last, WIDTH - EDGE, "end")],
    };
    let dates = ends.into_iter().map(|(point, x, anchor)| {
        view! { <text class="fill-current text-sm" x=x.to_string() y=(HEIGHT - BOTTOM / 3.0).to_string() text-anchor=anchor>{point.started.day()}</text> }
    });
    view! {
        <svg class="h-auto w-full rounded-box border border-base-300 text-muted" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=told(&scores)>
            {grid.collect_view()}
            {dates.collect_view()}
            <polyline class="fill-none stroke-secondary" points=line stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/>
            {dots.into_iter().map(|(x, y)| view! { <circle class="fill-secondary" cx=x.to_string() cy=y.to_string() r="4"/> }).collect_view()}
        </svg>
    }
    .into_any()
}

/// What the line shows, in a sentence.
fn told(scores: &[u8]) -> String {
    match scores {
        [] => "No scores yet.".to_owned(),
        [only] => format!("One overall score: {only} of 100."),
        [first, .., last] => {
            let (low, high) = (scores.iter().min().unwrap_or(first), scores.iter().max().unwrap_or(last));
            format!(
                "Line of {} overall scores, from {first} at first to {last} at last; lowest {low}, highest {high} of 100.",
                scores.len()
            )
        }
    }
}

/// The same as numbers, newest first, in a frame that scrolls when there are many.
#[component]
fn Numbers(trend: Vec<TrendPoint>) -> impl IntoView {
    let rows = trend.into_iter().rev().map(|point| {
        view! {
            <tr>
                <td><a class="link" href=format!("/interview/{}/report", point.id)><Day at=point.started/></a></td>
                <td class="text-right">{point.overall.to_string()}</td>
                <td>{Band::of(point.overall).word()}</td>
            </tr>
        }
    });
    view! {
        <ScrollTable caption="Overall scores, newest first" attr:class="max-h-72 overflow-auto rounded-box border border-base-300">
            <thead class="text-muted"><tr><th scope="col">"Interview of"</th><th scope="col" class="text-right">"Score"</th><th scope="col">"Band"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </ScrollTable>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn the_line_is_told_in_a_sentence() {
        assert_eq!(told(&[]), "No scores yet.");
        assert_eq!(told(&[61]), "One overall score: 61 of 100.");
        assert_eq!(
            told(&[40, 72, 35, 66]),
            "Line of 4 overall scores, from 40 at first to 66 at last; lowest 35, highest 72 of 100."
        );
    }
}
