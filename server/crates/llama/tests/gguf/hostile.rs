//! What would end the process in llama.cpp, each refused with its reason. The comments name the
//! place in llama.cpp.

use std::fs;

use domain::ErrorKind;
use llama::gguf::{self, Storage, Tensor, Value};

use crate::sound::{self, Model};

/// The model that is changed, the change, and what the refusal says.
type Case = (&'static str, fn(&mut Model), &'static str);

const CASES: &[Case] = &[
    // gguf_find_key stops at a zero, the test for repeated names does not.
    ("llama-scores", |model| model.set("llama.block_count\0", Value::U32(0)), "odd characters"),
    // ggml_backend_cpu_buffer_from_ptr: "buffer pointer must be aligned".
    ("llama-scores", |model| model.set("general.alignment", Value::U32(8)), "alignment of 8"),
    ("llama-scores", |model| model.set("general.alignment", Value::U32(48)), "alignment of 48"),
    ("llama-scores", |model| model.set("general.alignment", Value::Bool(true)), "of the wrong kind"),
    // The other parts would be opened by name.
    ("llama-scores", |model| model.set("split.count", Value::U16(3)), "one part of several"),
    // load_hparams: n_layer_all is asserted to be from 1 to 512.
    ("llama-scores", |model| model.set("llama.block_count", Value::U32(0)), "block_count is 0"),
    ("llama-scores", |model| model.set("llama.block_count", Value::U32(513)), "block_count is 513"),
    ("llama-scores", |model| model.set("llama.block_count", Value::U32(2)), "blk.1.attn_q.weight is missing"),
    // load_hparams: assertions about layers and experts that are not there.
    ("llama-scores", |model| model.set("llama.nextn_predict_layers", Value::U32(9)), "not known"),
    ("llama-scores", |model| model.set("llama.expert_used_count", Value::U32(1)), "not known"),
    ("qwen2-merges", |model| model.set("qwen2.embedding_length_out", Value::U32(64)), "not known"),
    // load_hparams: the kind of scaling is asserted to be known.
    ("qwen2-merges", |model| model.set("qwen2.rope.scaling.type", Value::text("stretch")), "rope.scaling.type"),
    // llm_graph_context: n_embd_head is asserted to be n_rot; ggml_rope: it must be even.
    ("qwen2-merges", |model| model.set("qwen2.rope.dimension_count", Value::U32(4)), "do not fit each other"),
    ("phi3-scores", |model| model.set("phi3.rope.dimension_count", Value::U32(7)), "do not fit each other"),
    ("phi3-scores", |model| model.set("phi3.rope.dimension_count", Value::U32(10)), "dimension_count is 10"),
    // The same for lengths of keys and values; ggml_mul_mat: heads must divide each other.
    ("llama-scores", |model| model.set("llama.attention.value_length", Value::U32(4)), "do not fit each other"),
    ("bert-pieces", |model| model.set("bert.attention.head_count", Value::U32(5)), "do not fit each other"),
    ("llama-scores", |model| model.set("llama.attention.head_count_kv", Value::U32(3)), "do not fit each other"),
    ("llama-scores", |model| model.set("llama.attention.head_count", Value::U32(0)), "head_count is 0"),
    // ggml_compute_forward_rms_norm_f32: eps is asserted not to be below zero.
    ("phi3-scores", |model| model.set("phi3.attention.layer_norm_rms_epsilon", Value::F32(f32::NAN)), "impossible"),
    ("phi3-scores", |model| model.set("phi3.attention.layer_norm_rms_epsilon", Value::F32(-1.0)), "epsilon is -1"),
    // llama_context::decode: non-causal batches are asserted to fit.
    ("qwen2-merges", |model| model.set("qwen2.attention.causal", Value::Bool(false)), "does not suit"),
    ("bert-pieces", |model| model.remove("bert.attention.causal"), "does not suit"),
    // build_pooling: a ranking head is asserted.
    ("bert-pieces", |model| model.set("bert.pooling_type", Value::U32(4)), "pooling_type is 4"),
    // gguf_get_arr_type is asserted to be asked of an array.
    ("llama-scores", |model| model.set("tokenizer.ggml.tokens", Value::text("a")), "of the wrong kind"),
    // impl::load: as many tokens as texts, after each was cut at a zero.
    ("llama-scores", |model| model.texts("tokenizer.ggml.tokens")[261] = "a".into(), "repeats another"),
    ("llama-scores", |model| model.texts("tokenizer.ggml.tokens")[261] = "a\0b".into(), "holds a zero"),
    ("llama-merges", |model| model.texts("tokenizer.ggml.tokens")[10] = "[EMPTY_9]".into(), "repeats another"),
    // Reads beyond the lists of scores and kinds.
    ("llama-scores", |model| model.set("tokenizer.ggml.scores", Value::F32s(vec![0.0])), "has 1 items for 264"),
    ("llama-scores", |model| model.set("tokenizer.ggml.token_type", Value::I32s(vec![1])), "has 1 items for 264"),
    // token_to_byte: fatal for word pieces.
    ("bert-pieces", |model| model.set("tokenizer.ggml.token_type", Value::I32s(vec![6; 8])), "of the kind 6"),
    // byte_to_token throws through C when a text has a byte without a token.
    ("llama-scores", |model| model.texts("tokenizer.ggml.tokens")[203] = "zz".into(), "cannot be of the kind 6"),
    // tokenize: the special tokens that are put around a text are asserted to exist.
    ("bert-pieces", |model| model.remove("tokenizer.ggml.bos_token_id"), "bos_token_id"),
    ("bert-pieces", |model| model.remove("tokenizer.ggml.seperator_token_id"), "seperator_token_id"),
    ("llama-scores", |model| model.set("tokenizer.ggml.bos_token_id", Value::U32(264)), "is 264, and it has 264"),
    ("llama-merges", |model| model.set("tokenizer.ggml.eot_token_id", Value::U32(u32::MAX)), "eot_token_id"),
    // find_bpe_rank: no side of a merge is asserted to have a space.
    ("llama-merges", |model| model.texts("tokenizer.ggml.merges").push("a b c".into()), "merge 2"),
    ("llama-merges", |model| model.texts("tokenizer.ggml.merges")[0] = "ab".into(), "merge 0"),
    ("llama-merges", |model| model.set("tokenizer.ggml.pre", Value::text("gemma4")), "\"gemma4\" is not known"),
    ("llama-merges", |model| model.set("tokenizer.ggml.model", Value::text("t5")), "\"t5\" is not one"),
    ("llama-merges", |model| model.set("tokenizer.ggml.model", Value::text("none")), "no vocabulary"),
    ("qwen2-merges", |model| model.set("qwen2.vocab_size", Value::U32(13)), "is 13, and it has 12 tokens"),
    // binary_op: unsupported types; ggml_rope_ext: factors are asserted to have 32 bits.
    ("llama-scores", |model| model.tensor("output_norm.weight").storage = Storage::F16, "not stored in 32 bits"),
    (
        "llama-scores",
        |model| model.tensors.push(Tensor { name: "rope_freqs.weight".into(), shape: vec![4], storage: Storage::F16 }),
        "not stored in 32 bits",
    ),
    // phi3: with neither one matrix nor three, a null pointer is followed.
    ("phi3-scores", |model| model.tensor("blk.0.attn_qkv.weight").name = "x".into(), "attn_q.weight is missing"),
    ("llama-scores", |model| model.tensor("token_embd.weight").shape[0] = 263, "instead of [32, 264, 1, 1]"),
    (
        "llama-scores",
        |model| model.tensors.push(Tensor { name: "blk.7.x".into(), shape: vec![4], storage: Storage::F32 }),
        "1 tensors that models of its architecture do not have",
    ),
];

#[test]
fn each_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.gguf");
    for (index, (name, change, reason)) in CASES.iter().enumerate() {
        let mut model = sound::named(name);
        change(&mut model);
        model.write(&path);
        let error = gguf::check(&path).expect_err(reason);
        assert_eq!(error.kind, ErrorKind::Invalid);
        let message = &error.message;
        assert!(message.contains(reason), "case {index}: {message} instead of {reason}");
        assert!(message.ends_with("Pull it again, or choose another file."), "{message}");
    }
}

#[test]
fn numbers_that_are_not_of_their_kind_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.gguf");
    sound::named("bert-pieces").write(&path);
    let bytes = fs::read(&path).unwrap();
    let refusal = |key: &str, change: &dyn Fn(&mut [u8])| {
        let place = bytes.windows(key.len()).position(|window| window == key.as_bytes()).unwrap() + key.len();
        let mut changed = bytes.clone();
        change(&mut changed[place..]);
        gguf::inspect(changed.as_slice(), changed.len() as u64).unwrap_err()
    };
    let causal = "bert.attention.causal";
    assert!(refusal(causal, &|after| after[4] = 2).contains("is 2 instead of yes or no"));
    assert!(refusal(causal, &|after| after[0] = 99).contains("unknown kind (99)"));
    assert!(refusal(causal, &|after| after[0] = 9).contains("unknown kind"));
    let tokens = "tokenizer.ggml.tokens";
    assert!(refusal(tokens, &|after| after[15] = 0x7F).contains("cut short in its header"));
    assert!(
        refusal(tokens, &|after| after[16] = 0xFF).contains("not UTF-8")
            || refusal(tokens, &|after| after[24] = 0xFF).contains("not UTF-8")
    );
}
