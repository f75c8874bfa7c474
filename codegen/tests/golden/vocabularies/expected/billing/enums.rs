//! The enum types that columns of `billing` have.
//!
//! Generated from schema `billing` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;

/// How far an invoice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "invoice_state")]
pub enum InvoiceState {
    /// `open`.
    #[sea_orm(string_value = "open")]
    Open,
    /// `paid in full`.
    #[sea_orm(string_value = "paid in full")]
    PaidInFull,
    /// `void`.
    #[sea_orm(string_value = "void")]
    Void,
}

/// The enum type `shared.Currency`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "Currency")]
pub enum Currency {
    /// `EUR`.
    #[sea_orm(string_value = "EUR")]
    Eur,
    /// `USD`.
    #[sea_orm(string_value = "USD")]
    Usd,
}
