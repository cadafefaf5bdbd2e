//! Log lines as JSON objects, in which the fields of a request stand beside those of the event: so
//! `request_id` finds all lines of a request, whichever part of the program wrote them.

use std::fmt::{self, Debug};

use domain::Clock;
use serde_json::{Map, Value};
use server::system::SystemClock;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// One JSON object a line, with `timestamp`, `level`, `target`, `message`, and all fields.
pub struct Flat;

impl<S: Subscriber + for<'a> LookupSpan<'a>> FormatEvent<S, JsonFields> for Flat {
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Map::new();
        // From the outermost span inwards: the nearest knows best.
        for span in context.event_scope().into_iter().flat_map(|spans| spans.from_root()) {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<JsonFields>>();
            if let Some(Ok(Value::Object(fields))) = fields.map(|fields| serde_json::from_str(fields)) {
                line.extend(fields.into_iter().filter(|(name, _)| !is_for_traces(name)));
            }
        }
        event.record(&mut Fields(&mut line));
        let (now, told) = (SystemClock.now(), event.metadata());
        let now = OffsetDateTime::from_unix_timestamp_nanos(i128::from(now.millis()) * 1_000_000);
        let now = now.ok().and_then(|now| now.format(&Rfc3339).ok());
        line.insert("timestamp".to_owned(), now.into());
        line.insert("level".to_owned(), told.level().as_str().into());
        line.insert("target".to_owned(), told.target().into());
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// Fields that only traces show; the line `answered` says what they do.
fn is_for_traces(name: &str) -> bool {
    name.starts_with("otel.") || name.starts_with("http.")
}

struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.put(field, i64::try_from(value).map_or_else(|_| value.to_string().into(), Into::into));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.put(field, u64::try_from(value).map_or_else(|_| value.to_string().into(), Into::into));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}").into());
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn fields_of_the_request_stand_beside_those_of_the_line() {
        let written = Written::default();
        let writer = written.clone();
        let lines = tracing_subscriber::fmt().fmt_fields(JsonFields::new()).event_format(Flat);
        let lines = lines.with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(lines, || {
            let request = tracing::error_span!("request", request_id = "abc", user_id = tracing::field::Empty);
            request.in_scope(|| tracing::info!("before"));
            request.record("user_id", tracing::field::display("ada"));
            let work = request.in_scope(|| tracing::error_span!("work", step = 2));
            work.in_scope(|| tracing::warn!(millis = 5_u128, says = "a\n\"b\"", "after"));
            tracing::error!("outside");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&lines[0]["message"], &lines[0]["request_id"]), (&"before".into(), &"abc".into()));
        assert_eq!(lines[0].get("user_id"), None);
        let after = &lines[1];
        assert_eq!(
            (&after["user_id"], &after["request_id"], &after["step"]),
            (&"ada".into(), &"abc".into(), &2.into())
        );
        assert_eq!(
            (&after["millis"], &after["says"], &after["level"]),
            (&5.into(), &"a\n\"b\"".into(), &"WARN".into())
        );
        assert!(lines[2].get("request_id").is_none() && lines[2]["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}
