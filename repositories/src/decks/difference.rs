//! What is different between two contents of a deck, slide by slide.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::prelude::Json;
use tenantry_entities::decks::slide;

use super::{DeckContent, SlideContent};

/// What is different between two contents of a deck.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The title before and after, where it changed.
    pub title: Option<(String, String)>,
    /// What happened to slides: those that left in their old order, then all others in their new one.
    pub slides: Vec<SlideDifference>,
}

/// What happened to a slide; one that was moved and changed is told twice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlideDifference {
    /// It is new.
    Added {
        /// The slide.
        slide: SlideContent,
        /// Its place, from 1.
        position: usize,
    },
    /// It left.
    Removed {
        /// The slide as it was.
        slide: SlideContent,
        /// The place that it had, from 1.
        position: usize,
    },
    /// It passed others. A slide that others were put before has not moved.
    Moved {
        /// The slide.
        id: slide::Id,
        /// The place that it had, from 1.
        from: usize,
        /// Its place, from 1.
        to: usize,
    },
    /// It shows something else.
    Changed {
        /// The slide.
        id: slide::Id,
        /// What changed.
        fields: Vec<FieldChange>,
    },
}

/// A part of a slide that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldChange {
    /// Where it is: `kind`, or a path into a document such as `content.headline`.
    pub path: String,
    /// What was there; null where there was nothing.
    pub before: Json,
    /// What is there; null where there is nothing.
    pub after: Json,
}

impl Difference {
    /// Compares what was with what is.
    #[must_use]
    pub fn between(before: &DeckContent, after: &DeckContent) -> Self {
        let title =
            (before.title != after.title).then(|| (before.title.clone(), after.title.clone()));
        let was = places(before);
        let is = places(after);
        let mut slides = Vec::new();
        for slide in before
            .slides
            .iter()
            .filter(|slide| !is.contains_key(&slide.id))
        {
            slides.push(SlideDifference::Removed {
                slide: slide.clone(),
                position: was[&slide.id],
            });
        }
        let stayed = longest_rising(&after.slides, &was);
        for slide in &after.slides {
            let (id, to) = (slide.id, is[&slide.id]);
            let Some(&from) = was.get(&id) else {
                slides.push(SlideDifference::Added {
                    slide: slide.clone(),
                    position: to,
                });
                continue;
            };
            if !stayed.contains(&id) {
                slides.push(SlideDifference::Moved { id, from, to });
            }
            let mut fields = Vec::new();
            let old = before.slides[from - 1].fields();
            for ((path, before), (_, after)) in old.into_iter().zip(slide.fields()) {
                changes(path, &before, &after, &mut fields);
            }
            if !fields.is_empty() {
                slides.push(SlideDifference::Changed { id, fields });
            }
        }
        Self { title, slides }
    }

    /// Whether nothing is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.title.is_none() && self.slides.is_empty()
    }
}

/// The place of each slide, from 1.
fn places(content: &DeckContent) -> BTreeMap<slide::Id, usize> {
    let places = content.slides.iter().enumerate();
    places.map(|(at, slide)| (slide.id, at + 1)).collect()
}

/// As many slides as possible whose old places rise in the new order: whoever is not among them has moved.
fn longest_rising(
    slides: &[SlideContent],
    was: &BTreeMap<slide::Id, usize>,
) -> BTreeSet<slide::Id> {
    let known: Vec<(slide::Id, usize)> = slides
        .iter()
        .filter_map(|slide| Some((slide.id, *was.get(&slide.id)?)))
        .collect();
    // The best chain that ends at each: its length, and whom it comes from.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(known.len());
    for at in 0..known.len() {
        let before = (0..at)
            .filter(|earlier| known[*earlier].1 < known[at].1)
            .max_by_key(|earlier| best[*earlier].0);
        best.push((before.map_or(1, |before| best[before].0 + 1), before));
    }
    let mut stayed = BTreeSet::new();
    let mut next = (0..known.len()).max_by_key(|at| best[*at].0);
    while let Some(at) = next {
        stayed.insert(known[at].0);
        next = best[at].1;
    }
    stayed
}

/// Adds what changed at a path, as deep as both sides are objects.
fn changes(path: &str, before: &Json, after: &Json, found: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    let (Json::Object(old), Json::Object(new)) = (before, after) else {
        found.push(FieldChange {
            path: path.to_owned(),
            before: before.clone(),
            after: after.clone(),
        });
        return;
    };
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let side = |object: &serde_json::Map<String, Json>| object.get(key).cloned();
        let (was, is) = (side(old), side(new));
        if was != is {
            let path = format!("{path}.{key}");
            let (was, is) = (was.unwrap_or_default(), is.unwrap_or_default());
            if was == is {
                // An explicit null is not the same as nothing.
                found.push(FieldChange {
                    path,
                    before: was,
                    after: is,
                });
            } else {
                changes(&path, &was, &is, found);
            }
        }
    }
}
