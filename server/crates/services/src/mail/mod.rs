//! Mail to people: written from templates, kept in the database with what became of it, and sent in
//! the background where a mail server is configured. Without one, administrators read it here.

mod letter;
mod post;
mod sending;
mod template;

use std::sync::Arc;

use domain::account::{AccountId, Viewer};
use domain::mail::{KEPT_DAYS, MailState, MailsView, Sample};
use domain::{Clock, Error, Id, Random, Result};
use integrations::mail::Carrier;
use store::mail::{self as rows, NewMail};
use store::task::NewTask;
use store::{Connection, Store};

use crate::tasks::Tasks;
pub use letter::{Digest, Letter, Link};
use post::Door;
pub use post::Post;
use sending::{SEND, Sending};
pub use template::TemplateError;
use template::{Filled, Templates};

/// Mails that an administrator sees, at most.
const LISTED: i64 = 100;
/// Links of one kind that a person is sent in an hour, at most: nobody's letter box is flooded from here.
const MOST_AN_HOUR: u64 = 3;
/// What all of this is to administrators, who alone can do it.
const TASK: &str = "look after mails";

/// How mails leave.
pub struct MailsOptions {
    /// What carries them away; without it they are kept here.
    pub carrier: Option<Arc<dyn Carrier>>,
    /// The address that people reach this site by, for the links.
    pub site: String,
}

/// The use cases of mails.
#[derive(Clone)]
pub struct Mails(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    tasks: Tasks,
    templates: Templates,
    /// Where mails leave, if they do.
    door: Option<Door>,
}

/// Whom a mail is for.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The account.
    pub id: AccountId,
    /// How the person is greeted, if that is a plain name.
    pub name: String,
    /// The address.
    pub email: String,
}

impl From<&Viewer> for Recipient {
    fn from(viewer: &Viewer) -> Self {
        Self { id: viewer.id, name: viewer.name.clone(), email: viewer.email.clone() }
    }
}

/// A mail that is written and not saved yet.
pub struct Written {
    mail: NewMail,
    task: Option<NewTask>,
}

impl Written {
    /// Saves it in the caller's transaction; [`Mails::wake`] follows when that is done.
    pub async fn save(&self, connection: &mut Connection) -> Result<()> {
        rows::insert(connection, &self.mail).await?;
        if let Some(task) = &self.task {
            crate::tasks::queue(connection, task).await?;
        }
        Ok(())
    }
}

impl Mails {
    /// Mails kept in `store`, and sent by `tasks` if there is a way.
    ///
    /// # Errors
    /// When a template is not as it must be.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        tasks: Tasks,
        options: MailsOptions,
    ) -> std::result::Result<Self, TemplateError> {
        let templates = Templates::load(&options.site)?;
        let door = options.carrier.map(|carrier| {
            let (store, clock, carrying) = (store.clone(), clock.clone(), carrier.clone());
            tasks.register(SEND, Arc::new(Sending { store, clock: clock.clone(), carrier: carrying }));
            Door::new(carrier, clock)
        });
        Ok(Self(Arc::new(Parts { store, clock, random, tasks, templates, door })))
    }

    /// Writes `letter` to somebody.
    pub fn write(&self, recipient: &Recipient, letter: &Letter) -> Result<Written> {
        let Parts { clock, random, tasks, templates, .. } = &*self.0;
        let Filled { template, subject, text, html } = templates.fill(letter, &recipient.name).map_err(unfit)?;
        let (now, sending) = (clock.now(), self.is_sending());
        let mail = NewMail {
            id: Id::new(now, &**random),
            owner: recipient.id,
            recipient: recipient.email.clone(),
            template,
            subject,
            text,
            html,
            state: if sending { MailState::Waiting } else { MailState::Kept },
            created_at: now,
        };
        Ok(Written { task: sending.then(|| tasks.task_of(recipient.id, SEND, &mail.id)), mail })
    }

    /// Whether mails leave; else they are kept here.
    fn is_sending(&self) -> bool {
        self.0.door.is_some()
    }

    /// Has mails that were saved sent at once.
    pub fn wake(&self) {
        self.0.tasks.wake();
    }

    /// Whether the person got as many mails like `letter` within the hour as anybody gets.
    pub async fn enough(&self, owner: AccountId, letter: &Letter) -> Result<bool> {
        let (template, _) = template::parts(letter).map_err(unfit)?;
        let since = self.0.clock.now().hours_before(1);
        let mut connection = self.0.store.read().await?;
        Ok(rows::count_since(&mut connection, owner, &template, since).await? >= MOST_AN_HOUR)
    }

    /// The mails, for administrators.
    ///
    /// # Errors
    /// `Forbidden` for anybody else, as for all that follows.
    pub async fn view(&self, viewer: &Viewer) -> Result<MailsView> {
        viewer.must_administer(TASK)?;
        let mut mails = rows::latest(&mut *self.0.store.read().await?, LISTED).await?;
        if self.is_sending() {
            // Some may have been kept before a mail server was configured.
            mails.iter_mut().for_each(|mail| mail.text = None);
        }
        Ok(MailsView { sending: self.is_sending(), mails, samples: self.samples()? })
    }

    fn samples(&self) -> Result<Vec<Sample>> {
        let sample = |letter: &Letter| {
            let Filled { template: name, subject, text, .. } = self.0.templates.fill(letter, "Ada").map_err(unfit)?;
            let about = self.0.templates.about(&name).to_owned();
            Ok(Sample { name, about, subject, text })
        };
        Letter::examples().iter().map(sample).collect()
    }

    /// The template of that name as HTML, filled with an example.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub fn preview(&self, viewer: &Viewer, template: &str) -> Result<String> {
        viewer.must_administer(TASK)?;
        for letter in Letter::examples() {
            let filled = self.0.templates.fill(&letter, "Ada").map_err(unfit)?;
            if filled.template == template {
                return Ok(filled.html);
            }
        }
        Err(Error::not_found("template"))
    }

    /// Removes the words of old mails; answers of how many.
    pub async fn trim(&self) -> Result<u64> {
        let since = self.0.clock.now().hours_before(24 * KEPT_DAYS);
        self.0.store.transaction(move |connection| Box::pin(rows::trim(connection, since))).await
    }
}

/// Templates are held against their examples at the start, so this is ours.
fn unfit(error: TemplateError) -> Error {
    let reference = domain::error::reference(&error.to_string());
    tracing::error!(%reference, %error, "a mail could not be written");
    Error::unexpected(&reference)
}
