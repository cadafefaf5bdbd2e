//! The chat template in a model's file, rendered as its authors published it.
//!
//! Templates are Jinja programs. llama.cpp does not run them: it looks for marks of templates that
//! it knows and writes the conversation in its own way, which is close but not the same. For
//! Qwen2.5 it leaves out the system message that the template adds where there is none; for the
//! first Phi-3, which knew no system message, it writes one all the same. So the template is run
//! here, with what Hugging Face's `apply_chat_template` gives it
//! (<https://huggingface.co/docs/transformers/chat_templating_writing>), no clock and no tools.

use llama_cpp_2::{model::LlamaModel, token::LlamaToken, vocab::LlamaVocab};
use minijinja::{Environment, Error, ErrorKind, Value, syntax::SyntaxConfig};

/// Steps that a template may take. The longest conversations take some ten thousand.
const STEPS: u64 = 1_000_000;

/// A turn as templates see it: who speaks, and what.
pub(super) type Turn = (&'static str, String);

/// A template with the texts of the tokens that it may name.
#[derive(Clone, Debug)]
pub(super) struct Template {
    source: String,
    begin: String,
    end: String,
}

impl Template {
    /// The template of `model`, if its file has one.
    pub(super) fn of(model: &LlamaModel) -> Option<Self> {
        let source = model.chat_template(None).ok()?.to_string().ok()?;
        let vocabulary = model.vocab();
        let (begin, end) = (text(&vocabulary, vocabulary.bos()), text(&vocabulary, vocabulary.eos()));
        Some(Self { source, begin, end })
    }

    /// The conversation with the beginning of the assistant's next turn.
    ///
    /// # Errors
    /// When it is no template, needs what is not there, takes too long, or refuses the conversation.
    pub(super) fn apply(&self, turns: &[Turn]) -> Result<String, Error> {
        let mut environment = Environment::new();
        // Hugging Face renders with these two.
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.set_fuel(Some(STEPS));
        environment.add_function("raise_exception", |message: String| -> Result<Value, Error> {
            Err(Error::new(ErrorKind::InvalidOperation, message))
        });
        let turns = turns.iter().map(|(role, content)| Value::from_pairs([("role", *role), ("content", content)]));
        environment.template_from_str(&self.source)?.render(Value::from_pairs([
            ("messages", turns.collect::<Value>()),
            ("add_generation_prompt", Value::from(true)),
            ("bos_token", Value::from(self.begin.as_str())),
            ("eos_token", Value::from(self.end.as_str())),
        ]))
    }
}

/// How a token is written; empty if there is no such token.
fn text(vocabulary: &LlamaVocab<'_>, token: LlamaToken) -> String {
    let known = (0..vocabulary.n_tokens()).contains(&token.0).then(|| vocabulary.text(token)).flatten();
    known.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(source: &str) -> Result<String, Error> {
        let template = Template { source: source.into(), begin: "<s>".into(), end: "</s>".into() };
        template.apply(&[("user", " Hello ".into()), ("assistant", "Hi".into())])
    }

    #[test]
    fn what_templates_use_is_there() {
        assert_eq!(
            apply("{{ bos_token }}{{ messages[0]['content'].strip() }}{{ eos_token }}").unwrap(),
            "<s>Hello</s>"
        );
        assert_eq!(
            apply("{% for m in messages %}\n  {% if loop.last %}\n{{ m.role }}\n  {% endif %}\n{% endfor %}").unwrap(),
            "assistant\n"
        );
        assert_eq!(
            apply("{% if tools %}x{% endif %}{{ messages[1:][0].content | trim }}{{ messages[-1].tool_calls }}")
                .unwrap(),
            "Hi"
        );
        assert_eq!(
            apply("{% set ns = namespace(n=1) %}{% set ns.n = 2 %}{{ ns.n }}{{ messages | length }}").unwrap(),
            "22"
        );
    }

    #[test]
    fn a_template_may_refuse_but_not_hang() {
        assert!(
            apply("{{ raise_exception('Roles must alternate') }}").unwrap_err().to_string().contains("must alternate")
        );
        let nested = "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
        assert_eq!(apply(nested).unwrap_err().kind(), ErrorKind::OutOfFuel);
        apply("{% for %}").unwrap_err();
    }
}
