//! The order in which the page shows an interview: its messages and, in study mode, the feedback on
//! each question behind the latest answer to it.

use domain::interview::{AnswerReport, InterviewView, Message, MessageKind};

/// One thing in the conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Something that was said.
    Message(Message),
    /// What the answers to a question are worth, behind the answer at `turn`.
    Feedback {
        /// The turn of the latest answer.
        turn: u32,
        /// The feedback.
        report: Box<AnswerReport>,
    },
}

impl Entry {
    /// The name of its place on the page.
    pub fn anchor(&self) -> String {
        match self {
            Self::Message(message) => format!("turn-{}", message.turn),
            Self::Feedback { turn, .. } => format!("feedback-{turn}"),
        }
    }

    /// Tells entries apart, and changes when what an entry shows has changed.
    pub fn key(&self) -> String {
        match self {
            Self::Message(message) => format!("{} {} {}", message.turn, message.pending, message.text),
            Self::Feedback { .. } => self.anchor(),
        }
    }
}

/// Everything to show, in order.
pub fn entries(view: &InterviewView) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(view.messages.len() + view.feedback.len());
    for (place, message) in view.messages.iter().enumerate() {
        entries.push(Entry::Message(message.clone()));
        let answered_again =
            view.messages[place + 1..].iter().any(|later| is_answer(later) && later.position == message.position);
        if is_answer(message) && !answered_again {
            let feedback = view.feedback.iter().find(|report| report.position == message.position);
            entries.extend(
                feedback.map(|report| Entry::Feedback { turn: message.turn, report: Box::new(report.clone()) }),
            );
        }
    }
    entries
}

/// What follows the latest answer: the place to lead the eye to once it was accepted.
pub fn reply(entries: &[Entry]) -> Option<&Entry> {
    let answer = entries.iter().rposition(|entry| matches!(entry, Entry::Message(message) if is_answer(message)))?;
    entries.get(answer + 1)
}

/// The latest answer in the person's words.
pub fn said_last(view: &InterviewView) -> Option<&str> {
    view.messages.iter().rfind(|message| message.kind == MessageKind::Answer).map(|message| message.text.as_str())
}

fn is_answer(message: &Message) -> bool {
    matches!(message.kind, MessageKind::Answer | MessageKind::Skip)
}

#[cfg(test)]
mod tests {
    use domain::interview::{AnswerState, JobRole, Kind, Level, Mode, Setup, Status};
    use domain::question::QuestionKind;

    use super::*;

    fn view(messages: &[(MessageKind, u32)], feedback: &[u32]) -> InterviewView {
        let message = |(turn, (kind, position)): (usize, &(MessageKind, u32))| Message {
            turn: turn as u32,
            kind: *kind,
            text: format!("words {turn}"),
            question: None,
            wording: "built-in coach".to_owned(),
            pending: false,
            position: *position,
        };
        let report = |position: &u32| AnswerReport {
            position: *position,
            question: String::new(),
            why: String::new(),
            competency: String::new(),
            level: 1,
            kind: QuestionKind::Technical,
            strong: String::new(),
            mistake: String::new(),
            answer: String::new(),
            state: AnswerState::Skipped,
        };
        InterviewView {
            id: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
            setup: Setup {
                role: JobRole::Devops,
                level: Level::Mid,
                kind: Kind::Mixed,
                mode: Mode::Study,
                questions: 3,
                job_description: None,
            },
            status: Status::Open,
            messages: messages.iter().enumerate().map(message).collect(),
            asked: 2,
            turn: messages.len() as u32,
            question: None,
            feedback: feedback.iter().map(report).collect(),
            draft: String::new(),
            model: None,
        }
    }

    fn anchors(view: &InterviewView) -> Vec<String> {
        entries(view).iter().map(Entry::anchor).collect()
    }

    #[test]
    fn feedback_stands_behind_the_latest_answer_to_its_question() {
        use MessageKind::{Answer, FollowUp, Greeting, Question, Skip};
        let view = view(
            &[(Greeting, 0), (Answer, 0), (FollowUp, 0), (Answer, 0), (Question, 1), (Skip, 1), (Question, 2)],
            &[0, 1],
        );
        assert_eq!(
            anchors(&view),
            ["turn-0", "turn-1", "turn-2", "turn-3", "feedback-3", "turn-4", "turn-5", "feedback-5", "turn-6"]
        );
        assert_eq!(reply(&entries(&view)).map(Entry::anchor).as_deref(), Some("feedback-5"));
        assert_eq!(said_last(&view), Some("words 3"));
    }

    #[test]
    fn without_feedback_the_next_words_are_the_reply() {
        let view = view(&[(MessageKind::Greeting, 0), (MessageKind::Answer, 0), (MessageKind::Closing, 0)], &[]);
        assert_eq!(reply(&entries(&view)).map(Entry::anchor).as_deref(), Some("turn-2"));
    }

    #[test]
    fn before_the_first_answer_there_is_no_reply() {
        let view = view(&[(MessageKind::Greeting, 0)], &[]);
        assert_eq!(reply(&entries(&view)), None);
        assert_eq!(said_last(&view), None);
    }
}
