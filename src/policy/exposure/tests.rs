//! Who sees what of which column, by which rule, and what is no such rule.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    ActorKind, Id, Null, Role,
    context::Occasion,
    sample::{Column, Entity, Model, NAME, SIZE},
};

crate::roles! { enum Rank { Viewer = "viewer", Member = "member", Admin = "admin" } }

const CODE: Field<Entity, String> = Field::new(Column::Code);
const PARENT: Field<Entity, Id<Entity>, Null> = Field::new(Column::ParentId);

fn context(role: &'static str, kind: ActorKind) -> TenantContext {
    let actor = (kind != ActorKind::Job).then(|| Uuid::now_v7().into());
    TenantContext::new(
        Occasion::Workspace,
        Uuid::now_v7().into(),
        (kind, actor),
        Role::from_static(role),
        Duration::from_secs(60),
    )
    .unwrap()
}

fn user(role: &'static str) -> TenantContext {
    context(role, ActorKind::User)
}

fn policy() -> Policy<Entity> {
    Policy::new()
        .allow("all", Action::ALL, When::always())
        .mask("names", NAME, Mask::last(2), !When::at_least(Rank::Admin))
        .mask("names again", NAME, Mask::constant("?"), When::always())
        .hide("sizes", SIZE, When::role([Rank::Viewer]))
        .freeze("codes", CODE, When::kind(ActorKind::User))
}

fn row() -> Model {
    Model {
        workspace_id: Uuid::now_v7(),
        id: Id::new(Uuid::now_v7()),
        parent_id: None,
        name: "lighthouse".into(),
        code: "L-1".into(),
        size: Some(7),
        created_at: chrono::Utc::now(),
        version: crate::Version::from_i64(1),
        deleted_at: None,
        delete_op: None,
    }
}

#[test]
fn what_a_context_sees_of_a_column_is_said_by_a_rule() {
    let policy = policy();
    policy.check().unwrap();
    let said = |role, column| policy.exposure(&user(role), column);
    let masked = |rule, mask| Exposure::Masked { rule, mask };
    assert_eq!(said("viewer", Column::Name), masked("names", Mask::last(2)));
    assert_eq!(
        said("admin", Column::Name),
        masked("names again", Mask::constant("?"))
    );
    assert_eq!(
        said("viewer", Column::Size),
        Exposure::Hidden { rule: "sizes" }
    );
    assert_eq!(said("member", Column::Size), Exposure::Shown);
    assert_eq!(said("viewer", Column::Code), Exposure::Shown);
    assert_eq!(policy.frozen(&user("admin"), Column::Code), Some("codes"));
    assert_eq!(policy.frozen(&user("viewer"), Column::Size), Some("sizes"));
    assert_eq!(policy.frozen(&user("member"), Column::Size), None);
    let job = context("importer", ActorKind::Job);
    assert_eq!(policy.frozen(&job, Column::Code), None);
}

#[test]
fn a_row_shows_what_is_left_of_it_and_nothing_else_changes() {
    let (policy, row) = (policy(), row());
    let seen = policy.expose(&user("viewer"), row.clone()).unwrap();
    let expected = Model {
        name: "****se".into(),
        size: None,
        ..row.clone()
    };
    assert_eq!(seen, expected);
    let seen = policy.expose(&user("member"), row.clone()).unwrap();
    assert_eq!(seen.size, row.size);
}

#[test]
fn a_null_that_is_masked_stays_null() {
    let masked = Exposure::Masked {
        rule: "r",
        mask: Mask::constant("x"),
    };
    assert_eq!(masked.shown(Value::String(None)), None);
    assert_eq!(masked.shown(Value::Int(Some(4))), Some(Value::Int(None)));
}

#[test]
fn nothing_of_a_document_is_left_but_what_its_members_masks_leave() {
    const MASK: Mask = Mask::members(&[("email", Mask::email()), ("address", Mask::last(2))]);
    let masked = Exposure::Masked {
        rule: "r",
        mask: MASK,
    };
    let shown = |value: serde_json::Value| masked.shown_in_document(value).unwrap();
    let customer =
        json!({ "name": "Ada", "email": "ada@example.com", "address": { "city": "Ulm" } });
    let left = json!({ "email": "a****@example.com", "address": null });
    assert_eq!(shown(customer.clone()), left);
    assert_eq!(masked.shown(Value::from(customer)), Some(Value::from(left)));
    for other in [
        json!("ada@example.com"),
        json!(["ada@example.com"]),
        json!(5),
    ] {
        assert_eq!(shown(other), json!({}));
    }
    assert_eq!(shown(json!(null)), json!(null));
    assert_eq!(masked.shown(Value::Json(None)), None);
    assert_eq!(MASK.apply("ada@example.com"), "****");
}

#[test]
fn hidden_is_more_than_masked_in_whichever_order() {
    const NOTE: Field<Entity, String, Null> = Field::new(Column::Name);
    let all = Policy::new;
    let (hide, mask) = ("hide", "mask");
    for policy in [
        all()
            .hide(hide, NOTE, When::always())
            .mask(mask, NOTE, Mask::email(), When::always()),
        all()
            .mask(mask, NOTE, Mask::email(), When::always())
            .hide(hide, NOTE, When::always()),
    ] {
        assert_eq!(
            policy.exposure(&user("viewer"), Column::Name),
            Exposure::Hidden { rule: hide }
        );
    }
}

#[test]
fn what_is_unknown_is_covered() {
    let unknown = || When::attribute("clearance", ["high"]);
    for when in [unknown(), !unknown()] {
        let policy = Policy::new().hide("sizes", SIZE, when);
        assert_eq!(
            policy.exposure(&user("admin"), Column::Size),
            Exposure::Hidden { rule: "sizes" }
        );
    }
}

#[test]
fn a_document_has_nothing_of_what_is_hidden_and_only_the_rest_of_what_is_masked() {
    let covers = policy().covers(&user("viewer"));
    let shown = |column, value: serde_json::Value| covers.of(column).shown_in_document(value);
    assert_eq!(shown("size", 7.into()), None);
    assert_eq!(shown("name", "lighthouse".into()), Some("****se".into()));
    assert_eq!(
        shown("name", serde_json::Value::Null),
        Some(serde_json::Value::Null)
    );
    assert_eq!(shown("code", "L-1".into()), Some("L-1".into()));
}

#[test]
fn who_may_not_see_a_column_changes_it_as_little_and_finds_nothing_by_it() {
    let policy = policy();
    let explained = |role, before: &Model, after: &Model| {
        let act = super::super::Act::Update { before, after };
        let now = chrono::Utc::now();
        policy.explain(&user(role), &act, now).unwrap().rule()
    };
    let before = row();
    for (role, after, rule) in [
        (
            "viewer",
            Model {
                size: None,
                ..before.clone()
            },
            "sizes",
        ),
        (
            "member",
            Model {
                size: None,
                ..before.clone()
            },
            "all",
        ),
        (
            "member",
            Model {
                name: "x".into(),
                ..before.clone()
            },
            "names",
        ),
        (
            "admin",
            Model {
                code: "x".into(),
                ..before.clone()
            },
            "codes",
        ),
        ("viewer", before.clone(), "all"),
    ] {
        assert_eq!(explained(role, &before, &after), Some(rule), "{role}");
    }
    assert!(matches!(
        policy.verdict(&user("member"), Action::Search),
        Verdict::None
    ));
    let sizes = Policy::new()
        .allow("all", Action::ALL, When::always())
        .hide("sizes", SIZE, When::always());
    assert!(
        matches!(sizes.verdict(&user("member"), Action::Search), Verdict::All),
        "no search looks into sizes"
    );
    let said = policy.row_security().unwrap().sql();
    assert!(said.contains("'search', 'false'"), "{said}");
}

#[test]
fn what_is_no_rule_about_a_column_is_refused_by_name() {
    let all = || Policy::new().allow("all", Action::ALL, When::always());
    const VERSION: Field<Entity, crate::Version> = Field::new(Column::Version);
    const ID: Field<Entity, Id<Entity>> = Field::new(Column::Id);
    const SCOPE: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);
    const DELETED: Field<Entity, sea_orm::prelude::DateTimeUtc, Null> =
        Field::new(Column::DeletedAt);
    for (policy, why) in [
        (
            all().hide("odd", SIZE, When::row(NAME.eq("a"))),
            "asks about the row",
        ),
        (
            all().freeze("odd", SIZE, When::mine(PARENT_AS_ACTOR)),
            "asks about the row",
        ),
        (
            all().freeze("odd", VERSION, When::always()),
            "names the row",
        ),
        (all().freeze("odd", ID, When::always()), "names the row"),
        (all().freeze("odd", SCOPE, When::always()), "names the row"),
        (
            all().hide("odd", DELETED, When::always()),
            "the database keeps",
        ),
        (
            all().hide("all", SIZE, When::always()),
            "another has the same name",
        ),
        (
            all()
                .hide("odd", SIZE, When::always())
                .hide("odd", PARENT, When::never()),
            "another has the same name",
        ),
        (all().hide("", SIZE, When::always()), "no name"),
    ] {
        let error = policy.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.to_string().contains(why), "{error}");
    }
}

const PARENT_AS_ACTOR: Field<Entity, Uuid, Null> = Field::new(Column::ParentId);

#[test]
fn debug_names_rules_and_columns() {
    let shown = format!("{:?}", policy());
    for part in [
        "Hidden size when Role(viewer): sizes",
        "Frozen code",
        "names again",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
}
