//! The rules by name.

use std::fmt;

use serde::Serialize;

macro_rules! rules {
    ($($(#[doc = $sentence:literal])+ $variant:ident => $name:literal,)*) => {
        /// A rule that a database must keep, named as reports name it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $sentence])+ #[serde(rename = $name)] $variant,)*
        }

        impl Rule {
            /// Every rule, in the order of the families.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in kebab case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What must hold, in one sentence.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$variant => concat!($($sentence),+).trim_start(),)* }
            }
        }
    };
}

rules! {
    /// A scope role, and a login that is one, has no attribute that steps over row security or makes roles.
    ScopeRoleAttribute => "scope-role-attribute",
    /// No scope role is spared triggers, and with them foreign keys and the audit log, by `session_replication_role`.
    ScopeRoleTriggers => "scope-role-triggers",
    /// A scope role is a member of nothing, and a login a member of exactly one scope role.
    ScopeRoleMembership => "scope-role-membership",
    /// A scope role owns nothing.
    ScopeRoleOwns => "scope-role-owns",
    /// The owner and the roles behind definer functions cannot log in and are nothing beyond themselves.
    NarrowRole => "narrow-role",
    /// Nobody has the rights of the owner or of a narrow role without `SET ROLE`.
    NarrowRoleInherited => "narrow-role-inherited",
    /// A workspace table belongs to a role that row security can hold.
    TableOwner => "table-owner",
    /// A role with BYPASSRLS that may touch workspace tables is known and wanted.
    BypassRole => "bypass-role",

    /// Row security is enabled on every workspace table and wherever there are policies.
    RowSecurityDisabled => "row-security-disabled",
    /// Row security is forced, so that the owner meets the wall too.
    RowSecurityNotForced => "row-security-not-forced",
    /// Every role that holds a privilege on a workspace table meets a RESTRICTIVE wall FOR ALL.
    WallMissing => "wall-missing",
    /// The wall is exactly the equality of scope column and context, for reading and for writing.
    WallText => "wall-text",
    /// A wall names its roles, since one for PUBLIC shuts other scopes out.
    WallToPublic => "wall-to-public",
    /// Behind its wall a person has what names them, the catalogue what constants publish, break-glass what a grant opens.
    BesideWall => "beside-wall",
    /// The catalogue and break-glass hold `SELECT` alone, the catalogue by column.
    BesideReads => "beside-reads",
    /// The column that names a person leads an index.
    PersonIndex => "person-index",
    /// The owner has a permissive policy behind its wall, or it would see no rows without an error.
    OwnerBlind => "owner-blind",
    /// No permissive policy is for PUBLIC.
    PolicyToPublic => "policy-to-public",
    /// No policy reads the column of the soft delete, which would refuse the delete itself.
    PolicySoftDelete => "policy-soft-delete",
    /// No policy opens up when there is no context.
    PolicyFailsOpen => "policy-fails-open",
    /// A policy reads the context in a sub-select, once and not for each row.
    PolicyPerRow => "policy-per-row",
    /// A policy looks nothing up in tables.
    PolicySubquery => "policy-subquery",
    /// Every policy that is declared is there.
    PolicyMissing => "policy-missing",
    /// A policy that a declaration made says what was declared, and bears its mark.
    PolicyChanged => "policy-changed",
    /// The trigger that tells the rows before and after a change is there, fires, and runs what was declared.
    PolicyTrigger => "policy-trigger",
    /// Scope roles are let through by what declarations and the kit made, and by nothing else.
    PolicyStray => "policy-stray",
    /// Policies that a declaration made have a declaration still.
    PolicyUndeclared => "policy-undeclared",
    /// The scope column is NOT NULL and of a type that a context can have.
    ScopeColumn => "scope-column",

    /// The primary key of a workspace table leads with the scope column.
    PrimaryKey => "primary-key",
    /// Whatever is unique in a workspace table is unique within the workspace.
    UniqueKey => "unique-key",
    /// A foreign key to a workspace table pairs scope column with scope column, first of all.
    ForeignKeyScope => "foreign-key-scope",
    /// No foreign key deletes or empties rows that a soft delete or another workspace could reach.
    ForeignKeyAction => "foreign-key-action",
    /// A foreign key with a nullable part is not MATCH FULL.
    ForeignKeyMatch => "foreign-key-match",
    /// Foreign keys and checks have been validated.
    ConstraintNotValidated => "constraint-not-validated",
    /// An index begins with the columns of each foreign key.
    ForeignKeyIndex => "foreign-key-index",
    /// Rows that are deleted with what they point at soft-delete, and so does what they point at.
    CascadeSoftDelete => "cascade-soft-delete",
    /// Tables are not deleted with each other in a circle.
    CascadeCircle => "cascade-circle",
    /// Beside a key that asks the parent to live stands a declared cascade, or the parent cannot be deleted.
    LivenessKey => "liveness-key",
    /// Every row that a foreign key covers has its target.
    DanglingRows => "dangling-rows",

    /// Nothing in our schemas is granted to PUBLIC.
    GrantToPublic => "grant-to-public",
    /// Scope roles insert and update by column, and delete nothing.
    TableWideWrite => "table-wide-write",
    /// No runtime role holds TRUNCATE, REFERENCES, TRIGGER or MAINTAIN.
    DangerousPrivilege => "dangerous-privilege",
    /// Scope roles cannot write what names a row and what the database keeps.
    ImmutableColumn => "immutable-column",
    /// Scope roles cannot pass privileges on.
    GrantOption => "grant-option",
    /// Neither PUBLIC nor a scope role creates in a schema or in the database.
    CreateGranted => "create-granted",
    /// Nothing is granted on tables that are still to be made.
    DefaultPrivileges => "default-privileges",
    /// Only the runtime role makes temporary tables.
    TemporaryToPublic => "temporary-to-public",
    /// A table that can be touched has a scope column or is declared global.
    UndeclaredTable => "undeclared-table",
    /// Scope roles only read a global table.
    GlobalWritable => "global-writable",
    /// A declaration as global is still needed.
    UnneededExemption => "unneeded-exemption",
    /// A view that is granted uses the rights of whoever asks.
    ViewRights => "view-rights",
    /// Scope roles draw from a sequence, and neither set nor read it.
    SequenceGranted => "sequence-granted",
    /// Materialized views and foreign tables, which know no row security, are granted to nobody.
    UnprotectedRelation => "unprotected-relation",

    /// A definer function belongs to a narrow role.
    DefinerOwner => "definer-owner",
    /// A definer function pins its search path, from `pg_catalog` to `pg_temp`.
    DefinerSearchPath => "definer-search-path",
    /// PUBLIC executes no definer function.
    DefinerPublic => "definer-public",
    /// PUBLIC executes no trigger function, which a temporary table could call.
    TriggerFunctionPublic => "trigger-function-public",
    /// PUBLIC executes no function of ours.
    FunctionPublic => "function-public",
    /// No function of ours claims to be leakproof, which lets it see rows before the wall does.
    LeakproofFunction => "leakproof-function",
    /// PUBLIC executes no large-object function, since large objects know no row security.
    LargeObjects => "large-objects",

    /// A function of the search role takes the workspace from the context, leaves deleted rows out, and serves scope roles.
    SearchFunction => "search-function",
    /// The search role, which meets no wall, reads named columns and does nothing else.
    SearchRole => "search-role",

    /// A function of the purging role takes the workspace from the context, asks for role and age, spares what lives, and serves scope roles.
    PurgeFunction => "purge-function",
    /// The purging role reads named columns and deletes, where rows are soft-deleted first, and sees deleted rows alone.
    PurgeRole => "purge-role",

    /// Partitions carry no grants.
    PartitionGranted => "partition-granted",
    /// Partitions cannot be read by their own names.
    PartitionOpen => "partition-open",

    /// Behind the scope column of an index stand columns whose operators are leakproof.
    IndexNotLeakproof => "index-not-leakproof",
    /// Every index can be used.
    IndexInvalid => "index-invalid",

    /// Nobody changes the audit log, and only the audit role writes it.
    AuditLogWritable => "audit-log-writable",
    /// A trigger that is always enabled refuses changes of the audit log.
    AuditLogAppendOnly => "audit-log-append-only",
    /// No foreign key points out of the audit log.
    AuditLogForeignKey => "audit-log-foreign-key",
    /// An audited table has enabled triggers for insert, update and delete.
    AuditTrigger => "audit-trigger",
    /// The function behind an audit trigger runs as the audit role.
    AuditFunctionOwner => "audit-function-owner",
    /// The function behind an audit trigger writes the entries of its table.
    AuditFunction => "audit-function",
    /// This month and the next have their partitions of the audit log.
    AuditLogMonth => "audit-log-month",
    /// No entry lies in the default partition of the audit log.
    AuditLogDefault => "audit-log-default",
    /// A table that can be updated has the kit's trigger, which counts versions and keeps what callers may not write.
    TouchTrigger => "touch-trigger",

    /// A column whose comment says that the application encrypts it takes nothing but what is encrypted.
    EncryptedColumn => "encrypted-column",

    /// The server runs a minor version without known holes in row security.
    ServerUnpatched => "server-unpatched",
    /// The schema `tenantry` is installed.
    KernelMissing => "kernel-missing",
    /// The door and the readers of the context are there and run as the seal's owner.
    KernelFunction => "kernel-function",
    /// The seal and the signing keys are granted to nobody.
    KernelTable => "kernel-table",

    /// Every table and column has a comment.
    CommentMissing => "comment-missing",
    /// Names leave room for the suffix of a shard.
    NameLength => "name-length",
    /// A schema that is to be distributed does nothing that Citus refuses.
    Distribution => "distribution",

    /// The table of an entity exists.
    ClaimTable => "claim-table",
    /// The columns of an entity exist and are what its facts say.
    ClaimColumn => "claim-column",
    /// The keys of an entity's table lead with its scope column.
    ClaimKey => "claim-key",
    /// Every order of an entity is served by exactly its index.
    ClaimSort => "claim-sort",
    /// Every search of an entity has its function and its index.
    ClaimSearch => "claim-search",
    /// Children and parents that an entity names are those of the catalogue, and none is left out.
    ClaimRelation => "claim-relation",
    /// Every constraint that an entity names exists.
    ClaimConstraint => "claim-constraint",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
