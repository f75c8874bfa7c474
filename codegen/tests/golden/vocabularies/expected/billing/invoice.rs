//! The table `billing.invoices`.
//!
//! Generated from table `billing.invoices` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Field, Null};

/// The id of an invoice.
pub type Id = tenantry::Id<Entity>;

/// The table `billing.invoices`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "billing", table_name = "invoices")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `state`.
    #[sea_orm(select_as = "text", save_as = "billing.invoice_state")]
    pub state: super::enums::InvoiceState,
    /// The column `past_states`.
    #[sea_orm(select_as = "text[]", save_as = "billing.invoice_state[]")]
    pub past_states: Vec<super::enums::InvoiceState>,
    /// The column `currency`.
    #[sea_orm(select_as = "text", save_as = "shared.\"Currency\"")]
    pub currency: Option<super::enums::Currency>,
    /// The column `kind`.
    pub kind: Kind,
    /// The column `priority`.
    pub priority: Option<Priority>,
    /// The column `column`.
    pub column: InvoiceColumn,
    /// The column `date`.
    pub date: InvoiceDate,
    /// The column `issued_on`.
    pub issued_on: Date,
    /// The column `mark`.
    pub mark: String,
    /// The column `side`.
    pub side: String,
    /// The column `unit`.
    pub unit: String,
    /// The column `level`.
    pub level: i32,
    /// The column `label`.
    pub label: String,
    /// The column `phase`.
    pub phase: Phase,
}

/// What `kind` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// `invoice`.
    #[sea_orm(string_value = "invoice")]
    Invoice,
    /// `credit_note`.
    #[sea_orm(string_value = "credit_note")]
    CreditNote,
}

impl tenantry::Leakproof for Kind {}

/// What `priority` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Priority {
    /// `high`.
    #[sea_orm(string_value = "high")]
    High,
    /// `low`.
    #[sea_orm(string_value = "low")]
    Low,
}

impl tenantry::Leakproof for Priority {}

/// What `column` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum InvoiceColumn {
    /// `left`.
    #[sea_orm(string_value = "left")]
    Left,
    /// `right`.
    #[sea_orm(string_value = "right")]
    Right,
}

impl tenantry::Leakproof for InvoiceColumn {}

/// What `date` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum InvoiceDate {
    /// `today`.
    #[sea_orm(string_value = "today")]
    Today,
    /// `tomorrow`.
    #[sea_orm(string_value = "tomorrow")]
    Tomorrow,
}

impl tenantry::Leakproof for InvoiceDate {}

/// What `phase` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Phase {
    /// `half`.
    #[sea_orm(string_value = "half")]
    Half,
    /// `2nd`.
    #[sea_orm(string_value = "2nd")]
    Value2nd,
    /// `it's`.
    #[sea_orm(string_value = "it's")]
    ItS,
}

impl tenantry::Leakproof for Phase {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("invoices_column_check", &["column"]),
        Constraint::new("invoices_date_check", &["date"]),
        Constraint::new("invoices_kind_check", &["kind"]),
        Constraint::new("invoices_label_check", &["label"]),
        Constraint::new("invoices_level_check", &["level"]),
        Constraint::new("invoices_mark_check", &["mark"]),
        Constraint::new("invoices_phase_check", &["phase"]),
        Constraint::new("invoices_phase_check1", &["phase"]),
        Constraint::new("invoices_pkey", &["id"]),
        Constraint::new("invoices_priority_check", &["priority"]),
        Constraint::new("invoices_side_check", &["side"]),
        Constraint::new("invoices_unit_check", &["unit"]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `state`.
pub const STATE: Field<Entity, super::enums::InvoiceState> = Field::new(Column::State);

/// The column `past_states`.
pub const PAST_STATES: Field<Entity, Vec<super::enums::InvoiceState>> =
    Field::new(Column::PastStates);

/// The column `currency`.
pub const CURRENCY: Field<Entity, super::enums::Currency, Null> = Field::new(Column::Currency);

/// The column `kind`.
pub const KIND: Field<Entity, Kind> = Field::new(Column::Kind);

/// The column `priority`.
pub const PRIORITY: Field<Entity, Priority, Null> = Field::new(Column::Priority);

/// The column `column`.
pub const COLUMN: Field<Entity, InvoiceColumn> = Field::new(Column::Column);

/// The column `date`.
pub const DATE: Field<Entity, InvoiceDate> = Field::new(Column::Date);

/// The column `issued_on`.
pub const ISSUED_ON: Field<Entity, Date> = Field::new(Column::IssuedOn);

/// The column `mark`.
pub const MARK: Field<Entity, String> = Field::new(Column::Mark);

/// The column `side`.
pub const SIDE: Field<Entity, String> = Field::new(Column::Side);

/// The column `unit`.
pub const UNIT: Field<Entity, String> = Field::new(Column::Unit);

/// The column `level`.
pub const LEVEL: Field<Entity, i32> = Field::new(Column::Level);

/// The column `label`.
pub const LABEL: Field<Entity, String> = Field::new(Column::Label);

/// The column `phase`.
pub const PHASE: Field<Entity, Phase> = Field::new(Column::Phase);

/// The columns that every new invoice needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `kind`.
    pub kind: Kind,
    /// The column `column`.
    pub column: InvoiceColumn,
    /// The column `date`.
    pub date: InvoiceDate,
    /// The column `issued_on`.
    pub issued_on: Date,
    /// The column `mark`.
    pub mark: String,
    /// The column `side`.
    pub side: String,
    /// The column `unit`.
    pub unit: String,
    /// The column `level`.
    pub level: i32,
    /// The column `label`.
    pub label: String,
    /// The column `phase`.
    pub phase: Phase,
}

/// A new invoice with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `state`.
    pub fn state(self, state: super::enums::InvoiceState) -> Insert {
        Insert::from(self).state(state)
    }

    /// The column `past_states`.
    pub fn past_states(self, past_states: Vec<super::enums::InvoiceState>) -> Insert {
        Insert::from(self).past_states(past_states)
    }

    /// The column `currency`.
    pub fn currency(self, currency: super::enums::Currency) -> Insert {
        Insert::from(self).currency(currency)
    }

    /// The column `priority`.
    pub fn priority(self, priority: Priority) -> Insert {
        Insert::from(self).priority(priority)
    }
}

impl Insert {
    /// The column `state`.
    pub fn state(mut self, state: super::enums::InvoiceState) -> Self {
        self.0.state = Set(state);
        self
    }

    /// The column `past_states`.
    pub fn past_states(mut self, past_states: Vec<super::enums::InvoiceState>) -> Self {
        self.0.past_states = Set(past_states);
        self
    }

    /// The column `currency`.
    pub fn currency(mut self, currency: super::enums::Currency) -> Self {
        self.0.currency = Set(Some(currency));
        self
    }

    /// The column `priority`.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.0.priority = Set(Some(priority));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            kind: Set(new.kind),
            column: Set(new.column),
            date: Set(new.date),
            issued_on: Set(new.issued_on),
            mark: Set(new.mark),
            side: Set(new.side),
            unit: Set(new.unit),
            level: Set(new.level),
            label: Set(new.label),
            phase: Set(new.phase),
            ..Default::default()
        })
    }
}

impl tenantry::NewRow<Entity> for New {
    fn into_active_model(self) -> ActiveModel {
        Insert::from(self).0
    }
}

impl tenantry::NewRow<Entity> for Insert {
    fn into_active_model(self) -> ActiveModel {
        self.0
    }
}
