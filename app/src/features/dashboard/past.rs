//! Past interviews, each with what came of it and where it leads.

use domain::interview::{Status, Summary};
use leptos::prelude::*;

use crate::ui::{Day, ScrollTable};

/// Every interview, newest first.
#[component]
pub fn PastInterviews(
    /// The interviews.
    interviews: Vec<Summary>,
    /// Where the reports are, for another reader than their person, who cannot go on with any.
    #[prop(optional, into)]
    reports: Option<String>,
) -> impl IntoView {
    let whose = if reports.is_some() { "Interviews" } else { "Your interviews" };
    let title = format!("{whose} (n = {})", interviews.len());
    let rows =
        interviews.into_iter().map(move |interview| view! { <Row interview=interview reports=reports.clone()/> });
    view! {
        <section class="grid gap-3" aria-labelledby="past">
            <h2 class="text-lg font-semibold" id="past">{title}</h2>
            <ScrollTable caption=format!("{whose}, newest first")>
                <thead class="text-muted">
                    <tr>
                        <th scope="col">"Interview"</th>
                        <th scope="col" class="hidden sm:table-cell">"Date"</th>
                        <th scope="col" class="hidden sm:table-cell">"Status"</th>
                        <th scope="col" class="max-sm:px-2">"Overall"</th>
                        <th scope="col"><span class="sr-only">"Open it"</span></th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </ScrollTable>
        </section>
    }
    .into_any()
}

#[component]
fn Row(interview: Summary, reports: Option<String>) -> impl IntoView {
    let setup = &interview.setup;
    let what = format!("{}, {}", setup.role.name(), setup.level.name().to_ascii_lowercase());
    let open = interview.status == Status::Open;
    let status = match interview.status {
        Status::Open => "Open",
        Status::Finished => "Finished",
        Status::Abandoned => "Closed after a day",
    };
    let score = interview
        .overall
        .zip(interview.band)
        .map_or_else(|| "Not graded".to_owned(), |(overall, band)| format!("{overall} {}", band.word()));
    let (link, path) = match reports {
        Some(reports) => ("Report", format!("{reports}/{}", interview.id)),
        None if open => ("Continue", format!("/interview/{}", interview.id)),
        None => ("Report", format!("/interview/{}/report", interview.id)),
    };
    let whole = format!("{link}: {what}, {}", interview.started.day());
    view! {
        <tr>
            <th scope="row" class="w-full pr-0 font-medium">
                {what}
                <span class="block text-sm font-normal text-muted">{format!("{} of {} questions answered", interview.answered, setup.questions)}</span>
                // Phones have no room for columns of their own.
                <span class="block text-sm font-normal text-muted sm:hidden">{status}", "<Day at=interview.started/></span>
            </th>
            <td class="hidden sm:table-cell"><Day at=interview.started/></td>
            <td class="hidden sm:table-cell">{status}</td>
            <td class="max-sm:px-2 sm:whitespace-nowrap">{score}</td>
            <td class="text-right max-sm:pl-0"><a class="link" href=path aria-label=whole>{link}</a></td>
        </tr>
    }
    .into_any()
}
