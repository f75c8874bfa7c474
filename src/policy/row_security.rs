//! The policies of PostgreSQL that a [`Policy`] comes to, as the text of a migration.

use std::collections::BTreeSet;

use sea_orm::{EntityTrait, IdenStatic};
use sha2::{Digest, Sha256};

use super::{
    MANAGED, Policy,
    action::Action,
    beside::{self, Beside},
    formula::formula,
    mark::Mark,
    sql::{Rows, by_role, condition, escaped, literal, name, roles},
    when::{Image, Leaf, Tree},
};
use crate::{Result, Scoped, key::hex};

/// What row security says of a table: made by [`Policy::row_security`], put there by a migration, compared by `verify`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSecurity {
    table: String,
    /// Its name alone, quoted.
    row: String,
    policies: Vec<(String, String)>,
    /// What the scopes beside the workspace are granted.
    grants: Vec<String>,
    /// The body of the trigger that sees an update's row before and after, where no policy can tell.
    watch: Option<String>,
    carried: Vec<Carried>,
}

/// What functions that meet no wall must ask by themselves; `tenantry.govern` puts it there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Carried {
    what: &'static str,
    condition: String,
    columns: BTreeSet<&'static str>,
}

impl RowSecurity {
    /// The table, quoted, with its schema.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// What it was made from, in 16 hexadecimal digits: another text, another hash.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut digest = Sha256::new();
        for (name, policy) in &self.policies {
            digest.update(name);
            digest.update(policy);
        }
        for grant in &self.grants {
            digest.update(grant);
        }
        digest.update(self.watch.as_deref().unwrap_or_default());
        for carried in &self.carried {
            digest.update(carried.what);
            digest.update(&carried.condition);
        }
        hex(&digest.finalize()[..8])
    }

    /// The comment of every policy and function that this makes: the hash, and how many they are.
    #[must_use]
    pub fn mark(&self) -> String {
        let made = self.policies.len() + usize::from(self.watch.is_some());
        Mark::new(self.hash(), made).to_string()
    }

    /// The statements of a migration, which may be run again.
    #[must_use]
    pub fn sql(&self) -> String {
        let mut text: String = self.policies().map(|policy| self.making(policy)).collect();
        for name in beside::NAMES {
            if self.policies.iter().all(|(said, _)| said != name) {
                text.push_str(&format!(
                    "DROP POLICY IF EXISTS {name} ON {};\n",
                    self.table
                ));
            }
        }
        text.push_str(&beside::taken(&self.table));
        text.extend(self.grants.iter().map(String::as_str));
        text.push_str(&self.watching());
        text.extend(self.carried.iter().map(|carried| self.carrying(carried)));
        text
    }

    /// What puts a condition into the functions that carry it.
    fn carrying(&self, carried: &Carried) -> String {
        let columns: Vec<String> = carried.columns.iter().map(|name| literal(name)).collect();
        format!(
            "SELECT tenantry.govern({}, {}, {}, ARRAY[{}]::text[]);\n",
            literal(&self.table),
            literal(carried.what),
            escaped(&carried.condition),
            columns.join(", ")
        )
    }

    /// The policies, by name and definition.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.policies
            .iter()
            .map(|(name, definition)| (name.as_str(), definition.as_str()))
    }

    /// The body of the trigger's function, if there must be one.
    pub(crate) fn watch(&self) -> Option<&str> {
        self.watch.as_deref()
    }

    /// The name of the table alone, quoted.
    pub(crate) fn table_name(&self) -> &str {
        &self.row
    }

    /// What makes one of the policies anew.
    pub(crate) fn making(&self, (policy, definition): (&str, &str)) -> String {
        let table = &self.table;
        format!(
            "DROP POLICY IF EXISTS {policy} ON {table};\n\
             CREATE POLICY {policy} ON {table} {definition};\n\
             COMMENT ON POLICY {policy} ON {table} IS {};\n",
            literal(&self.mark())
        )
    }

    /// What makes the trigger anew, or takes it away.
    pub(crate) fn watching(&self) -> String {
        let table = &self.table;
        let function = format!("{}_policy\"", table.trim_end_matches('"'));
        let trigger = format!("{}_policy\"", self.row.trim_end_matches('"'));
        let Some(body) = &self.watch else {
            return format!(
                "DROP TRIGGER IF EXISTS {trigger} ON {table};\nDROP FUNCTION IF EXISTS {function}();\n"
            );
        };
        // PL/pgSQL keeps the plan that it made for the first statement: one for a row and its other self must not read every row for
        // each of thousands.
        format!(
            "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger\n\
             LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_nestloop = off AS $function$\n{body}$function$;\n\
             COMMENT ON FUNCTION {function}() IS {};\n\
             REVOKE ALL ON FUNCTION {function}() FROM PUBLIC;\n\
             CREATE OR REPLACE TRIGGER {trigger} AFTER UPDATE ON {table} REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows\n  \
             FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n",
            literal(&self.mark())
        )
    }
}

impl<E: Scoped> Policy<E> {
    /// The policies of PostgreSQL, for the runtime roles, that say the same.
    ///
    /// They are permissive and stand under the walls of the table. What is about both the row before and the row after an update, or
    /// tells a delete from another update, no policy can say; a trigger over the whole statement does then. The scopes beside the
    /// workspace get walls and grants of their own.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check).
    pub fn row_security(&self) -> Result<RowSecurity> {
        self.check()?;
        let entity = E::default();
        let row = name(entity.table_name());
        let table = match entity.schema_name() {
            Some(schema) => format!("{}.{row}", name(schema)),
            None => row.clone(),
        };
        let before = |row| Rows {
            before: Some(row),
            after: None,
        };
        let after = |row| Rows {
            before: None,
            after: Some(row),
        };
        let rules = self.rules();
        let read = condition(&formula(rules, Action::Read), before(&row))?;
        let insert = condition(&formula(rules, Action::Insert), after(&row))?;
        let using = condition(&self.changes(Image::Before), before(&row))?;
        let check = condition(&self.changes(Image::After), after(&row))?;
        let Beside {
            policies: others,
            grants,
        } = Beside::of(self, &table, &row)?;
        let mut policies = vec![
            (
                "app_read".to_owned(),
                format!("FOR SELECT TO tenantry_app USING ({read})"),
            ),
            (
                "reader_read".to_owned(),
                format!("FOR SELECT TO tenantry_reader USING ({read})"),
            ),
            (
                "app_insert".to_owned(),
                format!("FOR INSERT TO tenantry_app WITH CHECK ({insert})"),
            ),
            (
                "app_update".to_owned(),
                format!("FOR UPDATE TO tenantry_app USING ({using}) WITH CHECK ({check})"),
            ),
        ];
        policies.extend(others);
        let search = formula(rules, Action::Search);
        let mut carried = vec![carry("search", &search, before(&row))?];
        if E::DELETED_AT.is_some() {
            // Whether somebody purges at all is asked of no row; the rows of a purge are called `t`.
            let purge = formula(rules, Action::Purge);
            carried.push(carry("purge", &purge, Rows::default())?);
            carried.push(carry("purged rows", &purge, before("t"))?);
        }
        Ok(RowSecurity {
            table,
            row,
            policies,
            grants,
            watch: self.watch()?,
            carried,
        })
    }

    /// The trigger's body, unless the policies of `UPDATE` tell everything by themselves.
    fn watch(&self) -> Result<Option<String>> {
        let rules = self.rules();
        let [o, n] = ["o", "n"];
        let (old, new) = (
            Rows {
                before: Some(o),
                after: None,
            },
            Rows {
                before: None,
                after: Some(n),
            },
        );
        let both = Rows {
            before: Some(o),
            after: Some(n),
        };
        let update = formula(rules, Action::Update);
        let mut leaves = Vec::new();
        update.leaves(&mut leaves);
        let roles = roles(&leaves);
        let [exact, old_alone, new_alone] =
            [both, old, new].map(|rows| by_role(&update, rows, &roles));
        let mut is_told = exact
            .iter()
            .zip(old_alone.iter().zip(&new_alone))
            .all(|((_, both), ((_, old), (_, new)))| *both == and(old, new));
        for action in [Action::Delete, Action::Restore] {
            // Whether a delete is asked for what an update is.
            is_told &= E::DELETED_AT.is_none() || same(&formula(rules, action), &update, old);
        }
        if is_told {
            return Ok(None);
        }
        let changed = condition(&update, both)?;
        let wanted = match E::DELETED_AT {
            None => changed,
            Some(deleted_at) => {
                let deleted_at = name(deleted_at.as_str());
                let (delete, restore) = (
                    condition(&formula(rules, Action::Delete), old)?,
                    condition(&formula(rules, Action::Restore), old)?,
                );
                let untouched = untouched();
                format!(
                    "CASE WHEN (o.{deleted_at} IS NULL) = (n.{deleted_at} IS NULL) THEN {changed}\n      \
                     WHEN o.{deleted_at} IS NULL THEN ({delete}) AND ({untouched} OR ({changed}))\n      \
                     ELSE ({restore}) AND ({untouched} OR ({changed})) END"
                )
            }
        };
        let (workspace, id) = (name(E::WORKSPACE.as_str()), name(E::ID.as_str()));
        let keys = if workspace == id {
            format!("o.{id} = n.{id}")
        } else {
            format!("o.{workspace} = n.{workspace} AND o.{id} = n.{id}")
        };
        Ok(Some(format!(
            "BEGIN\n  \
             IF NOT row_security_active(TG_RELID) OR NOT pg_has_role(current_user, 'tenantry_app', 'USAGE') THEN\n    \
             RETURN NULL;\n  END IF;\n  \
             IF EXISTS (SELECT FROM before_rows AS o JOIN after_rows AS n ON {keys}\n    \
             WHERE ({wanted}) IS NOT TRUE) THEN\n    \
             RAISE EXCEPTION 'the change violates the policy of the table' USING ERRCODE = '42501';\n  END IF;\n  \
             RETURN NULL;\nEND "
        )))
    }
}

fn carry<E: EntityTrait>(
    what: &'static str,
    formula: &Tree<Leaf<E>>,
    rows: Rows<'_>,
) -> Result<Carried> {
    let mut leaves = Vec::new();
    formula.leaves(&mut leaves);
    Ok(Carried {
        what,
        condition: condition(formula, rows)?,
        columns: leaves.iter().flat_map(|leaf| leaf.columns()).collect(),
    })
}

/// Whether two formulas come to the same for every role.
fn same<E: EntityTrait>(a: &Tree<Leaf<E>>, b: &Tree<Leaf<E>>, rows: Rows<'_>) -> bool {
    let mut leaves = Vec::new();
    a.leaves(&mut leaves);
    b.leaves(&mut leaves);
    let roles = roles(&leaves);
    by_role(a, rows, &roles) == by_role(b, rows, &roles)
}

/// Both conditions, without those that are always true.
fn and(a: &str, b: &str) -> String {
    match (a, b) {
        ("true", other) | (other, "true") => other.to_owned(),
        ("false", _) | (_, "false") => "false".to_owned(),
        _ if a == b => a.to_owned(),
        _ => format!("({a} AND {b})"),
    }
}

/// Whether nothing differs but what the database keeps by itself.
fn untouched() -> String {
    let kept: Vec<String> = MANAGED
        .iter()
        .chain(&["live"])
        .map(|kept| literal(kept))
        .collect();
    let kept = kept.join(", ");
    format!("to_jsonb(o) - ARRAY[{kept}] = to_jsonb(n) - ARRAY[{kept}]")
}
