//! Which requests are repeatable, and the answers kept for them.
//!
//! A request is repeatable when it asks for the likeliest token each time, from its messages
//! alone. A seed is not enough: answers that are written side by side differ in the last bits of
//! their probabilities, which sampling makes audible. Nor is one that continues a conversation:
//! the model then reads what it wrote before in the tokens it wrote it in, which the messages do
//! not tell. Nothing is kept for programs' people, who have no account to be removed with.

use std::time::Duration;

use domain::account::AccountId;
use domain::number::hex;
use futures::{StreamExt, stream};
use inference::{End, Output, Outputs, Reason, Request, Usage};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::generation::Answer;

/// Raised when the same request would be written down in another way below.
const FORM: u32 = 1;

/// The person of a request, if it is one with an account.
pub(super) fn account(request: &Request) -> Option<AccountId> {
    request.person.parse().ok()
}

/// The SHA-256 of a repeatable request to the model `identity`: 64 hexadecimal digits. None when
/// the request is not repeatable.
pub(super) fn hash(identity: &str, request: &Request) -> Option<String> {
    // Every field is named, so that a new one has to be decided on here.
    let Request {
        messages,
        schema,
        max_tokens,
        // An answer that was held to it does not end as one that is kept does.
        least_tokens: _,
        temperature,
        person,
        prompt,
        conversation,
        // They do not matter when the likeliest token is taken.
        top_p: _,
        min_p: _,
        seed: _,
        // They do not change the text.
        class: _,
        feature: _,
        deadlines: _,
    } = request;
    let belongs = person.is_empty() || account(request).is_some();
    let likeliest = *temperature <= 0.0;
    if !likeliest || conversation.is_some() || !belongs {
        return None;
    }
    let messages: Vec<_> = messages.iter().map(|message| (message.role.as_str(), &message.content)).collect();
    let schema = schema.as_ref().map(|schema| (schema.name(), schema.json()));
    // JSON keeps the parts apart whatever is in them.
    let form = json!([FORM, identity, person, prompt, max_tokens, schema, messages]);
    let digest = Sha256::digest(form.to_string());
    Some(hex(&digest))
}

/// A kept answer, as if the model had said it: all of its prompt had been read before and nothing
/// was written. `waited` is the time that it took to find.
pub(super) fn repeat(answer: Answer, waited: Duration) -> Outputs {
    let usage = Usage { prompt: answer.prompt, reused: answer.prompt, waited, ..Usage::default() };
    let end = End { reason: Reason::Done, usage };
    stream::iter([Ok(Output::Text(answer.text)), Ok(Output::End(end))]).boxed()
}

#[cfg(test)]
mod tests {
    use inference::{Message, Schema};

    use super::*;
    use domain::model::ModelRole;

    const ADA: &str = "019a9c3e-4c00-7000-8000-000000000001";
    const EVE: &str = "019a9c3e-4c00-7000-8000-000000000002";

    fn request() -> Request {
        let messages = vec![Message::system("Be brief."), Message::user("Why?")];
        Request {
            temperature: 0.0,
            person: ADA.to_owned(),
            prompt: "test 1",
            ..Request::new(ModelRole::Fast, messages, 1)
        }
    }

    fn changed(change: impl FnOnce(&mut Request)) -> Option<String> {
        let mut request = request();
        change(&mut request);
        hash("tiny", &request)
    }

    #[test]
    fn what_changes_the_answer_changes_the_hash() {
        let schema = |json| Schema::new("test", json).ok();
        let hashes = [
            hash("tiny", &request()),
            hash("tiny 2", &request()),
            changed(|request| request.person = EVE.to_owned()),
            changed(|request| request.person.clear()),
            changed(|request| request.prompt = "test 2"),
            changed(|request| request.max_tokens = 7),
            changed(|request| request.schema = schema(json!({}))),
            changed(|request| request.schema = schema(json!({"type": "object"}))),
            changed(|request| request.messages[1].content.push('?')),
            changed(|request| request.messages[1] = Message::assistant("Why?")),
            changed(|request| request.messages = vec![Message::system("Be brief.\",\"user\",\"Why?")]),
        ];
        let different: std::collections::HashSet<_> = hashes.iter().flatten().collect();
        assert_eq!(different.len(), hashes.len(), "{hashes:?}");
        assert!(different.iter().all(|hash| hash.len() == 64));
    }

    #[test]
    fn what_does_not_change_the_answer_leaves_the_hash() {
        let plain = hash("tiny", &request());
        for other in [
            changed(|request| (request.seed, request.top_p, request.min_p) = (9, 0.5, 0.5)),
            changed(|request| request.feature = "interview"),
            changed(|request| request.class = inference::Class::Background),
            changed(|request| request.deadlines.first = Duration::from_secs(1)),
        ] {
            assert_eq!(other, plain);
        }
    }

    #[test]
    fn only_what_is_asked_for_as_repeatable_is_kept() {
        assert_eq!(changed(|request| request.temperature = 0.1), None);
        assert_eq!(changed(|request| request.temperature = f32::NAN), None);
        assert_eq!(changed(|request| request.conversation = Some("one".to_owned())), None);
        assert_eq!(changed(|request| request.person = "api bob".to_owned()), None, "has no account to go with");
    }
}
