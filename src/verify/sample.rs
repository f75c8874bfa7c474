//! A catalogue made by hand, for faults that are tiresome to plant in a database.

use crate::catalog::{
    Catalog, Column, ColumnType, Grant, Grantee, Index, IndexColumn, Membership, Policy,
    PolicyCommand, PrimaryKey, Role, RowSecurity, Table, TableKind, TypeKind,
};

use super::{
    Finding, Rule, Verifier, expression,
    names::{APP, OWNER, READER},
    surroundings::Surroundings,
};

fn role(name: &str) -> Role {
    Role {
        name: name.into(),
        superuser: false,
        inherit: true,
        create_role: false,
        create_database: false,
        login: false,
        replication: false,
        bypass_row_security: false,
        settings: Vec::new(),
        member_of: Vec::new(),
    }
}

fn member(name: &str, of: &str, inherit: bool, set: bool) -> Role {
    Role {
        member_of: vec![Membership {
            role: of.into(),
            admin: true,
            inherit,
            set,
        }],
        ..role(name)
    }
}

fn column(name: &str, type_name: &str) -> Column {
    Column {
        name: name.into(),
        ordinal: 1,
        column_type: ColumnType {
            schema: "pg_catalog".into(),
            name: type_name.into(),
            kind: TypeKind::Base,
            array: false,
            domain: None,
            formatted: type_name.into(),
        },
        nullable: false,
        default: None,
        identity: None,
        generated: None,
        collation: None,
        comment: Some("Said.".into()),
    }
}

fn index(name: &str, columns: &[&str], unique: bool) -> Index {
    Index {
        name: name.into(),
        method: "btree".into(),
        unique,
        primary: unique,
        valid: true,
        constraint: unique,
        deferrable: false,
        nulls_not_distinct: false,
        predicate: None,
        columns: columns
            .iter()
            .map(|column| IndexColumn {
                name: Some((*column).to_owned()),
                definition: (*column).to_owned(),
                descending: false,
                nulls_first: false,
                operator_class: None,
                collation: None,
            })
            .collect(),
        included: Vec::new(),
        comment: None,
    }
}

fn policy(name: &str, permissive: bool, roles: &[&str], text: String) -> Policy {
    Policy {
        name: name.into(),
        permissive,
        command: PolicyCommand::All,
        roles: roles
            .iter()
            .map(|role| Grantee::Role((*role).to_owned()))
            .collect(),
        using: Some(text.clone()),
        check: Some(text),
        comment: None,
    }
}

fn select(role: &str) -> Grant {
    Grant {
        grantee: Grantee::Role(role.into()),
        privilege: "SELECT".into(),
        column: None,
        grantable: false,
    }
}

/// A table `app.notes` with a wall on this column.
fn notes(scope: &str, type_name: &str) -> Table {
    let reader = expression::reader(type_name).unwrap_or("workspace_id");
    let wall = format!("({scope} = ( SELECT tenantry.{reader}() AS {reader}))");
    Table {
        schema: "app".into(),
        name: "notes".into(),
        kind: TableKind::Table,
        owner: OWNER.into(),
        comment: Some("Said.".into()),
        unlogged: false,
        options: Vec::new(),
        extension: None,
        columns: vec![column(scope, type_name), column("id", "uuid")],
        primary_key: Some(PrimaryKey {
            name: "notes_pkey".into(),
            columns: vec![scope.into(), "id".into()],
        }),
        uniques: Vec::new(),
        indexes: vec![index("notes_pkey", &[scope, "id"], true)],
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        exclusions: Vec::new(),
        row_security: RowSecurity {
            enabled: true,
            forced: true,
        },
        policies: vec![
            policy("notes_wall", false, &[APP, READER, OWNER], wall),
            policy("owner_all", true, &[OWNER], "true".into()),
        ],
        grants: vec![select(APP)],
        triggers: Vec::new(),
        partitioning: None,
        partitions: Vec::new(),
    }
}

fn surroundings() -> Surroundings {
    Surroundings {
        server_version_num: 170_011,
        database: "app".into(),
        database_owner: "administrator".into(),
        database_grants: Vec::new(),
        default_privileges: Vec::new(),
        without_triggers: Vec::new(),
        large_objects: Vec::new(),
        leaking_types: vec!["pg_catalog.numeric".into(), "pg_catalog.anyenum".into()],
        unguarded_log_partitions: Vec::new(),
        log_months_missing: Vec::new(),
        log_default: None,
        sequences: Vec::new(),
        declared: Vec::new(),
    }
}

fn judged(verifier: &Verifier, tables: Vec<Table>, others: Vec<Role>) -> Vec<Finding> {
    let roles = [APP, READER, OWNER].map(role).into_iter().chain(others);
    let catalog = Catalog {
        server_version: 17,
        schemas: Vec::new(),
        tables,
        enums: Vec::new(),
        functions: Vec::new(),
        roles: roles.collect(),
    };
    let mut findings = verifier.judge(&catalog, &surroundings()).findings;
    // There is no kernel in this catalogue.
    findings.retain(|finding| finding.rule != Rule::KernelMissing);
    findings
}

fn rules(tables: Vec<Table>, others: Vec<Role>) -> Vec<Rule> {
    judged(&Verifier::new(), tables, others)
        .into_iter()
        .map(|finding| finding.rule)
        .collect()
}

#[test]
fn a_scope_column_has_any_name_and_a_type_of_the_context() {
    for (name, type_name) in [
        ("workspace_id", "uuid"),
        ("account_id", "int8"),
        ("org_id", "int4"),
        ("team", "text"),
        ("id", "uuid"),
    ] {
        let mut table = notes(name, type_name);
        if name == "id" {
            table.columns.truncate(1);
            table.primary_key.as_mut().unwrap().columns.truncate(1);
        }
        assert_eq!(rules(vec![table], vec![]), [], "{name}");
    }
    assert_eq!(
        rules(vec![notes("workspace_id", "numeric")], vec![]),
        [Rule::ScopeColumn]
    );
}

#[test]
fn a_name_that_must_be_quoted_has_a_wall_all_the_same() {
    let mut table = notes("Workspace", "uuid");
    for policy in &mut table.policies[..1] {
        let text = "(\"Workspace\" = ( SELECT tenantry.workspace_id() AS workspace_id))";
        policy.using = Some(text.into());
        policy.check = Some(text.into());
    }
    assert_eq!(rules(vec![table], vec![]), []);
}

#[test]
fn an_administrator_of_a_scope_role_is_no_member_of_the_scope() {
    let mut administrator = member("administrator", APP, false, false);
    administrator.create_role = true;
    assert_eq!(rules(vec![], vec![administrator]), []);
}

#[test]
fn a_login_meets_the_wall_of_its_role_and_of_no_other() {
    let login = member("service", APP, true, true);
    let mut table = notes("workspace_id", "uuid");
    table.grants.push(select("service"));
    assert_eq!(rules(vec![table.clone()], vec![login]), []);
    // Without inheritance the policy does not concern it.
    let login = member("service", APP, false, true);
    assert_eq!(rules(vec![table], vec![login]), [Rule::WallMissing]);
}

#[test]
fn a_role_of_ones_own_meets_exactly_the_wall() {
    let mut table = notes("workspace_id", "uuid");
    table.grants.push(select("reports"));
    table
        .policies
        .push(policy("reports", false, &["reports"], "(id = id)".into()));
    let others = || vec![role("reports")];
    // A scope of another kind has a wall of its own.
    assert_eq!(rules(vec![table.clone()], others()), []);
    let findings = judged(
        &Verifier::new().scope_role("reports"),
        vec![table],
        others(),
    );
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::WallText);
}

#[test]
fn a_directory_is_no_workspace_table() {
    let mut directory = notes("workspace_id", "uuid");
    directory.primary_key.as_mut().unwrap().columns = vec!["id".into()];
    directory.policies.remove(0);
    directory.grants = Vec::new();
    assert_eq!(rules(vec![directory.clone()], vec![]), []);
    // Without row security it is a copy that somebody forgot.
    directory.row_security.enabled = false;
    assert!(rules(vec![directory], vec![]).contains(&Rule::RowSecurityDisabled));
}

#[test]
fn an_index_beyond_the_scope_column_is_judged_by_types() {
    let mut table = notes("workspace_id", "uuid");
    table.columns.push(column("price", "numeric"));
    table
        .indexes
        .push(index("notes_price_idx", &["workspace_id", "price"], false));
    assert_eq!(
        rules(vec![table.clone()], vec![]),
        [Rule::IndexNotLeakproof]
    );
    // A search function has no wall to wait for.
    table.indexes[1].method = "gin".into();
    assert_eq!(rules(vec![table], vec![]), []);
}

#[test]
fn a_superuser_owns_nothing_of_ours() {
    let mut administrator = role("administrator");
    administrator.superuser = true;
    let mut table = notes("workspace_id", "uuid");
    table.owner = "administrator".into();
    let found = rules(vec![table], vec![administrator]);
    assert!(found.contains(&Rule::TableOwner), "{found:?}");
}

#[test]
fn marks_of_deletion_are_kept_by_a_trigger_also_where_no_version_is_counted() {
    let mut table = notes("workspace_id", "uuid");
    table.columns.push(column("delete_op", "uuid"));
    assert_eq!(rules(vec![table.clone()], vec![]), [], "nobody updates it");
    table.grants.push(Grant {
        privilege: "UPDATE".into(),
        column: Some("delete_op".into()),
        ..select(APP)
    });
    assert_eq!(rules(vec![table], vec![]), [Rule::TouchTrigger]);
}
