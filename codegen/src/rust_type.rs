//! Which Rust type a column becomes.

use tenantry::catalog::{ColumnType, TypeKind};

/// A Rust type for a column, and what SeaORM has to know about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RustType {
    pub(crate) path: String,
    pub(crate) column_type: Option<String>,
    pub(crate) select_as: Option<String>,
    pub(crate) save_as: Option<String>,
    pub(crate) is_eq: bool,
}

impl RustType {
    /// Names a type by its path as generated code would write it, such as `crate::Duration` or `String`.
    ///
    /// It must be a SeaORM value type: `DeriveValueType` makes one.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            column_type: None,
            select_as: None,
            save_as: None,
            is_eq: true,
        }
    }

    /// Takes the column as text, both ways: `String`, cast by PostgreSQL.
    #[must_use]
    pub fn text(postgres_type: impl Into<String>) -> Self {
        let postgres_type = postgres_type.into();
        Self::new("String")
            .column_type(format!(
                "custom(\"{}\")",
                postgres_type.replace('"', "\\\"")
            ))
            .cast("text", postgres_type)
    }

    /// Names the SeaORM column type, such as `Interval(None, None)`.
    #[must_use]
    pub fn column_type(mut self, column_type: impl Into<String>) -> Self {
        self.column_type = Some(column_type.into());
        self
    }

    /// Casts to one type when reading and to another when writing.
    #[must_use]
    pub fn cast(mut self, select_as: impl Into<String>, save_as: impl Into<String>) -> Self {
        self.select_as = Some(select_as.into());
        self.save_as = Some(save_as.into());
        self
    }

    /// Says that the type is not `Eq`, so that neither is the row.
    #[must_use]
    pub fn without_eq(mut self) -> Self {
        self.is_eq = false;
        self
    }

    /// The type of a column that needs no name of its own; enums are not among them.
    pub(crate) fn of(column_type: &ColumnType) -> Option<Self> {
        if column_type.kind != TypeKind::Base {
            return None;
        }
        if column_type.schema != "pg_catalog" {
            // What the extension is called does not matter, where it lives does: the path may not lead there.
            let is_text = column_type.name == "citext" && !column_type.array;
            return is_text.then(|| {
                Self::new("String").column_type("custom(\"citext\")").cast(
                    "text",
                    format!("{}.citext", crate::names::quoted(&column_type.schema)),
                )
            });
        }
        if column_type.array {
            let element = match column_type.name.as_str() {
                "text" | "varchar" | "bpchar" => "String",
                "bool" => "bool",
                "int2" => "i16",
                "int4" => "i32",
                "int8" => "i64",
                "float4" => "f32",
                "float8" => "f64",
                "numeric" => "Decimal",
                "uuid" => "Uuid",
                "json" | "jsonb" => "Json",
                "date" => "Date",
                "time" => "Time",
                "timestamp" => "DateTime",
                "timestamptz" => "DateTimeUtc",
                _ => return None,
            };
            let array = Self::new(format!("Vec<{element}>"));
            return Some(match element {
                "f32" | "f64" => array.without_eq(),
                _ => array,
            });
        }
        Some(match column_type.name.as_str() {
            "text" | "varchar" | "bpchar" => Self::new("String"),
            "bool" => Self::new("bool"),
            "int2" => Self::new("i16"),
            "int4" => Self::new("i32"),
            "int8" => Self::new("i64"),
            "float4" => Self::new("f32").without_eq(),
            "float8" => Self::new("f64").without_eq(),
            "numeric" => numeric(&column_type.formatted),
            "uuid" => Self::new("Uuid"),
            "bytea" => Self::new("Vec<u8>"),
            "json" => Self::new("Json"),
            "jsonb" => Self::new("Json").column_type("JsonBinary"),
            "date" => Self::new("Date"),
            "time" => Self::new("Time"),
            "timestamp" => Self::new("DateTime"),
            "timestamptz" => Self::new("DateTimeUtc"),
            "inet" => Self::new("String").column_type("Inet").cast("text", "inet"),
            "cidr" => Self::new("String").column_type("Cidr").cast("text", "cidr"),
            _ => return None,
        })
    }

    /// Whether the type can identify rows or workspaces: see [`RowKey`](tenantry::RowKey).
    pub(crate) fn is_key(&self) -> bool {
        self.select_as.is_none() && matches!(self.path.as_str(), "Uuid" | "i64" | "i32" | "String")
    }
}

fn numeric(formatted: &str) -> RustType {
    let decimal = RustType::new("Decimal");
    let modifiers = formatted
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    let numbers: Option<Vec<u32>> = modifiers
        .map(|text| {
            text.split(',')
                .map(|number| number.trim().parse().ok())
                .collect::<Option<_>>()
        })
        .unwrap_or_default();
    match numbers.as_deref() {
        Some([precision, scale]) => {
            decimal.column_type(format!("Decimal(Some(({precision}, {scale})))"))
        }
        _ => decimal,
    }
}
