//! What happens to the open interview elsewhere: in another window, on another device, or by a program.

use domain::interview::InterviewView;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::api;
use super::stage::{Stage, is_open};
use crate::features::live::News;
use crate::ui::{Toast, Toasts};

impl Stage {
    /// Something happened to the interview: shows how it stands, where this page does not know that already.
    pub fn follow(self, news: &News, toasts: Toasts) {
        let known = self.view.get_untracked();
        let told = match news.name().as_deref() {
            // Words that are being spoken come to their end by themselves.
            Some("worded") => self.words.with_untracked(Option::is_some),
            Some(_) => is_known(&known, news),
            None => false,
        };
        if told {
            return;
        }
        spawn_local(async move {
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
            let text = "This interview went on elsewhere. The page shows how it stands now.";
            toasts.show(Toast { text, link: None, stays: false });
        });
    }
}

/// Whether `view` has what `news` tell: the turn of the last message, and whether the interview is open.
fn is_known(view: &InterviewView, news: &News) -> bool {
    let turn = view.messages.last().map(|message| f64::from(message.turn));
    turn == news.number("turn") && is_open(view) == (news.text("status").as_deref() == Some("open"))
}
