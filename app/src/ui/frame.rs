//! What stands around a page: the frame of signed-in people and the one of everybody else.

use domain::account::Standing;
use leptos::html::Main;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::person_menu::PersonMenu;
use super::{Icon, Logo};

/// The places of the signed-in frame, in their order.
const PLACES: [(&str, &str, Icon); 3] = [
    ("/dashboard", "Today", Icon::Sunrise),
    ("/interview", "Interview", Icon::Message),
    ("/settings", "Settings", Icon::Settings),
];

/// The place of mentors, after the others.
const MENTORING: (&str, &str, Icon) = ("/mentoring", "People", Icon::Users);

/// The place of administrators, after the others.
const ADMINISTRATION: (&str, &str, Icon) = ("/admin/models", "Models", Icon::Cpu);

/// Around signed-in pages: a sidebar with words on wide screens, with icons alone on middle ones,
/// tabs at the bottom on phones. It is one list, placed by the stylesheet.
#[component]
pub fn AppFrame(
    /// The name on the person menu.
    #[prop(into)]
    name: Signal<String>,
    /// What the person may do.
    #[prop(into)]
    standing: Signal<Standing>,
    /// What the person menu holds.
    #[prop(into)]
    menu: ViewFnOnce,
    /// The page.
    children: Children,
) -> impl IntoView {
    let main = NodeRef::<Main>::new();
    let path = use_location().pathname;
    // After a step inside the browser, the keyboard and the screen reader start at the new page.
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path)
            && let Some(main) = main.get_untracked()
        {
            super::labelled::focus(&main);
        }
        path
    });
    // Says that keys and buttons work from now on; styles hide what only sleeping pages need.
    Effect::new(|_| {
        if let Some(root) = document().document_element() {
            // It fails only for a name that is not allowed.
            let _ = root.set_attribute("data-awake", "");
        }
    });
    let place = |(href, label, icon): (&'static str, &'static str, Icon)| {
        view! {
            <li>
                <A href=href attr:class="place" attr:title=label>{icon.view()}<span class="place-label">{label}</span></A>
            </li>
        }
    };
    let places = PLACES.map(place);
    view! {
        <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
        <div class="app-frame">
            <header class="app-side">
                <a class="brand app-brand" href="/dashboard"><Logo/><span class="place-label">"Lodestar"</span></a>
                <nav class="app-places" aria-label="Main"><ul>{places.collect_view()}{move || own_place(standing.get()).map(place)}</ul></nav>
                <PersonMenu name=name>{menu.run()}</PersonMenu>
            </header>
            <main class="app-main" id="main" tabindex="-1" node_ref=main>{children()}</main>
        </div>
    }
}

/// The place of those with this standing.
fn own_place(standing: Standing) -> Option<(&'static str, &'static str, Icon)> {
    match standing {
        Standing::Member => None,
        Standing::Mentor => Some(MENTORING),
        Standing::Admin => Some(ADMINISTRATION),
    }
}

/// Around pages for everybody: the name at the top, the page, nothing else.
#[component]
pub fn PublicFrame(
    /// Links at the end of the header.
    #[prop(optional)]
    links: Option<Children>,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
        <div class="public-frame">
            <header class="public-header">
                <a class="brand" href="/"><Logo/>"Lodestar"</a>
                {links.map(|links| view! { <div class="flex items-center gap-2">{links()}</div> })}
            </header>
            <main class="public-main" id="main" tabindex="-1">{children()}</main>
        </div>
    }
}

/// What the tab of a page says.
#[component]
pub fn PageTitle(
    /// The page's name.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <Title text=format!("{text} – Lodestar")/> }
}

/// The head of a page: its only `h1`, which is also the title of the tab, a sentence on what the
/// page is for, and its primary action.
#[component]
pub fn PageHeader(
    /// The heading.
    #[prop(into)]
    title: String,
    /// One sentence, where the heading does not say it all.
    #[prop(optional, into)]
    sentence: String,
    /// The primary action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <PageTitle text=title.clone()/>
        <div class="page-header">
            <div class="min-w-0">
                <h1>{title}</h1>
                {(!sentence.is_empty()).then(|| view! { <p class="measure mt-1 text-muted">{sentence}</p> })}
            </div>
            {children.map(|children| view! { <div class="flex flex-wrap gap-2 print:hidden">{children()}</div> })}
        </div>
    }
}
