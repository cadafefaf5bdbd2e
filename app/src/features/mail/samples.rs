//! How each kind of mail looks, filled with an example.

use domain::mail::Sample;
use leptos::html::iframe;
use leptos::prelude::*;

use super::list::Words;

/// All of them, closed at first.
#[component]
pub fn Samples(
    /// The kinds.
    samples: Vec<Sample>,
) -> impl IntoView {
    let samples = samples.into_iter().map(|sample| {
        let Sample { name, about, subject, text } = sample;
        // Nothing in it runs, and it is fetched when it is shown.
        let frame = iframe().class("h-[40rem] w-full rounded-box border border-base-300").attr("sandbox", "").attr("loading", "lazy");
        let (address, title) = (format!("/admin/mail/preview/{name}"), format!("{subject}, as HTML"));
        view! {
            <li class="grid grid-cols-1 gap-2 p-4">
                <h3 class="font-semibold break-words">{subject.clone()}</h3>
                <p class="measure text-sm text-muted">{about}</p>
                <details>
                    <summary class="btn btn-ghost btn-sm">"Show it"<span class="sr-only">{format!(" “{subject}”")}</span></summary>
                    <div class="mt-2 grid grid-cols-1 gap-4">
                        {frame.src(address).title(title)}
                        <Words text=text/>
                    </div>
                </details>
            </li>
        }
    });
    view! {
        <section class="section" aria-labelledby="samples">
            <h2 id="samples">"How mails look"</h2>
            <p class="measure text-muted">"Each kind of mail with made-up values, as HTML and as plain text."</p>
            <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300">{samples.collect_view()}</ul>
        </section>
    }
    .into_any()
}
