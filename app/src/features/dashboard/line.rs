//! Where the points of a line chart lie.

/// Width of the drawing.
pub const WIDTH: f32 = 480.0;
/// Height of the drawing.
pub const HEIGHT: f32 = 200.0;
/// Room on the left, for the numbers of the scale.
pub const LEFT: f32 = 40.0;
/// Room on the other sides.
pub const EDGE: f32 = 12.0;
/// Room at the bottom, for the dates.
pub const BOTTOM: f32 = 28.0;

/// The place of each score, from left to right at even distances; a single one stands in the middle.
pub fn points(scores: &[u8]) -> Vec<(f32, f32)> {
    let span = WIDTH - LEFT - EDGE;
    let x = |place: usize| match scores.len() {
        0 | 1 => LEFT + span / 2.0,
        many => LEFT + span * place as f32 / (many - 1) as f32,
    };
    scores.iter().enumerate().map(|(place, score)| (x(place), height(*score))).collect()
}

/// How far from the top a score of 0 to 100 lies.
pub fn height(score: u8) -> f32 {
    EDGE + (HEIGHT - EDGE - BOTTOM) * (1.0 - f32::from(score.min(100)) / 100.0)
}

/// The points as an SVG polyline has them.
pub fn polyline(points: &[(f32, f32)]) -> String {
    points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_scores_make_no_points() {
        assert!(points(&[]).is_empty());
        assert_eq!(polyline(&[]), "");
    }

    #[test]
    fn one_score_stands_in_the_middle() {
        assert_eq!(points(&[50]), [(LEFT + (WIDTH - LEFT - EDGE) / 2.0, height(50))]);
    }

    #[test]
    fn many_scores_fill_the_width_and_stay_within() {
        let scores: Vec<u8> = (0..=200).map(|score| (score % 101) as u8).collect();
        let points = points(&scores);
        assert_eq!((points[0].0, points[200].0), (LEFT, WIDTH - EDGE));
        assert!(points.iter().all(|(x, y)| (LEFT..=WIDTH - EDGE).contains(x) && (EDGE..=HEIGHT - BOTTOM).contains(y)));
        assert!(height(100) < height(0));
        assert_eq!(polyline(&[(1.0, 2.25), (3.0, 4.0)]), "1.0,2.2 3.0,4.0");
    }
}
