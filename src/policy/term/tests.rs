//! What a term says before and after it was simplified, over all three values.

use super::*;
use crate::policy::when::Tree;

/// Of whom and of what a condition is asked.
#[derive(Clone, Copy)]
struct World {
    row: [Option<bool>; 2],
    mine: Option<bool>,
    role: &'static str,
}

#[derive(Clone, Copy)]
enum Leaf {
    Row(usize),
    Mine,
    Role(&'static [&'static str]),
}

const LEAVES: [Leaf; 6] = [
    Leaf::Row(0),
    Leaf::Row(1),
    Leaf::Mine,
    Leaf::Role(&["a"]),
    Leaf::Role(&["a", "b"]),
    Leaf::Role(&["c"]),
];

const ROWS: [&str; 2] = ["one", "two"];

impl Leaf {
    fn holds(self, world: World) -> Option<bool> {
        match self {
            Self::Row(at) => world.row[at],
            Self::Mine => world.mine,
            Self::Role(names) => Some(names.contains(&world.role)),
        }
    }

    fn term(self) -> Term {
        match self {
            Self::Row(0) => Term::Row(ROWS[0].into()),
            Self::Row(at) => Term::Listed {
                column: ROWS[at].into(),
                attribute: "listed",
            },
            Self::Mine => Term::Mine {
                column: "mine".into(),
                kind: ActorType::Uuid,
                roles: BTreeSet::new(),
            },
            Self::Role(names) => Term::Standing {
                roles: names.iter().map(ToString::to_string).collect(),
                kinds: BTreeSet::new(),
            },
        }
    }
}

fn not(value: Option<bool>) -> Option<bool> {
    value.map(|value| !value)
}

/// `decisive` is what one part needs to be for the whole to be it.
fn all(values: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let values: Vec<Option<bool>> = values.collect();
    if values.contains(&Some(decisive)) {
        return Some(decisive);
    }
    (!values.contains(&None)).then_some(!decisive)
}

fn meant(tree: &Tree<Leaf>, world: World) -> Option<bool> {
    match tree {
        Tree::Leaf(leaf) => leaf.holds(world),
        Tree::Not(inner) => not(meant(inner, world)),
        Tree::All(parts) => all(parts.iter().map(|part| meant(part, world)), false),
        Tree::Any(parts) => all(parts.iter().map(|part| meant(part, world)), true),
    }
}

fn said(term: &Term, world: World) -> Option<bool> {
    match term {
        Term::Row(text) | Term::Listed { column: text, .. } => {
            world.row[ROWS.iter().position(|row| row == text).unwrap()]
        }
        Term::Mine { roles, .. } if roles.is_empty() || roles.contains(world.role) => world.mine,
        Term::Mine { .. } => None,
        Term::Standing { roles, .. } => Some(roles.contains(world.role)),
        Term::Context(text) => panic!("{text}"),
        Term::Not(inner) => not(said(inner, world)),
        Term::All(parts) => all(parts.iter().map(|part| said(part, world)), false),
        Term::Any(parts) => all(parts.iter().map(|part| said(part, world)), true),
    }
}

fn term(tree: &Tree<Leaf>) -> Term {
    match tree {
        Tree::Leaf(leaf) => leaf.term(),
        Tree::Not(inner) => term(inner).not(),
        Tree::All(parts) => Term::all(parts.iter().map(term).collect()),
        Tree::Any(parts) => Term::any(parts.iter().map(term).collect()),
    }
}

/// A tree that a number tells; the same number, the same tree.
fn grown(seed: &mut u64, depth: u32) -> Tree<Leaf> {
    let mut next = |below: u64| {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) % below
    };
    let parts = next(3) + 1;
    match if depth == 0 { 0 } else { next(4) } {
        0 => Tree::Leaf(LEAVES[next(6) as usize]),
        1 => Tree::Not(Box::new(grown(seed, depth - 1))),
        2 => Tree::All((0..parts).map(|_| grown(seed, depth - 1)).collect()),
        _ => Tree::Any((0..parts).map(|_| grown(seed, depth - 1)).collect()),
    }
}

fn worlds() -> impl Iterator<Item = World> {
    const VALUES: [Option<bool>; 3] = [None, Some(false), Some(true)];
    let rows = VALUES
        .into_iter()
        .flat_map(|one| VALUES.map(|two| [one, two]));
    let mine = rows.flat_map(|row| VALUES.map(|mine| (row, mine)));
    mine.flat_map(|(row, mine)| ["a", "b", "c", "d"].map(|role| World { row, mine, role }))
}

#[test]
fn a_simplified_term_says_what_the_formula_says_to_everybody() {
    let mut seed = 7;
    for _ in 0..5_000 {
        let tree = grown(&mut seed, 4);
        let term = term(&tree);
        let fused = term.clone().fused();
        for world in worlds() {
            let meant = meant(&tree, world);
            assert_eq!(said(&term, world), meant, "{}", term.sql());
            // One reader for role and actor leaves unknown what is false; it permits the same.
            let permits = |value| value == Some(true);
            assert_eq!(
                permits(said(&fused, world)),
                permits(meant),
                "{}",
                term.sql()
            );
        }
    }
}

#[test]
fn what_another_part_says_already_is_left_out() {
    let [one, two, mine, a, a_or_b, c] = LEAVES.map(Leaf::term);
    let either = Term::any(vec![one.clone(), two.clone()]);
    assert_eq!(Term::all(vec![one.clone(), either.clone()]), one);
    assert_eq!(
        Term::any(vec![Term::all(vec![one.clone(), two]), one.clone()]),
        one
    );
    assert_eq!(Term::all(vec![a_or_b.clone(), a.clone()]), a);
    assert_eq!(Term::any(vec![a.clone(), a_or_b.clone()]), a_or_b);
    assert_eq!(
        Term::any(vec![a, c]).sql(),
        "(SELECT tenantry.role() = ANY (ARRAY['a', 'c']))"
    );
    assert_eq!(mine.clone().not().not(), mine);
}

#[test]
fn the_role_is_not_asked_with_the_actor_under_a_negation() {
    let [_, _, mine, a, ..] = LEAVES.map(Leaf::term);
    let mine_as_a = Term::all(vec![mine, a]);
    assert_eq!(
        mine_as_a.sql(),
        "(mine = (SELECT tenantry.actor_id(ARRAY['a'])))"
    );
    assert_eq!(
        mine_as_a.not().sql(),
        "(NOT ((mine = (SELECT tenantry.actor_id())) AND (SELECT tenantry.role() = ANY (ARRAY['a']))))"
    );
}
