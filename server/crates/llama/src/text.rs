//! Bringing any text into a form that a WordPiece tokeniser reads in little time.

/// A longer word is one unknown token to BERT's tokeniser (`max_input_chars_per_word`).
const LONGEST_WORD: usize = 100;

/// A Gothic letter, which the vocabulary does not have: a word of its own that is unknown.
const UNKNOWN: char = '\u{10330}';

/// The start of `text` that surely gives `tokens` tokens, if all of it gives that many. Words
/// that the model could not know become one unknown letter, runs of spaces become one, and NUL
/// bytes go, so that each token needs at most [`LONGEST_WORD`] letters and a space.
pub(crate) fn readable(text: &str, tokens: usize) -> String {
    let most = tokens * (LONGEST_WORD + 1);
    let mut out = String::with_capacity(text.len().min(most));
    let (mut rest, mut used) = (text, 0);
    while used < most && !rest.is_empty() {
        let word = rest.starts_with(is_word);
        let (run, tail) = rest.split_at(rest.find(|c| is_word(c) != word).unwrap_or(rest.len()));
        rest = tail;
        let before = out.len();
        if !word {
            push_between(&mut out, run, most - used);
        } else if run.chars().nth(LONGEST_WORD).is_some() {
            out.push(UNKNOWN);
        } else {
            out.push_str(run);
        }
        used += out[before..].chars().count();
    }
    out
}

/// Adds at most `most` characters of a run without words.
fn push_between(out: &mut String, run: &str, most: usize) {
    let mut after_space = false;
    let kept = run.chars().filter(|c| {
        let skipped = *c == '\0' || (c.is_whitespace() && after_space);
        after_space = c.is_whitespace() || (after_space && *c == '\0');
        !skipped
    });
    out.extend(kept.take(most));
}

/// Whether the tokeniser may take `c` together with its neighbours: Chinese characters stand alone.
fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        && !matches!(u32::from(c), 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x2FA1F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_stays() {
        for text in ["", "I led a team, of five.", "naïve café – 你好 🙂", "a\nb"] {
            assert_eq!(readable(text, 256), text);
        }
    }

    #[test]
    fn nul_and_runs_of_spaces_go() {
        assert_eq!(readable("a\0b  \0 \t c", 256), "ab c");
        assert_eq!(readable("\0\0", 256), "");
    }

    #[test]
    fn endless_words_are_unknown() {
        assert_eq!(readable(&"a".repeat(100), 256).len(), 100);
        assert_eq!(readable(&format!("x {} y", "a".repeat(101)), 256), format!("x {UNKNOWN} y"));
    }

    #[test]
    fn a_megabyte_is_cut() {
        for text in [
            "word ".repeat(200_000),
            " ".repeat(1 << 20),
            "你".repeat(350_000),
            "x".repeat(1 << 20),
            "\0!".repeat(1 << 19),
        ] {
            assert!(readable(&text, 256).chars().count() <= 256 * 101 + LONGEST_WORD);
        }
        assert_eq!(readable(&format!("a{}b", " ".repeat(1 << 20)), 256), "a b");
    }
}
