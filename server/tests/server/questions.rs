//! What of the question bank needs sentence vectors to check.

#[tokio::test(flavor = "multi_thread")]
async fn no_two_questions_are_near_duplicates() {
    let questions = knowledge::bank().questions();
    let texts: Vec<_> = questions.iter().map(|question| question.text.clone()).collect();
    let vectors = crate::support::embedder().embed(&texts).await.unwrap();
    let mut close = Vec::new();
    for (i, a) in vectors.iter().enumerate() {
        for (j, b) in vectors.iter().enumerate().skip(i + 1) {
            let cosine: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
            if cosine >= 0.9 {
                close.push(format!("{cosine:.2}: {} and {}", questions[i].id, questions[j].id));
            }
        }
    }
    assert!(close.is_empty(), "{}", close.join("\n"));
}
