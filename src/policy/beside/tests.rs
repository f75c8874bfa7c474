//! What the scopes beside the workspace are given, and what is no rule.

use insta::assert_snapshot;

use crate::{
    ErrorKind, Field, Filter, Null,
    policy::{Action, Own, Policy, Published, When},
    sample::{Column, Entity, Id, NAME, SIZE},
};

const ID: Field<Entity, Id> = Field::new(Column::Id);
const WORKSPACE: Field<Entity, uuid::Uuid> = Field::new(Column::WorkspaceId);
const OPERATION: Field<Entity, uuid::Uuid, Null> = Field::new(Column::DeleteOp);
const VERSION: Field<Entity, i64> = Field::new(Column::Version);

fn sql(policy: &Policy<Entity>) -> String {
    let said = policy.row_security().unwrap();
    let text = said.sql().replace(&said.mark(), "tenantry:…");
    let lines = text.replace('"', "");
    let lines = lines
        .lines()
        .filter(|line| line.contains("person") || line.contains("catalogue"));
    lines.collect::<Vec<_>>().join("\n")
}

fn mine() -> Own<Entity> {
    Own::of("mine", NAME)
}

fn open() -> Published<Entity> {
    Published::of("open", SIZE.lt(9))
}

#[test]
fn a_person_meets_a_wall_of_their_own() {
    let rule = mine()
        .only(SIZE.gt(1))
        .changes(SIZE)
        .before(SIZE.lt(9).or(SIZE.eq(12)))
        .after(SIZE.lt(10));
    assert_snapshot!(sql(&Policy::new().personal(rule)));
}

#[test]
fn who_changes_nothing_is_granted_no_change() {
    let said = sql(&Policy::new().personal(mine()));
    assert!(
        said.contains("CREATE POLICY person_wall") && !said.contains("UPDATE"),
        "{said}"
    );
}

#[test]
fn the_catalogue_is_granted_columns() {
    let rule = open().shows(NAME).shows(NAME);
    assert_snapshot!(sql(&Policy::new().catalogue(rule)));
}

#[test]
fn without_a_rule_everything_is_taken_back() {
    assert_snapshot!(sql(&Policy::new()));
}

#[test]
fn every_word_of_a_rule_counts_for_the_hash() {
    let hash = |policy: Policy<Entity>| policy.row_security().unwrap().hash();
    let mut hashes = vec![
        hash(Policy::new()),
        hash(Policy::new().personal(mine())),
        hash(Policy::new().personal(mine().only(SIZE.lt(9)))),
        hash(Policy::new().personal(mine().changes(SIZE))),
        hash(Policy::new().personal(mine().changes(SIZE).before(SIZE.lt(9)))),
        hash(Policy::new().personal(mine().changes(SIZE).after(SIZE.lt(9)))),
        hash(Policy::new().catalogue(open().shows(NAME))),
        hash(Policy::new().catalogue(open().shows(NAME).shows(SIZE))),
    ];
    let all = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), all);
}

#[test]
fn what_no_scope_could_hold_to_is_refused_by_the_name_of_its_rule() {
    let personal = |rule| Policy::new().personal(rule);
    let expression = || Filter::expression_guarded_by_row_security_alone(true.into());
    let deleted = || OPERATION.is_null();
    let not_kept = "a column that names the row, or that the database keeps";
    let not_portable = "not evaluated everywhere alike";
    for (policy, why) in [
        (personal(Own::of("mine", WORKSPACE)), "says something else"),
        (personal(Own::of("mine", OPERATION)), "says something else"),
        (personal(mine().changes(WORKSPACE)), not_kept),
        (personal(mine().changes(ID)), not_kept),
        (personal(mine().changes(VERSION)), not_kept),
        (personal(mine().changes(OPERATION)), not_kept),
        (personal(mine().changes(NAME)), "cannot give a row away"),
        (
            personal(mine().before(SIZE.lt(9))),
            "and no column that may",
        ),
        (personal(mine().after(SIZE.lt(9))), "and no column that may"),
        (personal(mine().only(expression())), not_portable),
        (
            personal(mine().changes(SIZE).before(expression())),
            not_portable,
        ),
        (
            personal(mine().changes(SIZE).after(deleted())),
            "a column that the database keeps",
        ),
        (
            personal(mine().only(deleted())),
            "a column that the database keeps",
        ),
        (
            personal(mine()).personal(Own::of("also", NAME)),
            "a personal rule already",
        ),
        (
            personal(mine()).personal(mine()),
            "another has the same name",
        ),
        (personal(Own::of(" ", NAME)), "it has no name"),
        (
            personal(mine()).allow("mine", Action::Read, When::always()),
            "another has the same name",
        ),
        (Policy::new().catalogue(open()), "it shows no column"),
        (
            Policy::new().catalogue(Published::of("open", expression()).shows(NAME)),
            not_portable,
        ),
        (
            Policy::new().catalogue(Published::of("open", deleted()).shows(NAME)),
            "a column that the database keeps",
        ),
        (
            Policy::new()
                .catalogue(open().shows(NAME))
                .catalogue(Published::of("also", SIZE.lt(3)).shows(NAME)),
            "what is published already",
        ),
        (
            personal(mine()).hide("veiled", SIZE, When::always()),
            "a person would see what the policy hides",
        ),
        (
            personal(mine().changes(SIZE)).freeze("veiled", SIZE, When::always()),
            "a person would change what the policy freezes",
        ),
        (
            Policy::new()
                .catalogue(open().shows(SIZE))
                .hide("veiled", SIZE, When::always()),
            "it shows what the policy hides",
        ),
    ] {
        let error = policy.check().unwrap_err();
        assert!(error.to_string().contains(why), "{why}: {error}");
        assert_eq!(
            policy.row_security().unwrap_err().kind(),
            ErrorKind::Invalid
        );
    }
}

#[test]
fn debug_names_columns_and_no_value() {
    let policy = Policy::new()
        .personal(
            mine()
                .only(NAME.eq("secret"))
                .changes(SIZE)
                .before(NAME.eq("secret")),
        )
        .catalogue(Published::of("open", NAME.eq("secret")).shows(SIZE));
    let shown = format!("{policy:?}");
    assert!(
        shown.contains("changes size") && shown.contains("shows size"),
        "{shown}"
    );
    assert!(!shown.contains("secret"), "{shown}");
}
