//! Whose turn is next: classes share by weight, people within a class take turns.
//!
//! Both levels are deficit round-robin (Shreedhar and Varghese, "Efficient fair queuing using
//! deficit round-robin", 1995): whoever is next gets a quantum of tokens, and is served once what
//! it has saved pays for its first request. Somebody with one long request waits for it no longer
//! than somebody with many short ones of the same length together. What nobody waits for is served
//! when nothing else is waiting.

use std::collections::VecDeque;

use inference::Class;

/// Tokens that a person may use in each round.
const QUANTUM: u64 = 256;

/// Quanta of a class in each round: chat, structured, background. The last one counts only among
/// its like.
const WEIGHTS: [u64; 3] = [4, 2, 1];

/// Requests that wait, in the order in which they will be served.
#[derive(Debug)]
pub(super) struct Waiting<T> {
    lanes: [Lane<T>; 3],
    /// The class whose turn it is, and whether it has got its quanta.
    turn: usize,
    paid: bool,
    count: usize,
}

#[derive(Debug)]
struct Lane<T> {
    saved: u64,
    /// Those who wait, the next one first, and whether that one has got its quantum.
    people: VecDeque<Person<T>>,
    paid: bool,
}

#[derive(Debug)]
struct Person<T> {
    name: String,
    saved: u64,
    /// Requests with their cost in tokens, in the order in which they came.
    requests: VecDeque<(u64, T)>,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self { saved: 0, people: VecDeque::new(), paid: false }
    }
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self { lanes: Default::default(), turn: 0, paid: false, count: 0 }
    }
}

impl<T> Waiting<T> {
    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Whether somebody waits for one of them.
    pub(super) fn is_waited_for(&self) -> bool {
        self.lanes.iter().take(Class::Background as usize).any(|lane| !lane.people.is_empty())
    }

    /// Adds a request of `person` that will cost `cost` tokens.
    pub(super) fn push(&mut self, class: Class, person: &str, cost: u64, request: T) {
        self.count += 1;
        let people = &mut self.lanes[class as usize].people;
        match people.iter_mut().find(|other| other.name == person) {
            Some(person) => person.requests.push_back((cost, request)),
            None => {
                let requests = VecDeque::from([(cost, request)]);
                people.push_back(Person { name: person.to_owned(), saved: 0, requests });
            }
        }
    }

    /// The request whose turn it is. It stays the same until [`pop`](Self::pop) takes it, or
    /// others are removed.
    pub(super) fn peek(&mut self) -> Option<&T> {
        if self.count == 0 {
            return None;
        }
        let pauses = self.is_waited_for();
        loop {
            let lane = &mut self.lanes[self.turn];
            let paused = pauses && self.turn == Class::Background as usize;
            match if paused { None } else { lane.next() } {
                Some(cost) if lane.saved >= cost => break,
                Some(_) if !self.paid => {
                    lane.saved += QUANTUM * WEIGHTS[self.turn];
                    self.paid = true;
                    continue;
                }
                Some(_) => {}
                None => lane.saved = 0,
            }
            self.turn = (self.turn + 1) % self.lanes.len();
            self.paid = false;
        }
        self.lanes[self.turn].people.front()?.requests.front().map(|(_, request)| request)
    }

    /// Takes the request whose turn it is.
    pub(super) fn pop(&mut self) -> Option<T> {
        self.peek()?;
        let lane = &mut self.lanes[self.turn];
        let person = lane.people.front_mut()?;
        let (cost, request) = person.requests.pop_front()?;
        lane.saved = lane.saved.saturating_sub(cost);
        person.saved = person.saved.saturating_sub(cost);
        if person.requests.is_empty() {
            lane.people.pop_front();
            lane.paid = false;
        }
        self.count -= 1;
        Some(request)
    }

    /// Looks at all of them in the order in which they will be served, if nobody comes or goes.
    pub(super) fn each_in_order(&mut self, mut look: impl FnMut(&mut T)) {
        let mut numbers = 0..;
        let mut numbered = self.mirrored(|| numbers.next().unwrap_or(usize::MAX));
        let requests = self.lanes.iter_mut().flat_map(|lane| &mut lane.people).flat_map(|person| &mut person.requests);
        let mut requests: Vec<_> = requests.map(|(_, request)| request).collect();
        while let Some(number) = numbered.pop() {
            if let Some(request) = requests.get_mut(number) {
                look(request);
            }
        }
    }

    /// The same queue with other requests, made in the order of lanes, people and requests.
    fn mirrored<U>(&self, mut make: impl FnMut() -> U) -> Waiting<U> {
        let lanes = self.lanes.each_ref().map(|lane| Lane {
            saved: lane.saved,
            paid: lane.paid,
            people: lane
                .people
                .iter()
                .map(|person| Person {
                    name: String::new(),
                    saved: person.saved,
                    requests: person.requests.iter().map(|(cost, _)| (*cost, make())).collect(),
                })
                .collect(),
        });
        Waiting { lanes, turn: self.turn, paid: self.paid, count: self.count }
    }

    /// Removes those that `gone` names, whoever's turn it is.
    pub(super) fn remove(&mut self, mut gone: impl FnMut(&T) -> bool) -> Vec<T> {
        let mut removed = Vec::new();
        for lane in &mut self.lanes {
            for person in &mut lane.people {
                for (cost, request) in std::mem::take(&mut person.requests) {
                    if gone(&request) {
                        removed.push(request);
                    } else {
                        person.requests.push_back((cost, request));
                    }
                }
            }
            lane.people.retain(|person| !person.requests.is_empty());
            lane.paid = false;
        }
        self.count -= removed.len();
        removed
    }
}

impl<T> Lane<T> {
    /// The cost of the request that is next in this class; whoever it belongs to stands first then.
    fn next(&mut self) -> Option<u64> {
        loop {
            let person = self.people.front_mut()?;
            let cost = person.requests.front()?.0;
            if person.saved >= cost {
                return Some(cost);
            }
            if !self.paid {
                person.saved += QUANTUM;
                self.paid = true;
                continue;
            }
            self.people.rotate_left(1);
            self.paid = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drain(waiting: &mut Waiting<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| waiting.pop()).collect()
    }

    #[test]
    fn people_take_turns() {
        let mut waiting = Waiting::default();
        for request in ["a1", "a2", "a3"] {
            waiting.push(Class::Chat, "a", 256, request);
        }
        waiting.push(Class::Chat, "b", 256, "b1");
        assert_eq!(drain(&mut waiting), ["a1", "b1", "a2", "a3"]);
    }

    #[test]
    fn short_requests_pass_a_long_one() {
        let mut waiting = Waiting::default();
        waiting.push(Class::Chat, "long", 4_096, "long");
        for _ in 0..3 {
            waiting.push(Class::Chat, "short", 256, "short");
        }
        assert_eq!(drain(&mut waiting), ["short", "short", "short", "long"]);
    }

    #[test]
    fn classes_share_by_weight() {
        let mut waiting = Waiting::default();
        for _ in 0..70 {
            waiting.push(Class::Background, "robot", 256, "background");
            waiting.push(Class::Structured, "form", 256, "structured");
            waiting.push(Class::Chat, "person", 256, "chat");
        }
        let first: Vec<_> = (0..70).filter_map(|_| waiting.pop()).collect();
        let count = |name| first.iter().filter(|request| **request == name).count();
        assert_eq!((count("chat"), count("structured"), count("background")), (48, 22, 0));
    }

    #[test]
    fn what_nobody_waits_for_comes_when_nothing_else_is_waiting() {
        let mut waiting = Waiting::default();
        waiting.push(Class::Background, "robot", 256, "background");
        waiting.push(Class::Structured, "form", 8_000, "structured");
        assert!(waiting.is_waited_for());
        assert_eq!(waiting.pop(), Some("structured"));
        assert!(!waiting.is_waited_for());
        assert_eq!(waiting.pop(), Some("background"));
    }

    #[test]
    fn what_is_removed_is_not_served() {
        let mut waiting = Waiting::default();
        for (person, request) in [("a", "keep"), ("a", "drop"), ("b", "drop"), ("c", "keep")] {
            waiting.push(Class::Chat, person, 10, request);
        }
        assert_eq!(waiting.remove(|request| *request == "drop").len(), 2);
        assert_eq!((waiting.len(), drain(&mut waiting)), (2, vec!["keep", "keep"]));
    }

    proptest! {
        #[test]
        fn everything_is_served_once_and_in_its_persons_order(
            requests in prop::collection::vec((0..3_usize, 0..4_u8, 1..5_000_u64), 0..60)
        ) {
            let mut waiting = Waiting::default();
            for (number, (class, person, cost)) in requests.iter().enumerate() {
                waiting.push(Class::ALL[*class], &person.to_string(), *cost, (*class, *person, number));
            }
            let mut foreseen = Vec::new();
            waiting.each_in_order(|request| foreseen.push(*request));
            let mut served = Vec::new();
            while let Some(next) = waiting.peek().copied() {
                prop_assert_eq!(waiting.pop(), Some(next));
                served.push(next);
            }
            prop_assert_eq!((served.len(), waiting.len()), (requests.len(), 0));
            prop_assert_eq!(&foreseen, &served);
            for class in 0..3 {
                for person in 0..4 {
                    let own: Vec<_> = served.iter().filter(|(c, p, _)| (*c, *p) == (class, person)).collect();
                    prop_assert!(own.is_sorted());
                }
            }
        }
    }
}
