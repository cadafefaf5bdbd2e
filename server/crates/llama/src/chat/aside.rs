//! Conversations that had to leave the model's memory, put aside under a limit of bytes until they go on.
//!
//! A copy holds what the model made of the tokens, which is quicker to bring back than to compute again. It is
//! found by its owner alone, and the longest unused one goes first.

use std::collections::VecDeque;

use super::slots::Owner;

/// Fewer tokens than this are read again sooner than they are copied.
const LEAST: usize = 64;

/// What was put aside, the longest unused first. `S` is what the memory held.
#[derive(Debug)]
pub(super) struct Aside<T, S> {
    copies: VecDeque<Copy<T, S>>,
    bytes: usize,
    most: usize,
}

/// What a sequence held.
#[derive(Debug)]
pub(super) struct Copy<T, S> {
    pub owner: Owner,
    pub tokens: Vec<T>,
    pub state: S,
    pub bytes: usize,
}

impl<T: PartialEq, S> Aside<T, S> {
    /// Room for `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { copies: VecDeque::new(), bytes: 0, most }
    }

    /// Bytes that are held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether what `owner` leaves is worth being put aside: it belongs to a conversation that may go on.
    pub(super) fn wants(&self, owner: &Owner, tokens: usize) -> bool {
        self.most > 0 && owner.conversation.is_some() && tokens >= LEAST
    }

    /// Puts a copy aside, in place of an older one of its conversation. One that is larger than all the room is dropped.
    pub(super) fn put(&mut self, copy: Copy<T, S>) {
        drop(self.take(&copy.owner));
        if copy.bytes > self.most {
            return;
        }
        while self.bytes + copy.bytes > self.most
            && let Some(oldest) = self.copies.pop_front()
        {
            self.bytes -= oldest.bytes;
        }
        self.bytes += copy.bytes;
        self.copies.push_back(copy);
    }

    /// How much of `prompt` the owner's copy holds; 0 if it would not fit into `room` tokens.
    pub(super) fn known(&self, prompt: &[T], room: usize, owner: &Owner) -> usize {
        let copy = self.copies.iter().find(|copy| copy.owner == *owner && copy.tokens.len() <= room);
        // The last token of a prompt is always read anew: what comes of it is what is wanted.
        let most = prompt.len().saturating_sub(1);
        copy.map_or(0, |copy| copy.tokens.iter().zip(prompt).take_while(|(a, b)| a == b).count().min(most))
    }

    /// Gives the owner's copy back.
    pub(super) fn take(&mut self, owner: &Owner) -> Option<Copy<T, S>> {
        let place = self.copies.iter().position(|copy| copy.owner == *owner)?;
        let copy = self.copies.remove(place)?;
        self.bytes -= copy.bytes;
        Some(copy)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(conversation: &str) -> Owner {
        Owner { person: "ada".to_owned(), conversation: Some(conversation.to_owned()) }
    }

    fn copy(conversation: &str, tokens: &[u32], bytes: usize) -> Copy<u32, ()> {
        Copy { owner: of(conversation), tokens: tokens.to_vec(), state: (), bytes }
    }

    #[test]
    fn the_oldest_goes_first_and_the_limit_holds() {
        let mut aside = Aside::new(10);
        for name in ["a", "b", "c"] {
            aside.put(copy(name, &[1, 2, 3], 5));
        }
        assert_eq!((aside.bytes(), aside.known(&[1, 2, 9], 8, &of("a"))), (10, 0));
        assert_eq!(aside.known(&[1, 2, 9], 8, &of("b")), 2);
        aside.put(copy("d", &[1], 11));
        assert_eq!((aside.bytes(), aside.take(&of("d")).is_none()), (10, true));
        assert_eq!(aside.take(&of("b")).map(|copy| copy.bytes), Some(5));
        assert_eq!(aside.bytes(), 5);
    }

    #[test]
    fn a_copy_is_for_its_owner_and_leaves_one_token_to_read() {
        let mut aside = Aside::new(100);
        aside.put(copy("a", &[1, 2, 3], 5));
        assert_eq!(aside.known(&[1, 2, 3], 3, &of("a")), 2);
        assert_eq!(aside.known(&[1, 2, 3, 4], 2, &of("a")), 0, "it does not fit");
        assert_eq!(aside.known(&[1, 2, 3, 4], 9, &Owner { person: "bob".to_owned(), ..of("a") }), 0);
        assert!(!aside.wants(&Owner { conversation: None, ..of("a") }, 500) && !aside.wants(&of("a"), LEAST - 1));
        assert!(aside.wants(&of("a"), LEAST) && !Aside::<u32, ()>::new(0).wants(&of("a"), 500));
    }

    proptest! {
        #[test]
        fn it_never_holds_more_than_its_limit(puts in prop::collection::vec((0..6_u8, 0..60_usize), 0..40)) {
            let mut aside = Aside::new(100);
            for (name, bytes) in puts {
                aside.put(copy(&name.to_string(), &[1], bytes));
                let held: usize = aside.copies.iter().map(|copy| copy.bytes).sum();
                prop_assert!(held == aside.bytes() && held <= 100);
                let mut names: Vec<_> = aside.copies.iter().map(|copy| copy.owner.conversation.clone()).collect();
                names.sort();
                names.dedup();
                prop_assert_eq!(names.len(), aside.copies.len());
            }
        }
    }
}
