//! What was asked of models lately.

use domain::generation::DailyUse;
use domain::number::grouped;
use leptos::prelude::*;

use crate::ui::{Day, ScrollTable};

/// What was used, by day, feature and model.
#[component]
pub fn Used(
    /// The latest day first.
    used: Vec<DailyUse>,
) -> impl IntoView {
    let is_empty = used.is_empty();
    let rows = used.into_iter().map(|used| {
        let consumption = used.consumption;
        view! {
            <tr>
                <th scope="row" class="font-normal"><Day at=used.day/></th>
                <td>{feature(&used.feature)}</td>
                <td class="break-words">{used.model}</td>
                <td class="text-right">{grouped(consumption.requests)}</td>
                <td class="text-right">{grouped(consumption.repeats)}</td>
                <td class="text-right">{grouped(consumption.prompt)}</td>
                <td class="text-right">{grouped(consumption.reused)}</td>
                <td class="text-right">{grouped(consumption.written)}</td>
                <td class="text-right">{grouped(consumption.unfinished)}</td>
            </tr>
        }
    });
    view! {
        <section class="section" aria-labelledby="used">
            <h2 id="used">"The last seven days"</h2>
            {if is_empty {
                view! { <p class="measure text-muted">"Nothing was asked of a model. What is asked appears here by day, feature and model; whose it was is not shown."</p> }.into_any()
            } else {
                view! {
                    <ScrollTable caption="Tokens by day, feature and model">
                        <thead class="text-muted">
                            <tr>
                                <th scope="col">"Day"</th>
                                <th scope="col">"For"</th>
                                <th scope="col">"Model"</th>
                                <th scope="col" class="text-right">"Requests"</th>
                                <th scope="col" class="text-right">"From the cache"</th>
                                <th scope="col" class="text-right">"Tokens read"</th>
                                <th scope="col" class="text-right">"Read before"</th>
                                <th scope="col" class="text-right">"Tokens written"</th>
                                <th scope="col" class="text-right">"Not finished"</th>
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </ScrollTable>
                }.into_any()
            }}
        </section>
    }
    .into_any()
}

/// What people call a feature.
fn feature(slug: &str) -> String {
    match slug {
        "interview" => "Interviews".to_owned(),
        "trial" => "Trying a model".to_owned(),
        "api" => "Programs (/v1)".to_owned(),
        other => other.to_owned(),
    }
}
