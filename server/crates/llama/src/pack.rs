//! Deciding which texts share a call, so that each call is full and no call is too full.

/// The most that one call takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Tokens of all texts together; llama.cpp ends the process when a call has more.
    pub tokens: usize,
    /// Texts.
    pub texts: usize,
}

/// Groups the texts with these `lengths` (in tokens, each at most `limits.tokens`), as indices.
/// Texts of like length come together, the longest first.
pub(crate) fn pack(lengths: &[usize], limits: Limits) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(lengths[*index]));
    let mut packs: Vec<Vec<usize>> = Vec::new();
    let mut room = 0;
    for index in order {
        match packs.last_mut() {
            Some(pack) if lengths[index] <= room && pack.len() < limits.texts => pack.push(index),
            _ => {
                packs.push(vec![index]);
                room = limits.tokens;
            }
        }
        room = room.saturating_sub(lengths[index]);
    }
    packs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_text_is_in_one_pack_and_no_pack_is_too_full(
            lengths in prop::collection::vec(2..=256_usize, 0..200),
            tokens in 256..600_usize,
            texts in 1..80_usize,
        ) {
            let packs = pack(&lengths, Limits { tokens, texts });
            for pack in &packs {
                prop_assert!(!pack.is_empty() && pack.len() <= texts);
                prop_assert!(pack.iter().map(|index| lengths[*index]).sum::<usize>() <= tokens);
            }
            let mut all: Vec<_> = packs.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..lengths.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn like_lengths_come_together() {
        assert_eq!(pack(&[3, 9, 3, 9], Limits { tokens: 18, texts: 8 }), [vec![1, 3], vec![0, 2]]);
        assert!(pack(&[], Limits { tokens: 18, texts: 8 }).is_empty());
    }
}
