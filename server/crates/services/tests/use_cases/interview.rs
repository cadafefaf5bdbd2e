//! An interview from the greeting to the report, and everything that can come between.

use crate::support::{World, setup};
use domain::ErrorKind;
use domain::interview::{
    AnswerState, Author, BUILT_IN_COACH, InterviewView, Message, MessageKind, Mode, Setup, Status,
};
use futures::StreamExt;

const ANSWER: &str = "In my last job I noticed that nightly imports failed twice a week. I measured the causes, rewrote the retry logic with my colleague Mira, and failures dropped from nine to one a month.";

fn last(view: &InterviewView) -> &Message {
    view.messages.last().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_greets_asks_and_closes_after_the_chosen_number() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, mut view) = world.start(&ada, Mode::Real).await;
    assert_eq!((last(&view).kind, view.turn, view.asked), (MessageKind::Greeting, 1, 1));
    assert!(last(&view).text.contains("Ada") && last(&view).question.is_some());
    let mut follow_ups = vec![0; 3];
    while view.status == Status::Open {
        view = world.interviews.answer(&ada, id, view.turn, &format!("{ANSWER} {}", view.turn)).await.unwrap();
        if last(&view).kind == MessageKind::FollowUp {
            follow_ups[last(&view).position as usize] += 1;
        }
        assert!(view.messages.len() < 30, "it ends");
    }
    assert_eq!((last(&view).kind, view.asked), (MessageKind::Closing, 3));
    assert!(follow_ups.iter().all(|count| *count <= 2), "{follow_ups:?}");
    assert!(view.feedback.is_empty(), "a real interview keeps feedback for the report");
    let asked: Vec<_> = view.messages.iter().filter_map(|message| message.question.clone()).collect();
    assert_eq!(asked.iter().collect::<std::collections::HashSet<_>>().len(), asked.len(), "nothing is asked twice");
    let report = world.interviews.report(&ada, id).await.unwrap();
    assert_eq!((report.answers.len(), report.dimensions.len(), report.resumable), (3, 7, false));
    assert!(report.overall.is_some() && report.strength.is_some() && !report.practise.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn study_mode_gives_feedback_after_each_answer() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Study).await;
    assert!(view.feedback.is_empty());
    let view = world.interviews.answer(&ada, id, view.turn, ANSWER).await.unwrap();
    assert_eq!(view.feedback.len(), 1);
    assert!(matches!(view.feedback[0].state, AnswerState::Answered(_)));
    assert_eq!(view.feedback[0].answer, ANSWER);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_answer_twice_counts_once() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    let send = || world.interviews.answer(&ada, id, view.turn, ANSWER);
    let (first, second) = tokio::join!(send(), send());
    // Whoever came second finds the answer there, or loses the race and finds it on trying again.
    assert!(first.is_ok() || second.is_ok());
    let third = send().await.unwrap();
    assert_eq!(third.messages.iter().filter(|message| message.kind == MessageKind::Answer).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_answer_to_an_answered_turn_is_kept_and_refused() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    world.interviews.answer(&ada, id, view.turn, ANSWER).await.unwrap();
    let error = world.interviews.answer(&ada, id, view.turn, "From another tab, something else.").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert_eq!(world.interviews.view(&ada, id).await.unwrap().draft, "From another tab, something else.");
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_and_endless_answers_are_refused_and_kept() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    let empty = world.interviews.answer(&ada, id, view.turn, " \0\n ").await.unwrap_err();
    assert_eq!((empty.kind, empty.field.as_deref()), (ErrorKind::Invalid, Some("answer")));
    let long = "word ".repeat(5_000);
    let error = world.interviews.answer(&ada, id, view.turn, &long).await.unwrap_err();
    assert!(error.message.contains("24999"), "{}", error.message);
    assert_eq!(world.interviews.view(&ada, id).await.unwrap().draft, long.trim());
    let endless = world.interviews.answer(&ada, id, view.turn, &"x".repeat(1_000_000)).await.unwrap_err();
    assert_eq!(endless.kind, ErrorKind::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_script_is_answered_with() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, mut view) = world.start(&ada, Mode::Study).await;
    for text in [
        "<script>alert(1)</script> & \"quotes\" 'and' more",
        "🙂🙂🙂 👩‍👩‍👧‍👦 e\u{301}",
        "لقد قمت بقيادة الفريق وحققنا النتيجة المطلوبة في ثلاثة أشهر فقط معا",
        "a\0b",
    ] {
        view = world.interviews.answer(&ada, id, view.turn, text).await.unwrap();
        let said = view.messages.iter().rev().find(|message| message.kind == MessageKind::Answer).unwrap();
        assert_eq!(said.text, text.replace('\0', ""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn few_words_are_not_graded() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Study).await;
    let view = world.interviews.answer(&ada, id, view.turn, "I do not know that.").await.unwrap();
    assert!(matches!(&view.feedback[0].state, AnswerState::Answered(domain::feedback::Grade::NotGraded(_))));
    assert_eq!(world.interviews.report(&ada, id).await.unwrap().overall, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_persons_interview_is_not_found() {
    let world = World::new().await;
    let (ada, eve) = (world.member("ada@example.org").await, world.member("eve@example.org").await);
    let (id, view) = world.start(&ada, Mode::Real).await;
    let kind = |error: domain::Error| error.kind;
    assert_eq!(world.interviews.view(&eve, id).await.map_err(kind), Err(ErrorKind::NotFound));
    assert_eq!(world.interviews.answer(&eve, id, view.turn, ANSWER).await.map_err(kind), Err(ErrorKind::NotFound));
    assert_eq!(world.interviews.skip(&eve, id, view.turn).await.map_err(kind), Err(ErrorKind::NotFound));
    assert_eq!(world.interviews.finish(&eve, id).await.map_err(kind), Err(ErrorKind::NotFound));
    assert_eq!(world.interviews.resume(&eve, id).await.map_err(kind), Err(ErrorKind::NotFound));
    assert_eq!(world.interviews.report(&eve, id).await.map(|_| ()).map_err(kind), Err(ErrorKind::NotFound));
    assert_eq!(world.interviews.stop_message(&eve, id, 0).await.map_err(kind), Err(ErrorKind::NotFound));
    assert_eq!(world.interviews.words(&eve, id, 0).await.map(|_| ()).map_err(kind), Err(ErrorKind::NotFound));
    assert_eq!(world.interviews.view(&ada, id).await.unwrap(), view, "nothing changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_skipped_question_is_not_graded_and_the_next_follows() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, mut view) = world.start(&ada, Mode::Real).await;
    for asked in [2, 3] {
        let turn = view.turn;
        view = world.interviews.skip(&ada, id, turn).await.unwrap();
        assert_eq!((view.asked, last(&view).kind), (asked, MessageKind::Question));
        assert_eq!(world.interviews.skip(&ada, id, turn).await.unwrap(), view, "a double click skips once");
    }
    let view = world.interviews.skip(&ada, id, view.turn).await.unwrap();
    assert_eq!(view.status, Status::Finished);
    let report = world.interviews.report(&ada, id).await.unwrap();
    assert!(report.answers.iter().all(|answer| answer.state == AnswerState::Skipped));
    assert_eq!(report.overall, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interview_ended_early_can_be_taken_up_again() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    world.interviews.finish(&ada, id).await.unwrap();
    world.interviews.finish(&ada, id).await.unwrap();
    assert!(world.interviews.report(&ada, id).await.unwrap().resumable);
    let refused = world.interviews.answer(&ada, id, view.turn, ANSWER).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Conflict);
    world.interviews.resume(&ada, id).await.unwrap();
    let view = world.interviews.answer(&ada, id, view.turn, ANSWER).await.unwrap();
    assert_eq!((view.status, view.draft.as_str()), (Status::Open, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_without_activity_it_is_abandoned_but_not_lost() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    world.interviews.answer(&ada, id, view.turn, ANSWER).await.unwrap();
    world.clock.advance_hours(24);
    assert_eq!(world.interviews.close_idle().await.unwrap(), 0);
    world.clock.advance_hours(1);
    assert_eq!(world.interviews.view(&ada, id).await.unwrap().status, Status::Abandoned, "also before the sweep");
    assert_eq!(world.interviews.close_idle().await.unwrap(), 1);
    let report = world.interviews.report(&ada, id).await.unwrap();
    assert!(report.status == Status::Abandoned && report.overall.is_some() && report.resumable);
    world.interviews.resume(&ada, id).await.unwrap();
    assert_eq!(world.interviews.view(&ada, id).await.unwrap().status, Status::Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posting_steers_the_questions() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let wanted = knowledge::bank()
        .questions()
        .iter()
        .find(|question| {
            question.roles.contains(&"backend".to_owned())
                && question.kind == domain::question::QuestionKind::Technical
                && question.level == 2
        })
        .unwrap();
    let setup = Setup {
        kind: domain::interview::Kind::Technical,
        job_description: Some(format!("We want people. {}", wanted.text)),
        ..setup(Mode::Real)
    };
    let id = world.interviews.start(&ada, setup).await.unwrap();
    let view = world.interviews.view(&ada, id).await.unwrap();
    assert_eq!(last(&view).question.as_ref(), Some(&wanted.text));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_coach_speaks_word_by_word_and_at_once() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    let started = std::time::Instant::now();
    let mut words = world.interviews.words(&ada, id, 0).await.unwrap();
    let first = words.next().await.unwrap();
    assert!(started.elapsed().as_millis() < 300, "{:?}", started.elapsed());
    let rest: Vec<_> = words.collect().await;
    assert!(rest.len() > 20, "it comes in words");
    let message = last(&view);
    assert_eq!(
        format!("{first}{}", rest.concat()),
        format!("{}\n\n{}", message.text, message.question.as_ref().unwrap())
    );
    assert_eq!(world.interviews.words(&ada, id, 7).await.map(|_| ()).unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_knows_what_is_next() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    assert_eq!(world.interviews.dashboard(&ada).await.unwrap().next.path, "/interview");
    let (id, view) = world.start(&ada, Mode::Real).await;
    assert_eq!(world.interviews.dashboard(&ada).await.unwrap().next.path, format!("/interview/{id}"));
    world.interviews.answer(&ada, id, view.turn, ANSWER).await.unwrap();
    world.interviews.finish(&ada, id).await.unwrap();
    let dashboard = world.interviews.dashboard(&ada).await.unwrap();
    assert_eq!((dashboard.interviews.len(), dashboard.trend.len(), dashboard.dimensions.len()), (1, 1, 7));
    assert!(dashboard.next.title.starts_with("Practise"));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_name_who_worded_them() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (_, view) = world.start(&ada, Mode::Real).await;
    let message = last(&view);
    assert_eq!(
        (message.wording.as_str(), message.kind.author(), message.pending),
        (BUILT_IN_COACH, Author::Coach, false)
    );
}
