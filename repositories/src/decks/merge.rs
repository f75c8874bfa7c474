//! Two who changed the same deck: what goes together is put together, what clashes is told from three sides.

use std::collections::BTreeSet;

use sea_orm::prelude::Json;
use tenantry_entities::decks::slide;

use super::{DeckContent, SlideContent};

/// Something that both changed, each otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clash {
    /// The slide; none where it is about the deck.
    pub slide: Option<slide::Id>,
    /// What it is about: `title` or `order` of the deck; of a slide `kind`, a path into a document such as `content.headline`, or
    /// `slide` where one side took away what the other changed.
    pub field: String,
    /// What both began with; null where there was nothing.
    pub base: Json,
    /// What the caller made of it; null where nothing is left.
    pub mine: Json,
    /// What somebody else has made of it meanwhile; null where nothing is left.
    pub theirs: Json,
}

/// Puts together what two made of the same content.
///
/// # Errors
///
/// Everything that clashes; nothing is put together then.
pub fn merge(
    base: &DeckContent,
    mine: &DeckContent,
    theirs: &DeckContent,
) -> Result<DeckContent, Vec<Clash>> {
    let mut clashes = Vec::new();
    let title = three(
        None,
        "title",
        [&base.title, &mine.title, &theirs.title].map(|title| Some(Json::from(title.as_str()))),
        &mut clashes,
    );
    let slides = order(base, mine, theirs, &mut clashes)
        .into_iter()
        .filter_map(|id| {
            let sides = [base, mine, theirs].map(|side| side.slide(id));
            slide_of(id, sides, &mut clashes)
        })
        .collect();
    if !clashes.is_empty() {
        return Err(clashes);
    }
    let title = match title {
        Some(Json::String(title)) => title,
        _ => base.title.clone(),
    };
    Ok(DeckContent { title, slides })
}

/// Every slide that a side has, in the order of whoever changed it.
fn order(
    base: &DeckContent,
    mine: &DeckContent,
    theirs: &DeckContent,
    clashes: &mut Vec<Clash>,
) -> Vec<slide::Id> {
    let ids = |side: &DeckContent| -> Vec<slide::Id> {
        side.slides.iter().map(|slide| slide.id).collect()
    };
    let [began, own, other] = [base, mine, theirs].map(ids);
    // Only those that all three know can have been put in another order.
    let common = |side: &[slide::Id]| -> Vec<slide::Id> {
        let known = |id: &&slide::Id| began.contains(id) && own.contains(id) && other.contains(id);
        side.iter().filter(known).copied().collect()
    };
    let (at_first, by_me, by_them) = (common(&began), common(&own), common(&other));
    if by_me != by_them && by_me != at_first && by_them != at_first {
        clashes.push(Clash {
            slide: None,
            field: "order".to_owned(),
            base: serde_json::json!(at_first),
            mine: serde_json::json!(by_me),
            theirs: serde_json::json!(by_them),
        });
    }
    let (leading, following) = if by_them == at_first {
        (own, other)
    } else {
        (other, own)
    };
    let mut order = leading;
    // Each of the other side's stands behind the one that it stood behind there.
    let mut behind = None;
    for id in following {
        if !order.contains(&id) {
            let at = behind.map_or(0, |before| {
                order
                    .iter()
                    .position(|known| *known == before)
                    .map_or(0, |at| at + 1)
            });
            order.insert(at, id);
        }
        behind = Some(id);
    }
    order
}

/// What becomes of a slide; `None` where it is gone.
fn slide_of(
    id: slide::Id,
    [base, mine, theirs]: [Option<&SlideContent>; 3],
    clashes: &mut Vec<Clash>,
) -> Option<SlideContent> {
    let (Some(began), Some(own), Some(other)) = (base, mine, theirs) else {
        let sides = [base, mine, theirs].map(|side| side.map(|slide| serde_json::json!(slide)));
        let left = three(Some(id), "slide", sides, clashes);
        return [mine, theirs]
            .into_iter()
            .flatten()
            .next()
            .filter(|_| left.is_some())
            .cloned();
    };
    let sides = began
        .fields()
        .into_iter()
        .zip(own.fields())
        .zip(other.fields());
    let merged: Vec<Json> = sides
        .map(|(((field, base), (_, mine)), (_, theirs))| {
            three(Some(id), field, [base, mine, theirs].map(Some), clashes).unwrap_or_default()
        })
        .collect();
    let [kind, content, metadata] = merged.try_into().ok()?;
    let kind = if kind == serde_json::json!(own.kind) {
        own.kind
    } else {
        other.kind
    };
    Some(SlideContent {
        id,
        kind,
        content,
        metadata,
    })
}

/// What becomes of a value; `None` where it is gone. Objects are gone into, everything else is one thing.
fn three(
    slide: Option<slide::Id>,
    field: &str,
    [base, mine, theirs]: [Option<Json>; 3],
    clashes: &mut Vec<Clash>,
) -> Option<Json> {
    if mine == theirs || theirs == base {
        return mine;
    }
    if mine == base {
        return theirs;
    }
    // A slide that is gone on one side is no document to be gone into.
    if let (Some(Json::Object(began)), Some(Json::Object(own)), Some(Json::Object(other))) =
        (&base, &mine, &theirs)
    {
        let keys: BTreeSet<&String> = [began, own, other]
            .into_iter()
            .flat_map(|side| side.keys())
            .collect();
        let merged = keys.into_iter().filter_map(|key| {
            let sides = [began, own, other].map(|side| side.get(key).cloned());
            let value = three(slide, &format!("{field}.{key}"), sides, clashes)?;
            Some((key.clone(), value))
        });
        return Some(Json::Object(merged.collect()));
    }
    clashes.push(Clash {
        slide,
        field: field.to_owned(),
        base: base.clone().unwrap_or_default(),
        mine: mine.unwrap_or_default(),
        theirs: theirs.unwrap_or_default(),
    });
    base
}
