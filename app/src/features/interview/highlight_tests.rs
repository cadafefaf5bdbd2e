use super::*;

fn quote(answer: &str, text: &str) -> Quote {
    Quote { text: text.to_owned(), start: answer.find(text).unwrap() }
}

fn marks(answer: &str, quotes: &[(&Quote, Meaning)]) -> Marks {
    Marks::from_quotes(2, answer, quotes.iter().copied())
}

/// The segments as text: `[0+covered+…]` around what mark 0 holds.
fn shown(segments: &[Segment]) -> String {
    segments
        .iter()
        .map(|segment| match segment {
            Segment::Plain(text) => text.clone(),
            Segment::Marked { number, meaning, inside } => {
                let number = number.map_or_else(|| "-".to_owned(), |number| number.to_string());
                let meaning = match meaning {
                    Meaning::Evidence => "e",
                    Meaning::Partly => "p",
                    Meaning::Covered => "c",
                };
                format!("[{number}{meaning} {}]", shown(inside))
            }
        })
        .collect()
}

#[test]
fn an_answer_without_quotes_is_plain() {
    assert_eq!(shown(&marks("We shipped it.", &[]).segments()), "We shipped it.");
    assert!(marks("", &[]).segments().is_empty());
}

#[test]
fn characters_of_many_bytes_stay_whole() {
    let answer = "Für 3 €: “Žluťoučký” lief – 速い. Danach 🌟.";
    let (star, quick) = (quote(answer, "Danach 🌟."), quote(answer, "“Žluťoučký” lief – 速い."));
    let marks = marks(answer, &[(&star, Meaning::Covered), (&quick, Meaning::Partly)]);
    assert_eq!(shown(&marks.segments()), "Für 3 €: [0p “Žluťoučký” lief – 速い.] [1c Danach 🌟.]");
    assert_eq!(
        (marks.link(&quick).as_deref(), marks.link(&star).as_deref()),
        (Some("#answer-2-0"), Some("#answer-2-1"))
    );
}

#[test]
fn a_quote_within_a_quote_is_nested() {
    let answer = "I think I cut the time to 40 ms. Then we went home.";
    let (whole, part, number) =
        (quote(answer, "I think I cut the time to 40 ms."), quote(answer, "I think"), quote(answer, "40 ms"));
    let marks = marks(answer, &[(&number, Meaning::Evidence), (&whole, Meaning::Covered), (&part, Meaning::Evidence)]);
    assert_eq!(shown(&marks.segments()), "[0c [1e I think] I cut the time to [2e 40 ms].] Then we went home.");
}

#[test]
fn the_same_words_quoted_twice_are_one_mark() {
    let answer = "We measured it.";
    let both = quote(answer, answer);
    let marks = marks(answer, &[(&both, Meaning::Covered), (&both, Meaning::Evidence)]);
    assert_eq!(shown(&marks.segments()), "[0c We measured it.]");
}

#[test]
fn overlapping_quotes_keep_their_own_words() {
    let answer = "one two three four five";
    let (left, right, last) =
        (quote(answer, "one two three"), quote(answer, "two three four"), quote(answer, "three four five"));
    let marks = marks(answer, &[(&left, Meaning::Covered), (&right, Meaning::Partly), (&last, Meaning::Evidence)]);
    let segments = marks.segments();
    assert_eq!(shown(&segments).matches("[0c").count(), 1);
    assert_eq!(plain(&segments), answer);
    for text in ["[0c one [1p two [2e three]]]", "[-p ", " five"] {
        assert!(shown(&segments).contains(text), "{text} in {}", shown(&segments));
    }
}

fn plain(segments: &[Segment]) -> String {
    let text = |segment: &Segment| match segment {
        Segment::Plain(text) => text.clone(),
        Segment::Marked { inside, .. } => plain(inside),
    };
    segments.iter().map(text).collect()
}

#[test]
fn a_wrong_place_is_mended_and_foreign_words_are_left_out() {
    let answer = "Zoë said so. Zoë said so.";
    let shifted = Quote { text: "Zoë said so.".to_owned(), start: 3 };
    let beyond = Quote { text: "so.".to_owned(), start: usize::MAX };
    let foreign = Quote { text: "never said".to_owned(), start: 0 };
    let empty = Quote { text: String::new(), start: 0 };
    let marks = marks(
        answer,
        &[
            (&shifted, Meaning::Covered),
            (&beyond, Meaning::Evidence),
            (&foreign, Meaning::Covered),
            (&empty, Meaning::Covered),
        ],
    );
    assert_eq!(shown(&marks.segments()), "[0c Zoë said [1e so.]] Zoë said so.");
    assert_eq!(marks.link(&foreign), None);
}

#[test]
fn every_set_of_overlapping_quotes_keeps_the_answer_whole() {
    let answer = "añb🌟cdéf";
    let cuts: Vec<usize> = answer.char_indices().map(|(at, _)| at).chain([answer.len()]).collect();
    let mut seed = 7_usize;
    for _ in 0..500 {
        let mut next = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % most
        };
        let quotes: Vec<Quote> = (0..5)
            .map(|_| {
                let (from, to) = (next(cuts.len()), next(cuts.len()));
                let (start, end) = (cuts[from.min(to)], cuts[from.max(to)]);
                Quote { text: answer[start..end].to_owned(), start }
            })
            .collect();
        let list: Vec<_> = quotes.iter().map(|quote| (quote, Meaning::Evidence)).collect();
        let marks = marks(answer, &list);
        let segments = marks.segments();
        assert_eq!(plain(&segments), answer);
        let text = shown(&segments);
        for quote in quotes.iter().filter(|quote| !quote.text.is_empty()) {
            assert!(text.contains(&format!("[{}e ", marks.of(quote).unwrap())), "{quote:?} in {text}");
        }
    }
}
