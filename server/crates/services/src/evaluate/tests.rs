//! The whole way from a file to a table, with vectors that need no model.

use async_trait::async_trait;
use domain::text::content_stems;

use super::*;

/// Like texts get like vectors: one number for each stem that carries matter.
struct Stems;

#[async_trait]
impl Embedder for Stems {
    fn name(&self) -> &str {
        "stems"
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let vector = |text: &String| {
            let mut vector = vec![0.0_f32; 256];
            for stem in content_stems(text) {
                let place =
                    stem.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(byte)));
                vector[place % 256] = 1.0;
            }
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1.0);
            vector.iter().map(|x| x / length).collect()
        };
        Ok(texts.iter().map(vector).collect())
    }
}

const SCORED: &str = "\
question,reference,answer,score
Why use an index?,It finds rows without scanning the table.,It finds rows without a scan of the table.,5
Why use an index?,It finds rows without scanning the table.,To find rows.,3
Why use an index?,It finds rows without scanning the table.,I don't know,0
What is a lock?,It keeps others from changing shared data.,It keeps others from changing data that is shared.,5
What is a lock?,It keeps others from changing shared data.,\"Data, sort of\",2
What is a lock?,It keeps others from changing shared data.,,0
";

async fn measured(file: &str) -> Result<AnswersReport> {
    answers(file.as_bytes(), &Stems).await
}

async fn refused(file: &str) -> String {
    let error = measured(file).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Invalid, Some("file")));
    error.message
}

#[tokio::test]
async fn scores_are_compared() {
    let report = measured(SCORED).await.unwrap();
    assert_eq!((report.n, report.questions), (6, 2));
    let scores = report.scores.unwrap();
    assert!(scores.ours.pearson.unwrap() > 0.9, "{report}");
    assert!(scores.ours.rmse.unwrap() < 1.5, "{report}");
    assert_eq!(report.labels, None);
    let table = report.to_string();
    for part in [
        "n = 6 answers to 2 questions",
        "Lodestar",
        "plain cosine",
        "Pearson",
        "Spearman",
        "RMSE",
        "Seconds per answer",
    ] {
        assert!(table.contains(part), "{table}");
    }
}

#[tokio::test]
async fn labels_are_compared() {
    let file = SCORED.replace("score\n", "label\n").replace(",5\n", ",Correct\n");
    let file = [",3\n", ",2\n", ",0\n"].iter().fold(file, |file, score| file.replace(score, ",incorrect\n"));
    let report = measured(&file).await.unwrap();
    let labels = report.labels.unwrap();
    assert_eq!((labels.ours.accuracy, report.scores), (Some(1.0), None));
    assert!(report.to_string().contains("Macro-F1"));
}

#[tokio::test]
async fn columns_may_come_in_any_order_and_case() {
    let file = "\u{feff}Score,id,ANSWER,Reference,Question\n4.5,x,To find rows,It finds rows,Why?\n";
    let report = measured(file).await.unwrap();
    assert_eq!(report.scores.unwrap().ours.pearson, None);
    assert!(report.to_string().contains(" -"));
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said() {
    assert!(refused("").await.contains("is empty"));
    assert!(refused("question,reference,answer,score\n").await.contains("no answers"));
    assert!(refused("question,answer,score\n").await.contains("“reference” is missing"));
    assert!(refused("question,reference,answer\na,b,c\n").await.contains("Neither"));
    assert_eq!(
        refused("question,reference,answer,score\nq,r,a,1\nq,r,a,good\n").await,
        "Line 3: the score “good” is not a number."
    );
    assert!(refused("question,reference,answer,score\nq,r,a,NaN\n").await.contains("Line 2"));
    assert!(refused("question,reference,answer,score\nq,r,a\n").await.contains("line: 2"));
    assert_eq!(refused("question,reference,answer,label\nq,r,a,\n").await, "Line 2 has no label.");
    assert_eq!(refused("question,reference,answer,label\nq,,a,correct\n").await, "Line 2 has no reference answer.");
}

#[tokio::test]
async fn answers_to_a_question_stay_in_one_half() {
    let table = Table::read(SCORED.as_bytes()).unwrap();
    assert_eq!(halves(&table.rows), [false, false, false, true, true, true]);
}
