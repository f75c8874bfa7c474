//! The walls and grants that the rules beside the workspace come to.

use sea_orm::{EntityTrait, IdenStatic, Iterable};

use super::{
    Own, Policy, Published, glass,
    sql::{name, of_filter},
    when::ActorType,
};
use crate::{Filter, Result, Scoped};

const PERSON: &str = "tenantry_person";
const CATALOGUE: &str = "tenantry_catalogue";

/// What a table says to the scopes beside the workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    /// Names of policies, and what they are.
    pub(super) policies: Vec<(String, String)>,
    pub(super) grants: Vec<String>,
}

const PERSON_WALL: &str = "person_wall";
const PERSON_UPDATE_WALL: &str = "person_update_wall";
const PERSON_READ: &str = "person_read";
const PERSON_UPDATE: &str = "person_update";
const CATALOGUE_WALL: &str = "catalogue_wall";
const CATALOGUE_READ: &str = "catalogue_read";

/// The policies that a table may have for these scopes.
pub(super) const NAMES: [&str; 8] = [
    PERSON_WALL,
    PERSON_UPDATE_WALL,
    PERSON_READ,
    PERSON_UPDATE,
    CATALOGUE_WALL,
    CATALOGUE_READ,
    glass::WALL,
    glass::READ,
];

/// Takes from these scopes what an earlier declaration gave them.
pub(super) fn taken(table: &str) -> String {
    format!(
        "REVOKE ALL ON {table} FROM {PERSON}, {CATALOGUE}, {};\n",
        glass::ROLE
    )
}

impl Beside {
    pub(super) fn of<E: Scoped>(policy: &Policy<E>, table: &str, row: &str) -> Result<Self> {
        let mut beside = Self::default();
        if let Some(rule) = policy.personal.first() {
            beside.personal(rule, table, row)?;
        }
        if let Some(rule) = policy.catalogue.first() {
            beside.published(rule, table, row)?;
        }
        if let Some(rule) = policy.glass.first() {
            beside.glass(rule, table, row);
        }
        Ok(beside)
    }

    fn personal<E: Scoped>(&mut self, rule: &Own<E>, table: &str, row: &str) -> Result<()> {
        let text = |filter: &Option<Filter<E>>| filter.as_ref().map(|one| of_filter(one, row));
        let only = text(&rule.only).transpose()?;
        let mine = format!(
            "{row}.{} = (SELECT tenantry.{}()){}{}",
            name(rule.person.as_str()),
            rule.kind.person_reader(),
            only.map_or_else(String::new, |only| format!(" AND {only}")),
            lives::<E>(row)
        );
        self.say(
            PERSON_WALL,
            format!("AS RESTRICTIVE FOR ALL TO {PERSON} USING ({mine}) WITH CHECK ({mine})"),
        );
        self.say(PERSON_READ, format!("FOR SELECT TO {PERSON} USING (true)"));
        self.usage::<E>(PERSON);
        self.grant("SELECT", E::Column::iter(), table, PERSON);
        if rule.changes.is_empty() {
            return Ok(());
        }
        let side = |filter| {
            Ok::<_, crate::Error>(
                text(filter)
                    .transpose()?
                    .unwrap_or_else(|| "true".to_owned()),
            )
        };
        let (before, after) = (side(&rule.before)?, side(&rule.after)?);
        // Restrictive too, so that no other policy of the table widens what a person may change.
        self.say(
            PERSON_UPDATE_WALL,
            format!("AS RESTRICTIVE FOR UPDATE TO {PERSON} USING ({before}) WITH CHECK ({after})"),
        );
        self.say(
            PERSON_UPDATE,
            format!("FOR UPDATE TO {PERSON} USING (true) WITH CHECK (true)"),
        );
        self.grant("UPDATE", rule.changes.iter().copied(), table, PERSON);
        Ok(())
    }

    fn published<E: Scoped>(&mut self, rule: &Published<E>, table: &str, row: &str) -> Result<()> {
        let published = format!("{}{}", of_filter(&rule.filter, row)?, lives::<E>(row));
        self.say(
            CATALOGUE_WALL,
            format!("AS RESTRICTIVE FOR ALL TO {CATALOGUE} USING ({published}) WITH CHECK (false)"),
        );
        self.say(
            CATALOGUE_READ,
            format!("FOR SELECT TO {CATALOGUE} USING (true)"),
        );
        self.usage::<E>(CATALOGUE);
        // Statements name the workspace and the id of a row, and ask whether it lives.
        let keys = [Some(E::WORKSPACE), Some(E::ID), E::DELETED_AT];
        let columns = keys
            .into_iter()
            .flatten()
            .chain(rule.columns.iter().copied());
        self.grant("SELECT", columns, table, CATALOGUE);
        Ok(())
    }

    pub(super) fn say(&mut self, name: &str, policy: String) {
        self.policies.push((name.to_owned(), policy));
    }

    pub(super) fn usage<E: EntityTrait>(&mut self, role: &str) {
        if let Some(schema) = E::default().schema_name() {
            self.grants.push(format!(
                "GRANT USAGE ON SCHEMA {} TO {role};\n",
                name(schema)
            ));
        }
    }

    pub(super) fn grant<C: IdenStatic>(
        &mut self,
        privilege: &str,
        columns: impl Iterator<Item = C>,
        table: &str,
        role: &str,
    ) {
        let mut once: Vec<String> = Vec::new();
        for column in columns.map(|column| name(column.as_str())) {
            if !once.contains(&column) {
                once.push(column);
            }
        }
        let columns = once.join(", ");
        self.grants.push(format!(
            "GRANT {privilege} ({columns}) ON {table} TO {role};\n"
        ));
    }
}

/// Neither a person nor the catalogue deletes, so their walls may ask for it.
fn lives<E: Scoped>(row: &str) -> String {
    E::DELETED_AT.map_or_else(String::new, |column| {
        format!(" AND {row}.{} IS NULL", name(column.as_str()))
    })
}

impl ActorType {
    const fn person_reader(self) -> &'static str {
        match self {
            Self::Uuid => "person_id",
            Self::BigInt => "person_bigint",
            Self::Text => "person_text",
        }
    }
}

#[cfg(test)]
mod tests;
