//! Writing the embedding model, from files that have its shape but nothing in common with it
//! otherwise.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeMap, fs, path::Path};

use domain::ErrorKind;
use inference::{
    Embedder,
    models::{Manifest, Model},
};
use llama::{Embedding, EmbeddingOptions, gguf, minilm};
use safetensors::{Dtype, tensor::TensorView};
use tempfile::TempDir;

/// The special pieces by line, from 0.
const SPECIAL: [(usize, &str); 5] = [(0, "[PAD]"), (100, "[UNK]"), (101, "[CLS]"), (102, "[SEP]"), (103, "[MASK]")];

fn model(name: &str) -> Model {
    Manifest::built_in().unwrap().model(name).unwrap().clone()
}

fn vocabulary() -> Vec<String> {
    let mut pieces: Vec<_> =
        (0..30_522).map(|i| if i % 3 == 0 { format!("##p{i}") } else { format!("w{i}") }).collect();
    for (line, piece) in SPECIAL {
        pieces[line] = piece.into();
    }
    pieces[1] = "[unused0]".into();
    pieces
}

fn shapes() -> BTreeMap<String, Vec<usize>> {
    let mut shapes = BTreeMap::from([
        ("embeddings.word_embeddings.weight".to_owned(), vec![30_522, 384]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![512, 384]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, 384]),
        ("embeddings.LayerNorm.weight".to_owned(), vec![384]),
        ("embeddings.LayerNorm.bias".to_owned(), vec![384]),
    ]);
    for layer in 0..6 {
        let mut add =
            |name: &str, shape: &[usize]| shapes.insert(format!("encoder.layer.{layer}.{name}"), shape.to_vec());
        for name in ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"] {
            add(&format!("{name}.weight"), &[384, 384]);
            add(&format!("{name}.bias"), &[384]);
        }
        for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
            add(&format!("{name}.weight"), &[384]);
            add(&format!("{name}.bias"), &[384]);
        }
        add("intermediate.dense.weight", &[1_536, 384]);
        add("intermediate.dense.bias", &[1_536]);
        add("output.dense.weight", &[384, 1_536]);
        add("output.dense.bias", &[384]);
    }
    shapes
}

/// Sixteen-bit numbers of 1.0 and less, `pattern` over and over.
fn write_tensors(path: &Path, shapes: &BTreeMap<String, Vec<usize>>, dtype: Dtype, pattern: &[u8]) {
    let largest = shapes.values().map(|shape| shape.iter().product::<usize>()).max().unwrap() * 2;
    let bytes = pattern.repeat(largest.div_ceil(pattern.len()));
    let views = shapes.iter().map(|(name, shape)| {
        let length = shape.iter().product::<usize>() * dtype.bitsize() / 8;
        (name.clone(), TensorView::new(dtype, shape.clone(), &bytes[..length]).unwrap())
    });
    safetensors::serialize_to_file(views, None, path).unwrap();
}

fn folder(pieces: &[String], shapes: &BTreeMap<String, Vec<usize>>, dtype: Dtype, pattern: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("vocab.txt"), pieces.join("\n") + "\n").unwrap();
    write_tensors(&folder.path().join("model.safetensors"), shapes, dtype, pattern);
    folder
}

fn refusal(folder: &TempDir) -> String {
    let output = folder.path().join("out.gguf");
    let error = minilm::convert(&model("all-MiniLM-L6-v2"), folder.path(), &output).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(!output.exists());
    error.message
}

fn one(name: &str, shape: &[usize]) -> BTreeMap<String, Vec<usize>> {
    BTreeMap::from([(name.to_owned(), shape.to_vec())])
}

/// 1.0, 0.5, -0.25 and so on as sixteen-bit numbers.
const NUMBERS: [u8; 10] = [0x00, 0x3c, 0x00, 0x38, 0x00, 0xb4, 0x10, 0x2c, 0x07, 0xa8];

#[tokio::test]
async fn files_of_the_right_shape_become_a_model_that_works() {
    let folder = folder(&vocabulary(), &shapes(), Dtype::F16, &NUMBERS);
    for (name, size) in [("all-MiniLM-L6-v2", 46_000_000), ("all-MiniLM-L6-v2-q8", 25_000_000)] {
        let (model, output) = (model(name), folder.path().join(name));
        minilm::convert(&model, folder.path(), &output).unwrap();
        let summary = gguf::check(&output).unwrap();
        assert_eq!((summary.architecture, summary.tensors), (gguf::Architecture::Bert, 101));
        assert!(fs::metadata(&output).unwrap().len().abs_diff(size) < 1_000_000);
        let embedding = Embedding::open(name, &output, EmbeddingOptions::default()).unwrap();
        assert_eq!(embedding.token_ids("W2 w4p6 nonsense"), [101, 2, 4, 6, 100, 102]);
        assert_eq!(embedding.embed(&["w2 w5".to_owned()]).await.unwrap()[0].len(), 384);
    }
    let error =
        minilm::convert(&model("all-MiniLM-L6-v2-q8"), folder.path(), &folder.path().join("none/out")).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Busy);
    assert!(error.message.contains("cannot be written"), "{}", error.message);
}

#[test]
fn wrong_tensors_are_named() {
    let words = "embeddings.word_embeddings.weight";
    let refusal = |shapes: &BTreeMap<String, Vec<usize>>, dtype, pattern: &[u8]| {
        refusal(&folder(&vocabulary(), shapes, dtype, pattern))
    };
    assert!(refusal(&one("other", &[2]), Dtype::F16, &[0]).contains(&format!("the tensor {words} is missing")));
    assert!(
        refusal(&one(words, &[2, 384]), Dtype::F16, &[0]).contains("has the shape [2, 384] instead of [30522, 384]")
    );
    assert!(refusal(&one(words, &[30_522, 384]), Dtype::U8, &[0]).contains("holds U8 instead of floating point"));
    let mut shapes = shapes();
    assert!(
        refusal(&shapes, Dtype::BF16, &[0xc0, 0x7f])
            .contains(&format!("the tensor {words} holds values that are not numbers"))
    );
    shapes.remove("encoder.layer.5.output.dense.bias");
    assert!(refusal(&shapes, Dtype::F16, &[0]).contains("encoder.layer.5.output.dense.bias is missing"));
}

#[test]
fn a_broken_tensor_file_is_named() {
    let folder = folder(&vocabulary(), &one("x", &[64]), Dtype::F16, &[0]);
    let path = folder.path().join("model.safetensors");
    let bytes = fs::read(&path).unwrap();
    for broken in [&bytes[..4], &bytes[..bytes.len() - 8], &[0xff; 64][..]] {
        fs::write(&path, broken).unwrap();
        assert!(refusal(&folder).contains("model.safetensors is not that of all-MiniLM-L6-v2: it is not whole"));
    }
    fs::remove_file(&path).unwrap();
    let error = minilm::convert(&model("all-MiniLM-L6-v2"), folder.path(), &folder.path().join("out")).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[test]
fn wrong_vocabularies_are_named() {
    let refusal = |change: &dyn Fn(&mut Vec<String>)| {
        let mut pieces = vocabulary();
        change(&mut pieces);
        refusal(&folder(&pieces, &one("x", &[1]), Dtype::F16, &[0]))
    };
    assert!(refusal(&|pieces| pieces.truncate(30_000)).contains("it has 30000 lines instead of 30522"));
    assert!(refusal(&|pieces| pieces.swap(101, 102)).contains("line 102 is \"[SEP]\" instead of \"[CLS]\""));
    assert!(refusal(&|pieces| pieces[500] = "w200".into()).contains("line 501 repeats line 201"));
    assert!(refusal(&|pieces| pieces[500] = String::new()).contains("line 501 is no word piece"));
    assert!(refusal(&|pieces| pieces[500] = "a b".into()).contains("line 501 is no word piece"));
}
