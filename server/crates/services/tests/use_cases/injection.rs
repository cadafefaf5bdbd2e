//! Attempts to give orders, in answers, names, postings and in what a model says: the interview
//! goes its way all the same.

use std::sync::Arc;
use std::time::Duration;

use domain::account::Viewer;
use domain::feedback::Grade;
use domain::interview::{
    AnswerState, Author, BUILT_IN_COACH, InterviewId, InterviewView, MessageKind, Mode, Setup, Status,
};
use inference::Engine;
use inference::scripted::{ScriptedEngine, Step};

use crate::corpus::attempts;
use crate::support::{World, setup};

const ANSWERS: [&str; 3] = [
    "In my last job I noticed that nightly imports failed twice a week. I measured the causes, rewrote the retry logic with my colleague Mira, and failures dropped from nine to one a month.",
    "I would look at the logs first, because they show what the program did before it failed.",
    "I asked the team, we agreed on a plan, and I wrote it down for everybody to see and to change.",
];

/// All that the interviewer and the grading decide: what was asked when, and every score.
#[derive(Debug, PartialEq)]
struct Course {
    turns: Vec<(u32, MessageKind, Option<String>, u32)>,
    states: Vec<AnswerState>,
    status: Status,
    overall: Option<u8>,
}

/// The view once no wording is left open.
async fn settled(world: &World, viewer: &Viewer, id: InterviewId) -> InterviewView {
    for _ in 0..500 {
        let view = world.interviews.view(viewer, id).await.unwrap();
        if view.messages.iter().all(|message| !message.pending) {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a wording stays open");
}

/// A whole interview in which the `n`th answer is `answer(n)`, and what it came to.
async fn held(
    world: &World,
    viewer: &Viewer,
    setup: Setup,
    answer: impl Fn(usize) -> String,
) -> (InterviewView, Course) {
    let id = world.interviews.start(viewer, setup).await.unwrap();
    let mut view = settled(world, viewer, id).await;
    let mut given = 0;
    while view.status == Status::Open {
        world.interviews.answer(viewer, id, view.turn, &answer(given)).await.unwrap();
        view = settled(world, viewer, id).await;
        given += 1;
        assert!(given < 12, "it ends");
    }
    let report = world.interviews.report(viewer, id).await.unwrap();
    let turns = view.messages.iter();
    let turns = turns.map(|message| (message.turn, message.kind, message.question.clone(), message.position)).collect();
    let states = report.answers.into_iter().map(|answer| answer.state).collect();
    let course = Course { turns, states, status: view.status, overall: report.overall };
    (view, course)
}

fn ordinary(given: usize) -> String {
    format!("{} That was attempt {given}.", ANSWERS[given % ANSWERS.len()])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_says_decides_nothing() {
    let silent = World::new().await;
    let ada = silent.member("ada@example.org").await;
    let (_, expected) = held(&silent, &ada, setup(Mode::Study), ordinary).await;
    assert!(expected.states.iter().any(|state| matches!(state, AnswerState::Answered(Grade::Graded(_)))));
    let said: Vec<_> = attempts().into_iter().map(|attempt| vec![Step::say(attempt.text)]).collect();
    let coach_turns = expected.turns.iter().filter(|(_, kind, ..)| kind.author() == Author::Coach).count();
    let mut heard = 0;
    for scripts in said.chunks(coach_turns) {
        // Repeated from its beginning, so that the model never runs out of words.
        let scripts = scripts.iter().cycle().take(coach_turns).cloned();
        let world = World::with_coach(Some(Arc::new(ScriptedEngine::new(scripts)) as Arc<dyn Engine>)).await;
        let ada = world.member("ada@example.org").await;
        let (view, course) = held(&world, &ada, setup(Mode::Study), ordinary).await;
        assert_eq!(course, expected);
        let worded = view.messages.iter().filter(|message| message.kind.author() == Author::Coach);
        for message in worded.filter(|message| message.wording != BUILT_IN_COACH) {
            heard += 1;
            assert!(message.text.chars().count() <= 600 && !message.text.contains("://"), "{}", message.text);
        }
    }
    assert!(heard >= 60, "only {heard} hostile wordings were taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_in_answers_are_answers() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let attempts = attempts();
    let texts: Vec<_> = attempts.iter().map(|attempt| attempt.text.as_str()).collect();
    for texts in texts.chunks(4) {
        let answer = |given: usize| {
            let order: String = texts[given % texts.len()].chars().take(15_000).collect();
            format!("{} {order}", ordinary(given))
        };
        let (view, course) = held(&world, &ada, setup(Mode::Study), answer).await;
        assert_eq!((view.status, course.states.len()), (Status::Finished, 3), "{texts:?}");
        for (_, kind, question, position) in &course.turns {
            let Some(question) = question else { continue };
            let bank = knowledge::bank().questions();
            let is_asked = |text: &str| text == question;
            match kind {
                MessageKind::FollowUp => {
                    let asked = &view.feedback[*position as usize].question;
                    let asked = bank.iter().find(|other| other.text == *asked).unwrap();
                    assert!(asked.points.iter().any(|point| is_asked(&point.follow_up)), "{question}");
                }
                _ => assert!(bank.iter().any(|other| is_asked(&other.text)), "{question}"),
            }
        }
        let follow_ups = course.turns.iter().filter(|(_, kind, ..)| *kind == MessageKind::FollowUp).count();
        assert!(follow_ups <= 6, "{texts:?}");
        assert!(course.states.iter().all(|state| matches!(state, AnswerState::Answered(_))), "{texts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_in_postings_and_names_ask_the_same_kind_of_question() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    for attempt in attempts() {
        let posting: String = attempt.text.chars().take(5_000).collect();
        let name: String = attempt.text.chars().filter(|c| !c.is_control()).take(60).collect();
        let eve = Viewer { name, ..ada.clone() };
        let id =
            world.interviews.start(&eve, Setup { job_description: Some(posting), ..setup(Mode::Real) }).await.unwrap();
        let view = world.interviews.view(&eve, id).await.unwrap();
        let asked = view.messages[0].question.clone().unwrap();
        let question = knowledge::bank().questions().iter().find(|question| question.text == asked).unwrap();
        assert!(question.roles.iter().any(|role| role == view.setup.role.slug()), "{}", attempt.id);
        assert_eq!(question.kind, view.setup.kind.at(0), "{}", attempt.id);
        assert!(view.setup.level.range().contains(&question.level), "{}", attempt.id);
    }
}
