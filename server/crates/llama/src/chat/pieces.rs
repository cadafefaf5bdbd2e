//! Making readable pieces out of the bytes of tokens: characters are never cut, space at the
//! start goes, and nothing is shown of a text that ends the answer.

/// Collects bytes and gives out what can be shown.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    /// The start of a character whose rest is still to come.
    bytes: Vec<u8>,
    /// Text that may be the start of `stop`.
    held: String,
    stop: Option<&'static str>,
    started: bool,
    stopped: bool,
}

impl Assembler {
    /// An assembler that ends at `stop`.
    pub(super) fn new(stop: Option<&'static str>) -> Self {
        Self { stop, ..Self::default() }
    }

    /// Whether `stop` was met; nothing follows then.
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Takes the bytes of a token; what can be shown now, perhaps nothing.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        if self.stopped {
            return String::new();
        }
        self.bytes.extend_from_slice(bytes);
        self.take_characters();
        let Some(stop) = self.stop else { return self.show(self.held.len()) };
        if let Some(end) = self.held.find(stop) {
            self.stopped = true;
            return self.show(end);
        }
        let maybe = (1..stop.len())
            .rev()
            .find(|length| stop.is_char_boundary(*length) && self.held.ends_with(&stop[..*length]));
        self.show(self.held.len() - maybe.unwrap_or(0))
    }

    /// What was held back, when nothing follows.
    pub(super) fn finish(&mut self) -> String {
        if self.stopped { String::new() } else { self.show(self.held.len()) }
    }

    /// Moves whole characters from `bytes` to `held`; bytes that are none become U+FFFD.
    fn take_characters(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.held.push_str(chunk.valid());
            let invalid = chunk.invalid();
            let unfinished =
                chunks.peek().is_none() && std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            if unfinished {
                self.bytes = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.held.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }

    fn show(&mut self, end: usize) -> String {
        let rest = self.held.split_off(end);
        let shown = std::mem::replace(&mut self.held, rest);
        if self.started {
            return shown;
        }
        let shown = shown.trim_start();
        self.started = !shown.is_empty();
        shown.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(assembler: &mut Assembler, bytes: &[u8], step: usize) -> String {
        let mut text: String = bytes.chunks(step).map(|bytes| assembler.push(bytes)).collect();
        text.push_str(&assembler.finish());
        text
    }

    proptest! {
        #[test]
        fn any_text_comes_out_whole(text in ".{0,40}", step in 1..5_usize) {
            prop_assert_eq!(all(&mut Assembler::new(None), text.as_bytes(), step), text.trim_start());
            let stopping = all(&mut Assembler::new(Some("\nUser:")), text.as_bytes(), step);
            prop_assert_eq!(stopping, text.trim_start());
        }

        #[test]
        fn any_bytes_come_out_as_text(bytes in prop::collection::vec(any::<u8>(), 0..60), step in 1..5_usize) {
            let text = all(&mut Assembler::new(Some("\nUser:")), &bytes, step);
            prop_assert!(String::from_utf8_lossy(&bytes).trim_start().starts_with(&text));
        }
    }

    #[test]
    fn characters_are_not_cut() {
        let mut assembler = Assembler::new(None);
        let bytes = "é🙂".as_bytes();
        let pieces: Vec<_> = bytes.iter().map(|byte| assembler.push(&[*byte])).collect();
        assert_eq!(pieces, ["", "é", "", "", "", "🙂"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_marked() {
        let mut assembler = Assembler::new(None);
        assert_eq!(assembler.push(b"a\xffb"), "a\u{FFFD}b");
        assert_eq!(assembler.push(b"\xe2\x82"), "");
        assert_eq!(assembler.push(b"c"), "\u{FFFD}c");
    }

    #[test]
    fn nothing_is_shown_of_the_next_turn() {
        for step in 1..9 {
            let mut assembler = Assembler::new(Some("\nUser:"));
            assert_eq!(all(&mut assembler, b" Well done.\nUse it.\nUser: more", step), "Well done.\nUse it.");
            assert!(assembler.stopped());
        }
    }
}
