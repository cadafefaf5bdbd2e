//! What happens to the open interview elsewhere: in another window, on another device, or by a program.

use std::time::Duration;

use domain::interview::InterviewView;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlTextAreaElement;

use super::stage::{Stage, is_open};
use super::{api, draft};
use crate::features::live::News;
use crate::ui::{Toast, Toasts};
use crate::wait::sleep;

/// How often it is looked whether this page is done with what it does itself.
const SOON: Duration = Duration::from_millis(300);

/// What was heard and not looked at yet, and whether somebody is looking.
#[derive(Default)]
pub(super) struct Heard {
    news: Vec<News>,
    looks: bool,
}

impl Stage {
    /// Something happened to the interview: shows how it stands, where this page does not know that already. What
    /// the page does itself while it is `acting`, it is told in answer, so it looks afterwards.
    pub fn follow(self, news: News, toasts: Toasts, acting: impl Fn() -> bool + 'static) {
        let begins = self.heard.try_update_value(|heard| {
            heard.news.push(news);
            !std::mem::replace(&mut heard.looks, true)
        });
        if begins != Some(true) {
            return;
        }
        spawn_local(async move {
            while let Some(news) = self.heard.try_update_value(|heard| {
                heard.looks = !heard.news.is_empty();
                std::mem::take(&mut heard.news)
            }) {
                if news.is_empty() {
                    return;
                }
                while self.words.try_with_untracked(Option::is_some) == Some(true) || acting() {
                    sleep(SOON).await;
                }
                let known = self.view.try_with_untracked(|view| news.iter().all(|news| is_known(view, news)));
                if known == Some(false) {
                    self.look(toasts).await;
                }
            }
        });
    }

    /// Asks how the interview stands, and shows what happened elsewhere.
    async fn look(self, toasts: Toasts) {
        let known = self.view.get_untracked();
        // Should it fail, the next action says so.
        let Ok(view) = api::interview(known.id.to_string()).await else { return };
        // Whatever happened here meanwhile was told by the server later than this.
        if self.view.try_with_untracked(|now| *now == known) != Some(true) || view == known {
            return;
        }
        if (view.messages.len(), view.status) == (known.messages.len(), known.status) {
            return self.show(view);
        }
        self.accept(view);
        let typed = typed();
        // Whoever answered elsewhere in this browser has dropped the draft.
        draft::keep(known.id, &typed);
        let (text, stays) = if typed.trim().is_empty() {
            ("This interview went on elsewhere. The page shows how it stands now.", false)
        } else {
            ("This interview went on elsewhere. What you typed here is for the question before.", true)
        };
        toasts.show(Toast { text, link: None, stays });
    }
}

/// What stands in the field of the answer.
fn typed() -> String {
    let field = document().query_selector("textarea[name=answer]").ok().flatten();
    field.and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok()).map(|field| field.value()).unwrap_or_default()
}

/// Whether `view` has what `news` tell: the turn of the last message, and whether the interview is open. Of the words
/// of a message the view does not say whether they are the latest.
fn is_known(view: &InterviewView, news: &News) -> bool {
    let turn = view.messages.last().map(|message| f64::from(message.turn));
    news.name.as_deref() == Some("changed")
        && turn == news.turn
        && is_open(view) == (news.status.as_deref() == Some("open"))
}
