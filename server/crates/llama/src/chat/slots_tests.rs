//! Tests of what the memory holds.

use proptest::prelude::*;

use super::*;

fn of(person: &str, conversation: Option<&str>) -> Owner {
    Owner { person: person.to_owned(), conversation: conversation.map(str::to_owned) }
}

fn run(slots: &mut Slots<u32>, prompt: &[u32], owner: &Owner) -> Plan {
    let plan = slots.plan(prompt, 4, owner, 0).unwrap();
    slots.begin(&plan, prompt.len(), 4, owner.clone());
    for token in &prompt[plan.known.len()..] {
        slots.append(plan.slot, *token);
    }
    plan
}

#[test]
fn a_conversation_goes_on_where_it_ended() {
    let mut slots = Slots::new(2, 100);
    let first = run(&mut slots, &[1, 2, 3], &of("ada", Some("a")));
    slots.append(first.slot, 9);
    assert!(slots.end(first.slot));
    let next = run(&mut slots, &[1, 2, 3, 9, 4], &of("ada", Some("a")));
    assert_eq!((next.slot, next.known), (first.slot, Known::Own(4)));
}

#[test]
fn nobody_goes_on_with_what_belongs_to_another() {
    let mut slots = Slots::new(3, 100);
    let first = run(&mut slots, &[1, 2, 3], &of("ada", Some("a")));
    slots.end(first.slot);
    for owner in [of("bob", Some("b")), of("bob", Some("a")), of("bob", None), of("", Some("a")), of("", None)] {
        assert_eq!(slots.plan(&[1, 2, 3], 4, &owner, 0).unwrap().known, Known::Nothing, "{owner:?}");
    }
    let nobody = run(&mut slots, &[5, 6, 7], &of("", Some("n")));
    slots.end(nobody.slot);
    assert_eq!(slots.plan(&[5, 6, 7], 4, &of("", None), 0).unwrap().known, Known::Nothing);
}

#[test]
fn one_persons_requests_share_their_beginning() {
    let mut slots = Slots::new(3, 100);
    let first = run(&mut slots, &[1, 2, 3, 4], &of("ada", Some("a")));
    // While it runs and afterwards.
    let second = run(&mut slots, &[1, 2, 3, 5], &of("ada", Some("b")));
    assert_eq!(second.known, Known::Copied(first.slot, 3));
    slots.end(first.slot);
    slots.end(second.slot);
    let third = run(&mut slots, &[1, 2, 3, 5, 6], &of("ada", None));
    assert_eq!((third.slot, third.known), (2, Known::Copied(second.slot, 4)));
    // Nobody comes back for that one, so its place is taken over.
    slots.end(third.slot);
    let plan = slots.plan(&[1, 2, 3, 5, 6, 7], 4, &of("ada", None), 0).unwrap();
    assert_eq!((plan.slot, plan.known), (third.slot, Known::Own(5)));
}

#[test]
fn what_is_copied_does_not_go_to_make_room_unless_it_must() {
    let mut slots = Slots::new(3, 30);
    let first = run(&mut slots, &[1; 8], &of("ada", Some("a")));
    slots.end(first.slot);
    let other = run(&mut slots, &[2; 8], &of("bob", Some("b")));
    slots.end(other.slot);
    let mut prompt = vec![1; 8];
    prompt.extend([3; 4]);
    let plan = slots.plan(&prompt, 4, &of("ada", Some("c")), 0).unwrap();
    assert_eq!((plan.known, plan.evict), (Known::Copied(first.slot, 8), vec![other.slot]));
    let plan = slots.plan(&prompt, 14, &of("ada", Some("c")), 0).unwrap();
    assert_eq!((plan.known, plan.evict), (Known::Nothing, vec![first.slot, other.slot]));
}

#[test]
fn what_was_put_aside_is_used_where_it_is_longer() {
    let mut slots = Slots::new(2, 100);
    slots.pin(vec![1, 2, 3]);
    let ada = of("ada", Some("a"));
    assert_eq!(slots.plan(&[1, 2, 3, 4, 5], 4, &ada, 3).unwrap().known, Known::Pinned(0, 3));
    let plan = slots.plan(&[1, 2, 3, 4, 5], 4, &ada, 4).unwrap();
    assert_eq!(plan.known, Known::Aside(4));
    slots.begin(&plan, 5, 4, ada.clone());
    slots.fill(plan.slot, vec![1, 2, 3, 4]);
    assert_eq!((slots.held(), slots.idle(plan.slot)), (7, None));
    slots.end(plan.slot);
    assert_eq!(slots.idle(plan.slot), Some((&ada, &[1, 2, 3, 4][..])));
}

#[test]
fn pinned_beginnings_are_for_all_and_the_last_token_is_read_anew() {
    let mut slots = Slots::new(2, 100);
    slots.pin(vec![1, 2, 3]);
    assert_eq!(run(&mut slots, &[1, 2, 3, 4], &of("", None)).known, Known::Pinned(0, 3));
    assert_eq!(run(&mut slots, &[1, 2, 3], &of("ada", None)).known, Known::Pinned(0, 2));
}

#[test]
fn room_is_made_by_the_longest_unused_and_never_by_a_running_one() {
    let mut slots = Slots::new(3, 30);
    for name in ["a", "b"] {
        let plan = run(&mut slots, &[1; 8], &of("", Some(name)));
        slots.end(plan.slot);
    }
    let plan = run(&mut slots, &[2; 12], &of("", None));
    assert_eq!(plan.evict, [0]);
    assert_eq!(slots.plan(&[3; 12], 4, &of("", None), 0), None);
    assert_eq!(slots.least_idle(), Some(1));
    assert!(!slots.end(plan.slot));
    assert!(slots.plan(&[3; 12], 4, &of("", None), 0).is_some());
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
            let owner = of("ada", name.as_deref());
            // One conversation has one open turn.
            let open = running.iter().any(|slot| name.is_some() && slots.slots[*slot].owner == owner);
            if let Some(plan) = slots.plan(&prompt, 6, &owner, 0).filter(|_| !open) {
                prop_assert!(!running.contains(&plan.slot));
                prop_assert!(plan.evict.iter().all(|slot| !running.contains(slot)));
                prop_assert!(plan.known.len() < prompt.len());
                slots.begin(&plan, length, 6, owner);
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
