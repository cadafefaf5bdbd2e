//! Interviews: starting one, answering, leaving, ending, and what came of it.

mod grading;
mod past;
mod prompt;
mod session;
mod wording;

use std::sync::Arc;

use domain::account::Viewer;
use domain::event::Topic;
use domain::interview::{self, Candidate, InterviewId, InterviewView, MessageKind, Next, Setup, Status};
use domain::model::Place;
use domain::{Clock, Error, ErrorKind, Id, Random, Result};
use futures::stream::BoxStream;
use inference::{Embedder, Roles};
use knowledge::Bank;
use serde_json::json;
use store::Store;

use crate::events::Events;
use crate::limits::{Limited, Limits};
use grading::Grader;
use session::Session;
use wording::Wordsmith;

pub use prompt::SYSTEM_PROMPTS;

/// Longest refused answer that is still kept for mending, in characters.
const LONGEST_DRAFT: usize = 200_000;

/// The use cases of interviews.
#[derive(Clone)]
pub struct Interviews(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    bank: &'static Bank,
    limits: Limits,
    events: Events,
    grader: Grader,
    wordsmith: Wordsmith,
}

/// What models there are.
pub struct Models {
    /// Judges how close texts are in meaning.
    pub embedder: Arc<dyn Embedder>,
    /// Those that write; the one for [`domain::model::ModelRole::Fast`] words what the coach says.
    pub roles: Roles,
}

impl Interviews {
    /// Interviews kept in `store`, with the questions of `bank`.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        bank: &'static Bank,
        models: Models,
        limits: Limits,
        events: Events,
    ) -> Self {
        let wordsmith = Wordsmith::new(store.clone(), models.roles, events.clone());
        Self(Arc::new(Parts {
            store,
            clock,
            random,
            bank,
            limits,
            events,
            grader: Grader::new(models.embedder),
            wordsmith,
        }))
    }

    /// Computes what the first person would otherwise wait for.
    pub async fn warm(&self) -> Result<()> {
        self.0.grader.bank(self.0.bank.questions()).await.map(|_| ())
    }

    /// Starts an interview: chooses the first question and greets.
    ///
    /// # Errors
    /// `TooMany` for a person who does more than anybody can practise; so for all that is counted below.
    pub async fn start(&self, viewer: &Viewer, setup: Setup) -> Result<InterviewId> {
        self.count(viewer).await?;
        let id = Id::new(self.0.clock.now(), &*self.0.random);
        let mut session = Session::new(id, setup, self.0.clock.now());
        self.ask(&mut session, viewer, MessageKind::Greeting).await?;
        self.0.wordsmith.claim(&mut session);
        session.insert(&self.0.store, viewer.id, self.0.clock.now()).await?;
        self.0.wordsmith.begin(&session, viewer);
        Ok(id)
    }

    /// The interview as its page shows it.
    pub async fn view(&self, viewer: &Viewer, id: InterviewId) -> Result<InterviewView> {
        Ok(self.shown(self.load(viewer, id).await?))
    }

    /// Answers the open question or follow-up at `turn`. Sending the same answer twice is the
    /// same as sending it once.
    ///
    /// # Errors
    /// `Invalid` when there is nothing to read or too much of it, `Conflict` when that turn has
    /// another answer already or the interview is over. The text is kept as a draft.
    pub async fn answer(&self, viewer: &Viewer, id: InterviewId, turn: u32, text: &str) -> Result<InterviewView> {
        let text = text.replace('\0', "").replace("\r\n", "\n").trim().to_owned();
        match self.try_answer(viewer, id, turn, &text).await {
            Err(error) if error.kind != ErrorKind::NotFound && text.chars().count() <= LONGEST_DRAFT => {
                let (owner, draft) = (viewer.id, text);
                let kept = self.0.store.transaction(move |connection| {
                    Box::pin(async move { store::interview::keep_draft(connection, owner, id, &draft).await })
                });
                if let Err(cause) = kept.await {
                    tracing::warn!(%cause, "a refused answer could not be kept");
                }
                Err(error)
            }
            done => done,
        }
    }

    async fn try_answer(&self, viewer: &Viewer, id: InterviewId, turn: u32, text: &str) -> Result<InterviewView> {
        let mut session = self.load(viewer, id).await?;
        if session.has_answer(turn, text) {
            return Ok(self.shown(session));
        }
        session.expect_turn(turn)?;
        self.count(viewer).await?;
        let length = text.chars().count();
        if length == 0 {
            return Err(Error::invalid("answer", "There is no answer yet. Write one, or skip the question."));
        }
        if length > interview::LONGEST_ANSWER {
            return Err(Error::invalid(
                "answer",
                format!("Your answer has {length} characters; up to 20,000 can be read. Shorten it and send it again."),
            ));
        }
        let asked = session.say(MessageKind::Answer, text)?;
        asked.answers.push(text.to_owned());
        asked.grade = Some(self.0.grader.grade(&asked.question, &interview::answer_text(&asked.answers)).await?);
        self.proceed(session, viewer).await
    }

    /// Leaves the open question at `turn`; the next one follows.
    pub async fn skip(&self, viewer: &Viewer, id: InterviewId, turn: u32) -> Result<InterviewView> {
        let mut session = self.load(viewer, id).await?;
        if session.has_skip(turn) {
            return Ok(self.shown(session));
        }
        session.expect_turn(turn)?;
        self.count(viewer).await?;
        // A follow-up that is left takes nothing from the answer given before it.
        session.say(MessageKind::Skip, "")?.skipped = true;
        self.proceed(session, viewer).await
    }

    /// Says what follows the last answer, and saves both.
    async fn proceed(&self, mut session: Session, viewer: &Viewer) -> Result<InterviewView> {
        match interview::next(&session.row.setup, &session.asked) {
            Next::FollowUp(point) => session.follow_up(point)?,
            Next::Question => self.ask(&mut session, viewer, MessageKind::Question).await?,
            Next::Close => session.close(&viewer.name),
        }
        self.save(session, viewer).await
    }

    /// Ends the interview; the report stays. Does nothing when it is over.
    pub async fn finish(&self, viewer: &Viewer, id: InterviewId) -> Result<()> {
        let mut session = self.load(viewer, id).await?;
        if session.row.status == Status::Open {
            session.row.status = Status::Finished;
            self.save(session, viewer).await?;
        }
        Ok(())
    }

    /// Takes up an interview that was ended early or abandoned.
    pub async fn resume(&self, viewer: &Viewer, id: InterviewId) -> Result<()> {
        let mut session = self.load(viewer, id).await?;
        if session.row.status == Status::Open {
            return Ok(());
        }
        if !session.resumable() {
            return Err(Error::new(
                ErrorKind::Conflict,
                "This interview was completed, so there is nothing left to answer. Start another one to practise more.",
            ));
        }
        session.row.status = Status::Open;
        self.save(session, viewer).await.map(|_| ())
    }

    /// The words of the interviewer's message at `turn`: the text as it is written, then the
    /// question.
    pub async fn words(&self, viewer: &Viewer, id: InterviewId, turn: u32) -> Result<BoxStream<'static, String>> {
        let session = self.load(viewer, id).await?;
        let message = session
            .messages
            .into_iter()
            .find(|message| message.turn == turn && message.kind.author() == interview::Author::Coach);
        Ok(self.0.wordsmith.words(id, message.ok_or_else(|| Error::not_found("message"))?))
    }

    /// The interview once the interviewer's newest message is worded.
    pub async fn spoken(&self, viewer: &Viewer, id: InterviewId) -> Result<InterviewView> {
        let session = self.load(viewer, id).await?;
        match session.messages.last().filter(|message| message.pending) {
            Some(message) => self.0.wordsmith.settled(id, message.turn).await,
            None => return Ok(self.shown(session)),
        }
        self.view(viewer, id).await
    }

    /// Where the interviewer's message at `turn` stands, if it waits for the model.
    pub async fn message_place(&self, viewer: &Viewer, id: InterviewId, turn: u32) -> Result<Option<Place>> {
        self.load(viewer, id).await?;
        Ok(self.0.wordsmith.place(id, turn))
    }

    /// Has the model say the newest message anew, which is at `turn`; what is there stays until it
    /// has, and if it fails.
    ///
    /// # Errors
    /// `Conflict` when the interview has gone on, or no model words it.
    pub async fn reword_message(&self, viewer: &Viewer, id: InterviewId, turn: u32) -> Result<InterviewView> {
        let mut session = self.load(viewer, id).await?;
        if self.0.wordsmith.model().is_none() {
            let reason = "The built-in coach says it in one way only. An operator can give its wording to a model.";
            return Err(Error::new(ErrorKind::Conflict, reason));
        }
        if session.reopen_wording(turn)? {
            self.count(viewer).await?;
            let reopen = self
                .0
                .store
                .transaction(move |connection| Box::pin(store::interview::reopen_message(connection, id, turn)));
            reopen.await?;
            let mut seed = [0; 4];
            self.0.random.fill(&mut seed);
            self.0.wordsmith.begin_with(&session, viewer, u32::from_le_bytes(seed));
        }
        Ok(self.shown(session))
    }

    /// Stops a model that is still writing the message at `turn`. What it has written stays, or
    /// else the built-in wording.
    pub async fn stop_message(&self, viewer: &Viewer, id: InterviewId, turn: u32) -> Result<InterviewView> {
        self.load(viewer, id).await?;
        self.0.wordsmith.stop(id, turn).await?;
        self.view(viewer, id).await
    }

    /// Chooses the next question and puts it, after greeting or a bridge.
    async fn ask(&self, session: &mut Session, viewer: &Viewer, kind: MessageKind) -> Result<()> {
        let questions = self.0.bank.questions();
        let affinities = match &session.row.setup.job_description {
            Some(posting) => self.0.grader.affinities(questions, posting).await?,
            None => vec![0.0; questions.len()],
        };
        let candidates: Vec<_> =
            questions.iter().zip(affinities).map(|(question, affinity)| Candidate { question, affinity }).collect();
        match interview::choose(&session.row.setup, &session.asked, &candidates, session.seed()) {
            Some(question) => session.ask(question.clone(), kind, &viewer.name),
            None => session.close(&viewer.name),
        }
        Ok(())
    }

    /// Tells those who look on how the interview stands now.
    async fn tell(&self, session: &Session, viewer: &Viewer) {
        let (id, status) = (session.row.id, session.row.status);
        let turn = session.messages.last().map(|message| message.turn);
        let data = json!({ "status": status, "turn": turn });
        self.0.events.publish(viewer.id, Topic::Interview(id), "changed", data).await;
        if status == Status::Finished {
            let data = json!({ "interview": id });
            self.0.events.publish(viewer.id, Topic::Notifications, "report_ready", data).await;
        }
    }

    /// Counts one step of practice.
    async fn count(&self, viewer: &Viewer) -> Result<()> {
        self.0.limits.count(Limited::Practice, &viewer.id.to_string()).await
    }

    /// The interview as its page shows it.
    fn shown(&self, session: Session) -> InterviewView {
        InterviewView { model: self.0.wordsmith.model(), ..session.view() }
    }

    async fn load(&self, viewer: &Viewer, id: InterviewId) -> Result<Session> {
        Session::load(&self.0.store, viewer.id, id, self.0.clock.now()).await
    }

    /// Saves the session if nobody else changed it meanwhile, and starts wording what is new.
    async fn save(&self, mut session: Session, viewer: &Viewer) -> Result<InterviewView> {
        self.0.wordsmith.claim(&mut session);
        let session = session.update(&self.0.store, viewer.id, self.0.clock.now()).await?;
        self.0.wordsmith.begin(&session, viewer);
        self.tell(&session, viewer).await;
        Ok(self.shown(session))
    }
}
