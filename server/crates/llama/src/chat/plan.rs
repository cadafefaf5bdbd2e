//! How much of the prompts goes into a turn.

/// The most tokens that a turn takes.
pub(super) const BATCH: usize = 256;

/// Seconds that a turn may take while answers are being written: a reader notices longer ones. Late
/// in a long prompt tokens take longer than `rate` says, and the machine does other things besides:
/// with both it stays under a quarter of a second.
const TURN: f32 = 0.15;

/// The least of the prompts that goes into a turn, so that they are read at all.
const LEAST: usize = 4;

/// Seconds that a turn should take while nobody reads along. Until it ends nothing can be cancelled
/// or begun, and shorter ones are less efficient.
const ALONE: f32 = 1.5;

/// The least then: with fewer tokens, a turn takes hardly less time.
const LEAST_ALONE: usize = 32;

/// What goes into a turn before anything was measured.
const UNKNOWN: usize = 64;

/// Tokens that llama.cpp multiplies at once. Those that are left over take nearly as long as so many more.
const TOGETHER: usize = 4;

/// How many tokens of prompts may go into a turn beside `writing` tokens of answers, when `rate`
/// of them are read in a second. Turns are short if somebody is `disturbed` by long ones.
pub(super) fn budget(writing: usize, rate: Option<f32>, disturbed: bool) -> usize {
    let room = BATCH.saturating_sub(writing);
    let (seconds, least) = if disturbed || writing > 0 { (TURN, LEAST) } else { (ALONE, LEAST_ALONE) };
    let quick = rate.map_or(UNKNOWN, |rate| (rate * seconds) as usize);
    quick.saturating_sub(writing).clamp(least, BATCH).min(room)
}

/// About `room`, so that `unread` tokens take the same number of turns of nearly the same size: a small last one would
/// take nearly as long as a large one. With the `writing` tokens of answers, none is left over of those read together.
pub(super) fn level(unread: usize, room: usize, writing: usize) -> usize {
    let turns = unread.div_ceil(room.max(1)).max(1);
    let even = unread.div_ceil(turns).min(room);
    if even == 0 {
        return 0;
    }
    let whole = (writing + even).next_multiple_of(TOGETHER) - writing;
    whole.min(unread).min(BATCH.saturating_sub(writing))
}

/// Whether a turn of this many tokens takes longer than one with another token that says nothing.
pub(super) fn lacks_one(tokens: usize) -> bool {
    tokens % TOGETHER == TOGETHER - 1
}

/// Divides `room` among prompts that have these many tokens left: equal shares, and what one does
/// not need goes to the others.
pub(super) fn shares(unread: &[usize], room: usize) -> Vec<usize> {
    let mut shares = vec![0; unread.len()];
    let mut order: Vec<_> = (0..unread.len()).filter(|index| unread[*index] > 0).collect();
    order.sort_by_key(|index| unread[*index]);
    let mut room = room;
    for (served, index) in order.iter().enumerate() {
        let equal = room.div_ceil(order.len() - served);
        shares[*index] = unread[*index].min(equal).min(room);
        room -= shares[*index];
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn writing_keeps_reading_short() {
        assert_eq!(budget(2, Some(400.0), false), 58);
        assert_eq!(budget(2, Some(10.0), false), LEAST);
        assert_eq!(budget(2, Some(1e6), false), BATCH - 2);
        assert_eq!(budget(BATCH, Some(1e6), false), 0);
        assert_eq!(budget(2, None, false), UNKNOWN - 2);
    }

    #[test]
    fn a_turn_alone_is_longer_and_still_ends_soon() {
        assert_eq!(budget(0, Some(1e6), false), BATCH);
        assert_eq!(budget(0, Some(100.0), false), 150);
        assert_eq!(budget(0, Some(1.0), false), LEAST_ALONE);
        assert_eq!(budget(0, None, false), UNKNOWN);
        assert_eq!(budget(0, Some(400.0), true), 60);
    }

    #[test]
    fn turns_are_of_one_size() {
        let levels = [(532, 256), (256, 256), (20, 256), (0, 256), (9, 0)].map(|(unread, room)| level(unread, room, 0));
        assert_eq!(levels, [180, 256, 20, 0, 0]);
    }

    #[test]
    fn turns_are_whole_with_the_answers() {
        assert_eq!([0, 1, 2, 3, 4].map(|writing| writing + level(1_000, 27 - writing, writing)), [28; 5]);
        assert_eq!(level(5, 27, 2), 5, "what there is");
        assert_eq!(level(1_000, BATCH - 3, 3), BATCH - 3);
        assert_eq!([0, 1, 2, 3, 4, 7, 8].map(lacks_one), [false, false, false, true, false, true, false]);
    }

    #[test]
    fn short_prompts_are_not_held_up_by_long_ones() {
        assert_eq!(shares(&[6_000, 20, 0, 300], 120), [50, 20, 0, 50]);
    }

    proptest! {
        #[test]
        fn all_room_is_used_and_no_more(unread in prop::collection::vec(0..500_usize, 0..10), room in 0..300_usize) {
            let shares = shares(&unread, room);
            prop_assert_eq!(shares.iter().sum::<usize>(), room.min(unread.iter().sum()));
            prop_assert!(shares.iter().zip(&unread).all(|(share, unread)| share <= unread));
        }
    }
}
