//! Administrators look after accounts.

use domain::ErrorKind;
use domain::account::{Standing, Viewer};
use domain::audit::{Action, AuditFilter};
use domain::people::PeopleFilter;
use services::people::People;
use services::tokens::Tokens;

use crate::support::{Counting, HERE, World, audit, done};

const PASSWORD: &str = "Correct-Horse-7";

fn people(world: &World) -> People {
    People::new(world.store.clone(), world.clock.clone(), audit(&world.store))
}

async fn administrator(world: &World, email: &str) -> Viewer {
    world.accounts.create_admin("Root", email, PASSWORD).await.unwrap();
    let signed_in = done(world.accounts.sign_in(email, PASSWORD, HERE).await.unwrap());
    world.accounts.viewer(signed_in).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_found_and_listed_page_by_page() {
    let world = World::new().await;
    let (people, root) = (people(&world), administrator(&world, "root@example.org").await);
    for number in 0..3 {
        world.member(&format!("ada.{number}@example.org")).await;
    }
    let search = PeopleFilter { search: "ADA.".into(), ..PeopleFilter::default() };
    let (page, more) = people.list(&root, &search, 2).await.unwrap();
    assert!(more && page.len() == 2);
    let rest = PeopleFilter { before: Some(page[1].id), ..search };
    let (page, more) = people.list(&root, &rest, 2).await.unwrap();
    assert!(!more && page.len() == 1);
    for wrong in [0, 201] {
        let error = people.list(&root, &PeopleFilter::default(), wrong).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_standing_ends_sessions_and_is_written_down() {
    let world = World::new().await;
    let (people, root) = (people(&world), administrator(&world, "root@example.org").await);
    let session = world.accounts.register("Grace", "grace@example.org", PASSWORD, HERE).await.unwrap();
    let id = session.account;
    people.change_standing(&root, id, Standing::Mentor).await.unwrap();
    assert!(world.accounts.viewer(session).await.unwrap().is_none(), "its session has ended");
    let session = done(world.accounts.sign_in("grace@example.org", PASSWORD, HERE).await.unwrap());
    assert_eq!(world.accounts.viewer(session).await.unwrap().unwrap().standing, Standing::Mentor);
    people.change_standing(&root, id, Standing::Mentor).await.unwrap();
    assert!(world.accounts.viewer(session).await.unwrap().is_some(), "what changes nothing ends nothing");

    let changed = AuditFilter { action: Some(Action::StandingChanged), ..AuditFilter::default() };
    let (entries, _) = audit(&world.store).list(&root, &changed, 10).await.unwrap();
    let [entry] = &entries[..] else { panic!("{entries:?}") };
    let email = |actor: &Option<domain::audit::Actor>| actor.as_ref().map(|actor| actor.email.clone());
    assert_eq!(email(&entry.actor).as_deref(), Some("root@example.org"));
    assert_eq!((email(&entry.about).as_deref(), entry.subject.as_str()), (Some("grace@example.org"), "mentor"));
    let nobody = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    let error = people.change_standing(&root, nobody, Standing::Mentor).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_person_is_out_at_once_and_learns_why_with_the_right_password_alone() {
    let world = World::new().await;
    let (people, root) = (people(&world), administrator(&world, "root@example.org").await);
    let random = std::sync::Arc::new(Counting::starting_at(1 << 30));
    let tokens = Tokens::new(world.store.clone(), world.clock.clone(), random, audit(&world.store));
    let session = world.accounts.register("Eve", "eve@example.org", PASSWORD, HERE).await.unwrap();
    let pair = tokens.begin(session).await.unwrap();
    people.disable(&root, session.account).await.unwrap();
    people.disable(&root, session.account).await.expect("twice is once");
    assert!(world.accounts.viewer(session).await.unwrap().is_none());
    assert_eq!(tokens.bearer(&pair.access_token).await.unwrap_err().kind, ErrorKind::Unauthenticated);
    assert_eq!(tokens.refresh(&pair.refresh_token).await.unwrap_err().kind, ErrorKind::Unauthenticated);

    let refused = world.accounts.sign_in("eve@example.org", PASSWORD, HERE).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    assert!(refused.message.contains("disabled") && refused.message.contains("administrator"), "{refused}");
    let wrong = world.accounts.sign_in("eve@example.org", "Wrong-Horse-7", HERE).await.unwrap_err();
    let unknown = world.accounts.sign_in("nobody@example.org", PASSWORD, HERE).await.unwrap_err();
    assert_eq!(wrong, unknown);

    people.enable(&root, session.account).await.unwrap();
    world.accounts.sign_in("eve@example.org", PASSWORD, HERE).await.unwrap();
    let written = |action| AuditFilter { action: Some(action), ..AuditFilter::default() };
    for action in [Action::AccountDisabled, Action::AccountEnabled] {
        let (entries, _) = audit(&world.store).list(&root, &written(action), 10).await.unwrap();
        assert_eq!(entries.len(), 1, "{action:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_always_looks_after_the_product() {
    let world = World::new().await;
    let (people, root) = (people(&world), administrator(&world, "root@example.org").await);
    let own = people.disable(&root, root.id).await.unwrap_err();
    assert!(own.kind == ErrorKind::Conflict && own.message.contains("your own"), "{own}");
    let last = people.change_standing(&root, root.id, Standing::Member).await.unwrap_err();
    assert!(last.kind == ErrorKind::Conflict && last.message.contains("last administrator"), "{last}");

    let second = administrator(&world, "second@example.org").await;
    people.disable(&root, second.id).await.unwrap();
    assert!(people.change_standing(&root, root.id, Standing::Member).await.is_err(), "the other one is kept out");
    people.enable(&root, second.id).await.unwrap();
    people.change_standing(&root, root.id, Standing::Member).await.unwrap();
    let last = people.change_standing(&second, second.id, Standing::Mentor).await.unwrap_err();
    assert_eq!(last.kind, ErrorKind::Conflict);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_look_after_accounts() {
    let world = World::new().await;
    let (people, ada) = (people(&world), world.member("ada@example.org").await);
    let grace = Viewer { standing: Standing::Mentor, ..world.member("grace@example.org").await };
    for viewer in [&ada, &grace] {
        let refused = [
            people.list(viewer, &PeopleFilter::default(), 10).await.err(),
            people.change_standing(viewer, ada.id, Standing::Admin).await.err(),
            people.disable(viewer, ada.id).await.err(),
            people.enable(viewer, ada.id).await.err(),
        ];
        assert!(refused.iter().all(|error| error.as_ref().is_some_and(|error| error.kind == ErrorKind::Forbidden)));
    }
}
