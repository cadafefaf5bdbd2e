//! From OpenMetrics, which the library writes, to the older text format, which everything reads.

use std::collections::HashSet;

/// `written` in Prometheus' text format 0.0.4, by
/// <https://prometheus.io/docs/instrumenting/exposition_formats>: there, a counter is described under
/// its whole name, and there is no mark at the end.
pub fn prometheus(written: &str) -> String {
    let counter = |line: &str| Some(line.strip_prefix("# TYPE ")?.strip_suffix(" counter")?.to_owned());
    let counters: HashSet<_> = written.lines().filter_map(counter).collect();
    let lines = written.lines().filter(|line| *line != "# EOF").map(|line| {
        let described = ["# HELP ", "# TYPE "].iter().find_map(|what| Some((what, line.strip_prefix(what)?)));
        match described.and_then(|(what, rest)| Some((what, rest.split_once(' ')?))) {
            Some((what, (name, rest))) if counters.contains(name) => format!("{what}{name}_total {rest}\n"),
            _ => format!("{line}\n"),
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_described_under_their_whole_name() {
        let written = "# HELP seen Things.\n# TYPE seen counter\nseen_total{a=\"b c\"} 1\n# HELP size Size.\n# TYPE size gauge\nsize 2\n# EOF\n";
        assert_eq!(
            prometheus(written),
            "# HELP seen_total Things.\n# TYPE seen_total counter\nseen_total{a=\"b c\"} 1\n# HELP size Size.\n# TYPE size gauge\nsize 2\n"
        );
    }
}
