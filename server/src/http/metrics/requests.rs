//! HTTP requests as they are counted, by the pattern of their route: addresses with identifiers in
//! them would make a series each.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of the histogram of durations, in seconds: pages take milliseconds, models seconds.
const BOUNDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];
/// The route of what no pattern matches: files, and addresses that do not exist.
const NO_ROUTE: &str = "other";

/// What answers are told apart by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    method: &'static str,
    route: String,
    status: u16,
}

/// The series.
#[derive(Clone)]
pub(super) struct Families {
    answered: Family<Kind, Counter>,
    durations: Family<Kind, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
}

impl Default for Families {
    fn default() -> Self {
        let durations = Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        Self { answered: Family::default(), durations, in_flight: Gauge::default() }
    }
}

impl Families {
    /// Has `registry` show them.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("lodestar_http_requests", "Requests that were answered", self.answered.clone());
        registry.register(
            "lodestar_http_request_duration_seconds",
            "Time from a request to the beginning of its answer",
            self.durations.clone(),
        );
        registry.register(
            "lodestar_http_requests_in_flight",
            "Requests whose answers are not at their end",
            self.in_flight.clone(),
        );
    }
}

/// Counts requests. Clones count together.
#[derive(Clone)]
pub struct Requests(Families);

/// A request that is being answered; it ends when this is dropped.
pub struct InFlight(Gauge);

impl Requests {
    pub(super) fn new(families: Families) -> Self {
        Self(families)
    }

    /// Notes that a request came.
    pub fn begin(&self) -> InFlight {
        self.0.in_flight.inc();
        InFlight(self.0.in_flight.clone())
    }

    /// Notes the answer to a request of `method` to `route`, if one matched, after `duration`.
    pub fn answered(&self, method: &Method, route: Option<&str>, status: StatusCode, duration: Duration) {
        let kind = Kind { method: known(method), route: route.unwrap_or(NO_ROUTE).to_owned(), status: status.as_u16() };
        self.0.answered.get_or_create(&kind).inc();
        self.0.durations.get_or_create(&kind).observe(duration.as_secs_f64());
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The method's name, of those that there are: clients may invent others.
fn known(method: &Method) -> &'static str {
    const METHODS: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    const NAMES: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    METHODS.iter().position(|known| known == method).map_or("other", |place| NAMES[place])
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode_registry;

    use super::*;

    fn shown(families: &Families) -> String {
        let (mut registry, mut text) = (Registry::default(), String::new());
        families.register(&mut registry);
        encode_registry(&mut text, &registry).unwrap();
        text
    }

    #[test]
    fn answers_are_counted_by_route_method_and_status() {
        let families = Families::default();
        let requests = Requests::new(families.clone());
        let route = Some("/interview/{id}");
        for millis in [2, 40] {
            requests.answered(&Method::GET, route, StatusCode::OK, Duration::from_millis(millis));
        }
        requests.answered(&Method::from_bytes(b"INVENTED").unwrap(), None, StatusCode::NOT_FOUND, Duration::ZERO);
        let text = shown(&families);
        let labels = r#"method="GET",route="/interview/{id}",status="200""#;
        for line in [
            format!("lodestar_http_requests_total{{{labels}}} 2"),
            format!("lodestar_http_request_duration_seconds_count{{{labels}}} 2"),
            r#"lodestar_http_requests_total{method="other",route="other",status="404"} 1"#.to_owned(),
        ] {
            assert!(text.contains(&line), "{line} is not in\n{text}");
        }
        let slow: Vec<_> = text.lines().filter(|line| line.contains(r#"le="0.01""#) && line.contains("GET")).collect();
        assert!(slow.len() == 1 && slow[0].ends_with(" 1"), "{slow:?}");
    }

    #[test]
    fn a_request_is_in_flight_until_it_is_dropped() {
        let families = Families::default();
        let requests = Requests::new(families.clone());
        let (first, second) = (requests.begin(), requests.begin());
        drop(first);
        assert!(shown(&families).contains("lodestar_http_requests_in_flight 1\n"));
        drop(second);
        assert!(shown(&families).contains("lodestar_http_requests_in_flight 0\n"));
    }
}
