//! One interview in memory: loaded whole, changed by the use cases, saved in one transaction.

use domain::account::AccountId;
use domain::feedback::{Feedback, Grade};
use domain::interview::{
    self, AnswerReport, AnswerState, Asked, Author, BUILT_IN_COACH, IDLE_HOURS, InterviewId, InterviewView, Message,
    MessageKind, Mode, Setup, Status,
};
use domain::question::Question;
use domain::{Error, ErrorKind, Result, Timestamp};
use store::Store;
use store::interview as rows;

pub(super) struct Session {
    pub(super) row: rows::Interview,
    pub(super) messages: Vec<Message>,
    pub(super) asked: Vec<Asked>,
    /// How many messages are saved; those after it are new.
    saved: usize,
}

impl Session {
    pub(super) fn new(id: InterviewId, setup: Setup, now: Timestamp) -> Self {
        let row = rows::Interview {
            id,
            setup,
            status: Status::Open,
            version: 0,
            draft: String::new(),
            overall: None,
            answered: 0,
            created_at: now,
            active_at: now,
        };
        Self { row, messages: Vec::new(), asked: Vec::new(), saved: 0 }
    }

    pub(super) async fn load(store: &Store, owner: AccountId, id: InterviewId, now: Timestamp) -> Result<Self> {
        let mut connection = store.read().await?;
        let mut row = rows::find(&mut connection, owner, id).await?;
        let messages = rows::messages(&mut connection, id).await?;
        let asked = rows::questions(&mut connection, id, &messages).await?;
        // The sweep that closes idle interviews runs now and then; their pages need not wait.
        if row.status == Status::Open && row.active_at < now.hours_before(IDLE_HOURS) {
            row.status = Status::Abandoned;
        }
        Ok(Self { saved: messages.len(), row, messages, asked })
    }

    /// Saves a new interview.
    pub(super) async fn insert(&self, store: &Store, owner: AccountId, now: Timestamp) -> Result<()> {
        let (row, messages, asked) = (self.row.clone(), self.messages.clone(), self.asked.clone());
        store
            .transaction(move |connection| {
                Box::pin(async move {
                    rows::insert(connection, owner, &row).await?;
                    for (position, asked) in asked.iter().enumerate() {
                        rows::put_question(connection, row.id, position, asked).await?;
                    }
                    for message in &messages {
                        rows::insert_message(connection, row.id, message, now).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Saves what changed since [`Session::load`].
    ///
    /// # Errors
    /// `Conflict` when somebody else saved in between.
    pub(super) async fn update(mut self, store: &Store, owner: AccountId, now: Timestamp) -> Result<Self> {
        self.row.active_at = now;
        self.row.draft = String::new();
        self.row.answered =
            u32::try_from(self.asked.iter().filter(|asked| !asked.answers.is_empty()).count()).unwrap_or(0);
        self.row.overall = domain::feedback::overall(&self.feedbacks()).map(|overall| overall.value);
        let saved = self.saved;
        store
            .transaction(move |connection| {
                Box::pin(async move {
                    if !rows::update(connection, owner, &self.row).await? {
                        return Err(elsewhere());
                    }
                    // Only the last two questions can have changed: the answered and the new one.
                    for position in self.asked.len().saturating_sub(2)..self.asked.len() {
                        rows::put_question(connection, self.row.id, position, &self.asked[position]).await?;
                    }
                    for message in &self.messages[saved..] {
                        if !rows::insert_message(connection, self.row.id, message, now).await? {
                            return Err(elsewhere());
                        }
                    }
                    self.row.version += 1;
                    self.saved = self.messages.len();
                    Ok(self)
                })
            })
            .await
    }

    /// Refuses an answer to a turn that is not the open one.
    pub(super) fn expect_turn(&self, turn: u32) -> Result<()> {
        match self.row.status {
            Status::Open if turn == self.turn() => Ok(()),
            Status::Open => Err(elsewhere()),
            Status::Abandoned => Err(Error::new(
                ErrorKind::Conflict,
                "This interview was closed after a day without an answer. Your text is kept: choose “Continue this interview” to go on.",
            )),
            Status::Finished => Err(Error::new(
                ErrorKind::Conflict,
                "This interview has ended, so the answer was not added. Your text is kept on this page.",
            )),
        }
    }

    /// Whether this very answer was given at `turn`.
    pub(super) fn has_answer(&self, turn: u32, text: &str) -> bool {
        self.messages
            .iter()
            .any(|message| message.turn == turn && message.kind == MessageKind::Answer && message.text == text)
    }

    /// Whether the person left the question at `turn`.
    pub(super) fn has_skip(&self, turn: u32) -> bool {
        self.messages.iter().any(|message| message.turn == turn && message.kind == MessageKind::Skip)
    }

    /// Adds the person's message and answers the question that it is about.
    pub(super) fn say(&mut self, kind: MessageKind, text: &str) -> Result<&mut Asked> {
        self.push(kind, text.to_owned(), None);
        self.asked.last_mut().ok_or_else(|| Error::unexpected("no-open-question"))
    }

    /// Puts a new question, after a greeting or a bridge.
    pub(super) fn ask(&mut self, question: Question, kind: MessageKind, name: &str) {
        let total = usize::from(self.row.setup.questions);
        let text = match kind {
            MessageKind::Greeting => interview::greeting(name, &self.row.setup),
            _ => interview::bridge(self.asked.len(), total),
        };
        let words = question.text.clone();
        self.asked.push(Asked { question, answers: vec![], followed_up: vec![], grade: None, skipped: false });
        self.push(kind, text, Some(words));
    }

    /// Asks about a key point of the present question.
    pub(super) fn follow_up(&mut self, point: usize) -> Result<()> {
        let asked = self.asked.last_mut().ok_or_else(|| Error::unexpected("no-open-question"))?;
        let text = interview::follow_up(asked.followed_up.len());
        let question = asked.question.points[point].follow_up.clone();
        asked.followed_up.push(point);
        self.push(MessageKind::FollowUp, text, Some(question));
        Ok(())
    }

    /// Says goodbye and ends the interview.
    pub(super) fn close(&mut self, name: &str) {
        self.push(MessageKind::Closing, interview::closing(name), None);
        self.row.status = Status::Finished;
    }

    fn push(&mut self, kind: MessageKind, text: String, question: Option<String>) {
        let position = u32::try_from(self.asked.len().saturating_sub(1)).unwrap_or(0);
        self.messages.push(Message {
            turn: self.turn(),
            kind,
            text,
            question,
            wording: BUILT_IN_COACH.to_owned(),
            pending: false,
            position,
        });
    }

    /// Says that a model will word the interviewer's new messages.
    pub(super) fn leave_wording_open(&mut self) {
        for message in
            self.messages.iter_mut().skip(self.saved).filter(|message| message.kind.author() == Author::Coach)
        {
            message.pending = true;
        }
    }

    /// Leaves the wording of the newest message, which is at `turn`, to a model once more; false if
    /// it is being worded already.
    ///
    /// # Errors
    /// `Conflict` if that is not the newest message, or none of the interviewer's.
    pub(super) fn reopen_wording(&mut self, turn: u32) -> Result<bool> {
        let newest = self.messages.last_mut();
        let newest = newest.filter(|message| message.turn == turn && message.kind.author() == Author::Coach);
        let newest = newest.ok_or_else(|| {
            let reason = "The interview has gone on meanwhile, so this message stays. Reload to see where it stands.";
            Error::new(ErrorKind::Conflict, reason)
        })?;
        Ok(!std::mem::replace(&mut newest.pending, true))
    }

    /// Where the next message goes.
    fn turn(&self) -> u32 {
        u32::try_from(self.messages.len()).unwrap_or(u32::MAX)
    }

    /// Whether there is something left to answer after it was ended.
    pub(super) fn resumable(&self) -> bool {
        self.row.status != Status::Open
            && self.messages.last().is_some_and(|message| message.kind != MessageKind::Closing)
    }

    /// Makes two interviews differ and one repeatable.
    pub(super) fn seed(&self) -> u64 {
        self.row.id.to_string().bytes().fold(0, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)))
    }

    /// The interview as its page shows it.
    pub(super) fn view(self) -> InterviewView {
        let open = self.row.status == Status::Open;
        let answers: Vec<_> = self.answers();
        let study = self.row.setup.mode == Mode::Study;
        InterviewView {
            id: self.row.id,
            status: self.row.status,
            asked: u32::try_from(self.asked.len()).unwrap_or(u32::MAX),
            turn: self.turn(),
            question: answers.last().filter(|_| open).cloned(),
            feedback: if study {
                answers.into_iter().filter(|answer| !matches!(answer.state, AnswerState::Open)).collect()
            } else {
                Vec::new()
            },
            draft: self.row.draft,
            setup: self.row.setup,
            messages: self.messages,
            model: None,
        }
    }

    /// The feedback on every graded answer.
    pub(super) fn feedbacks(&self) -> Vec<Feedback> {
        let graded = |asked: &Asked| match &asked.grade {
            Some(Grade::Graded(feedback)) => Some(feedback.clone()),
            _ => None,
        };
        self.asked.iter().filter_map(graded).collect()
    }

    /// Every question asked, with what came of it.
    pub(super) fn answers(&self) -> Vec<AnswerReport> {
        self.asked.iter().zip(0..).map(|(asked, position)| report(asked, position)).collect()
    }
}

fn report(asked: &Asked, position: u32) -> AnswerReport {
    let question = &asked.question;
    AnswerReport {
        position,
        question: question.text.clone(),
        why: question.why.clone(),
        competency: question.competency.clone(),
        level: question.level,
        kind: question.kind,
        strong: question.strong.clone(),
        mistake: question.mistake.clone(),
        answer: interview::answer_text(&asked.answers),
        state: match &asked.grade {
            Some(grade) => AnswerState::Answered(grade.clone()),
            None if asked.skipped => AnswerState::Skipped,
            None => AnswerState::Open,
        },
    }
}

fn elsewhere() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "This question was answered in another tab or window meanwhile. Your text is kept here: reload to see where the interview stands.",
    )
}
