//! The data of server-sent events, out of bytes that come in any pieces
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>). Of each event only its data
//! matters here.

/// The longest event that is read, in bytes; a server that sends more is broken.
const LONGEST: usize = 1 << 20;

/// Collects bytes and gives out the data of whole events.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Option<String>,
}

/// More than [`LONGEST`] without an end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Events {
    /// Takes bytes; the data of the events that are whole with them.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, TooLong> {
        let mut events = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if self.line.last() == Some(&b'\n') {
                let line = std::mem::take(&mut self.line);
                events.extend(self.read(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n'])));
            }
            if self.line.len() + self.data.as_ref().map_or(0, String::len) > LONGEST {
                return Err(TooLong);
            }
        }
        Ok(events)
    }

    /// Takes a line; the event that ends with it.
    fn read(&mut self, line: &str) -> Option<String> {
        if line.is_empty() {
            return self.data.take();
        }
        if let Some(text) = line.strip_prefix("data:") {
            let text = text.strip_prefix(' ').unwrap_or(text);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(text);
                }
                None => self.data = Some(text.to_owned()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_whole_events_come_out() {
        let mut events = Events::default();
        assert_eq!(events.push(b": hello\r\nevent: x\r\ndata: {\"a\"").unwrap(), Vec::<String>::new());
        assert_eq!(events.push(b":1}\r\n").unwrap(), Vec::<String>::new());
        assert_eq!(events.push(b"\r\ndata:one\ndata: two\n\nid: 3\n\n").unwrap(), ["{\"a\":1}", "one\ntwo"]);
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut events = Events::default();
        assert!((0..20).any(|_| events.push(&[b'x'; 100_000]) == Err(TooLong)));
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(texts in prop::collection::vec("[^\r\n]{1,20}", 0..6), step in 1..9_usize) {
            let whole: String = texts.iter().map(|text| format!("data: {text}\n\n")).collect();
            let mut events = Events::default();
            let mut read = Vec::new();
            for bytes in whole.as_bytes().chunks(step) {
                read.extend(events.push(bytes).unwrap());
            }
            prop_assert_eq!(read, texts);
        }
    }
}
