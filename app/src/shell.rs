//! The document around the application, rendered on the server for every page.

use leptos::html::meta;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::features::settings::Theme;
use crate::routes::{App, wakes};
use crate::seam;

/// What search engines and link previews say about the product.
const DESCRIPTION: &str = "Rehearse job interviews in your own words, with feedback that quotes you and explains every score. Runs on your own machine.";

/// The document. Pages that only read and send forms leave the WebAssembly out.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let nonce = use_nonce();
    if let Some(nonce) = &nonce {
        seam::content_security_policy(nonce);
    }
    let theme = Theme::kept();
    let colours = match theme {
        Theme::Light => vec![("all", Theme::PAPER)],
        Theme::Dark => vec![("all", Theme::INK)],
        Theme::System => {
            vec![("(prefers-color-scheme: light)", Theme::PAPER), ("(prefers-color-scheme: dark)", Theme::INK)]
        }
    };
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.name()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                {colours.into_iter().map(|(media, colour)| meta().name("theme-color").attr("media", media).content(colour)).collect_view()}
                <meta name="description" content=DESCRIPTION/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="icon" href="/icon-192.png" type="image/png" sizes="192x192"/>
                <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
                <link rel="preload" href="/fonts/inter-latin-wght-normal.woff2" r#as="font" type="font/woff2" crossorigin="anonymous"/>
                <link rel="preload" href="/fonts/source-serif-4-latin-wght-normal.woff2" r#as="font" type="font/woff2" crossorigin="anonymous"/>
                <HashedStylesheet options=options.clone() id="leptos"/>
                <script src="/register-sw.js" defer nonce=nonce.clone()></script>
                <AutoReload options=options.clone()/>
                {wakes(&seam::path()).then(|| view! {
                    <script src="/recover.js" defer nonce=nonce.clone()></script>
                    <script src="/live.js" defer nonce=nonce.clone()></script>
                    <HydrationScripts options=options/>
                })}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
