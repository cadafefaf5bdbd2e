//! What the model's memory holds, and who gets a place in it.

use futures::StreamExt;
use inference::{Class, Engine, Message, Output, Reason, Request};
use llama::{
    ChatOptions,
    tiny::{self, Tiny},
};

use crate::support::{greedy, open_with, several, whole};

#[tokio::test]
async fn a_prepared_beginning_is_not_read_again_and_changes_nothing() {
    let tiny = Tiny { template: Some(tiny::CHATML), ..Tiny::default() };
    let (cold, warm) = (open_with(tiny, several(2, &[])), open_with(tiny, several(2, &["Be brief."])));
    let (said, end) = whole(cold.stream(greedy("Hello", 20)).await.unwrap()).await;
    let (again, reused) = whole(warm.stream(greedy("Hello", 20)).await.unwrap()).await;
    assert_eq!((said, end.usage.reused), (again, 0));
    assert!(reused.usage.reused > 5 && reused.usage.reused < reused.usage.prompt, "{reused:?}");
}

#[tokio::test]
async fn a_conversation_goes_on_without_reading_its_past_again() {
    let chat = open_with(Tiny { template: Some(tiny::CHATML), ..Tiny::default() }, several(4, &[]));
    let turn = |messages: Vec<Message>| Request { conversation: Some("ada".into()), messages, ..greedy("", 16) };
    let mut messages = vec![Message::system("Be brief."), Message::user("How do I plan a week?")];
    let mut known = 0;
    for _ in 0..4 {
        let (said, end) = whole(chat.stream(turn(messages.clone())).await.unwrap()).await;
        assert_eq!(end.usage.reused, known);
        // The last token that is drawn is not read any more, nor is the one that ends an answer.
        known = end.usage.prompt + end.usage.written - u32::from(end.reason == Reason::Length);
        messages.push(Message::assistant(said.concat()));
        messages.push(Message::user("And then?"));
    }
    // Somebody else's conversation shares nothing with it.
    let other = Request { conversation: Some("bob".into()), ..turn(messages.clone()) };
    assert_eq!(whole(chat.stream(other).await.unwrap()).await.1.usage.reused, 0);
}

#[tokio::test]
async fn a_conversation_that_had_to_leave_comes_back_for_its_owner_alone_and_goes_on_the_same() {
    let tiny = Tiny { template: Some(tiny::CHATML), ..Tiny::default() };
    let past = "All about my work, at length, and what I would like to do with the rest of it. ".repeat(4);
    let turn = |person: &str, conversation: &str, messages: &[Message]| Request {
        person: person.into(),
        conversation: Some(conversation.into()),
        messages: messages.to_vec(),
        ..greedy("", 16)
    };
    let mut said = Vec::new();
    for aside in [0, 50_000_000] {
        // One place, so that whoever comes takes it.
        let chat = open_with(tiny, ChatOptions { aside, ..several(1, &[]) });
        let mut messages = vec![Message::user(past.clone())];
        let (text, first) = whole(chat.stream(turn("ada", "a", &messages)).await.unwrap()).await;
        whole(chat.stream(turn("bob", "b", &[Message::user(past.to_uppercase())])).await.unwrap()).await;
        let held = chat.figures();
        assert_eq!((held.aside > 0, held.most_aside), (aside > 0, aside as u64), "{held:?}");
        // Nobody else gets it, even under its name.
        let (_, eve) = whole(chat.stream(turn("eve", "a", &messages)).await.unwrap()).await;
        assert_eq!(eve.usage.reused, 0);
        messages.extend([Message::assistant(text.concat()), Message::user("And then?")]);
        let (text, next) = whole(chat.stream(turn("ada", "a", &messages)).await.unwrap()).await;
        assert_eq!(next.usage.reused >= first.usage.prompt, aside > 0, "{next:?}");
        assert_eq!(chat.figures().restored, u64::from(next.usage.reused));
        said.push(text.concat());
    }
    assert_eq!(said[0], said[1], "it makes no other words");
}

#[tokio::test]
async fn what_one_persons_requests_have_in_common_is_read_once_and_changes_nothing() {
    let tiny = Tiny { template: Some(tiny::CHATML), ..Tiny::default() };
    let (alone, shared) = (open_with(tiny, several(4, &[])), open_with(tiny, several(4, &[])));
    let about = |question: &str, person: &str, conversation: Option<&str>| Request {
        person: person.into(),
        conversation: conversation.map(Into::into),
        ..greedy(&format!("All about my work, at length. {question}"), 16)
    };
    whole(shared.stream(about("What now?", "ada", Some("first"))).await.unwrap()).await;
    for conversation in [Some("second"), None, None] {
        let request = about("Who knows?", "ada", conversation);
        let (said, end) = whole(shared.stream(request.clone()).await.unwrap()).await;
        assert!(end.usage.reused > 20 && end.usage.reused < end.usage.prompt, "{end:?}");
        assert_eq!(said, whole(alone.stream(Request { person: String::new(), ..request }).await.unwrap()).await.0);
    }
    let (_, end) = whole(shared.stream(about("Who knows?", "bob", None)).await.unwrap()).await;
    assert_eq!(end.usage.reused, 0);
}

#[tokio::test]
async fn what_nobody_waits_for_leaves_places_and_comes_to_its_end() {
    let chat = open_with(Tiny::default(), several(2, &[]));
    let background = |seed| Request { class: Class::Background, seed, temperature: 1.0, ..greedy("At leisure", 900) };
    let done = std::sync::Mutex::new(Vec::new());
    let run = async |name: &'static str, request: Request| {
        let (_, end) = whole(chat.stream(request).await.unwrap()).await;
        done.lock().unwrap().push(name);
        end
    };
    // Both of them would fill all places before anybody else comes.
    let ends = tokio::join!(
        run("background", background(1)),
        run("background", background(2)),
        run("chat", greedy("Soon", 8)),
        run("chat", greedy("Very soon", 8)),
    );
    assert!([ends.0, ends.1].iter().all(|end| matches!(end.reason, Reason::Done | Reason::Length)), "{ends:?}");
    assert_eq!(done.into_inner().unwrap().last(), Some(&"background"));
}

#[tokio::test]
async fn where_all_places_are_taken_an_answer_is_as_short_as_it_may_be() {
    let chat = open_with(Tiny::default(), several(1, &[]));
    let ask = |seed| Request { least_tokens: 5, temperature: 1.0, seed, ..greedy("At length", 60) };
    let ends = futures::future::join_all(
        (0..4).map(async |seed| whole(chat.stream(ask(seed)).await.unwrap()).await.1.usage.written),
    );
    let mut written = ends.await;
    written.sort_unstable();
    assert!(written[..3].iter().all(|written| *written <= 5) && written[3] > 5, "{written:?}");
}

#[tokio::test]
async fn whoever_waits_is_told_how_many_come_first() {
    let chat = open_with(Tiny::default(), several(1, &[]));
    // The first one measures how quick the model is.
    whole(chat.stream(greedy("Before", 8)).await.unwrap()).await;
    let ask = |seed| Request { temperature: 1.0, seed, person: seed.to_string(), ..greedy("At length", 400) };
    let places = futures::future::join_all((0..3).map(async |seed| {
        let outputs: Vec<_> = chat.stream(ask(seed)).await.unwrap().map(Result::unwrap).collect().await;
        let texts = outputs.iter().position(|output| matches!(output, Output::Text(_))).unwrap();
        let places = outputs.iter().enumerate().filter_map(|(at, output)| match output {
            Output::Waiting(place) => Some((at, place.ahead)),
            _ => None,
        });
        let places: Vec<_> = places.collect();
        assert!(places.iter().all(|(at, _)| *at < texts), "{outputs:?}");
        let mut ahead: Vec<_> = places.into_iter().map(|(_, ahead)| ahead).collect();
        ahead.dedup();
        ahead
    }));
    let mut places = places.await;
    places.sort();
    assert_eq!(places, [vec![], vec![0], vec![1, 0]]);
}

#[tokio::test]
async fn as_many_answers_and_system_prompts_as_there_may_be_have_a_sequence_each() {
    let prompts: Vec<String> = (0..=ChatOptions::MOST_SEQUENCES).map(|number| format!("{number}")).collect();
    let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
    let chat = open_with(Tiny::default(), several(ChatOptions::MOST_SEQUENCES, &prompts));
    let (said, end) = whole(chat.stream(greedy("Hello", 20)).await.unwrap()).await;
    assert!(!said.is_empty() && end.usage.written > 0, "{end:?}");
}

/// A turn of three answers has a token that says nothing, for which there may be no room.
#[tokio::test]
async fn three_answers_at_once_go_on_in_a_memory_that_past_conversations_have_filled() {
    let chat = open_with(Tiny::default(), ChatOptions { context: 256, memory: 768, ..several(12, &[]) });
    for round in 0..40 {
        let answers = ["a", "b", "c"].map(|person| Request {
            person: person.into(),
            conversation: Some(format!("{person}{round}")),
            ..greedy(&"Hello ".repeat(round % 7), 40)
        });
        let ends = futures::future::join_all(
            answers.map(|request| async { whole(chat.stream(request).await.unwrap()).await.1 }),
        );
        for end in ends.await {
            assert!(matches!(end.reason, Reason::Done | Reason::Length), "{round}: {end:?}");
        }
    }
    let figures = chat.figures();
    assert!(figures.cells * 10 > figures.most_cells * 9 && figures.cells <= figures.most_cells, "{figures:?}");
}
