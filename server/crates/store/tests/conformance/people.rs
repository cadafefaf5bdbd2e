//! The accounts that there are, as administrators see and change them.

use domain::account::{AccountId, Email, PersonName, Standing};
use domain::audit::{Action, AuditFilter};
use domain::people::PeopleFilter;
use domain::token::{PersonalToken, Scope};
use store::audit::{self, NewEntry};
use store::{Store, account, departure, people, token};

use crate::support::{at, id, member, on_both, write};

on_both! {
    people_are_found_by_name_or_address_page_by_page
    a_new_standing_and_disabling_end_sessions
    a_disabled_account_has_no_tokens
    of_two_administrators_one_stays
    an_entry_of_the_log_says_whose_account_was_changed
}

async fn found(store: &Store, filter: PeopleFilter) -> Vec<String> {
    let found = people::latest(&mut store.read().await.unwrap(), &filter, 10).await.unwrap();
    found.into_iter().map(|person| person.email).collect()
}

async fn give(store: &Store, account: AccountId, standing: Standing) {
    write!(store, |connection| people::change_standing(connection, account, standing));
}

async fn people_are_found_by_name_or_address_page_by_page(store: Store) {
    let mut added = Vec::new();
    for (address, name) in [("ada@example.org", "Zoë 100%"), ("Eve_1@Example.org", "Éva"), ("eve21@example.org", "Kim")]
    {
        let account = member(&store, address).await;
        let name = PersonName::parse(name).unwrap();
        write!(store, |connection| account::rename(connection, account, &name));
        added.push(account);
    }
    let search = |text: &str| found(&store, PeopleFilter { search: text.to_owned(), ..PeopleFilter::default() });
    assert_eq!(search("").await.len(), 3);
    assert_eq!(search(" ADA@ ").await, ["ada@example.org"]);
    assert_eq!(search("zoë").await, ["ada@example.org"]);
    assert_eq!(search("Éva").await, ["Eve_1@Example.org"]);
    assert_eq!(search("kIM").await, ["eve21@example.org"]);
    assert_eq!(search("eve_").await, ["Eve_1@Example.org"], "a letter like all others");
    assert_eq!(search("0%").await, ["ada@example.org"]);
    assert!(search("\\").await.is_empty());
    assert!(search("' OR 1=1 --").await.is_empty());

    let (mut pages, mut before) = (Vec::new(), None);
    loop {
        let filter = PeopleFilter { before, ..PeopleFilter::default() };
        let page = people::latest(&mut store.read().await.unwrap(), &filter, 1).await.unwrap();
        let Some(person) = page.first() else { break };
        assert_eq!((person.standing, person.opened_at, person.confirmed), (Standing::Member, at(0), false));
        before = Some(person.id);
        pages.push(person.id);
    }
    added.sort_by_key(|account| std::cmp::Reverse(account.to_string()));
    assert_eq!(pages, added);

    give(&store, pages[0], Standing::Mentor).await;
    let mentors = PeopleFilter { standing: Some(Standing::Mentor), ..PeopleFilter::default() };
    assert_eq!(found(&store, mentors).await.len(), 1);
    let email = Email::parse("ada@example.org").unwrap();
    let ada = account::by_email(&mut store.read().await.unwrap(), &email).await.unwrap().unwrap().viewer.id;
    write!(store, |connection| account::verify(connection, ada, &email, at(1)));
    assert!(people::find(&mut store.read().await.unwrap(), ada).await.unwrap().confirmed);
    assert!(people::find(&mut store.read().await.unwrap(), id()).await.is_err());
}

async fn a_new_standing_and_disabling_end_sessions(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let epoch = async || {
        let account = account::by_id(&mut store.read().await.unwrap(), ada).await.unwrap().unwrap();
        (account.session_epoch, account.disabled)
    };
    give(&store, ada, Standing::Mentor).await;
    assert_eq!(epoch().await, (1, false));
    for moment in [5, 9] {
        write!(store, |connection| people::disable(connection, ada, at(moment)));
        assert_eq!(epoch().await, (2, true));
    }
    let person = people::find(&mut store.read().await.unwrap(), ada).await.unwrap();
    assert_eq!((person.disabled_at, person.standing), (Some(at(5)), Standing::Mentor));
    write!(store, |connection| people::enable(connection, ada));
    assert_eq!(epoch().await, (2, false));
}

async fn a_disabled_account_has_no_tokens(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let made = PersonalToken {
        id: id(),
        name: "Script".into(),
        scopes: vec![Scope::Read],
        created_at: at(0),
        expires_at: at(1_000),
        used_at: None,
    };
    assert!(write!(store, |connection| token::insert_personal(connection, ada, &made, "one", 9)));
    let works = async || token::find_personal(&mut store.read().await.unwrap(), "one", at(1)).await.unwrap().is_some();
    assert!(works().await);
    write!(store, |connection| people::disable(connection, ada, at(0)));
    assert!(!works().await);
    write!(store, |connection| people::enable(connection, ada));
    assert!(works().await);
}

/// Makes an administrator a member, unless nobody else would be left.
async fn demote(store: &Store, account: AccountId) -> bool {
    write!(store, |connection| async move {
        people::hold_administrators(connection).await?;
        let may = people::has_other_admin(connection, account).await?;
        if may {
            people::change_standing(connection, account, Standing::Member).await?;
        }
        Ok(may)
    })
}

async fn of_two_administrators_one_stays(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    for _ in 0..10 {
        for administrator in [ada, eve] {
            give(&store, administrator, Standing::Admin).await;
        }
        let (first, second) = tokio::join!(demote(&store, ada), demote(&store, eve));
        assert!(first ^ second, "each of them would have been the other's last");
    }
    give(&store, ada, Standing::Admin).await;
    give(&store, eve, Standing::Admin).await;
    write!(store, |connection| people::disable(connection, eve, at(0)));
    assert!(!demote(&store, ada).await, "who is kept out looks after nothing");
    write!(store, |connection| people::enable(connection, eve));
    write!(store, |connection| departure::put(connection, eve, at(9)));
    assert!(!demote(&store, ada).await, "nor does who leaves");
}

async fn an_entry_of_the_log_says_whose_account_was_changed(store: Store) {
    let (root, ada) = (member(&store, "root@example.org").await, member(&store, "ada@example.org").await);
    let entry = NewEntry {
        id: id(),
        at: at(0),
        actor: Some(root),
        action: Action::StandingChanged,
        subject: "mentor".into(),
        about: Some(ada),
        network: String::new(),
    };
    write!(store, |connection| audit::insert(connection, &entry));
    let read = async || {
        let entries = audit::latest(&mut store.read().await.unwrap(), &AuditFilter::default(), 9).await.unwrap();
        let entry = entries.into_iter().next().unwrap();
        (entry.actor.map(|actor| actor.email), entry.about.map(|about| about.email), entry.subject)
    };
    let (root_email, ada_email) = (Some("root@example.org".to_owned()), Some("ada@example.org".to_owned()));
    assert_eq!(read().await, (root_email.clone(), ada_email, "mentor".into()));
    write!(store, |connection| departure::remove_account(connection, ada));
    assert_eq!(read().await, (root_email, None, "mentor".into()));
}
