//! What is to be written, worked out: the plan between catalogue and text.

mod build;
mod cascades;
mod configuration;
mod encrypted;
mod facts;
mod fields;
mod glass;
mod relations;
mod scopes;
mod searches;
mod shape;
mod vocabularies;

pub(crate) use build::build;

/// One schema.
pub(crate) struct Module {
    pub(crate) schema: String,
    /// Module and folder.
    pub(crate) name: String,
    pub(crate) comment: Option<String>,
    pub(crate) entities: Vec<Entity>,
    /// Enum types that columns of the tables have.
    pub(crate) types: Vec<Vocabulary>,
}

/// One table.
pub(crate) struct Entity {
    pub(crate) schema: String,
    pub(crate) table: String,
    /// The module: the table's name in the singular.
    pub(crate) module: String,
    pub(crate) comment: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) fields: Vec<Field>,
    /// Columns that have no Rust form and are never written by callers.
    pub(crate) left_out: Vec<String>,
    pub(crate) vocabularies: Vec<Vocabulary>,
    pub(crate) relations: Vec<Relation>,
    pub(crate) collections: Vec<Collection>,
    pub(crate) parents: Vec<Parent>,
    pub(crate) sorts: Vec<Sort>,
    pub(crate) uniques: Vec<Unique>,
    pub(crate) searches: Vec<Search>,
    pub(crate) constraints: Vec<(String, Vec<String>)>,
    pub(crate) personal: Option<Personal>,
    pub(crate) public: Option<Public>,
    pub(crate) versioned: bool,
    pub(crate) audited: bool,
    /// What operators read of it under break-glass.
    pub(crate) glass: Glass,
    /// Whether callers may insert at all.
    pub(crate) insertable: bool,
}

/// What the table is to the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Scoped {
        scope: String,
        id: String,
        key: String,
    },
    Global,
    Unkeyed,
}

/// What operators read of a table under break-glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glass {
    Nothing,
    Some,
    Every,
}

/// One column.
pub(crate) struct Field {
    pub(crate) column: String,
    /// The field of `Model`, raw if need be.
    pub(crate) name: String,
    /// The variant of `Column`.
    pub(crate) variant: String,
    /// Without `Option`.
    pub(crate) rust_type: String,
    pub(crate) nullable: bool,
    pub(crate) attributes: Vec<String>,
    pub(crate) doc: String,
    pub(crate) constant: String,
    pub(crate) is_eq: bool,
    pub(crate) cipher: Cipher,
    pub(crate) input: Input,
}

/// What the application makes of the values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    /// Nothing.
    Clear,
    /// It encrypts them. The type is the column's own.
    Encrypted { marker: String },
    /// The blind index of an encrypted column.
    BlindIndex { marker: String },
}

/// Who gives a column its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    /// `New` demands it.
    pub(crate) required: bool,
    /// `Insert` has a setter for it.
    pub(crate) optional: bool,
    /// `Update` has it.
    pub(crate) updatable: bool,
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vocabulary {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// The enum type of PostgreSQL; `None` for text under a check.
    pub(crate) postgres_enum: Option<String>,
    /// Variant and value.
    pub(crate) variants: Vec<(String, String)>,
}

/// A variant of `Relation`.
pub(crate) struct Relation {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// What stands in `#[sea_orm(…)]`.
    pub(crate) attributes: Vec<String>,
    /// `Related<…>` is implemented for this entity by this variant.
    pub(crate) related: Option<String>,
}

/// A `HasMany` constant.
pub(crate) struct Collection {
    pub(crate) constant: String,
    pub(crate) doc: String,
    pub(crate) module: String,
    pub(crate) variant: String,
    /// Whether the rows are deleted with the one they point at.
    pub(crate) deleted_with: bool,
}

/// A `BelongsTo` constant.
pub(crate) struct Parent {
    pub(crate) constant: String,
    pub(crate) doc: String,
    /// The target's entity, as a path.
    pub(crate) target: String,
    pub(crate) variant: String,
    /// Whether rows are deleted with what they point at.
    pub(crate) deleted_with: bool,
}

/// A `Sort` constant.
pub(crate) struct Sort {
    pub(crate) constant: String,
    pub(crate) doc: String,
    pub(crate) index: String,
    /// Variant of the column, and whether greatest comes first.
    pub(crate) keys: Vec<(String, bool)>,
}

/// What is a person's own.
pub(crate) struct Personal {
    /// The variant of the column that names the person.
    pub(crate) variant: String,
    /// The columns that the person may change.
    pub(crate) changes: Vec<String>,
    pub(crate) sorts: Vec<Sort>,
}

/// What is published.
pub(crate) struct Public {
    /// The columns that everybody sees.
    pub(crate) columns: Vec<String>,
    pub(crate) sorts: Vec<Sort>,
}

/// A `Unique` constant.
pub(crate) struct Unique {
    pub(crate) constant: String,
    pub(crate) doc: String,
    pub(crate) name: String,
    pub(crate) variants: Vec<String>,
    pub(crate) among_living: bool,
}

/// A constant by which rows are searched.
pub(crate) struct Search {
    pub(crate) constant: String,
    pub(crate) doc: String,
    pub(crate) kind: SearchKind,
}

/// What a search looks at, and the functions that answer it.
pub(crate) enum SearchKind {
    Words {
        function: String,
        configuration: String,
        /// The columns that the words come from; `None` if nobody can tell.
        variants: Option<Vec<String>>,
    },
    Document {
        variant: String,
        containing: String,
    },
    Tags {
        variant: String,
        containing: String,
        overlapping: String,
    },
}

impl Search {
    /// The functions that answer it.
    pub(crate) fn functions(&self) -> Vec<&str> {
        match &self.kind {
            SearchKind::Words { function, .. } => vec![function],
            SearchKind::Document { containing, .. } => vec![containing],
            SearchKind::Tags {
                containing,
                overlapping,
                ..
            } => vec![containing, overlapping],
        }
    }

    /// The columns that it looks into, if the catalogue tells.
    pub(crate) fn columns(&self) -> Option<&[String]> {
        match &self.kind {
            SearchKind::Words { variants, .. } => variants.as_deref(),
            SearchKind::Document { variant, .. } | SearchKind::Tags { variant, .. } => {
                Some(std::slice::from_ref(variant))
            }
        }
    }

    /// The type of the constant.
    pub(crate) const fn type_name(&self) -> &'static str {
        match self.kind {
            SearchKind::Words { .. } => "Search",
            SearchKind::Document { .. } => "DocumentSearch",
            SearchKind::Tags { .. } => "TagSearch",
        }
    }
}

impl Entity {
    pub(crate) fn field(&self, column: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.column == column)
    }

    /// Every order, with the type of its constant.
    pub(crate) fn all_sorts(&self) -> impl Iterator<Item = (&'static str, &Sort)> {
        let within = self.sorts.iter().map(|sort| ("Sort", sort));
        let personal = self.personal.iter().flat_map(|personal| &personal.sorts);
        let public = self.public.iter().flat_map(|public| &public.sorts);
        within
            .chain(personal.map(|sort| ("PersonalSort", sort)))
            .chain(public.map(|sort| ("PublicSort", sort)))
    }

    /// The column that, within a workspace, names the row.
    pub(crate) fn kind_id(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scoped { id, .. } => Some(id),
            Kind::Global | Kind::Unkeyed => None,
        }
    }

    /// The encrypted columns: each with the type that it has of its own, and its blind index.
    pub(crate) fn encrypted(&self) -> impl Iterator<Item = (&Field, &str, Option<&Field>)> {
        let index = |wanted: &str| {
            let is_index = |field: &&Field| match &field.cipher {
                Cipher::BlindIndex { marker } => marker == wanted,
                _ => false,
            };
            self.fields.iter().find(is_index)
        };
        self.fields
            .iter()
            .filter_map(move |field| match &field.cipher {
                Cipher::Encrypted { marker } => Some((field, marker.as_str(), index(marker))),
                _ => None,
            })
    }

    /// The column that is null while a row lives, if it is what the library takes it for.
    pub(crate) fn deleted_at(&self) -> Option<&Field> {
        self.field("deleted_at")
            .filter(|field| field.nullable && field.rust_type == "DateTimeUtc")
    }

    /// The column that names the delete operation, where rows can be restored by it.
    pub(crate) fn delete_op(&self) -> Option<&Field> {
        self.deleted_at()?;
        self.field("delete_op")
            .filter(|field| field.nullable && field.rust_type == "Uuid")
    }
}
