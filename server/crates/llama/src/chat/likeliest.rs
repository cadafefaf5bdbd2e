//! The likeliest tokens of a vocabulary, found without sorting it.

use llama_cpp_2::token::{LlamaToken, data::LlamaTokenData};

/// Tokens that are looked at together. Small, so that the likeliest ones are spread over many.
const BLOCK: usize = 64;

/// How likely each of a vocabulary's tokens is, as numbers that have the order of the logits.
#[derive(Default)]
pub(super) struct Likeliest {
    /// The greatest number of each block.
    greatest: Vec<i32>,
    sorted: Vec<i32>,
}

impl Likeliest {
    /// Puts the `most` likeliest tokens into `into`, in no order, with `logits[i]` for token `i`;
    /// fewer if others are impossible (minus infinity). Nothing if a logit is not a number.
    ///
    /// At least `most` tokens are as likely as the `most`-th greatest of the blocks' greatest, so
    /// only tokens from there on need to be told apart.
    pub(super) fn find(&mut self, logits: &[f32], most: usize, into: &mut Vec<LlamaTokenData>) {
        into.clear();
        let [impossible, infinite] = [f32::NEG_INFINITY, f32::INFINITY].map(order);
        let (mut least, mut greatest) = (i32::MAX, i32::MIN);
        self.greatest.clear();
        for block in logits.chunks(BLOCK) {
            let (low, high) =
                block.iter().fold((i32::MAX, i32::MIN), |(low, high), x| (low.min(order(*x)), high.max(order(*x))));
            self.greatest.push(high);
            (least, greatest) = (least.min(low), greatest.max(high));
        }
        // What is not a number stands outside of both infinities, and nothing is infinitely likely.
        if least < impossible || greatest >= infinite {
            return;
        }
        self.sorted.clone_from(&self.greatest);
        let from = match self.sorted.len().checked_sub(most) {
            Some(place) if most > 0 => *self.sorted.select_nth_unstable(place).1,
            _ => i32::MIN,
        };
        for (number, block) in logits.chunks(BLOCK).enumerate().filter(|(number, _)| self.greatest[*number] >= from) {
            let tokens = (0_i32..).skip(number * BLOCK).zip(block);
            let likely = tokens.filter(|(_, x)| order(**x) >= from && order(**x) > impossible);
            into.extend(likely.map(|(token, x)| LlamaTokenData::new(LlamaToken(token), *x, 0.0)));
        }
        if into.len() > most {
            into.select_nth_unstable_by(most, |a, b| b.logit().total_cmp(&a.logit()).then(a.id().cmp(&b.id())));
            into.truncate(most);
        }
    }
}

/// A whole number for each logit, in the order of IEEE 754's `totalOrder`: whole numbers are
/// compared many at once, which the processor cannot do as easily with numbers that may be none.
fn order(logit: f32) -> i32 {
    let bits = logit.to_bits().cast_signed();
    bits ^ ((bits >> 31) & i32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn find(logits: &[f32], most: usize) -> Vec<(i32, f32)> {
        let mut found = Vec::new();
        Likeliest::default().find(logits, most, &mut found);
        found.sort_by(|a, b| b.logit().total_cmp(&a.logit()).then(a.id().cmp(&b.id())));
        found.iter().map(|token| (token.id().0, token.logit())).collect()
    }

    #[test]
    fn broken_numbers_give_nothing() {
        assert_eq!(find(&[1.0, 3.0, 2.0], 2), [(1, 3.0), (2, 2.0)]);
        for broken in [f32::NAN, -f32::NAN, f32::INFINITY] {
            assert_eq!(find(&[1.0, broken, 2.0], 2), []);
        }
        assert_eq!(find(&[f32::NEG_INFINITY; 300], 2), []);
        assert_eq!(find(&[f32::NEG_INFINITY, -3.0], 2), [(1, -3.0)]);
        assert_eq!(find(&[], 2), []);
        assert_eq!(find(&[1.0], 0), []);
    }

    proptest! {
        #[test]
        fn the_likeliest_are_those_that_sorting_gives(
            logits in prop::collection::vec(prop_oneof![4 => -30.0_f32..30.0, 1 => Just(0.5_f32), 1 => Just(f32::NEG_INFINITY)], 0..2_000),
            most in 0..300_usize,
        ) {
            let mut sorted: Vec<_> = (0_i32..).zip(logits.iter().copied()).filter(|(_, x)| x.is_finite()).collect();
            sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            sorted.truncate(most);
            prop_assert_eq!(find(&logits, most), sorted);
        }
    }
}
