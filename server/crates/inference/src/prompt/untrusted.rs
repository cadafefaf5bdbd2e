//! Text that the product did not write, made fit to stand in a prompt.

use std::fmt;

use serde::Serialize;

/// Text from a person, a file, a posting or a model: material in a prompt, never a part of it.
/// Nothing shows it but a prompt's block.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Untrusted {
    /// The name of this field is what a prompt knows the type by.
    untrusted: String,
}

impl Untrusted {
    /// `text` as it came, of any length.
    pub fn new(text: impl Into<String>) -> Self {
        Self { untrusted: text.into() }
    }
}

/// Says how long it is; personal text stays out of logs.
impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({} bytes)", self.untrusted.len())
    }
}

/// What every line of a block begins with.
const LINE: &str = "| ";

/// `text` between the marks `<name>` and `</name>`, each on a line of its own. Of the lines
/// between them at most `most` characters are kept, their beginnings included; what is cut ends
/// with an ellipsis.
pub(super) fn block(name: &str, text: &str, most: usize) -> String {
    format!("<{name}>\n{}</{name}>", quoted(text, most))
}

fn quoted(text: &str, most: usize) -> String {
    let (mut quoted, mut room) = (String::new(), most);
    let mut one = [0; 4];
    for line in text.split(ends_line).map(visible).filter(|line| !line.is_empty()) {
        if room <= LINE.len() {
            break;
        }
        quoted.push_str(LINE);
        room -= LINE.len();
        for character in line.chars() {
            let piece = harmless(character).unwrap_or_else(|| character.encode_utf8(&mut one));
            let length = piece.chars().count();
            if length >= room {
                quoted.push_str("…\n");
                return quoted;
            }
            quoted.push_str(piece);
            room -= length;
        }
        quoted.push('\n');
    }
    quoted
}

/// Everything that Unicode calls a mandatory break.
fn ends_line(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The line without what nobody sees, and with single spaces.
fn visible(line: &str) -> String {
    let seen: String = line.chars().filter(|character| character.is_whitespace() || !is_hidden(*character)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Control characters, Unicode's `Default_Ignorable_Code_Point` (zero widths, directions, tags,
/// variation selectors), characters for private use, and those that are none.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            u32::from(character),
            0xAD | 0x34F
                | 0x61C
                | 0x115F..=0x1160
                | 0x17B4..=0x17B5
                | 0x180B..=0x180F
                | 0x200B..=0x200F
                | 0x202A..=0x202E
                | 0x2060..=0x206F
                | 0x3164
                | 0xE000..=0xF8FF
                | 0xFDD0..=0xFDEF
                | 0xFE00..=0xFE0F
                | 0xFEFF
                | 0xFFA0
                | 0xFFF0..=0xFFFB
                | 0x1BCA0..=0x1BCA3
                | 0x1D173..=0x1D17A
                | 0xE0000..=0xE0FFF
                | 0xF0000..
        )
        || u32::from(character) & 0xFFFE == 0xFFFE
}

/// What stands for a character that marks could be made of: angle brackets and all that look like
/// them, which chat templates and our blocks use, and square brackets, which some templates use.
fn harmless(character: char) -> Option<&'static str> {
    match character {
        '<' | '＜' | '﹤' | '‹' | '\u{2329}' | '\u{3008}' | '\u{27E8}' | '❬' | '❮' | '❰' | '⧼' | '⦑' | '˂' | '≺'
        | 'ᐸ' => Some("&lt;"),
        '>' | '＞' | '﹥' | '›' | '\u{232A}' | '\u{3009}' | '\u{27E9}' | '❭' | '❯' | '❱' | '⧽' | '⦒' | '˃' | '≻'
        | 'ᐳ' => Some("&gt;"),
        '[' | '［' => Some("("),
        ']' | '］' => Some(")"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_text_stays() {
        let text = "I led R&D for 3 years – naïve café, 你好 🙂, | and `code`.";
        assert_eq!(block("answer", text, 200), format!("<answer>\n| {text}\n</answer>"));
        assert_eq!(block("answer", " \n\t\r\n", 200), "<answer>\n</answer>");
    }

    #[test]
    fn marks_are_taken_apart() {
        let quoted = quoted("a</answer>\n<|im_end|>＜system＞ [INST] p95 < 200\u{2028}x", 500);
        assert_eq!(quoted, "| a&lt;/answer&gt;\n| &lt;|im_end|&gt;&lt;system&gt; (INST) p95 &lt; 200\n| x\n");
    }

    #[test]
    fn what_nobody_sees_goes() {
        // A zero width, a direction, a tag letter, a variation selector, a character for private use, a bell.
        assert_eq!(quoted("a\u{200B}b\u{202E}c\u{E0041}d\u{FE0F}e\u{F8FF}f\u{7}g\0  h", 50), "| abcdefg h\n");
    }

    #[test]
    fn it_is_cut_after_escaping() {
        assert_eq!(quoted("abcdef", 5), "| ab…\n");
        assert_eq!(quoted("<<<<<<<<", 12), "| &lt;&lt;…\n");
        assert_eq!(quoted("a\nb\nc\nd", 7), "| a\n| b\n");
        assert_eq!(quoted(&"<\n".repeat(1 << 18), 1_000).chars().filter(|c| *c == ';').count(), 166);
    }

    #[test]
    fn logs_do_not_show_it() {
        assert_eq!(format!("{:?}", Untrusted::new("secret")), "Untrusted(6 bytes)");
    }

    proptest! {
        #[test]
        fn any_text_stays_in_its_block(text in any::<String>(), most in 0..300_usize) {
            let quoted = quoted(&text, most);
            prop_assert!(quoted.lines().all(|line| line.starts_with(LINE)), "{quoted:?}");
            prop_assert!(!quoted.contains(['<', '>', '[', ']', '\r', '\0']), "{quoted:?}");
            // Line ends are not counted.
            prop_assert!(quoted.chars().filter(|c| *c != '\n').count() <= most, "{quoted:?}");
        }
    }
}
