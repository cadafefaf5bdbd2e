//! Sharing with a mentor, and what the mentor sees.

use domain::ErrorKind;
use domain::account::{Email, Standing, Viewer};
use domain::audit::{Action, AuditFilter};
use domain::interview::{InterviewId, Mode};
use domain::share::{MOST, ShareId};
use services::share::Shares;

use crate::support::{Counting, World, audit};

const ANSWER: &str =
    "I found a query without an index. I added it, and the page took 200 milliseconds instead of eight seconds.";

fn shares(world: &World) -> Shares {
    let random = std::sync::Arc::new(Counting::starting_at(1 << 30));
    Shares::new(world.store.clone(), world.clock.clone(), random, audit(&world.store), world.interviews.clone())
}

/// Gives an account a standing, and has its address be confirmed.
async fn make(world: &World, viewer: &Viewer, standing: Standing) -> Viewer {
    let (id, email, now) = (viewer.id, Email::parse(&viewer.email).unwrap(), domain::Clock::now(&*world.clock));
    let change = world.store.transaction(move |connection| {
        Box::pin(async move {
            store::account::verify(connection, id, &email, now).await?;
            store::people::change_standing(connection, id, standing).await
        })
    });
    change.await.unwrap();
    Viewer { standing, ..viewer.clone() }
}

/// What each way of reading somebody's practice is answered with.
async fn reads(shares: &Shares, viewer: &Viewer, id: ShareId, interview: InterviewId) -> Vec<Option<ErrorKind>> {
    vec![
        shares.practice(viewer, id).await.err().map(|error| error.kind),
        shares.interviews(viewer, id, None, 10).await.err().map(|error| error.kind),
        shares.report(viewer, id, interview).await.err().map(|error| error.kind),
        shares.progress(viewer, id, 30).await.err().map(|error| error.kind),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mentor_sees_what_is_shared_until_it_ends() {
    let world = World::new().await;
    let shares = shares(&world);
    let ada = world.member("ada@example.org").await;
    let (interview, view) = world.start(&ada, Mode::Study).await;
    world.interviews.answer(&ada, interview, view.turn, ANSWER).await.unwrap();
    let grace = make(&world, &world.member("grace@example.org").await, Standing::Mentor).await;
    assert!(shares.mentees(&grace).await.unwrap().people.is_empty());

    let share = shares.begin(&ada, " Grace@Example.org ").await.unwrap();
    assert_eq!(shares.begin(&ada, "grace@example.org").await.unwrap(), share, "twice is once");
    assert_eq!(shares.list(&ada).await.unwrap(), std::slice::from_ref(&share));
    let mentees = shares.mentees(&grace).await.unwrap();
    assert!(mentees.confirmed);
    assert_eq!((mentees.people.len(), mentees.people[0].id, mentees.people[0].interviews), (1, share.id, 1));
    assert_eq!(reads(&shares, &grace, share.id, interview).await, [None; 4]);
    let (mentee, report) = shares.report(&grace, share.id, interview).await.unwrap();
    assert_eq!((mentee.email.as_str(), report.answers[0].answer.as_str()), ("ada@example.org", ANSWER));
    assert_eq!(shares.practice(&grace, share.id).await.unwrap().interviews.len(), 1);
    assert_eq!(shares.progress(&grace, share.id, 7).await.unwrap().interviews, 1);
    // Only by the share: the interview itself stays its person's.
    assert_eq!(world.interviews.view(&grace, interview).await.unwrap_err().kind, ErrorKind::NotFound);

    shares.end(&ada, share.id).await.unwrap();
    assert_eq!(reads(&shares, &grace, share.id, interview).await, [Some(ErrorKind::NotFound); 4]);
    assert!(shares.mentees(&grace).await.unwrap().people.is_empty());
    assert_eq!(shares.end(&ada, share.id).await.unwrap_err().kind, ErrorKind::NotFound);
    let again = shares.begin(&ada, "grace@example.org").await.unwrap();
    assert_ne!(again.id, share.id, "what was known of the old one opens nothing");
    assert_eq!(reads(&shares, &grace, share.id, interview).await, [Some(ErrorKind::NotFound); 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_anything() {
    let world = World::new().await;
    let shares = shares(&world);
    let (ada, eve) = (world.member("ada@example.org").await, world.member("eve@example.org").await);
    let (interview, _) = world.start(&ada, Mode::Real).await;
    let (others, _) = world.start(&eve, Mode::Real).await;
    let grace = make(&world, &world.member("grace@example.org").await, Standing::Mentor).await;
    let alan = make(&world, &world.member("alan@example.org").await, Standing::Mentor).await;
    let root = make(&world, &world.member("root@example.org").await, Standing::Admin).await;
    let share = shares.begin(&ada, "grace@example.org").await.unwrap();
    for stranger in [&eve, &alan, &root, &ada] {
        assert_eq!(reads(&shares, stranger, share.id, interview).await, [Some(ErrorKind::NotFound); 4]);
    }
    for no_mentor in [&eve, &root] {
        assert_eq!(shares.mentees(no_mentor).await.unwrap_err().kind, ErrorKind::Forbidden);
    }
    let foreign = shares.report(&grace, share.id, others).await.unwrap_err();
    assert_eq!(foreign.kind, ErrorKind::NotFound, "that interview is not the person's who shares");
    assert_eq!(shares.end(&eve, share.id).await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(shares.end(&grace, share.id).await.unwrap_err().kind, ErrorKind::NotFound, "mentors change nothing");
    // A standing that was taken back counts at once, whatever a session still says.
    make(&world, &grace, Standing::Member).await;
    assert_eq!(reads(&shares, &grace, share.id, interview).await, [Some(ErrorKind::NotFound); 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_an_address_is_a_mentors_shows_to_nobody() {
    let world = World::new().await;
    let shares = shares(&world);
    let ada = world.member("ada@example.org").await;
    make(&world, &world.member("grace@example.org").await, Standing::Mentor).await;
    world.member("alan@example.org").await;
    let mut answers = Vec::new();
    for address in ["grace@example.org", "alan@example.org", "nobody@example.org"] {
        let share = shares.begin(&ada, address).await.unwrap();
        answers.push((share.since, share.email == address));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.1), "{answers:?}");
    assert_eq!(shares.list(&ada).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_takes_effect_when_its_address_becomes_a_mentors() {
    let world = World::new().await;
    let shares = shares(&world);
    let ada = world.member("ada@example.org").await;
    let share = shares.begin(&ada, "grace@example.org").await.unwrap();
    let grace = world.member("grace@example.org").await;
    let mentor = Viewer { standing: Standing::Mentor, ..grace.clone() };
    assert!(!shares.mentees(&mentor).await.unwrap().confirmed);
    let grace = make(&world, &grace, Standing::Mentor).await;
    let people = shares.mentees(&grace).await.unwrap().people;
    assert_eq!(people.iter().map(|mentee| mentee.id).collect::<Vec<_>>(), [share.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_shares_with_is_checked_counted_and_written_down() {
    let world = World::new().await;
    let shares = shares(&world);
    let ada = world.member("ada@example.org").await;
    for wrong in ["", "grace", "ADA@example.org"] {
        let error = shares.begin(&ada, wrong).await.unwrap_err();
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Invalid, Some("email")), "{wrong}");
    }
    for number in 0..MOST {
        shares.begin(&ada, &format!("mentor.{number}@example.org")).await.unwrap();
    }
    assert_eq!(shares.begin(&ada, "one.more@example.org").await.unwrap_err().kind, ErrorKind::Conflict);
    let latest = shares.list(&ada).await.unwrap()[0].id;
    shares.end(&ada, latest).await.unwrap();
    shares.begin(&ada, "one.more@example.org").await.unwrap();

    let root = make(&world, &world.member("root@example.org").await, Standing::Admin).await;
    let ended = AuditFilter { action: Some(Action::ShareEnded), ..AuditFilter::default() };
    let (entries, _) = audit(&world.store).list(&root, &ended, 10).await.unwrap();
    assert_eq!((entries.len(), entries[0].subject.as_str()), (1, ""), "with whom is nobody's business");
}
