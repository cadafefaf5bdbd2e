//! The layout of all signed-in pages: it lets signed-in people in and sends others to sign in.

use domain::account::{AccountId, Standing, Viewer};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use super::api::current_viewer;
use super::commands::commands;
use super::person_menu::PersonMenu;
use crate::features::live::Notices;
use crate::features::settings::Themes;
use crate::ui::{AppFrame, FailedPage, Palette, PublicFrame, Toasts, sign_in_path_for};

/// Who is signed in, for the pages inside [`SignedIn`]: `expect_context::<Me>()`.
#[derive(Clone, Copy)]
pub struct Me(RwSignal<Option<Viewer>>);

impl Me {
    /// How the person wants to be called; empty before that is known.
    pub fn name(self) -> String {
        self.0.with(|viewer| viewer.as_ref().map(|viewer| viewer.name.clone()).unwrap_or_default())
    }

    /// The address that the person signs in with; empty before that is known.
    pub fn email(self) -> String {
        self.0.with(|viewer| viewer.as_ref().map(|viewer| viewer.email.clone()).unwrap_or_default())
    }

    /// Whether the person is the one with this account.
    pub fn is(self, id: AccountId) -> bool {
        self.0.with_untracked(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.id == id))
    }

    /// What the person may do; little before that is known.
    pub fn standing(self) -> Standing {
        self.0.with(|viewer| viewer.as_ref().map_or(Standing::Member, |viewer| viewer.standing))
    }

    /// Reads the person anew, after a change.
    pub fn refresh(self) {
        leptos::task::spawn_local(async move {
            // A failure here only means that the old name stays in the menu until the next page.
            if let Ok(Some(viewer)) = current_viewer().await {
                self.0.set(Some(viewer));
            }
        });
    }
}

/// The frame with the page in it; or the way to the sign-in page, which leads back here.
#[component]
pub fn SignedIn() -> impl IntoView {
    let viewer = Resource::new_blocking(|| (), |()| current_viewer());
    let me = Me(RwSignal::new(None));
    provide_context(me);
    provide_context(Themes::new());
    let location = use_location();
    let enter = move || {
        Suspend::new(async move {
            match viewer.await {
                Ok(Some(viewer)) => {
                    me.0.set(Some(viewer));
                    view! { <Inside me=me/> }.into_any()
                }
                Ok(None) => {
                    crate::seam::lead_to(&sign_in_path_for(
                        &location.pathname.get_untracked(),
                        &location.search.get_untracked(),
                    ));
                    ().into_any()
                }
                Err(failure) => view! { <PublicFrame><FailedPage failure=failure/></PublicFrame> }.into_any(),
            }
        })
    };
    // A transition, so that the frame stays while the next page is on its way.
    view! { <Transition>{enter}</Transition> }
}

/// The frame of the person who is signed in.
#[component]
fn Inside(me: Me) -> impl IntoView {
    let toasts = Toasts::default();
    provide_context(toasts);
    view! {
        <AppFrame name=Signal::derive(move || me.name()) standing=Signal::derive(move || me.standing()) menu=move || view! { <PersonMenu me=me/> }>
            <Outlet/>
        </AppFrame>
        <Palette commands=commands(me)/>
        <Notices toasts=toasts/>
    }
}
