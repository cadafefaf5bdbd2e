//! What matters for security is written down.

use domain::ErrorKind;
use domain::account::Standing;
use domain::audit::{Action, AuditFilter};
use services::audit::Audit;

use crate::support::{HERE, World, audit, done};

async fn administrator(world: &World) -> domain::account::Viewer {
    world.accounts.create_admin("Root", "root@example.org", "Correct-Horse-7").await.unwrap();
    let signed_in = done(world.accounts.sign_in("root@example.org", "Correct-Horse-7", HERE).await.unwrap());
    world.accounts.viewer(signed_in).await.unwrap().unwrap()
}

async fn actions(log: &Audit, viewer: &domain::account::Viewer, filter: AuditFilter) -> Vec<Action> {
    let (entries, more) = log.list(viewer, &filter, 100).await.unwrap();
    assert!(!more);
    entries.into_iter().map(|entry| entry.action).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_and_changes_are_written_down_newest_first() {
    let world = World::new().await;
    let log = audit(&world.store);
    let root = administrator(&world).await;
    assert_eq!(root.standing, Standing::Admin);
    let ada = world.member("ada@example.org").await;
    world.accounts.sign_in("ada@example.org", "Wrong-Horse-7", HERE).await.unwrap_err();
    world.accounts.sign_in("nobody@example.org", "Wrong-Horse-7", HERE).await.unwrap_err();
    world.accounts.change_password(&ada, "Correct-Horse-7", "New-Horse-77", HERE).await.unwrap();
    let of_ada = AuditFilter { email: Some("ADA@example.org".into()), ..AuditFilter::default() };
    let expected = [Action::PasswordChanged, Action::SignInFailed, Action::Registered];
    assert_eq!(actions(&log, &root, of_ada.clone()).await, expected);
    let failed = AuditFilter { action: Some(Action::SignInFailed), ..AuditFilter::default() };
    assert_eq!(actions(&log, &root, failed.clone()).await.len(), 2);
    let (entries, more) = log.list(&root, &failed, 1).await.unwrap();
    assert!(more && entries[0].actor.is_none(), "nobody has that address: {entries:?}");
    assert_eq!(entries[0].network, "127.0.0.1");
    let next = AuditFilter { before: Some(entries[0].id), ..failed };
    let (entries, more) = log.list(&root, &next, 1).await.unwrap();
    assert!(!more && entries[0].actor.as_ref().is_some_and(|actor| actor.email == "ada@example.org"), "{entries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_read_it() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let log = audit(&world.store);
    let refused = log.list(&ada, &AuditFilter::default(), 10).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    let root = administrator(&world).await;
    assert_eq!(log.list(&root, &AuditFilter::default(), 0).await.unwrap_err().kind, ErrorKind::Invalid);
    assert_eq!(log.list(&root, &AuditFilter::default(), 201).await.unwrap_err().kind, ErrorKind::Invalid);
}
