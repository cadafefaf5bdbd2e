//! The landing page: what it is, what it looks like, and three things that are true of it.

use leptos::prelude::*;
use leptos_meta::Meta;

use crate::features::account::api::current_viewer;
use crate::features::settings::Theme;
use crate::ui::{ButtonLink, Icon, Look, PageTitle, PublicFrame};

/// What it is for.
const HEADLINE: &str = "Practise the interview before it counts";

/// What one does here.
const SENTENCE: &str = "Choose a job, answer real questions in your own words, and see what came across: sentence by sentence, with one thing to do better next time.";

/// Size of the screenshots in `public/screenshots`, in pixels.
const SCREENSHOT: (u32, u32) = (1440, 900);

/// What holds for every installation, with an icon each.
const TRUTHS: [(Icon, &str, &str); 3] = [
    (Icon::Lock, "Private", "Your answers stay on the server that you are looking at. Nothing is sent anywhere else."),
    (Icon::Quote, "Explains itself", "Every score quotes the words it rests on and says what would raise it."),
    (
        Icon::WifiOff,
        "Works by itself",
        "Questions and feedback need no generative model and, once set up, no internet.",
    ),
];

/// Says what Lodestar is and leads to an account, or to the dashboard of whoever is signed in.
#[component]
pub fn LandingPage() -> impl IntoView {
    let viewer = Resource::new_blocking(|| (), |()| current_viewer());
    let ways = move || {
        Suspend::new(async move {
            match viewer.await {
                Ok(Some(_)) => view! { <ButtonLink href="/dashboard">"Go to today"</ButtonLink> }.into_any(),
                _ => view! {
                    <ButtonLink href="/register">"Create account"</ButtonLink>
                    <ButtonLink href="/login" look=Look::Secondary>"Sign in"</ButtonLink>
                }
                .into_any(),
            }
        })
    };
    let truths = TRUTHS.map(|(icon, name, sentence)| {
        view! {
            <li class="grid content-start gap-1">
                {icon.sized("size-6 text-secondary")}
                <h2 class="text-lg font-semibold">{name}</h2>
                <p class="text-muted">{sentence}</p>
            </li>
        }
    });
    view! {
        <PageTitle text=HEADLINE/>
        <Meta property="og:site_name" content="Lodestar"/>
        <Meta property="og:type" content="website"/>
        <Meta property="og:title" content=HEADLINE/>
        <Meta property="og:description" content=SENTENCE/>
        <Meta property="og:image" content="/social.png"/>
        <PublicFrame>
            <div class="landing">
                <div class="grid justify-items-start gap-5">
                    <h1 class="landing-title">{HEADLINE}</h1>
                    <p class="measure text-lg">{SENTENCE}</p>
                    <p class="flex flex-wrap gap-3"><Suspense>{ways}</Suspense></p>
                </div>
                <figure class="landing-picture">
                    <Screenshot theme=Theme::kept()/>
                    <figcaption class="sr-only">"The report of a rehearsed interview."</figcaption>
                </figure>
                <ul class="grid gap-8 md:grid-cols-3">{truths.collect_view()}</ul>
            </div>
        </PublicFrame>
    }
}

/// The report of an interview as the product shows it, made by the end-to-end tests.
#[component]
fn Screenshot(theme: Theme) -> impl IntoView {
    let path = |dark: bool| if dark { "/screenshots/report-dark.webp" } else { "/screenshots/report-light.webp" };
    view! {
        <picture>
            {(theme == Theme::System).then(|| view! { <source srcset=path(true) media="(prefers-color-scheme: dark)"/> })}
            <img
                src=path(theme == Theme::Dark)
                width=SCREENSHOT.0
                height=SCREENSHOT.1
                alt="An interview report: the overall score with its word, seven scores with quotes from the answer, and the answer beside the points a strong one makes."
                fetchpriority="high"
            />
        </picture>
    }
}
