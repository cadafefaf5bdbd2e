//! Background tasks, mails, and what people do by the links in them.

mod account;
mod digest;
mod sending;
mod tasks;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::account::{Standing, Viewer};
use domain::mail::MailsView;
use domain::task::{TaskState, TaskView, TasksView};
use integrations::mail::{Carrier, Letter, Undelivered};
use services::account::Accounts;
use services::digest::Digests;
use services::events::Events;
use services::interview::{Interviews, Models};
use services::mail::{Mails, MailsOptions};
use services::tasks::Tasks;
use store::Store;
use tempfile::TempDir;

use crate::support::{Counting, HERE, TestClock, audit, open, unlimited};

/// A mail server that answers as it is told, and takes mails when nothing is left to say.
#[derive(Default)]
struct Scripted {
    answers: Mutex<VecDeque<Undelivered>>,
    taken: Mutex<Vec<String>>,
    /// What is wrong with it, if something is, and how often it was greeted.
    trouble: Mutex<Option<String>>,
    greeted: AtomicU32,
}

#[async_trait]
impl Carrier for Scripted {
    async fn carry(&self, letter: &Letter) -> Result<(), Undelivered> {
        if let Some(answer) = self.answers.lock().unwrap().pop_front() {
            return Err(answer);
        }
        self.taken.lock().unwrap().push(letter.subject.clone());
        Ok(())
    }

    async fn greet(&self) -> Result<Duration, String> {
        self.greeted.fetch_add(1, Ordering::SeqCst);
        self.trouble.lock().unwrap().clone().map_or(Ok(Duration::from_millis(7)), Err)
    }
}

/// Everything that writes to people, over a database of its own.
struct Office {
    clock: Arc<TestClock>,
    tasks: Tasks,
    mails: Mails,
    accounts: Accounts,
    interviews: Interviews,
    digests: Digests,
    server: Arc<Scripted>,
    store: Store,
    events: Events,
    _folder: TempDir,
}

impl Office {
    /// With a mail server, or keeping mails. Tasks run from the beginning.
    async fn open(sending: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        let (clock, random) = (TestClock::new(), Arc::new(Counting::default()));
        let events = Events::new(store.clone(), clock.clone());
        let tasks = Tasks::new(store.clone(), clock.clone(), random.clone(), events.clone());
        let server = Arc::new(Scripted::default());
        let carrier = sending.then(|| -> Arc<dyn Carrier> { server.clone() });
        let options = MailsOptions { carrier, site: "https://coach.example.org".to_owned() };
        let mails = Mails::new(store.clone(), clock.clone(), random.clone(), tasks.clone(), options).unwrap();
        let accounts = Accounts::new(store.clone(), clock.clone(), random.clone(), unlimited(&store), audit(&store))
            .with_mail(mails.clone(), tasks.clone());
        let models = Models { embedder: Arc::new(inference::scripted::ScriptedEmbedder), roles: Default::default() };
        let interviews = Interviews::new(
            store.clone(),
            clock.clone(),
            random,
            knowledge::bank(),
            models,
            unlimited(&store),
            events.clone(),
        );
        let digests = Digests::new(store.clone(), clock.clone(), interviews.clone(), mails.clone(), tasks.clone());
        let running = tasks.clone();
        tokio::spawn(async move { running.run().await });
        Self { clock, tasks, mails, accounts, interviews, digests, server, store, events, _folder: folder }
    }

    /// A new member, signed in.
    async fn member(&self, email: &str) -> Viewer {
        let signed_in = self.accounts.register("Ada", email, "Correct-Horse-7", HERE).await.unwrap();
        self.accounts.viewer(signed_in).await.unwrap().unwrap()
    }

    /// Somebody who looks after the product. No account is opened for them.
    fn admin(&self) -> Viewer {
        Viewer {
            id: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
            name: "Root".to_owned(),
            email: "root@example.org".to_owned(),
            standing: Standing::Admin,
        }
    }

    async fn tasks(&self) -> TasksView {
        self.tasks.view(&self.admin()).await.unwrap()
    }

    async fn mails(&self) -> MailsView {
        self.mails.view(&self.admin()).await.unwrap()
    }

    /// Waits until nothing is due now.
    async fn settled(&self) {
        for _ in 0..500 {
            let view = self.tasks().await;
            let is_open = |task: &TaskView| match task.state {
                TaskState::Queued => task.due_at <= view.now,
                TaskState::Running => true,
                TaskState::Failed => false,
            };
            if !view.tasks.iter().any(is_open) {
                return;
            }
            self.tasks.wake();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("tasks go on and on: {:?}", self.tasks().await);
    }

    /// The subjects of the mails that are kept, the first one first.
    async fn subjects(&self) -> Vec<String> {
        self.settled().await;
        self.mails().await.mails.into_iter().rev().map(|mail| mail.subject).collect()
    }

    /// The token in the latest mail to that address.
    async fn token(&self, recipient: &str) -> String {
        self.settled().await;
        let mails = self.mails().await.mails;
        let mail = mails.iter().find(|mail| mail.recipient == recipient).expect("a mail to that address");
        let text = mail.text.as_deref().unwrap();
        let (_, rest) = text.split_once("?token=").expect("a link in the mail");
        rest.chars().take_while(char::is_ascii_hexdigit).collect()
    }
}
