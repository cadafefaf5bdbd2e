//! What all dimensions share: making a score, and turning a measure into points.

use super::{Dimension, Quote, Reason, Score, answer::Line};

/// A score out of its parts; `value` is rounded and kept within 0 to 100.
pub(super) fn score(dimension: Dimension, value: f32, reasons: Vec<Reason>, raise: String) -> Score {
    // The cast saturates, and takes what is no number as 0.
    let value = value.round().clamp(0.0, 100.0) as u8;
    Score { dimension, value, reasons, raise }
}

/// A reason that a sentence of the answer shows.
pub(super) fn shown(text: impl Into<String>, line: &Line<'_>) -> Reason {
    Reason { text: text.into(), quote: Some(line.quote()) }
}

/// A reason that some words of the answer show.
pub(super) fn shown_by(text: impl Into<String>, quote: Quote) -> Reason {
    Reason { text: text.into(), quote: Some(quote) }
}

/// A reason about something missing, or about the answer as a whole.
pub(super) fn stated(text: impl Into<String>) -> Reason {
    Reason { text: text.into(), quote: None }
}

/// The height at `x` of the line through `knots`, which are in order of their first numbers;
/// level beyond both ends.
pub(super) fn along(x: f32, knots: &[(f32, f32)]) -> f32 {
    let (Some(first), Some(last)) = (knots.first(), knots.last()) else {
        return 0.0;
    };
    if x <= first.0 {
        return first.1;
    }
    let between = knots.windows(2).find(|pair| x <= pair[1].0);
    between.map_or(last.1, |pair| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    })
}

/// 0 to 1: how much of `enough` there is.
pub(super) fn share(n: usize, enough: f32) -> f32 {
    (n as f32 / enough).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_stay_in_range() {
        for (value, expected) in [(-3.0, 0), (41.6, 42), (300.0, 100), (f32::NAN, 0)] {
            assert_eq!(score(Dimension::Clarity, value, Vec::new(), String::new()).value, expected);
        }
    }

    #[test]
    fn lines_go_through_their_knots() {
        let knots = [(0.0, 10.0), (1.0, 20.0), (2.0, 0.0)];
        assert_eq!(along(-1.0, &knots), 10.0);
        assert_eq!(along(0.5, &knots), 15.0);
        assert_eq!(along(2.0, &knots), 0.0);
        assert_eq!(along(9.0, &knots), 0.0);
    }
}
