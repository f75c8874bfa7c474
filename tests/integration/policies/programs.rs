//! Random policies.

use chrono::{TimeDelta, Utc};
use tenantry::{
    ActorKind, Filter,
    policy::{Action, Ordered as _, Policy, When},
};

use super::notes::{Level, ROBOT, Rank, SCOPE, STATES, note};
use crate::random::Numbers;

const NAMES: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
const ACTIONS: [Action; 7] = [
    Action::Read,
    Action::Insert,
    Action::Update,
    Action::Delete,
    Action::Restore,
    Action::Search,
    Action::Export,
];

/// A policy of one to six rules.
pub(super) fn policy(numbers: &mut Numbers) -> Policy<note::Entity> {
    let rules = 1 + numbers.below(NAMES.len());
    NAMES[..rules].iter().fold(Policy::new(), |policy, name| {
        let of_updates = numbers.one_in(4);
        let actions = if of_updates {
            vec![Action::Update]
        } else {
            let some = ACTIONS.into_iter().filter(|_| numbers.one_in(2));
            some.collect()
        };
        let when = when(numbers, 3, of_updates);
        if numbers.one_in(4) {
            policy.forbid(name, actions, when)
        } else {
            policy.allow(name, actions, when)
        }
    })
}

fn when(numbers: &mut Numbers, depth: usize, of_updates: bool) -> When<note::Entity> {
    if depth > 0 && !numbers.one_in(3) {
        let mut part = || when(numbers, depth - 1, of_updates);
        let (one, other) = (part(), part());
        return match numbers.below(3) {
            0 => one.and(other),
            1 => one.or(other),
            _ => !one,
        };
    }
    match numbers.below(if of_updates { 18 } else { 14 }) {
        0 => When::always(),
        1 => When::role([*numbers.one_of(Rank::ALL)]),
        2 => When::at_least(*numbers.one_of(Rank::ALL)),
        3 => When::job(ROBOT),
        4 => When::kind(*numbers.one_of(&[ActorKind::User, ActorKind::ApiKey])),
        5 => When::scope([SCOPE, "notes:read"][numbers.below(2)]),
        6 => When::mine(note::OWNER),
        7 => When::past(note::DUE),
        8 => When::row(filter(numbers)),
        9 => When::attribute(
            "level",
            numbers
                .one_of(&[&["master"][..], &["", "novice"], &[]])
                .iter()
                .copied(),
        ),
        10 => match numbers.below(3) {
            0 => When::attribute("size", [0, 1]),
            1 => When::attribute("trusted", [numbers.one_in(2)]),
            _ => When::attribute("role", ["admin"]),
        },
        11 => When::attribute_at_least("level", *numbers.one_of(Level::ALL)),
        12 => ladder(numbers),
        13 => When::one_of_mine(note::OWNER, ["leads", "level", "knows"][numbers.below(3)]),
        14 => When::before(filter(numbers)),
        15 => When::after(filter(numbers)),
        16 => When::unchanged(note::RANK),
        _ => When::steps(note::STATE, steps()),
    }
}

/// Who sees drafts, who what is open, and who what is done.
fn ladder(numbers: &mut Numbers) -> When<note::Entity> {
    let rungs = STATES.map(|state| {
        let who = match numbers.below(4) {
            0 => When::always(),
            1 => When::at_least(*numbers.one_of(Rank::ALL)),
            2 => When::mine(note::OWNER),
            _ => When::attribute_at_least("level", *numbers.one_of(Level::ALL)),
        };
        (state.to_owned(), who)
    });
    When::ladder(note::STATE, rungs)
}

/// From draft to open and from open to done.
fn steps() -> [(String, String); 2] {
    [[0, 1], [1, 2]].map(|[from, to]| (STATES[from].to_owned(), STATES[to].to_owned()))
}

fn filter(numbers: &mut Numbers) -> Filter<note::Entity> {
    let number = i32::try_from(numbers.below(4)).unwrap();
    let state = || -> String { STATES[0].into() };
    match numbers.below(9) {
        0 => note::STATE.eq(*numbers.one_of(&STATES)),
        1 => note::STATE.one_of(STATES.into_iter().filter(|_| numbers.one_in(2))),
        2 => note::RANK.lt(number),
        3 => note::RANK.gte(number),
        4 => note::RANK.is_null(),
        5 => !note::RANK.eq(number),
        6 => note::STATE.starts_with(numbers.one_of(&["d", "op", ""]).to_owned()),
        7 => note::STATE.eq(state()).and(note::RANK.lte(number)),
        _ => note::DUE
            .gt(Utc::now() + TimeDelta::minutes(30))
            .or(note::OWNER.is_null()),
    }
}
