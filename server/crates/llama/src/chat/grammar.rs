//! Keeping an answer to its schema, token by token.
//!
//! llama.cpp has samplers for this too. They end the process when a token is accepted twice, or go
//! on without any rule after an error, so they are not used: the rules are here, every step of
//! them can fail, and an answer whose rules failed ends with an error.

use std::sync::{Arc, OnceLock};

use domain::{Error, ErrorKind, Result};
use inference::Schema;
use llama_cpp_2::{model::LlamaModel, sampling::LlamaSampler, token::LlamaToken, vocab::VocabType};
use llguidance::{
    Matcher, ParserFactory,
    api::{StopReason, TopLevelGrammar},
    earley::SlicedBiasComputer,
    toktrie::{InferenceCapabilities, SimpleVob, TokEnv, TokRxInfo, TokTrie, TokenId, TokenizerEnv},
};

use super::reader::{Reader, failed};

/// How JSON is written: without white space, which could go on for ever, and without `\u` escapes,
/// which say nothing that the character itself does not.
const STYLE: &str = r#"{"whitespace_flexible": false, "item_separator": ",", "key_separator": ":", "json_allowed_escapes": "nrbtf\\\""}"#;

/// Makes the rules for a model's answers. What it needs to know of the vocabulary takes a moment
/// for a large one, so it is gathered for the first answer that has rules.
pub(super) struct Grammars {
    model: Arc<LlamaModel>,
    factory: OnceLock<Result<ParserFactory>>,
}

impl Grammars {
    pub(super) fn new(model: Arc<LlamaModel>) -> Self {
        Self { model, factory: OnceLock::new() }
    }

    /// The rules of `schema`. Takes milliseconds, and up to a second the first time.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the schema has parts that cannot be followed.
    pub(super) fn follow(&self, schema: &Schema) -> Result<Grammar> {
        let factory = self.factory.get_or_init(|| factory(&self.model)).as_ref().map_err(Error::clone)?;
        let mut json = schema.json().clone();
        if let (Some(json), Ok(style)) = (json.as_object_mut(), serde_json::from_str(STYLE)) {
            json.insert("x-guidance".to_owned(), style);
        }
        let mut matcher = Matcher::new(factory.create_parser(TopLevelGrammar::from_json_schema(json)));
        // Also finds out whether anything can be written under it at all.
        let problem = matcher.get_error().or_else(|| matcher.compute_mask().err().map(|error| error.to_string()));
        match problem {
            None => Ok(Grammar { matcher }),
            Some(problem) => {
                let problem = problem.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
                Err(Error::invalid("response_format", format!("This JSON schema cannot be followed: {problem}.")))
            }
        }
    }
}

/// The rules of one answer, and how much of it is written.
pub(super) struct Grammar {
    matcher: Matcher,
}

impl Grammar {
    /// Draws the next token. What the model would say is drawn first, and only if the rules forbid
    /// it from what they permit: looking at one token takes far less time than at all.
    pub(super) fn draw(
        &mut self,
        reader: &mut Reader<'_>,
        sampler: &mut LlamaSampler,
        place: i32,
    ) -> Result<LlamaToken> {
        let token = reader.draw(sampler, place)?;
        if self.permits(token)? {
            return Ok(token);
        }
        let permitted = self.permitted()?;
        reader.draw_among(sampler, place, &mut permitted.iter().filter_map(|token| usize::try_from(token).ok()))
    }

    fn permits(&mut self, token: LlamaToken) -> Result<bool> {
        let fits = self.matcher.validate_tokens(&[number(token)?]).map_err(|error| broken(&error))?;
        Ok(fits == 1)
    }

    fn permitted(&mut self) -> Result<SimpleVob> {
        self.matcher.compute_mask().map_err(|error| broken(&error))
    }

    /// Notes that `token` is written; whether the answer is complete with it.
    pub(super) fn take(&mut self, token: LlamaToken) -> Result<bool> {
        self.matcher.consume_token(number(token)?).map_err(|error| broken(&error))?;
        self.is_complete()
    }

    /// The next tokens, `most` at most, where the rules leave no choice; they count as written.
    pub(super) fn forced(&mut self, most: usize) -> Result<Vec<LlamaToken>> {
        let mut tokens = self.matcher.compute_ff_tokens();
        tokens.truncate(most);
        self.matcher.consume_tokens(&tokens).map_err(|error| broken(&error))?;
        Ok(tokens.into_iter().filter_map(|token| i32::try_from(token).ok()).map(LlamaToken).collect())
    }

    /// Whether nothing can follow.
    pub(super) fn is_complete(&self) -> Result<bool> {
        match self.matcher.stop_reason() {
            StopReason::NotStopped => Ok(false),
            StopReason::NoExtension | StopReason::EndOfSentence => Ok(true),
            reason => Err(broken(&format!("{reason:?}"))),
        }
    }
}

fn number(token: LlamaToken) -> Result<TokenId> {
    TokenId::try_from(token.0).map_err(|error| failed(&error))
}

fn broken(cause: &dyn std::fmt::Display) -> Error {
    tracing::error!(%cause, "an answer could not be kept to its schema");
    Error::new(ErrorKind::Busy, "The model could not keep to the form of the answer. Please try again.")
}

fn factory(model: &Arc<LlamaModel>) -> Result<ParserFactory> {
    let vocabulary: TokEnv = Arc::new(Vocabulary::new(Arc::clone(model))?);
    let ff_tokens = vocabulary.tokenize_is_canonical();
    let capabilities = InferenceCapabilities { ff_tokens, ..InferenceCapabilities::default() };
    let factory = ParserFactory::new(&vocabulary, capabilities, &SlicedBiasComputer::json_slices());
    let mut factory = factory.map_err(|error| failed(&error))?;
    factory.quiet();
    factory.limits_mut().verbose_errors = false;
    Ok(factory)
}

/// The model's vocabulary as the rules see it.
struct Vocabulary {
    model: Arc<LlamaModel>,
    trie: TokTrie,
}

impl Vocabulary {
    fn new(model: Arc<LlamaModel>) -> Result<Self> {
        let vocabulary = model.vocab();
        let ends: Vec<_> = vocabulary.tokens().filter(|token| vocabulary.is_eog(*token)).collect();
        let ends = ends.into_iter().map(number).collect::<Result<Vec<_>>>()?;
        let Some(end) = ends.first() else { return Err(failed(&"its vocabulary has no token for the end")) };
        let words: Vec<Vec<u8>> = vocabulary
            .tokens()
            .map(|token| {
                let text = vocabulary.token_to_piece(token, false, None);
                if !text.is_empty() && !vocabulary.is_control(token) && !vocabulary.is_eog(token) {
                    return text;
                }
                // A mark that no text has keeps special tokens apart from texts that read like them.
                let name = vocabulary.token_to_piece(token, true, None);
                [&[TokTrie::SPECIAL_TOKEN_MARKER], name.as_slice()].concat()
            })
            .collect();
        let size = u32::try_from(words.len()).map_err(|error| failed(&error))?;
        let trie = TokTrie::from(&TokRxInfo::new(size, *end), &words).with_eos_tokens(&ends);
        Ok(Self { model, trie })
    }
}

impl TokenizerEnv for Vocabulary {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, text: &[u8]) -> Vec<TokenId> {
        let tokens = self.model.vocab().tokenize(text, false, false);
        tokens.into_iter().filter_map(|token| TokenId::try_from(token.0).ok()).collect()
    }

    /// Only of these vocabularies are the tokens of a text's end those of that end by itself:
    /// others put a space before every text.
    fn tokenize_is_canonical(&self) -> bool {
        self.model.vocab().vocab_type() == VocabType::BPE
    }
}
