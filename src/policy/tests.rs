//! What row security is told, and what is no policy.

use insta::assert_snapshot;

use super::*;
use crate::{
    Field, Filter, Null,
    sample::{Column, Entity, NAME, SIZE},
};

crate::roles! { enum Rank { Viewer = "viewer", Member = "member", Admin = "admin" } }

const OPERATION: Field<Entity, uuid::Uuid, Null> = Field::new(Column::DeleteOp);

fn sql(policy: &Policy<Entity>) -> String {
    let sql = policy.row_security().unwrap().sql();
    let mark = policy.row_security().unwrap().mark();
    sql.replace(&mark, "tenantry:…").replace('"', "")
}

#[test]
fn the_row_is_asked_before_the_role_and_the_role_at_most_once_for_each_rule() {
    let policy = Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow(
            "members write what is small",
            Action::WRITES,
            When::at_least(Rank::Member).and(When::row(SIZE.lt(9))),
        )
        .allow(
            "admins write all",
            Action::WRITES,
            When::role([Rank::Admin]),
        );
    assert_snapshot!(sql(&policy));
}

#[test]
fn what_policies_cannot_tell_a_trigger_does() {
    let policy = Policy::new()
        .allow("members read", Action::READS, When::at_least(Rank::Member))
        .allow(
            "members rename",
            Action::Update,
            When::unchanged(SIZE).and(When::at_least(Rank::Member)),
        )
        .allow(
            "admins delete",
            [Action::Delete, Action::Restore],
            When::at_least(Rank::Admin),
        );
    assert_snapshot!(sql(&policy));
}

#[test]
fn nothing_is_allowed_that_no_rule_allows() {
    let said = sql(&Policy::new());
    assert_eq!(said.matches("(false)").count(), 5, "{said}");
    let never = Policy::new().allow("never", Action::ALL, When::never());
    assert_eq!(sql(&never), said);
    let both = Policy::new()
        .allow("all", Action::ALL, When::always())
        .forbid("none", Action::ALL, When::always());
    assert_eq!(sql(&both), said);
}

#[test]
fn a_ladder_says_who_reaches_which_rung_and_those_below() {
    let rungs = [
        ("public".to_owned(), When::always()),
        ("members".to_owned(), When::at_least(Rank::Member)),
        (
            "leaders".to_owned(),
            When::attribute_at_least("rank", Rank::Admin),
        ),
    ];
    let policy = Policy::new().allow("the ladder", Action::Read, When::ladder(NAME, rungs));
    let said = sql(&policy);
    let read = said.lines().nth(1).unwrap();
    let read = read.split_once("USING ").unwrap().1;
    assert_snapshot!(read, @"(((widgets.name IN ('public')) OR ((widgets.name IN ('public', 'members')) AND (SELECT tenantry.role() = ANY (ARRAY['admin', 'member']))) OR ((widgets.name IN ('public', 'members', 'leaders')) AND (SELECT tenantry.attribute('rank') IN ('admin')))));");
}

#[test]
fn a_value_cannot_end_its_text() {
    let policy = Policy::new().allow(
        "named",
        Action::Read,
        When::row(NAME.eq("'; DROP TABLE x; --\\")),
    );
    let said = sql(&policy);
    assert!(said.contains(r"name = E'\'; DROP TABLE x; --\\'"), "{said}");
}

#[test]
fn what_is_no_policy_is_refused_by_the_name_of_its_rule() {
    let of = |actions: &[Action], when| Policy::new().allow("odd", actions.to_vec(), when);
    let expression = || Filter::expression_guarded_by_row_security_alone(true.into());
    for (policy, why) in [
        (
            of(&[Action::Read], When::row(expression())),
            "not evaluated everywhere alike",
        ),
        (
            of(&Action::WRITES, When::before(NAME.eq("a"))),
            "only an update has a row before",
        ),
        (
            of(&[Action::Insert], When::unchanged(NAME)),
            "only an update has a row before",
        ),
        (
            of(&[Action::Delete], When::mine(OPERATION)),
            "a column that the database keeps",
        ),
        (
            of(&[Action::Read], When::attribute("scopes", ["all"])),
            "an attribute that nobody can have",
        ),
        (
            of(&[Action::Read], !When::attribute("a'b", ["all"])),
            "an attribute that nobody can have",
        ),
        (
            Policy::new().allow(" ", Action::Read, When::always()),
            "it has no name",
        ),
        (
            of(&[Action::Read], When::always()).forbid("odd", Action::Read, When::never()),
            "another has the same name",
        ),
    ] {
        let error = policy.check().unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(
            policy.row_security().unwrap_err().kind(),
            ErrorKind::Invalid
        );
    }
}

#[test]
fn debug_names_rules_and_columns_and_no_value() {
    let of_the_actor = When::attribute("team", ["secret"]);
    let policy = Policy::new().allow(
        "named",
        Action::Read,
        When::row(NAME.eq("secret")).or(of_the_actor),
    );
    let shown = format!("{policy:?}");
    assert!(
        shown.contains("named") && !shown.contains("secret"),
        "{shown}"
    );
}
