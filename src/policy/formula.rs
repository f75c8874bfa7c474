//! Formulas: what the rules of an action come to, and how a formula is simplified.
//!
//! Three evaluators read the same formula. It permits where it is *true*; so what is unknown may be taken for the worse, which is
//! false, or true under a negation. That makes two values of three, and constants fold away.

use sea_orm::EntityTrait;

use super::{
    Effect, Rule,
    action::Action,
    when::{Image, Leaf, Tree},
};

/// What is left of a formula.
pub(super) enum Part<T> {
    Known(bool),
    Open(T),
}

/// How what is left of formulas is put together.
pub(super) trait Joins: Sized {
    fn all(parts: Vec<Self>) -> Self;
    fn any(parts: Vec<Self>) -> Self;
    fn not(self) -> Self;
}

impl<L> Tree<L> {
    /// Reads the formula, each leaf by `leaf`, which is told whether the leaf stands under an even number of negations.
    pub(super) fn read<T: Joins>(
        &self,
        positive: bool,
        leaf: &mut impl FnMut(&L, bool) -> Part<T>,
    ) -> Part<T> {
        match self {
            Self::Leaf(one) => leaf(one, positive),
            Self::Not(inner) => match &**inner {
                Self::Not(twice) => twice.read(positive, leaf),
                once => match once.read(!positive, leaf) {
                    Part::Known(known) => Part::Known(!known),
                    Part::Open(open) => Part::Open(open.not()),
                },
            },
            Self::All(parts) => joined(parts, positive, leaf, false),
            Self::Any(parts) => joined(parts, positive, leaf, true),
        }
    }

    pub(super) fn leaves<'t>(&'t self, found: &mut Vec<&'t L>) {
        match self {
            Self::Leaf(leaf) => found.push(leaf),
            Self::Not(inner) => inner.leaves(found),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.leaves(found));
            }
        }
    }
}

/// `AND` is decided by a false, `OR` by a true.
fn joined<L, T: Joins>(
    parts: &[Tree<L>],
    positive: bool,
    leaf: &mut impl FnMut(&L, bool) -> Part<T>,
    decisive: bool,
) -> Part<T> {
    let mut open = Vec::new();
    for part in parts {
        match part.read(positive, leaf) {
            Part::Known(known) if known == decisive => return Part::Known(decisive),
            Part::Known(_) => {}
            Part::Open(one) => open.push(one),
        }
    }
    match (open.len(), open.pop()) {
        (_, None) => Part::Known(!decisive),
        (1, Some(only)) => Part::Open(only),
        (_, Some(last)) => {
            open.push(last);
            Part::Open(if decisive { T::any(open) } else { T::all(open) })
        }
    }
}

/// What it takes to do something: whoever may not read a row neither finds, takes out nor changes it, nor makes it one that they may
/// not read.
pub(super) fn formula<E: EntityTrait>(rules: &[Rule<E>], action: Action) -> Tree<Leaf<E>> {
    let wanted = put_together(rules, action, |rule| asked(rule, action));
    let mut all = vec![wanted];
    all.extend(
        action
            .reads()
            .iter()
            .map(|image| formula_of(rules, Action::Read, *image)),
    );
    Tree::All(all)
}

/// The rules of an action, asked of this row alone.
pub(super) fn formula_of<E: EntityTrait>(
    rules: &[Rule<E>],
    action: Action,
    image: Image,
) -> Tree<Leaf<E>> {
    put_together(rules, action, |rule| about(&rule.when.0, image))
}

impl Action {
    /// The rows that must be readable as well.
    pub(super) const fn reads(self) -> &'static [Image] {
        match self {
            Self::Update => &[Image::Before, Image::After],
            Self::Delete | Self::Restore | Self::Search | Self::Export => &[Image::Before],
            Self::Read | Self::Insert | Self::Purge => &[],
        }
    }
}

/// One of the rules that allow, and none of those that forbid.
fn put_together<E: EntityTrait>(
    rules: &[Rule<E>],
    action: Action,
    asked: impl Fn(&Rule<E>) -> Tree<Leaf<E>>,
) -> Tree<Leaf<E>> {
    let of = |effect: Effect| {
        let rules = rules
            .iter()
            .filter(move |rule| rule.effect == effect && rule.actions.contains(&action));
        rules.map(&asked).collect::<Vec<_>>()
    };
    Tree::All(vec![
        Tree::Any(of(Effect::Allow)),
        Tree::Not(Box::new(Tree::Any(of(Effect::Forbid)))),
    ])
}

/// What a rule asks of an action: of an update both rows, which an `allow` must hold of and a `forbid` of neither.
pub(super) fn asked<E: EntityTrait>(rule: &Rule<E>, action: Action) -> Tree<Leaf<E>> {
    let about = |image| about(&rule.when.0, image);
    match (action, rule.effect) {
        (Action::Insert, _) => about(Image::After),
        (Action::Update, Effect::Allow) => {
            Tree::All(vec![about(Image::Before), about(Image::After)])
        }
        (Action::Update, Effect::Forbid) => {
            Tree::Any(vec![about(Image::Before), about(Image::After)])
        }
        _ => about(Image::Before),
    }
}

/// The formula with every condition on the row about this one.
pub(super) fn about<E: EntityTrait>(tree: &Tree<Leaf<E>>, image: Image) -> Tree<Leaf<E>> {
    let bound = |of: Image| if of == Image::Row { image } else { of };
    let parts = |parts: &[Tree<Leaf<E>>]| parts.iter().map(|part| about(part, image)).collect();
    match tree {
        Tree::All(all) => Tree::All(parts(all)),
        Tree::Any(any) => Tree::Any(parts(any)),
        Tree::Not(inner) => Tree::Not(Box::new(about(inner, image))),
        Tree::Leaf(leaf) => Tree::Leaf(match leaf.clone() {
            Leaf::Row(of, filter) => Leaf::Row(bound(of), filter),
            Leaf::Mine(of, column, kind) => Leaf::Mine(bound(of), column, kind),
            Leaf::Listed(of, column, name) => Leaf::Listed(bound(of), column, name),
            Leaf::Past(of, column) => Leaf::Past(bound(of), column),
            other => other,
        }),
    }
}

impl<E: EntityTrait> Leaf<E> {
    /// The rows that it asks about: one, both, or none.
    pub(super) fn images(&self) -> &'static [Image] {
        match self {
            Self::Role(_) | Self::Kind(_) | Self::Scope(_) | Self::Attribute(..) => &[],
            Self::Unchanged(_) => &[Image::Before, Image::After],
            Self::Row(image, _)
            | Self::Mine(image, ..)
            | Self::Listed(image, ..)
            | Self::Past(image, _) => match image {
                Image::Row => &[Image::Row],
                Image::Before => &[Image::Before],
                Image::After => &[Image::After],
            },
        }
    }
}
