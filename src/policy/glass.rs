//! What operators read of a table when they break the glass: the rule, and the wall and grants that it comes to.

use std::fmt;

use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable, sea_query::ColumnType};

use super::{Policy, beside::Beside, sql::name};
use crate::{Error, ErrorKind, Field, Result, Scoped};

pub(super) const ROLE: &str = "tenantry_glass";
pub(super) const WALL: &str = "glass_wall";
pub(super) const READ: &str = "glass_read";

/// Which columns operators read when they [break the glass](crate::Database::break_glass) of a workspace.
///
/// ```
/// use tenantry::{Field, Scoped, policy::{Glass, Policy}};
///
/// fn letters<E: Scoped>(text: Field<E, String>) -> Policy<E> {
///     Policy::new().break_glass(Glass::all("operators see everything but what is written").hides(text))
/// }
/// ```
///
/// The columns that name a row, and its workspace, are always among them. An operator has no role in the workspace: which rows are read
/// is in the grant alone, and what other rules hide or mask is read unless it is hidden here.
#[must_use = "a rule does nothing until a policy takes it"]
pub struct Glass<E: EntityTrait> {
    pub(super) name: &'static str,
    columns: Vec<E::Column>,
}

impl<E: EntityTrait> Glass<E> {
    /// Every column that the entity has. The name says the rule in a few words.
    pub fn all(name: &'static str) -> Self {
        let columns = E::Column::iter().collect();
        Self { name, columns }
    }

    /// No more than which rows there are.
    pub const fn keys(name: &'static str) -> Self {
        let columns = Vec::new();
        Self { name, columns }
    }

    /// And this column.
    pub fn shows<T, N>(mut self, field: Field<E, T, N>) -> Self {
        self.columns.push(field.column());
        self
    }

    /// But not this column.
    pub fn hides<T, N>(mut self, field: Field<E, T, N>) -> Self {
        let hidden = field.column();
        self.columns
            .retain(|column| column.as_str() != hidden.as_str());
        self
    }
}

impl<E: Scoped> Policy<E> {
    /// Says what operators read of the table under break-glass. Without it the table takes no part.
    #[must_use]
    pub fn break_glass(mut self, rule: Glass<E>) -> Self {
        self.glass.push(rule);
        self
    }

    pub(super) fn check_glass(&self) -> Result<()> {
        let refused = |rule: &Glass<E>, why: &str| {
            let told = format!("rule {:?}: {why}", rule.name);
            Err(Error::new(ErrorKind::Invalid, told).with_field("policy"))
        };
        match self.glass.as_slice() {
            [_, second, ..] => refused(second, "the table has a rule of break-glass already"),
            [rule] if rule.name.trim().is_empty() => refused(rule, "it has no name"),
            [rule] if self.rules.iter().any(|other| other.name == rule.name) => {
                refused(rule, "another has the same name")
            }
            _ => Ok(()),
        }
    }
}

impl Beside {
    /// The wall, the permission that it narrows, and what is granted.
    pub(super) fn glass<E: Scoped>(&mut self, rule: &Glass<E>, table: &str, row: &str) {
        let key = match E::WORKSPACE.def().get_column_type() {
            ColumnType::Uuid => "uuid",
            ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger => "bigint",
            _ => "text",
        };
        let workspace = name(E::WORKSPACE.as_str());
        // The cast makes the answer an array, which an index takes.
        let theirs =
            format!("{row}.{workspace} = ANY ((SELECT tenantry.glass_workspaces())::{key}[])");
        self.say(
            WALL,
            format!("AS RESTRICTIVE FOR ALL TO {ROLE} USING ({theirs}) WITH CHECK (false)"),
        );
        self.say(READ, format!("FOR SELECT TO {ROLE} USING (true)"));
        self.usage::<E>(ROLE);
        // Statements name the workspace and the id of a row, and ask whether it lives.
        let keys = [Some(E::WORKSPACE), Some(E::ID), E::DELETED_AT];
        let columns = keys
            .into_iter()
            .flatten()
            .chain(rule.columns.iter().copied());
        self.grant("SELECT", columns, table, ROLE);
    }
}

impl<E: EntityTrait> Clone for Glass<E> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            columns: self.columns.clone(),
        }
    }
}

impl<E: EntityTrait> fmt::Debug for Glass<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<&str> = self.columns.iter().map(IdenStatic::as_str).collect();
        write!(f, "Glass shows {}: {}", columns.join(", "), self.name)
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::sample::{Entity, NAME, SIZE};

    fn sql(policy: &Policy<Entity>) -> String {
        let text = policy.row_security().unwrap().sql();
        let ours = |line: &&str| line.contains("glass") && !line.starts_with("COMMENT");
        text.lines().filter(ours).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_rule_is_a_wall_a_permission_and_columns() {
        let policy = Policy::new().break_glass(Glass::keys("sizes").shows(SIZE).shows(SIZE));
        assert_snapshot!(sql(&policy), @r#"
        DROP POLICY IF EXISTS glass_wall ON "app"."widgets";
        CREATE POLICY glass_wall ON "app"."widgets" AS RESTRICTIVE FOR ALL TO tenantry_glass USING ("widgets"."workspace_id" = ANY ((SELECT tenantry.glass_workspaces())::uuid[])) WITH CHECK (false);
        DROP POLICY IF EXISTS glass_read ON "app"."widgets";
        CREATE POLICY glass_read ON "app"."widgets" FOR SELECT TO tenantry_glass USING (true);
        REVOKE ALL ON "app"."widgets" FROM tenantry_person, tenantry_catalogue, tenantry_glass;
        GRANT USAGE ON SCHEMA "app" TO tenantry_glass;
        GRANT SELECT ("workspace_id", "id", "deleted_at", "size") ON "app"."widgets" TO tenantry_glass;
        "#);
    }

    #[test]
    fn a_rule_that_was_dropped_is_taken_back() {
        assert_snapshot!(sql(&Policy::new()), @r#"
        DROP POLICY IF EXISTS glass_wall ON "app"."widgets";
        DROP POLICY IF EXISTS glass_read ON "app"."widgets";
        REVOKE ALL ON "app"."widgets" FROM tenantry_person, tenantry_catalogue, tenantry_glass;
        "#);
    }

    #[test]
    fn hidden_columns_are_not_granted_and_keys_always_are() {
        let granted = |rule| {
            let text = sql(&Policy::new().break_glass(rule));
            let grant = text.lines().find(|line| line.starts_with("GRANT SELECT"));
            grant.unwrap().to_owned()
        };
        assert!(granted(Glass::all("all")).contains(r#""name""#));
        assert!(!granted(Glass::all("some").hides(NAME)).contains(r#""name""#));
        assert_snapshot!(
            granted(Glass::keys("keys")),
            @r#"GRANT SELECT ("workspace_id", "id", "deleted_at") ON "app"."widgets" TO tenantry_glass;"#
        );
    }

    #[test]
    fn other_columns_are_another_declaration() {
        let hash = |rule| {
            let policy = Policy::<Entity>::new().break_glass(rule);
            policy.row_security().unwrap().hash()
        };
        assert_ne!(hash(Glass::all("a")), hash(Glass::all("a").hides(NAME)));
        let none = Policy::<Entity>::new().row_security().unwrap().hash();
        assert_ne!(hash(Glass::all("a")), none);
    }

    #[test]
    fn a_table_has_one_rule_with_a_name_of_its_own() {
        for policy in [
            Policy::<Entity>::new()
                .break_glass(Glass::all("a"))
                .break_glass(Glass::all("b")),
            Policy::new().break_glass(Glass::all(" ")),
            Policy::new()
                .allow("a", [], super::super::When::always())
                .break_glass(Glass::all("a")),
        ] {
            assert_eq!(
                policy.check().unwrap_err().kind(),
                ErrorKind::Invalid,
                "{policy:?}"
            );
        }
    }
}
