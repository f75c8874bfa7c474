//! Foreign keys: as types of columns, as relations, as collections.

use std::collections::BTreeSet;

use tenantry::catalog::{ForeignKey, Table};

use super::{
    Collection, Entity, Kind, Parent, Relation,
    facts::unused,
    shape::{Shape, Shapes},
};
use crate::names;

/// A foreign key between two tables that have modules.
struct Link<'s> {
    key: &'s ForeignKey,
    target: &'s Shape<'s>,
    /// Column and target column; without computed columns, which a liveness key adds.
    pairs: Vec<(&'s str, &'s str)>,
    /// The column that holds the id of the target, if that is its type too.
    id: Option<&'s str>,
    /// Whether rows are deleted with what they point at.
    deleted_with: bool,
}

fn links<'s>(shapes: &'s Shapes<'s>, shape: &'s Shape<'s>) -> Vec<Link<'s>> {
    let mut links: Vec<Link<'s>> = Vec::new();
    for key in &shape.table.foreign_keys {
        let Some(mut link) = link(shapes, shape, key) else {
            continue;
        };
        // A key that adds a column to the plain one, that the row lives or what both rows agree on, is the same relation.
        let adds = |more: &Link<'_>, plain: &Link<'_>| {
            more.key.columns.len() > plain.key.columns.len()
                && plain.pairs.iter().all(|pair| more.pairs.contains(pair))
        };
        match links
            .iter_mut()
            .filter(|known| is_same(known.target, link.target))
            .find(|known| adds(known, &link) || adds(&link, known))
        {
            Some(known) => {
                link.deleted_with |= known.deleted_with;
                known.deleted_with = link.deleted_with;
                if adds(known, &link) {
                    *known = link;
                }
            }
            None => links.push(link),
        }
    }
    links
}

fn link<'s>(shapes: &'s Shapes<'s>, shape: &'s Shape<'s>, key: &'s ForeignKey) -> Option<Link<'s>> {
    let target = shapes.get(&key.target_schema, &key.target_table)?;
    let stored = |column: &str| {
        shape
            .table
            .column(column)
            .is_some_and(|column| column.generated.is_none())
    };
    let pairs: Vec<(&str, &str)> = key
        .columns
        .iter()
        .zip(&key.target_columns)
        .filter(|(column, _)| stored(column))
        .map(|(column, target)| (column.as_str(), target.as_str()))
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let own = match &shape.kind {
        Kind::Scoped { scope, id, .. } => vec![scope.as_str(), id.as_str()],
        Kind::Global | Kind::Unkeyed => Vec::new(),
    };
    let id = match &target.kind {
        Kind::Scoped { scope, id, .. } => {
            let others = pairs.iter().filter(|(_, to)| *to != id.as_str());
            let within = others.clone().all(|(_, to)| *to == scope.as_str());
            pairs
                .iter()
                .find(|(_, to)| *to == id.as_str())
                .map(|(from, _)| *from)
                .filter(|_| within)
        }
        Kind::Global | Kind::Unkeyed => None,
    };
    Some(Link {
        key,
        target,
        pairs,
        id: id.filter(|column| !own.contains(column)),
        deleted_with: shapes.is_deleted_with(shape.table, key),
    })
}

/// The id type of the table that a column points at, as a path from the column's module.
pub(super) fn id_type(shapes: &Shapes<'_>, shape: &Shape<'_>, column: &str) -> Option<String> {
    let links = links(shapes, shape);
    let link = links.iter().find(|link| link.id == Some(column))?;
    // In the own module the alias is at hand, but says less than the path it stands for.
    Some(if is_same(link.target, shape) {
        "Id".to_owned()
    } else {
        format!("{}::Id", shapes.path(&shape.table.schema, link.target))
    })
}

fn is_same(one: &Shape<'_>, other: &Shape<'_>) -> bool {
    std::ptr::eq(one.table, other.table)
}

/// What the relation is called: the column that points, without its `_id`.
fn stem(link: &Link<'_>) -> String {
    let column = link
        .id
        .unwrap_or_else(|| link.pairs[link.pairs.len() - 1].0);
    column
        .strip_suffix("_id")
        .filter(|stem| !stem.is_empty())
        .unwrap_or(column)
        .to_owned()
}

/// The relations of a table: where it points, then what points at it from its own schema.
///
/// There are no guesses at junctions: a table with two foreign keys is a table with two foreign keys.
pub(super) fn relations(shapes: &Shapes<'_>, shape: &Shape<'_>, entity: &Entity) -> Vec<Relation> {
    let mut taken = BTreeSet::new();
    let mut relations = Vec::new();
    let mut related_to: BTreeSet<String> = BTreeSet::new();
    let own = links(shapes, shape);
    for link in &own {
        if link
            .pairs
            .iter()
            .any(|(column, _)| entity.field(column).is_none())
        {
            continue;
        }
        let same = is_same(link.target, shape);
        let path = shapes.path(&shape.table.schema, link.target);
        let target = if same {
            "Entity".to_owned()
        } else {
            format!("{path}::Entity")
        };
        let alone = own
            .iter()
            .filter(|other| is_same(other.target, link.target))
            .count()
            == 1;
        let columns = |prefix: &str, names: Vec<&str>| {
            let paths: Vec<String> = names
                .iter()
                .map(|name| format!("{prefix}Column::{}", names::variant(&names::field(name))))
                .collect();
            if paths.len() == 1 {
                paths[0].clone()
            } else {
                format!("({})", paths.join(", "))
            }
        };
        let prefix = if same {
            String::new()
        } else {
            format!("{path}::")
        };
        let related = (alone && !same).then(|| target.clone());
        related_to.extend(related.clone());
        relations.push(Relation {
            name: own_name(&mut taken, link),
            doc: doc(
                link.key,
                &format!("By `{}`.", link.pairs[link.pairs.len() - 1].0),
            ),
            attributes: vec![
                format!("belongs_to = {target:?}"),
                format!(
                    "from = {:?}",
                    columns("", link.pairs.iter().map(|pair| pair.0).collect())
                ),
                format!(
                    "to = {:?}",
                    columns(&prefix, link.pairs.iter().map(|pair| pair.1).collect())
                ),
            ],
            related,
        });
    }
    for child in shapes.of_schema(&shape.table.schema) {
        let links = links(shapes, child);
        let back: Vec<&Link<'_>> = links
            .iter()
            .filter(|link| is_same(link.target, shape))
            .collect();
        for link in &back {
            let same = is_same(child, shape);
            let target = if same {
                "Entity".to_owned()
            } else {
                format!("{}::Entity", shapes.path(&shape.table.schema, child))
            };
            let alone = back.len() == 1 && !same;
            let one = is_unique(child.table, &link.pairs);
            let collection = if one {
                child.module.clone()
            } else {
                names::snake(&child.table.name)
            };
            let collection = if alone {
                collection
            } else {
                format!("{collection}_by_{}", stem(link))
            };
            let mut attributes = vec![format!(
                "{} = {target:?}",
                if one && alone { "has_one" } else { "has_many" }
            )];
            if !alone {
                attributes.push(format!(
                    "via_rel = \"Relation::{}\"",
                    variant_of(shapes, child, link)
                ));
            }
            let related = (alone && !related_to.contains(&target)).then(|| target.clone());
            relations.push(Relation {
                name: {
                    let name = names::value_variant(&collection);
                    unused(&mut taken, &name, &format!("{name}Rows"))
                },
                doc: doc(
                    link.key,
                    &format!("`{}` that point here.", child.table.name),
                ),
                attributes,
                related,
            });
        }
    }
    relations
}

fn doc(key: &ForeignKey, what: &str) -> String {
    format!("{what} Foreign key `{}`.", key.name)
}

fn own_name(taken: &mut BTreeSet<String>, link: &Link<'_>) -> String {
    let name = names::value_variant(&stem(link));
    unused(taken, &name, &format!("{name}Key"))
}

/// The variant that a link has among the relations of its own table.
fn variant_of(shapes: &Shapes<'_>, shape: &Shape<'_>, wanted: &Link<'_>) -> String {
    let mut taken = BTreeSet::new();
    let mut name = String::new();
    for link in links(shapes, shape) {
        name = own_name(&mut taken, &link);
        if std::ptr::eq(link.key, wanted.key) {
            break;
        }
    }
    name
}

/// Whether there is at most one row for the columns that point.
fn is_unique(table: &Table, pairs: &[(&str, &str)]) -> bool {
    let pointing: BTreeSet<&str> = pairs.iter().map(|pair| pair.0).collect();
    let same = |columns: &[String]| {
        columns.iter().map(String::as_str).collect::<BTreeSet<_>>() == pointing
    };
    table
        .primary_key
        .as_ref()
        .is_some_and(|key| same(&key.columns))
        || table.uniques.iter().any(|unique| {
            unique.predicate.is_none() && unique.expressions.is_empty() && same(&unique.columns)
        })
}

/// Constants for what points at a table from its own schema, within the workspace.
pub(super) fn collections(
    shapes: &Shapes<'_>,
    shape: &Shape<'_>,
    constants: &mut BTreeSet<String>,
) -> Vec<Collection> {
    let mut collections = Vec::new();
    for child in shapes.of_schema(&shape.table.schema) {
        if !matches!(child.kind, Kind::Scoped { .. }) {
            continue;
        }
        let links = links(shapes, child);
        let back: Vec<(&Link<'_>, &str)> = links
            .iter()
            .filter(|link| is_same(link.target, shape))
            .filter_map(|link| Some((link, link.id?)))
            .collect();
        for (link, column) in &back {
            let plural = names::snake(&child.table.name);
            let name = if back.len() == 1 && !is_same(child, shape) {
                plural
            } else {
                format!("{plural}_by_{}", stem(link))
            };
            let module = if is_same(child, shape) {
                String::new()
            } else {
                format!("{}::", shapes.path(&shape.table.schema, child))
            };
            collections.push(Collection {
                constant: unused(
                    constants,
                    &names::constant(&name),
                    &format!("{}_ROWS", names::constant(&name)),
                ),
                doc: format!(
                    "The {} that point at {} by `{column}`.",
                    names::prose(&child.table.name),
                    names::with_article(&shape.module)
                ),
                module,
                variant: names::variant(&names::field(column)),
                deleted_with: link.deleted_with,
            });
        }
    }
    collections
}

/// Constants for what a table points at, within the workspace.
pub(super) fn parents(
    shapes: &Shapes<'_>,
    shape: &Shape<'_>,
    constants: &mut BTreeSet<String>,
) -> Vec<Parent> {
    if !matches!(shape.kind, Kind::Scoped { .. }) {
        return Vec::new();
    }
    links(shapes, shape)
        .iter()
        .filter_map(|link| Some((link, link.id?)))
        .map(|(link, column)| {
            let constant = names::constant(&stem(link));
            let target = if is_same(link.target, shape) {
                "Entity".to_owned()
            } else {
                format!("{}::Entity", shapes.path(&shape.table.schema, link.target))
            };
            Parent {
                constant: unused(constants, &constant, &format!("{constant}_ROW")),
                doc: format!(
                    "The {} that {} points at by `{column}`.",
                    names::prose(&link.target.module),
                    names::with_article(&shape.module)
                ),
                target,
                variant: names::variant(&names::field(column)),
                deleted_with: link.deleted_with,
            }
        })
        .collect()
}
