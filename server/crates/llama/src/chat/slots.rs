//! What the context's memory holds: shared beginnings, and a place for each conversation.
//!
//! Pure bookkeeping; the thread of the model carries it out. A place keeps what its last answer
//! read and wrote, so that the next turn of the conversation begins where the last one ended, and
//! other requests of the same person where they differ from it. Nothing is shared between people
//! but the pinned beginnings, which are the product's own words.

/// A part of a prompt that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Nothing.
    Nothing,
    /// The first tokens of what the place itself holds.
    Own(usize),
    /// The first tokens of a pinned beginning, by its number.
    Pinned(usize, usize),
    /// The first tokens of what another place of the same person holds.
    Copied(usize, usize),
    /// The first tokens of what was put aside for its owner.
    Aside(usize),
}

impl Known {
    /// How many tokens that is.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Own(length) | Self::Pinned(_, length) | Self::Copied(_, length) | Self::Aside(length) => length,
        }
    }
}

/// Whose a request is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Owner {
    /// The person; empty for nobody, with whom nothing is shared.
    pub person: String,
    pub conversation: Option<String>,
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
    /// How many of them lie in cells of a pinned beginning. Those that were copied from another
    /// place count for both, which may come to differ.
    shared: usize,
    owner: Owner,
    /// When it was last used, in turns.
    used: u64,
    /// While it runs: the tokens to which it may grow.
    reserved: Option<usize>,
}

impl<T> Slot<T> {
    fn empty() -> Self {
        Self { tokens: Vec::new(), shared: 0, owner: Owner::default(), used: 0, reserved: None }
    }

    /// Cells that it takes or may come to take.
    fn cells(&self) -> usize {
        self.reserved.unwrap_or(self.tokens.len()).saturating_sub(self.shared)
    }

    fn is_idle(&self) -> bool {
        self.reserved.is_none()
    }

    /// What is lost if it is emptied, as a rank: nothing, an answer that somebody may ask alike, or
    /// a conversation that may go on; the longest unused first.
    fn worth(&self) -> (bool, bool, u64) {
        (!self.tokens.is_empty(), self.owner.conversation.is_some(), self.used)
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
        Self { slots: (0..count).map(|_| Slot::empty()).collect(), pinned: Vec::new(), cells, turn: 0 }
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

    /// Tokens that the memory holds, those that are shared once each.
    pub(super) fn held(&self) -> usize {
        let own = self.slots.iter().map(|slot| slot.tokens.len().saturating_sub(slot.shared));
        self.pinned.iter().map(Vec::len).chain(own).sum()
    }

    /// What a place holds and whose it is, if it holds something and nobody uses it.
    pub(super) fn idle(&self, slot: usize) -> Option<(&Owner, &[T])> {
        let slot = &self.slots[slot];
        (slot.is_idle() && !slot.tokens.is_empty()).then_some((&slot.owner, &slot.tokens))
    }

    /// Where `prompt` and an answer of `answer` tokens go; `None` while there is no room. The first `aside`
    /// tokens were put aside for the owner.
    pub(super) fn plan(&self, prompt: &[T], answer: usize, owner: &Owner, aside: usize) -> Option<Plan> {
        let known = self.known(prompt, owner);
        let known = if aside > known.len() { Known::Aside(aside) } else { known };
        // What is copied cannot go to make room. Where it must, all is read anew.
        self.place(known, prompt.len() + answer, owner).or_else(|| match known {
            Known::Copied(..) => self.place(Known::Nothing, prompt.len() + answer, owner),
            _ => None,
        })
    }

    /// The longest beginning of `prompt` that is there for its owner.
    fn known(&self, prompt: &[T], owner: &Owner) -> Known {
        // The last token of a prompt is always read anew: what comes of it is what is wanted.
        let most = prompt.len().saturating_sub(1);
        let common = |held: &[T]| held.iter().zip(prompt).take_while(|(a, b)| a == b).count().min(most);
        let own = self.of_conversation(owner).map(|slot| Known::Own(common(&self.slots[slot].tokens)));
        let pinned = (0..).zip(&self.pinned).map(|(number, held)| Known::Pinned(number, common(held)));
        let theirs =
            (0..).zip(&self.slots).filter(|(_, slot)| !owner.person.is_empty() && slot.owner.person == owner.person);
        let copied = theirs.map(|(slot, held)| Known::Copied(slot, common(&held.tokens)));
        // Of equals the last one counts, so the best comes last.
        let longest = copied.chain(pinned).chain(own).max_by_key(|known| known.len());
        longest.filter(|known| known.len() > 0).unwrap_or(Known::Nothing)
    }

    /// The idle place that holds the conversation.
    fn of_conversation(&self, owner: &Owner) -> Option<usize> {
        owner.conversation.as_ref()?;
        self.slots.iter().position(|slot| slot.is_idle() && slot.owner == *owner)
    }

    /// Where `known` and what follows it go, `length` tokens in all.
    fn place(&self, known: Known, length: usize, owner: &Owner) -> Option<Plan> {
        let source = match known {
            Known::Copied(slot, _) => Some(slot),
            _ => None,
        };
        // Nobody comes back for an answer of no conversation: its place is not copied but taken over.
        let left = source.filter(|slot| self.slots[*slot].is_idle() && self.slots[*slot].owner.conversation.is_none());
        let own = self.of_conversation(owner);
        if let (Some(slot), None) = (left, own) {
            return self.make_room(slot, Known::Own(known.len()), length, None);
        }
        let free = (0..self.slots.len()).filter(|slot| self.slots[*slot].is_idle() && Some(*slot) != source);
        let slot = own.or_else(|| free.min_by_key(|slot| self.slots[*slot].worth()))?;
        self.make_room(slot, known, length, source)
    }

    /// Whom to empty so that `slot` may come to hold `length` tokens, `known` among them; never `source`.
    fn make_room(&self, slot: usize, known: Known, length: usize, source: Option<usize>) -> Option<Plan> {
        let shared = match known {
            Known::Own(length) => self.slots[slot].shared.min(length),
            Known::Copied(from, length) => self.slots[from].shared.min(length),
            Known::Pinned(_, length) => length,
            Known::Nothing | Known::Aside(_) => 0,
        };
        let mut others: Vec<_> = (0..self.slots.len()).filter(|other| *other != slot).collect();
        let pinned: usize = self.pinned.iter().map(Vec::len).sum();
        let mut taken = pinned + others.iter().map(|other| self.slots[*other].cells()).sum::<usize>();
        others.retain(|other| self.slots[*other].is_idle() && self.slots[*other].cells() > 0 && Some(*other) != source);
        others.sort_by_key(|other| self.slots[*other].worth());
        let mut evict = Vec::new();
        for other in others {
            if taken + length - shared <= self.cells {
                break;
            }
            taken -= self.slots[other].cells();
            evict.push(other);
        }
        (taken + length - shared <= self.cells).then_some(Plan { slot, known, evict })
    }

    /// Notes that `plan` was carried out for a prompt of `prompt` and an answer of `answer` tokens.
    pub(super) fn begin(&mut self, plan: &Plan, prompt: usize, answer: usize, owner: Owner) {
        for slot in &plan.evict {
            self.empty(*slot);
        }
        self.turn += 1;
        let (tokens, shared) = match plan.known {
            Known::Own(length) => {
                let slot = &mut self.slots[plan.slot];
                slot.tokens.truncate(length);
                (std::mem::take(&mut slot.tokens), slot.shared.min(length))
            }
            Known::Pinned(number, length) => (self.pinned[number][..length].to_vec(), length),
            Known::Copied(from, length) => {
                (self.slots[from].tokens[..length].to_vec(), self.slots[from].shared.min(length))
            }
            // What was put aside is brought back before anything is read.
            Known::Nothing | Known::Aside(_) => (Vec::new(), 0),
        };
        self.slots[plan.slot] = Slot { tokens, shared, owner, used: self.turn, reserved: Some(prompt + answer) };
    }

    /// Notes that the memory holds `tokens` for a place.
    pub(super) fn fill(&mut self, slot: usize, tokens: Vec<T>) {
        self.slots[slot].tokens = tokens;
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

    /// Notes that an answer has ended. Whether what its place holds is kept for its owner; if not,
    /// the memory must let go of it.
    pub(super) fn end(&mut self, slot: usize) -> bool {
        self.slots[slot].reserved = None;
        let keep = self.slots[slot].owner != Owner::default();
        if !keep {
            self.empty(slot);
        }
        keep
    }

    /// Notes that the memory holds nothing for `slot`.
    pub(super) fn empty(&mut self, slot: usize) {
        self.slots[slot] = Slot { used: self.slots[slot].used, ..Slot::empty() };
    }

    /// The idle place that is worth least, of those that hold something.
    pub(super) fn least_idle(&self) -> Option<usize> {
        (0..self.slots.len())
            .filter(|slot| self.slots[*slot].is_idle() && !self.slots[*slot].tokens.is_empty())
            .min_by_key(|slot| self.slots[*slot].worth())
    }
}

#[cfg(test)]
#[path = "slots_tests.rs"]
mod tests;
