//! The root of all pages: which path shows which page.
//!
//! Every route renders completely on the server before it answers (`SsrMode::Async`), so that a
//! page is whole without JavaScript and has the HTTP status that its failures give it.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{Lazy, LazyRoute, PossibleRouteMatch, SsrMode, lazy_route, path};

use crate::features::account::{
    ChangeAddressPage, ForgotPage, LoginPage, RegisterPage, ResetPage, SetupPage, SignedIn, VerifyPage,
};
use crate::features::admin::AdminPage;
use crate::features::dashboard::DashboardPage;
use crate::features::identity::ProviderPages;
use crate::features::interview::{InterviewPage, ReportPage, StartPage};
use crate::features::landing::{LandingPage, NotFoundPage};
use crate::features::security::SecondStepPage;
use crate::features::settings::{SettingsPage, SettingsPart};
use crate::features::share::MentoringPages;
use crate::seam;

/// The addresses of the pages that wake up in the browser, as the routes below have them. All others
/// ship no WebAssembly, those included that are below one of these and lead nowhere.
const AWAKE: [&str; 11] = [
    "/dashboard",
    "/interview",
    "/interview/:id",
    "/interview/:id/report",
    "/settings",
    "/admin/models",
    "/admin/inference",
    "/admin/tasks",
    "/admin/mail",
    "/admin/audit",
    "/admin/people",
];

/// Whether the page at `path` wakes up in the browser.
pub(crate) fn wakes(path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let fits = |(wanted, given): (&str, &str)| wanted == given || (wanted.starts_with(':') && !given.is_empty());
    let count = path.split('/').count();
    AWAKE.iter().any(|page| page.split('/').count() == count && page.split('/').zip(path.split('/')).all(fits))
}

/// A path of no type of its own: the browser's program would otherwise hold the router once for every page.
macro_rules! at {
    ($path:tt) => {
        Arc::new(path!($path)) as Arc<dyn PossibleRouteMatch + Send + Sync>
    };
}

/// A page that ships no WebAssembly, again without a type of its own.
macro_rules! asleep {
    ($page:ident) => {
        (|| seam::asleep($page)) as fn() -> AnyView
    };
}

/// A page whose code the browser fetches when it is first shown.
macro_rules! lazy_page {
    ($route:ident, $page:ident) => {
        struct $route;

        #[lazy_route]
        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            fn view(_route: Self) -> AnyView {
                view! { <$page/> }.into_any()
            }
        }
    };
}

/// Shows an interview, or its report, which follows it and shows much alike. Every further part makes those of all
/// pages larger, so the two come to the browser as one.
#[component]
fn InterviewOrReport() -> impl IntoView {
    if use_location().pathname.with_untracked(|path| path.trim_end_matches('/').ends_with("/report")) {
        view! { <ReportPage/> }.into_any()
    } else {
        view! { <InterviewPage/> }.into_any()
    }
}

lazy_page!(DashboardRoute, DashboardPage);
lazy_page!(StartRoute, StartPage);
lazy_page!(InterviewRoute, InterviewOrReport);
lazy_page!(SettingsRoute, SettingsPage);
lazy_page!(AdminRoute, AdminPage);

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let (routing, set_routing) = signal(false);
    view! {
        <div class="routing" class:hidden=move || !routing.get()></div>
        <Router set_is_routing=set_routing>
            <Routes fallback=|| seam::asleep(NotFoundPage)>
                <Route path=at!("/") view=asleep!(LandingPage) ssr=SsrMode::Async/>
                <Route path=at!("/register") view=asleep!(RegisterPage) ssr=SsrMode::Async/>
                <Route path=at!("/login") view=asleep!(LoginPage) ssr=SsrMode::Async/>
                <Route path=at!("/login/second") view=asleep!(SecondStepPage) ssr=SsrMode::Async/>
                <Route path=at!("/oauth/:provider/:step?") view=asleep!(ProviderPages) ssr=SsrMode::Async/>
                <Route path=at!("/forgot") view=asleep!(ForgotPage) ssr=SsrMode::Async/>
                <Route path=at!("/reset") view=asleep!(ResetPage) ssr=SsrMode::Async/>
                <Route path=at!("/verify") view=asleep!(VerifyPage) ssr=SsrMode::Async/>
                <Route path=at!("/change-address") view=asleep!(ChangeAddressPage) ssr=SsrMode::Async/>
                <Route path=at!("/setup") view=asleep!(SetupPage) ssr=SsrMode::Async/>
                <ParentRoute path=at!("") view=SignedIn ssr=SsrMode::Async>
                    <Route path=at!("/dashboard") view={Lazy::<DashboardRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=at!("/interview") view={Lazy::<StartRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=at!("/interview/:id") view={Lazy::<InterviewRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=at!("/interview/:id/report") view={Lazy::<InterviewRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=at!("/settings") view={Lazy::<SettingsRoute>::new()} ssr=SsrMode::Async/>
                    <Route path=at!("/settings/:page") view=asleep!(SettingsPart) ssr=SsrMode::Async/>
                    <Route path=at!("/mentoring/:id?") view=asleep!(MentoringPages) ssr=SsrMode::Async/>
                    <Route path=at!("/mentoring/:id/:interview") view=asleep!(MentoringPages) ssr=SsrMode::Async/>
                    <Route path=at!("/admin/:page") view={Lazy::<AdminRoute>::new()} ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

#[cfg(test)]
mod tests {
    use super::wakes;

    #[test]
    fn only_signed_in_pages_wake() {
        for awake in ["/dashboard", "/interview", "/interview/0189/report", "/settings", "/admin/models"] {
            assert!(wakes(awake), "{awake}");
        }
        for asleep in [
            "/",
            "/settings/data",
            "/settings/security",
            "/login/second",
            "/oauth/google",
            "/settings/sharing",
            "/mentoring",
            "/login",
            "/register",
            "/setup",
            "/dashboards",
            "/nowhere",
            "",
        ] {
            assert!(!wakes(asleep), "{asleep}");
        }
        for lost in [
            "/admin/nope",
            "/admin",
            "/settings/nope",
            "/mentoring/0189/0190",
            "/interview/0189/other",
            "/interview/0189/report/1",
            "/interview//report",
        ] {
            assert!(!wakes(lost), "{lost}");
        }
    }
}
