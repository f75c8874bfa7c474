//! Conditions of SQL as terms: simplified where they are put together, the cheap asked first where they are written down.
//!
//! What is asked of a context costs a verified reader of the claim, so it stands in a sub-select, which PostgreSQL evaluates at most once
//! in a statement, and behind what is asked of the row: where that decides, the reader is never called.

use std::collections::BTreeSet;

use super::{formula::Joins, sql::literal, when::ActorType};

/// A condition of SQL, with SQL's three values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// Asked of rows alone.
    Row(String),
    /// The column holds the id of the actor, whose role is one of these, or any.
    Mine {
        column: String,
        kind: ActorType,
        roles: BTreeSet<String>,
    },
    /// The column holds one of the ids that an attribute of the context lists.
    Listed {
        column: String,
        attribute: &'static str,
    },
    /// Asked of the context alone, as it stands inside of a sub-select.
    Context(String),
    /// The context has one of these roles, or its actor is of one of these kinds.
    Standing {
        roles: BTreeSet<String>,
        kinds: BTreeSet<&'static str>,
    },
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Joins for Term {
    fn all(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::All(inner) => inner,
            other => vec![other],
        });
        without(flat, |one, other| one.implies(other), Self::All)
    }

    fn any(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Any(inner) => inner,
            other => vec![other],
        });
        let (standing, mut others): (Vec<_>, Vec<_>) =
            flat.partition(|part| matches!(part, Self::Standing { .. }));
        others.extend(standing.into_iter().reduce(Self::or));
        without(others, |one, other| other.implies(one), Self::Any)
    }

    fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

/// The parts without those that another one makes needless.
fn without(
    parts: impl IntoIterator<Item = Term>,
    makes_needless: impl Fn(&Term, &Term) -> bool,
    join: impl FnOnce(Vec<Term>) -> Term,
) -> Term {
    let mut kept: Vec<Term> = Vec::new();
    for part in parts {
        if !kept.iter().any(|known| makes_needless(known, &part)) {
            kept.retain(|known| !makes_needless(&part, known));
            kept.push(part);
        }
    }
    match (kept.len(), kept.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            kept.extend(last);
            join(kept)
        }
    }
}

impl Term {
    /// Both of two standings in one.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Standing { roles, kinds },
                Self::Standing {
                    roles: more_roles,
                    kinds: more_kinds,
                },
            ) => Self::Standing {
                roles: roles.into_iter().chain(more_roles).collect(),
                kinds: kinds.into_iter().chain(more_kinds).collect(),
            },
            (one, other) => Self::Any(vec![one, other]),
        }
    }

    /// Whether the other is at least as true, whatever is asked: false before unknown before true.
    fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Standing { roles, kinds },
                Self::Standing {
                    roles: more_roles,
                    kinds: more_kinds,
                },
            ) => roles.is_subset(more_roles) && kinds.is_subset(more_kinds),
            _ if self == other => true,
            (_, Self::Any(parts)) if parts.iter().any(|part| self.implies(part)) => true,
            (Self::All(parts), _) => parts.iter().any(|part| part.implies(other)),
            _ => false,
        }
    }

    /// When it is asked: what is of the row, what is of the row and the actor, what is of the context.
    fn place(&self) -> u8 {
        match self {
            Self::Row(_) => 0,
            Self::Mine { .. } | Self::Listed { .. } => 1,
            Self::Context(_) | Self::Standing { .. } => 2,
            Self::Not(inner) => inner.place(),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().map(Self::place).max().unwrap_or_default()
            }
        }
    }

    fn is_of_context(&self) -> bool {
        match self {
            Self::Row(_) | Self::Mine { .. } | Self::Listed { .. } => false,
            Self::Context(_) | Self::Standing { .. } => true,
            Self::Not(inner) => inner.is_of_context(),
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_of_context),
        }
    }

    /// The text, which needs no parentheses around it.
    pub(super) fn sql(&self) -> String {
        self.clone().fused().outside()
    }

    /// Asks the role and the actor of rows of one's own by one reader, which answers null to other roles.
    ///
    /// So it is unknown where it was false: nothing that a negation stands before is touched, since neither permits anything.
    fn fused(self) -> Self {
        match self {
            Self::Any(parts) => Self::Any(parts.into_iter().map(Self::fused).collect()),
            Self::All(mut parts) => {
                let of_roles = parts.iter().position(
                    |part| matches!(part, Self::Standing { kinds, .. } if kinds.is_empty()),
                );
                let mine = parts
                    .iter()
                    .position(|part| matches!(part, Self::Mine { .. }));
                if let (Some(of_roles), Some(mine)) = (of_roles, mine)
                    && let Self::Standing { roles: named, .. } = parts[of_roles].clone()
                    && let Self::Mine { roles, .. } = &mut parts[mine]
                {
                    *roles = named;
                    parts.remove(of_roles);
                }
                let parts = parts.into_iter().map(Self::fused);
                without(parts, |_, _| false, Self::All)
            }
            other => other,
        }
    }

    fn outside(&self) -> String {
        match self {
            _ if self.is_of_context() => format!("(SELECT {})", self.inside()),
            Self::Row(text) => format!("({text})"),
            Self::Mine {
                column,
                kind,
                roles,
            } => {
                let roles = match roles.is_empty() {
                    true => String::new(),
                    false => array(roles),
                };
                format!("({column} = (SELECT tenantry.{}({roles})))", reader(*kind))
            }
            // The cast makes an array of the sub-select, and not a set.
            Self::Listed { column, attribute } => format!(
                "({column} = ANY ((SELECT tenantry.attribute_ids({}))::uuid[]))",
                literal(attribute)
            ),
            Self::Not(inner) => format!("(NOT {})", inner.outside()),
            Self::All(parts) => joined(parts, " AND "),
            Self::Any(parts) => joined(parts, " OR "),
            Self::Context(_) | Self::Standing { .. } => self.inside(),
        }
    }

    /// The text inside of a sub-select.
    fn inside(&self) -> String {
        let all = |parts: &[Self], word: &str| {
            let parts: Vec<String> = parts.iter().map(Self::inside).collect();
            format!("({})", parts.join(word))
        };
        match self {
            Self::Standing { roles, kinds } if kinds.is_empty() => {
                format!("tenantry.role() = ANY ({})", array(roles))
            }
            Self::Standing { roles, kinds } if roles.is_empty() => {
                format!("tenantry.actor_kind() = ANY ({})", array(kinds))
            }
            Self::Standing { roles, kinds } => {
                format!("tenantry.acts_as({}, {})", array(roles), array(kinds))
            }
            Self::Not(inner) => format!("(NOT {})", inner.inside()),
            Self::All(parts) => all(parts, " AND "),
            Self::Any(parts) => all(parts, " OR "),
            Self::Context(text) => text.clone(),
            Self::Row(_) | Self::Mine { .. } | Self::Listed { .. } => self.outside(),
        }
    }
}

/// The cheap first, and all that is of the context in one sub-select.
fn joined(parts: &[Term], word: &str) -> String {
    let (context, mut of_rows): (Vec<&Term>, Vec<&Term>) =
        parts.iter().partition(|part| part.is_of_context());
    of_rows.sort_by_key(|part| part.place());
    let mut texts: Vec<String> = of_rows.into_iter().map(Term::outside).collect();
    let context: Vec<String> = context.into_iter().map(Term::inside).collect();
    if !context.is_empty() {
        texts.push(format!("(SELECT {})", context.join(word)));
    }
    format!("({})", texts.join(word))
}

const fn reader(kind: ActorType) -> &'static str {
    match kind {
        ActorType::Uuid => "actor_id",
        ActorType::BigInt => "actor_bigint",
        ActorType::Text => "actor_text",
    }
}

fn array<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| literal(name.as_ref()))
        .collect();
    format!("ARRAY[{}]", names.join(", "))
}

#[cfg(test)]
mod tests;
