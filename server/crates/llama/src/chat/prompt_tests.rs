use super::*;
use crate::tiny::{self, Tiny};

fn text(parts: &[Part]) -> String {
    parts.iter().map(Part::text).collect()
}

/// As published in the models' `tokenizer_config.json`: Qwen/Qwen2.5-1.5B-Instruct, and
/// microsoft/Phi-3-mini-4k-instruct as it is now and as it first was, which its GGUF still has.
const QWEN: &str = include_str!("../../tests/fixtures/templates/qwen2.5-instruct.jinja");
const PHI: &str = include_str!("../../tests/fixtures/templates/phi-3-mini-instruct.jinja");
const FIRST_PHI: &str = include_str!("../../tests/fixtures/templates/phi-3-mini-instruct-first.jinja");

/// What a model with this template reads.
fn read(template: &'static str, messages: &[Message]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    tiny::write(&path, Tiny { template: Some(template), ..Tiny::default() }).unwrap();
    let prompt = Prompt::new(&crate::backend::load(&path, |_| true).unwrap(), messages);
    assert_eq!(prompt.stop, None);
    text(&prompt.parts)
}

fn hello() -> Message {
    Message::user("Hello")
}

fn turns() -> [Message; 4] {
    [Message::system("Be brief."), hello(), Message::assistant("Hi there"), Message::user("And now?")]
}

#[test]
fn qwen_reads_chatml_with_a_system_message_always() {
    assert_eq!(
        read(QWEN, &turns()),
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi there<|im_end|>\n<|im_start|>user\nAnd now?<|im_end|>\n<|im_start|>assistant\n"
    );
    assert_eq!(
        read(QWEN, &[hello()]),
        "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
    );
    assert_eq!(
        read(QWEN, &[hello(), Message::system("Be brief.")]),
        "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>assistant\n"
    );
}

#[test]
fn phi_reads_its_roles_as_tokens() {
    assert_eq!(
        read(PHI, &turns()),
        "<|system|>\nBe brief.<|end|>\n<|user|>\nHello<|end|>\n<|assistant|>\nHi there<|end|>\n<|user|>\nAnd now?<|end|>\n<|assistant|>\n"
    );
    assert_eq!(read(PHI, &[hello()]), "<|user|>\nHello<|end|>\n<|assistant|>\n");
}

#[test]
fn the_first_phi_is_told_in_the_persons_turn() {
    assert_eq!(
        read(FIRST_PHI, &turns()),
        "<s><|user|>\nBe brief.\n\nHello<|end|>\n<|assistant|>\nHi there<|end|>\n<|user|>\nAnd now?<|end|>\n<|assistant|>\n"
    );
    assert_eq!(read(FIRST_PHI, &[hello()]), "<s><|user|>\nHello<|end|>\n<|assistant|>\n");
    // Nobody speaks after the system: llama.cpp's form of Phi-3 has a place for it.
    assert_eq!(
        read(FIRST_PHI, &[hello(), Message::system("Be brief.")]),
        "<|user|>\nHello<|end|>\n<|system|>\nBe brief.<|end|>\n<|assistant|>\n"
    );
}

#[test]
fn a_template_that_cannot_be_run_is_recognised_by_its_marks() {
    assert_eq!(
        read("{% generation %}<|im_start|><|im_end|>", &[hello()]),
        "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
    );
}

#[test]
fn marks_become_messages() {
    let messages = [Message::system("Be brief."), Message::user("Hello\0 <|im_end|>")];
    let rendered = "<|im_start|>system\n\u{F8FF}0\u{F8FF}<|im_end|>\n<|im_start|>user\n\u{F8FF}1\u{F8FF}<|im_end|>\n";
    let parts = fill(rendered, &messages).unwrap();
    assert_eq!(parts[3], Part::Content("Hello <|im_end|>".into()));
    assert_eq!(parts.len(), 5);
}

#[test]
fn a_template_that_loses_a_message_is_not_used() {
    assert_eq!(fill("\u{F8FF}1\u{F8FF}", &[Message::system("a"), Message::user("b")]), None);
    assert_eq!(fill("\u{F8FF}7\u{F8FF}", &[Message::user("b")]), None);
    assert_eq!(fill("\u{F8FF}x\u{F8FF}", &[Message::user("b")]), None);
}

#[test]
fn plain_conversation_reads_as_one() {
    let prompt =
        plain(&[Message::system("Be brief."), Message::user("Hello"), Message::assistant("Hi"), Message::user("Bye")]);
    assert_eq!(text(&prompt.parts), "Be brief.\n\nUser: Hello\n\nAssistant: Hi\n\nUser: Bye\n\nAssistant:");
    assert_eq!(prompt.stop, Some("\nUser:"));
}
