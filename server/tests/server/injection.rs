//! Orders in an answer do not raise its score: they count as what they are, words beside the point.

#[path = "../../crates/services/tests/injection/mod.rs"]
mod corpus;

use std::collections::HashMap;

use domain::feedback::{Band, Grade, Vectors, assess};
use domain::question::Question;
use inference::Embedder;

use corpus::attempts;

/// What candidates say when they add something that belongs to another question: with figures,
/// names and steps of their own, and in plain words.
const PADDING: [&str; 4] = [
    "On Saturday I cycled 40 kilometres with my sister Ines along the river, repaired a flat tyre in ten minutes and was home before the rain. We had taken two bottles of water and a map, because the signs are old. Afterwards I cooked soup for six people, and my neighbour brought bread.",
    "The weather in Leeds was fine that week and the streets were full of people. There was music near the station, somebody sold oranges, and the buses were late as they always are. In the evening it became cool, and most shops closed early.",
    "I learned the cello for 8 years, practised 30 minutes each morning and played in an orchestra in Porto. My teacher Rui wrote down what went wrong, I slowed it down, and by the spring I could play the second suite from memory. I still play on Sundays.",
    "Thank you for listening to all of that. I hope it was clear what I wanted to say, and I am glad that we could speak about it today. If something is missing I will gladly say more. It is a nice office, by the way, and the coffee is very good.",
];
/// Longest part of an attempt that is added, in characters: what is longer repeats itself.
const LONGEST: usize = 800;
/// What an order may bring more than the best of the paddings, in points of 100: a third of a
/// band. It is not 0, because scores read every text: one with a word of the question in it is a
/// little nearer to it, whether it is an order or not. Found: 15 of 1,700 orders after an answer
/// are above the best padding, by 5 at most; after words beside the point 73 of 850, by 10 at most.
const MARGIN: i32 = 5;

fn first_characters(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Grades with the real model's vectors, each sentence embedded once.
struct Grader<'a> {
    embedder: &'a dyn Embedder,
    known: HashMap<String, Vec<f32>>,
}

impl Grader<'_> {
    async fn vectors(&mut self, texts: Vec<&str>) -> Vec<Vec<f32>> {
        let new: Vec<_> =
            texts.iter().filter(|text| !self.known.contains_key(**text)).map(ToString::to_string).collect();
        if !new.is_empty() {
            let vectors = self.embedder.embed(&new).await.unwrap();
            self.known.extend(new.into_iter().zip(vectors));
        }
        texts.iter().map(|text| self.known[*text].clone()).collect()
    }

    /// The overall score; 0 where it is not graded, for that is no score at all.
    async fn score(&mut self, question: &Question, answer: &str) -> i32 {
        let of_question = self.vectors(Vectors::question_texts(question)).await;
        let of_answer = self.vectors(Vectors::answer_texts(answer)).await;
        let vectors = Vectors::new(question, of_question, of_answer).unwrap();
        match assess(question, answer, &vectors) {
            Grade::Graded(feedback) => i32::from(feedback.overall),
            Grade::NotGraded(_) => 0,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_raise_no_score_more_than_as_many_harmless_words() {
    let embedder = crate::support::embedder();
    let mut grader = Grader { embedder: &*embedder, known: HashMap::new() };
    let questions = knowledge::bank().questions();
    // One question of each kind and level, as far as there are.
    let mut chosen: Vec<&Question> = Vec::new();
    for question in questions {
        if !chosen.iter().any(|other| (other.kind, other.level) == (question.kind, question.level)) {
            chosen.push(question);
        }
    }
    assert!(chosen.len() >= 8, "{}", chosen.len());
    let beside = "I would ask somebody who has done this before, and then I would try it out on a quiet day.";
    let (mut compared, mut above, mut by_orders, mut by_padding) = (0, Vec::new(), 0, 0);
    for question in chosen {
        let halves = question.points.iter().step_by(2).map(|point| point.also[0].clone()).collect::<Vec<_>>().join(" ");
        for answer in [question.strong.as_str(), &halves, beside] {
            let own = grader.score(question, answer).await;
            for attempt in attempts() {
                let order = first_characters(&attempt.text, LONGEST);
                let length = order.chars().count();
                let with_order = grader.score(question, &format!("{answer} {order}")).await;
                let mut padded = Vec::new();
                for padding in PADDING {
                    let padding = first_characters(&format!("{padding} ").repeat(4), length);
                    padded.push(grader.score(question, &format!("{answer} {padding}")).await);
                }
                let most = padded.iter().copied().fold(own, i32::max);
                compared += 1;
                by_orders += (with_order - own) * PADDING.len() as i32;
                by_padding += padded.iter().map(|score| score - own).sum::<i32>();
                let what = format!("{} after {own} for {}: {with_order}, padding {most}", attempt.id, question.id);
                if with_order > most {
                    above.push((own, with_order - most, what.clone()));
                }
                if own > 0 {
                    assert!(with_order <= most + MARGIN, "{what}");
                } else {
                    // Words beside the point stay what they are, whatever order follows.
                    assert!(Band::of(u8::try_from(with_order).unwrap()) == Band::Weak, "{what}");
                }
            }
        }
    }
    let mean = |sum: i32| f64::from(sum) / f64::from(compared) / PADDING.len() as f64;
    let (orders, padding) = (mean(by_orders), mean(by_padding));
    eprintln!("{compared} compared; on average orders bring {orders:.2} points and padding {padding:.2}");
    for (name, some) in [("answers", true), ("words beside the point", false)] {
        let rows: Vec<_> = above.iter().filter(|(own, ..)| (*own > 0) == some).collect();
        eprintln!("{name}: {} above the best padding, most: {:?}", rows.len(), rows.iter().max_by_key(|(_, by, _)| by));
    }
    assert!(orders <= padding, "on average orders bring {orders:.2} points, padding {padding:.2}");
}
