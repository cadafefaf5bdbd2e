//! What the built-in coach says around the questions. A model may word these; it never changes
//! what is asked.

use super::Setup;

/// Picks one of several wordings so that they do not repeat within an interview.
fn pick<'a>(wordings: &[&'a str], turn: usize) -> &'a str {
    wordings[turn % wordings.len()]
}

/// Opens the interview.
pub fn greeting(name: &str, setup: &Setup) -> String {
    let count = setup.questions;
    let kind = match setup.kind {
        super::Kind::Behavioural => "about things you have done",
        super::Kind::Technical => "about the craft itself",
        super::Kind::Mixed => "some about things you have done, some about the craft itself",
    };
    let posting = if setup.job_description.is_some() { " I chose them with the posting in mind." } else { "" };
    format!(
        "Hello {name}, good to meet you. We rehearse for {role}, {level} level. I have {count} questions, {kind}.{posting} Take the time you need; there is no clock. Here is the first one.",
        role = setup.role.name(),
        level = setup.level.name().to_lowercase(),
    )
}

/// Leads from an answered question to the next; `asked` counts the questions asked so far.
pub fn bridge(asked: usize, total: usize) -> String {
    if asked + 1 == total {
        return pick(
            &[
                "Thank you. One last question.",
                "Thanks, that helps me see how you work. We come to the final question.",
            ],
            asked,
        )
        .to_owned();
    }
    pick(
        &[
            "Thank you. Let us move to another subject.",
            "Thanks for walking me through that. Next question.",
            "I have a good picture of that now. Let us look at something else.",
            "Thank you, I will leave that one there. Here is the next.",
            "Good, I have noted that. On to the next question.",
        ],
        asked,
    )
    .to_owned()
}

/// Leads to a follow-up question; `count` is how many were asked on this question before.
pub fn follow_up(count: usize) -> String {
    pick(&["Let me ask a little further.", "One more thing on this."], count).to_owned()
}

/// Closes the interview.
pub fn closing(name: &str) -> String {
    format!(
        "That was my last question. Thank you, {name}. Your report is ready: it shows what came across well and what to work on next."
    )
}
