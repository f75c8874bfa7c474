//! What all rules ask: whose rows a table holds, who may touch it, whom a policy concerns.

use std::collections::{BTreeSet, HashMap};

use crate::catalog::{
    Catalog, Column, Grant, Grantee, Policy, PolicyCommand, Role, Table, TableKind,
};

use super::{
    Verifier, expression,
    names::{DEFINERS, JOBS, OTHER_SCOPES, PURGE, WORKSPACE_SCOPES, identifier, path},
    surroundings::Surroundings,
};

/// A database under examination.
pub(super) struct Subject<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) surroundings: &'a Surroundings,
    pub(super) verifier: &'a Verifier,
    /// Tables and views, with what is known about them.
    pub(super) relations: Vec<Relation<'a>>,
    usage: HashMap<&'a str, BTreeSet<&'a str>>,
    scopes: BTreeSet<&'a str>,
}

/// A table or view.
pub(super) struct Relation<'a> {
    pub(super) table: &'a Table,
    pub(super) standing: Standing<'a>,
    /// Who holds privileges besides the owner, the roles behind definer functions, and superusers.
    pub(super) holders: Vec<Holder<'a>>,
}

/// Whose rows a table holds.
#[derive(Clone, Copy)]
pub(super) enum Standing<'a> {
    /// Those of workspaces, by this column.
    Workspace(&'a Column),
    /// Everybody's, as declared.
    Global,
    /// Nobody's who could touch it: a directory, or the kernel's own.
    Closed,
    /// Unknown, though it can be touched.
    Open,
}

/// Someone who holds privileges on a table.
pub(super) struct Holder<'a> {
    /// The role; `None` is PUBLIC.
    pub(super) role: Option<&'a str>,
    pub(super) grants: Vec<&'a Grant>,
}

impl Holder<'_> {
    /// The privileges, each once.
    pub(super) fn privileges(&self) -> String {
        let named: BTreeSet<&str> = self
            .grants
            .iter()
            .map(|grant| grant.privilege.as_str())
            .collect();
        named.into_iter().collect::<Vec<_>>().join(", ")
    }

    /// The holder as GRANT and REVOKE write it.
    pub(super) fn grantee(&self) -> String {
        self.role.map_or_else(|| "PUBLIC".to_owned(), identifier)
    }
}

impl<'a> Relation<'a> {
    pub(super) fn path(&self) -> String {
        path(self.table)
    }

    /// The scope column, if rows belong to workspaces.
    pub(super) fn scope(&self) -> Option<&'a Column> {
        match self.standing {
            Standing::Workspace(column) => Some(column),
            Standing::Global | Standing::Closed | Standing::Open => None,
        }
    }

    pub(super) fn is_table(&self) -> bool {
        matches!(self.table.kind, TableKind::Table | TableKind::Partitioned)
    }
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        surroundings: &'a Surroundings,
        verifier: &'a Verifier,
    ) -> Self {
        let usage = catalog
            .roles
            .iter()
            .map(|role| (role.name.as_str(), usage(catalog, role)))
            .collect();
        let mut subject = Self {
            catalog,
            surroundings,
            verifier,
            relations: Vec::new(),
            usage,
            scopes: BTreeSet::new(),
        };
        subject.scopes = catalog
            .roles
            .iter()
            .filter(|role| subject.is_base_scope(&role.name) || subject.scope_of(role).is_some())
            .map(|role| role.name.as_str())
            .collect();
        subject.relations = catalog
            .tables
            .iter()
            .filter(|table| table.extension.is_none())
            .map(|table| subject.relation(table))
            .collect();
        subject
    }

    /// Tables (no views) with a scope column.
    pub(super) fn workspace_tables(&self) -> impl Iterator<Item = (&Relation<'a>, &'a Column)> {
        self.tables()
            .filter_map(|relation| Some((relation, relation.scope()?)))
    }

    /// Tables, without views.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Relation<'a>> {
        self.relations.iter().filter(|relation| relation.is_table())
    }

    pub(super) fn find(&self, schema: &str, name: &str) -> Option<&Relation<'a>> {
        self.relations
            .iter()
            .find(|relation| relation.table.schema == schema && relation.table.name == name)
    }

    /// Whether this is a scope role, of whichever scope, or that of a job over all workspaces, which is held to the same.
    pub(super) fn is_base_scope(&self, role: &str) -> bool {
        self.is_workspace_scope(role) || OTHER_SCOPES.contains(&role) || JOBS.contains(&role)
    }

    /// Whether this scope role stands behind the workspace wall.
    pub(super) fn is_workspace_scope(&self, role: &str) -> bool {
        WORKSPACE_SCOPES.contains(&role)
            || self.verifier.scope_roles.iter().any(|known| known == role)
    }

    /// Whether this is a scope role or a login that is a member of one.
    pub(super) fn is_scope(&self, role: &str) -> bool {
        self.scopes.contains(role)
    }

    /// Scope roles, and the logins that are members.
    pub(super) fn scope_roles(&self) -> impl Iterator<Item = &'a Role> {
        self.catalog
            .roles
            .iter()
            .filter(|role| self.scopes.contains(role.name.as_str()))
    }

    /// The scope role that this role is a member of, directly or through others.
    pub(super) fn scope_of(&self, role: &Role) -> Option<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&'a str> = memberships(self.catalog, &role.name).collect();
        while let Some(next) = open.pop() {
            if self.is_base_scope(next) {
                return Some(next);
            }
            if seen.insert(next) {
                open.extend(memberships(self.catalog, next));
            }
        }
        None
    }

    /// Whether a policy concerns a role, as PostgreSQL decides it.
    pub(super) fn reaches(&self, policy: &Policy, role: &str) -> bool {
        policy.roles.iter().any(|grantee| match grantee {
            Grantee::Public => true,
            Grantee::Role(name) => self.has_rights_of(role, name),
        })
    }

    /// Whether a role has the rights of another without `SET ROLE`.
    pub(super) fn has_rights_of(&self, role: &str, other: &str) -> bool {
        role == other
            || self
                .usage
                .get(role)
                .is_some_and(|usage| usage.contains(other))
    }

    fn relation(&self, table: &'a Table) -> Relation<'a> {
        let holders = self.holders(&table.owner, &table.grants);
        let standing = self.standing(table, &holders);
        Relation {
            table,
            standing,
            holders,
        }
    }

    /// Who holds privileges besides those whom no wall concerns and the owner.
    pub(super) fn holders(&self, owner: &str, grants: &'a [Grant]) -> Vec<Holder<'a>> {
        let mut holders: Vec<Holder<'a>> = Vec::new();
        for grant in grants {
            let role = match &grant.grantee {
                Grantee::Public => None,
                Grantee::Role(role) if role == owner || self.is_exempt(role) => continue,
                Grantee::Role(role) => Some(role.as_str()),
            };
            match holders.iter_mut().find(|holder| holder.role == role) {
                Some(holder) => holder.grants.push(grant),
                None => holders.push(Holder {
                    role,
                    grants: vec![grant],
                }),
            }
        }
        holders
    }

    /// Whether no wall concerns the role: the owners of definer functions but for those that purge, and who steps over row security.
    fn is_exempt(&self, role: &str) -> bool {
        (DEFINERS.contains(&role) && role != PURGE)
            || self
                .catalog
                .role(role)
                .is_some_and(|role| role.superuser || role.bypass_row_security)
    }

    fn standing(&self, table: &'a Table, holders: &[Holder<'_>]) -> Standing<'a> {
        if self.verifier.is_global(table) {
            return Standing::Global;
        }
        let walled = table
            .policies
            .iter()
            .filter(|policy| !policy.permissive && policy.command == PolicyCommand::All)
            .filter_map(|policy| expression::wall_column(policy.using.as_deref()?))
            .find_map(|column| table.column(&column));
        let claimed = self
            .verifier
            .claims
            .iter()
            .find(|claim| claim.is_about(table))
            .and_then(|claim| table.column(claim.workspace));
        let security = table.row_security;
        // A directory says whose a name is, has no wall, and no scope role reads it.
        let directory =
            walled.is_none() && holders.is_empty() && security.enabled && security.forced;
        let named = self
            .verifier
            .scope_columns
            .iter()
            .find_map(|column| table.column(column))
            .filter(|_| !directory);
        // The wall comes last: it may stand on the wrong column.
        match claimed.or(named).or(walled) {
            Some(column) => Standing::Workspace(column),
            None if holders.is_empty() => Standing::Closed,
            None => Standing::Open,
        }
    }
}

/// The roles that this one is a member of and whose rights it has or can take.
fn memberships<'a>(catalog: &'a Catalog, role: &str) -> impl Iterator<Item = &'a str> {
    catalog
        .role(role)
        .into_iter()
        .flat_map(|role| &role.member_of)
        .filter(|membership| membership.inherit || membership.set)
        .map(|membership| membership.role.as_str())
}

/// All roles whose rights a role has without `SET ROLE`, itself included.
fn usage<'a>(catalog: &'a Catalog, role: &'a Role) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::from([role.name.as_str()]);
    let mut open = vec![role];
    while let Some(next) = open.pop() {
        for membership in next
            .member_of
            .iter()
            .filter(|membership| membership.inherit)
        {
            if found.insert(&membership.role)
                && let Some(role) = catalog.role(&membership.role)
            {
                open.push(role);
            }
        }
    }
    found
}
