//! How the interviewer conducts the conversation: what comes next, how hard, and which question.

use super::Setup;
use crate::feedback::{Covered, Grade};
use crate::question::{Question, QuestionKind};

/// Follow-ups on one question, at most.
const FOLLOW_UPS: usize = 2;
/// From this overall score an answer counts as strong and needs no follow-up.
const STRONG: u8 = 70;
/// Below this overall score an answer counts as weak.
const WEAK: u8 = 40;

/// A question that was asked, with what came of it so far.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The question as it was when it was asked.
    pub question: Question,
    /// The answers: to the question, then to each follow-up.
    pub answers: Vec<String>,
    /// The key points that were followed up, by index.
    pub followed_up: Vec<usize>,
    /// What the answers together are worth; none while there is no answer.
    pub grade: Option<Grade>,
    /// The person chose to leave it.
    pub skipped: bool,
}

impl Asked {
    /// The overall score, if it could be graded.
    pub fn overall(&self) -> Option<u8> {
        match &self.grade {
            Some(Grade::Graded(feedback)) => Some(feedback.overall),
            _ => None,
        }
    }
}

/// The answers to a question and its follow-ups as one text, each a paragraph of its own.
pub fn answer_text(answers: &[String]) -> String {
    answers.join("\n\n")
}

/// What the interviewer does after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Asks about this key point of the present question.
    FollowUp(usize),
    /// Asks a new question.
    Question,
    /// Ends the interview.
    Close,
}

/// Decides what follows the last answer: at most two follow-ups on the heaviest key point that
/// is not yet covered, then the next question, then the end.
pub fn next(setup: &Setup, asked: &[Asked]) -> Next {
    if let Some(point) = asked.last().and_then(heaviest_open_point) {
        return Next::FollowUp(point);
    }
    if asked.len() < usize::from(setup.questions) { Next::Question } else { Next::Close }
}

/// The heaviest point that is missing (before one that is partly made) and was not yet asked
/// about; none after two follow-ups, a strong answer or a skip.
fn heaviest_open_point(asked: &Asked) -> Option<usize> {
    if asked.skipped
        || asked.followed_up.len() >= FOLLOW_UPS
        || asked.overall().is_some_and(|overall| overall >= STRONG)
    {
        return None;
    }
    let covered = |index: usize| match &asked.grade {
        Some(Grade::Graded(feedback)) => feedback.points.get(index).map_or(Covered::Missing, |point| point.covered),
        _ => Covered::Missing,
    };
    (0..asked.question.points.len())
        .filter(|index| !asked.followed_up.contains(index) && covered(*index) != Covered::Fully)
        .max_by_key(|index| {
            (asked.question.points[*index].weight, covered(*index) == Covered::Missing, std::cmp::Reverse(*index))
        })
}

/// The level of the next question: one up after two strong answers in a row, one down after two
/// weak ones, within the range of the chosen experience. An answer too short to grade counts as
/// weak; a skipped question counts as neither.
pub fn difficulty(setup: &Setup, asked: &[Asked]) -> u8 {
    let range = setup.level.range();
    let mut level = setup.level.start();
    let (mut strong, mut weak) = (0, 0);
    for question in asked.iter().filter(|question| question.grade.is_some()) {
        let overall = question.overall().unwrap_or(0);
        strong = if overall >= STRONG { strong + 1 } else { 0 };
        weak = if overall < WEAK { weak + 1 } else { 0 };
        if strong == 2 {
            (level, strong) = (level + 1, 0);
        } else if weak == 2 {
            (level, weak) = (level.saturating_sub(1), 0);
        }
        level = level.clamp(*range.start(), *range.end());
    }
    level
}

/// A question that could be asked, with how close it is to the posting.
pub struct Candidate<'a> {
    /// The question.
    pub question: &'a Question,
    /// Cosine with the closest sentence of the job description; 0 without one.
    pub affinity: f32,
}

/// Chooses the next question for the role, the kind that is due and the level, leaving out what
/// was asked. Near levels come first; a posting's subjects weigh four levels at a
/// cosine of 1 and nothing at 0.1; a competency
/// that was already probed counts as one and a half levels away. `seed` breaks ties, so that two
/// interviews differ and one interview can be replayed.
pub fn choose<'a>(setup: &Setup, asked: &[Asked], candidates: &[Candidate<'a>], seed: u64) -> Option<&'a Question> {
    let level = difficulty(setup, asked);
    let due = setup.kind.at(asked.len());
    let open = |kind: Option<QuestionKind>| {
        candidates
            .iter()
            .filter(move |candidate| {
                let question = candidate.question;
                kind.is_none_or(|kind| question.kind == kind)
                    && question.roles.iter().any(|role| role == setup.role.slug())
                    && !asked.iter().any(|asked| asked.question.id == question.id)
            })
            .map(|candidate| (distance(candidate, asked, level, seed), candidate.question))
            .min_by(|(left, _), (right, _)| left.total_cmp(right))
            .map(|(_, question)| question)
    };
    // When the bank runs out of the kind that is due, another kind is better than ending early.
    open(Some(due)).or_else(|| open(None))
}

/// How far a question is from what is wanted, in levels.
fn distance(candidate: &Candidate, asked: &[Asked], level: u8, seed: u64) -> f32 {
    let question = candidate.question;
    let repeated = asked.iter().any(|asked| asked.question.competency == question.competency);
    f32::from(question.level.abs_diff(level)) + if repeated { 1.5 } else { 0.0 }
        - 4.0 * (candidate.affinity - 0.1).clamp(0.0, 0.9)
        + 0.9 * jitter(seed, &question.id)
}

/// A number from 0 to 1 that depends on the seed and the question alone: FNV-1a (Fowler, Noll,
/// Vo), with the finaliser of MurmurHash3 so that ids that differ in one letter spread out.
fn jitter(seed: u64, id: &str) -> f32 {
    let mut hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    ((hash ^ (hash >> 33)) >> 40) as f32 / (1_u64 << 24) as f32
}

#[cfg(test)]
#[path = "conduct_tests.rs"]
mod tests;
