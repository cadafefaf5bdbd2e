//! What the context's memory holds: shared beginnings, and a place for each conversation.
//!
//! Pure bookkeeping; the thread of the model carries it out. A place keeps what its last
//! conversation read and wrote, so that the next turn begins where the last one ended. Nothing is
//! shared between conversations but the pinned beginnings, which are the product's own words.

/// A part of a prompt that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Nothing.
    Nothing,
    /// The first tokens of what the place itself holds.
    Own(usize),
    /// The first tokens of a pinned beginning, by its number.
    Pinned(usize, usize),
}

impl Known {
    /// How many tokens that is.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Own(length) | Self::Pinned(_, length) => length,
        }
    }
}

/// Where a prompt goes, and what must go for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub slot: usize,
    pub known: Known,
    /// Other places that must be emptied, the longest unused first.
    pub evict: Vec<usize>,
}

#[derive(Debug)]
struct Slot<T> {
    /// What the memory holds for it, in order.
    tokens: Vec<T>,
    /// How many of them lie in cells of a pinned beginning.
    shared: usize,
    conversation: Option<String>,
    /// When it was last used, in turns.
    used: u64,
    /// While it runs: the tokens to which it may grow.
    reserved: Option<usize>,
}

impl<T> Slot<T> {
    /// Cells that it takes or may come to take.
    fn cells(&self) -> usize {
        self.reserved.unwrap_or(self.tokens.len()).saturating_sub(self.shared)
    }
}

/// All places, and how much memory there is for them.
#[derive(Debug)]
pub(super) struct Slots<T> {
    slots: Vec<Slot<T>>,
    pinned: Vec<Vec<T>>,
    cells: usize,
    turn: u64,
}

impl<T: Copy + PartialEq> Slots<T> {
    /// `count` empty places in a memory of `cells` tokens.
    pub(super) fn new(count: usize, cells: usize) -> Self {
        let empty = || Slot { tokens: Vec::new(), shared: 0, conversation: None, used: 0, reserved: None };
        Self { slots: (0..count).map(|_| empty()).collect(), pinned: Vec::new(), cells, turn: 0 }
    }

    /// Notes that the memory holds `tokens` for all; gives the beginning's number.
    pub(super) fn pin(&mut self, tokens: Vec<T>) -> usize {
        self.pinned.push(tokens);
        self.pinned.len() - 1
    }

    /// What the memory holds for a place.
    pub(super) fn tokens(&self, slot: usize) -> &[T] {
        &self.slots[slot].tokens
    }

    /// Where `prompt` and an answer of `answer` tokens go; `None` while there is no room.
    pub(super) fn plan(&self, prompt: &[T], answer: usize, conversation: Option<&str>) -> Option<Plan> {
        // The last token of a prompt is always read anew: what comes of it is what is wanted.
        let most = prompt.len().saturating_sub(1);
        let common = |held: &[T]| held.iter().zip(prompt).take_while(|(a, b)| a == b).count().min(most);
        let idle = || (0..self.slots.len()).filter(|slot| self.slots[*slot].reserved.is_none());
        let own =
            conversation.and_then(|name| idle().find(|slot| self.slots[*slot].conversation.as_deref() == Some(name)));
        let pinned = (0..self.pinned.len())
            .map(|number| (common(&self.pinned[number]), number))
            .filter(|(length, _)| *length > 0)
            .max_by_key(|(length, _)| *length);
        let slot =
            own.or_else(|| idle().min_by_key(|slot| (!self.slots[*slot].tokens.is_empty(), self.slots[*slot].used)))?;
        let known = match (own.map(|slot| common(&self.slots[slot].tokens)), pinned) {
            (Some(length), pinned) if length > 0 && pinned.is_none_or(|(shared, _)| shared <= length) => {
                Known::Own(length)
            }
            (_, Some((length, number))) => Known::Pinned(number, length),
            _ => Known::Nothing,
        };
        let shared = match known {
            Known::Own(length) => self.slots[slot].shared.min(length),
            Known::Pinned(_, length) => length,
            Known::Nothing => 0,
        };
        let needed = prompt.len() + answer - shared;
        let others = |slots: &mut dyn Iterator<Item = usize>| {
            slots.filter(|other| *other != slot).map(|other| self.slots[other].cells()).sum::<usize>()
        };
        let pinned_cells: usize = self.pinned.iter().map(Vec::len).sum();
        let mut taken = pinned_cells + others(&mut (0..self.slots.len()));
        let mut evict = Vec::new();
        let mut oldest: Vec<_> = idle().filter(|other| *other != slot && self.slots[*other].cells() > 0).collect();
        oldest.sort_by_key(|other| self.slots[*other].used);
        for other in oldest {
            if taken + needed <= self.cells {
                break;
            }
            taken -= self.slots[other].cells();
            evict.push(other);
        }
        (taken + needed <= self.cells).then_some(Plan { slot, known, evict })
    }

    /// Notes that `plan` was carried out for a prompt of `prompt` and an answer of `answer` tokens.
    pub(super) fn begin(&mut self, plan: &Plan, prompt: usize, answer: usize, conversation: Option<String>) {
        for slot in &plan.evict {
            self.empty(*slot);
        }
        self.turn += 1;
        let held = match plan.known {
            Known::Pinned(number, length) => self.pinned[number][..length].to_vec(),
            Known::Own(_) | Known::Nothing => Vec::new(),
        };
        let slot = &mut self.slots[plan.slot];
        match plan.known {
            Known::Own(length) => {
                slot.tokens.truncate(length);
                slot.shared = slot.shared.min(length);
            }
            Known::Pinned(..) | Known::Nothing => (slot.shared, slot.tokens) = (held.len(), held),
        }
        slot.conversation = conversation;
        slot.used = self.turn;
        slot.reserved = Some(prompt + answer);
    }

    /// Notes that the memory holds only the first `length` tokens of a place.
    pub(super) fn cut(&mut self, slot: usize, length: usize) {
        let slot = &mut self.slots[slot];
        slot.tokens.truncate(length);
        slot.shared = slot.shared.min(length);
    }

    /// Notes that the memory holds `token` next.
    pub(super) fn append(&mut self, slot: usize, token: T) {
        self.slots[slot].tokens.push(token);
    }

    /// Notes that an answer has ended. Whether what its place holds is kept for the next turn; if
    /// not, the memory must let go of it.
    pub(super) fn end(&mut self, slot: usize) -> bool {
        self.slots[slot].reserved = None;
        let keep = self.slots[slot].conversation.is_some();
        if !keep {
            self.empty(slot);
        }
        keep
    }

    /// Notes that the memory holds nothing for `slot`.
    pub(super) fn empty(&mut self, slot: usize) {
        let slot = &mut self.slots[slot];
        (slot.tokens, slot.shared, slot.conversation, slot.reserved) = (Vec::new(), 0, None, None);
    }

    /// The idle place that was not used for longest, of those that hold something.
    pub(super) fn oldest_idle(&self) -> Option<usize> {
        (0..self.slots.len())
            .filter(|slot| self.slots[*slot].reserved.is_none() && !self.slots[*slot].tokens.is_empty())
            .min_by_key(|slot| self.slots[*slot].used)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(slots: &mut Slots<u32>, prompt: &[u32], conversation: Option<&str>) -> Plan {
        let plan = slots.plan(prompt, 4, conversation).unwrap();
        slots.begin(&plan, prompt.len(), 4, conversation.map(str::to_owned));
        for token in &prompt[plan.known.len()..] {
            slots.append(plan.slot, *token);
        }
        plan
    }

    #[test]
    fn a_conversation_goes_on_where_it_ended() {
        let mut slots = Slots::new(2, 100);
        let first = run(&mut slots, &[1, 2, 3], Some("a"));
        slots.append(first.slot, 9);
        assert!(slots.end(first.slot));
        let next = run(&mut slots, &[1, 2, 3, 9, 4], Some("a"));
        assert_eq!((next.slot, next.known), (first.slot, Known::Own(4)));
    }

    #[test]
    fn nobody_goes_on_with_what_belongs_to_another() {
        let mut slots = Slots::new(2, 100);
        let first = run(&mut slots, &[1, 2, 3], Some("a"));
        slots.end(first.slot);
        assert_eq!(run(&mut slots, &[1, 2, 3], Some("b")).known, Known::Nothing);
        assert_eq!(slots.plan(&[1, 2, 3], 4, None).unwrap().known, Known::Nothing);
    }

    #[test]
    fn pinned_beginnings_are_for_all_and_the_last_token_is_read_anew() {
        let mut slots = Slots::new(2, 100);
        slots.pin(vec![1, 2, 3]);
        assert_eq!(run(&mut slots, &[1, 2, 3, 4], None).known, Known::Pinned(0, 3));
        assert_eq!(run(&mut slots, &[1, 2, 3], None).known, Known::Pinned(0, 2));
    }

    #[test]
    fn room_is_made_by_the_longest_unused_and_never_by_a_running_one() {
        let mut slots = Slots::new(3, 30);
        for name in ["a", "b"] {
            let plan = run(&mut slots, &[1; 8], Some(name));
            slots.end(plan.slot);
        }
        let plan = run(&mut slots, &[2; 12], None);
        assert_eq!(plan.evict, [0]);
        assert_eq!(slots.plan(&[3; 12], 4, None), None);
        assert_eq!(slots.oldest_idle(), Some(1));
        assert!(!slots.end(plan.slot));
        assert!(slots.plan(&[3; 12], 4, None).is_some());
    }

    proptest! {
        #[test]
        fn the_memory_is_never_promised_twice(
            steps in prop::collection::vec((prop::option::of(0..4_u8), 1..20_usize, 0..3_u32, any::<bool>()), 1..40)
        ) {
            let mut slots: Slots<u32> = Slots::new(4, 64);
            slots.pin(vec![0, 0, 0, 0]);
            let mut running: Vec<usize> = Vec::new();
            for (conversation, length, token, ends) in steps {
                let name = conversation.map(|number| number.to_string());
                let prompt = vec![token; length];
                // One conversation has one open turn.
                let open = running.iter().any(|slot| name.is_some() && slots.slots[*slot].conversation == name);
                if let Some(plan) = slots.plan(&prompt, 6, name.as_deref()).filter(|_| !open) {
                    prop_assert!(!running.contains(&plan.slot));
                    prop_assert!(plan.evict.iter().all(|slot| !running.contains(slot)));
                    prop_assert!(plan.known.len() < prompt.len());
                    slots.begin(&plan, length, 6, name);
                    for token in &prompt[plan.known.len()..] {
                        slots.append(plan.slot, *token);
                    }
                    running.push(plan.slot);
                }
                let promised: usize = slots.slots.iter().map(Slot::cells).sum();
                prop_assert!(promised + 4 <= 64, "{promised}");
                if ends && !running.is_empty() {
                    slots.end(running.remove(0));
                }
            }
        }
    }
}
