//! `#[derive(Scoped)]` on entities as people write them.

#![expect(
    clippy::disallowed_methods,
    reason = "SeaORM's macros write them, and one test is about its relations"
)]
#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use sea_orm::{ActiveValue, EntityTrait, IdenStatic, Set};
use tenantry::{Audited, Keyed, NewRow, Scoped, SoftDelete, Version, Versioned};

/// Compact, with everything by convention.
mod project {
    use sea_orm::entity::prelude::*;

    /// A project.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry_macros::Scoped)]
    #[sea_orm(table_name = "projects")]
    #[scoped(audited, sorts(NEWEST), searches("projects_search"))]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        /// What it is called.
        pub title: String,
        pub r#type: Option<String>,
        #[sea_orm(default_value = 3)]
        pub priority: i32,
        #[scoped(immutable)]
        pub code: String,
        #[scoped(managed)]
        pub rank: i64,
        #[sea_orm(column_name = "colour", enum_name = "Hue")]
        pub colour: Option<String>,
        #[sea_orm(ignore)]
        pub cached: Option<String>,
        pub created_at: DateTimeUtc,
        pub version: tenantry::Version,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<Uuid>,
        pub delete_op: Option<Uuid>,
    }

    /// Newest first.
    pub const NEWEST: tenantry::Sort<Entity> = tenantry::Sort::by_index(
        "projects_newest_idx",
        &[(Column::CreatedAt, tenantry::Direction::Descending)],
    );

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Dense, with other names and a number as its key.
mod order {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry_macros::Scoped)]
    #[sea_orm(table_name = "orders")]
    #[scoped(workspace = "account_id", id = "number", version = "revision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub total: i64,
        pub revision: i32,
        pub deleted_at: Option<DateTimeUtc>,
        #[sea_orm(has_many)]
        pub lines: HasMany<super::line::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Dense, without a version; a key of one column.
mod line {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry_macros::Scoped)]
    #[sea_orm(table_name = "lines")]
    #[scoped(workspace = "account_id", no_fields)]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub account_id: i64,
        pub order_number: i64,
        #[sea_orm(
            belongs_to,
            from = "(account_id, order_number)",
            to = "(account_id, number)"
        )]
        pub order: BelongsTo<super::order::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// The workspace itself, with inputs of its own.
mod account {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry_macros::Scoped)]
    #[sea_orm(table_name = "accounts")]
    #[scoped(workspace = "id", no_new, update = "Change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub version: i64,
    }

    #[derive(Debug, Default)]
    pub struct Change;

    impl From<Change> for ActiveModel {
        fn from(_: Change) -> Self {
            Default::default()
        }
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn columns<E: Scoped>() -> [Option<&'static str>; 3]
where
    E::Column: IdenStatic,
{
    [
        Some(E::WORKSPACE.as_str()),
        Some(E::ID.as_str()),
        E::DELETED_AT.as_ref().map(IdenStatic::as_str),
    ]
}

fn is_audited<E: Audited>() {}

#[test]
fn facts_follow_from_the_fields() {
    assert_eq!(
        columns::<project::Entity>(),
        [Some("workspace_id"), Some("id"), Some("deleted_at")]
    );
    assert_eq!(
        columns::<order::Entity>(),
        [Some("account_id"), Some("number"), Some("deleted_at")]
    );
    assert_eq!(
        columns::<line::Entity>(),
        [Some("account_id"), Some("id"), None]
    );
    assert_eq!(columns::<account::Entity>(), [Some("id"), Some("id"), None]);
    assert_eq!(
        <project::Entity as SoftDelete>::DELETE_OP.as_str(),
        "delete_op"
    );
    assert_eq!(<order::Entity as Versioned>::VERSION.as_str(), "revision");
    assert_eq!(project::Entity::SORTS.len(), 1);
    is_audited::<project::Entity>();
}

#[test]
fn ids_and_versions_are_wrapped_where_they_are_plain() {
    let order = order::Model {
        account_id: 1,
        number: 7,
        total: 0,
        revision: 3,
        deleted_at: None,
    };
    assert_eq!(*order::Entity::id_of(&order).as_key(), 7);
    assert_eq!(order::Entity::version_of(&order), Version::from_i64(3));
    let line = line::Model {
        id: "a".into(),
        account_id: 1,
        order_number: 7,
    };
    assert_eq!(line::Entity::id_of(&line).as_key(), "a");
    let account = account::Model {
        id: "a".into(),
        version: 1,
    };
    assert_eq!(account::Entity::version_of(&account).as_i64(), 1);
}

#[test]
fn new_demands_what_has_no_other_source() {
    let new = project::New {
        title: "Ship it".into(),
        code: "S".into(),
    }
    .colour("red".into())
    .priority(1);
    let row = new.into_active_model();
    assert_eq!(row.title, Set("Ship it".to_owned()));
    assert_eq!(row.colour, Set(Some("red".to_owned())));
    assert_eq!(row.priority, Set(1));
    assert_eq!(
        (row.workspace_id, row.id, row.rank),
        (
            ActiveValue::NotSet,
            ActiveValue::NotSet,
            ActiveValue::NotSet
        )
    );
    // Callers make text keys; the database counts.
    let line = line::New {
        id: "a".into(),
        order_number: 7,
    }
    .into_active_model();
    assert_eq!(line.id, Set("a".to_owned()));
    let order = order::New { total: 5 }.into_active_model();
    assert_eq!(order.number, ActiveValue::NotSet);
}

#[test]
fn update_leaves_out_what_is_not_the_callers() {
    let update = project::Update {
        title: Set("Ship it".into()),
        r#type: Set(None),
        ..Default::default()
    };
    let row: project::ActiveModel = update.into();
    assert_eq!(
        (row.title, row.code, row.version),
        (
            Set("Ship it".to_owned()),
            ActiveValue::NotSet,
            ActiveValue::NotSet
        )
    );
    let project::Update {
        title: _,
        r#type: _,
        priority: _,
        colour: _,
    } = project::Update::default();
    let order::Update { total: _ } = order::Update::default();
}

#[test]
fn each_column_has_a_constant() {
    assert_eq!(project::TITLE.name(), "title");
    assert_eq!(project::TYPE.name(), "type");
    assert_eq!(project::COLOUR.name(), "colour");
    let _ = project::COLOUR.is_null().and(project::TITLE.eq("a"));
    let _ = order::NUMBER.gt(3_i64);
}

/// Compiles only if the relations of the dense format are there as well.
fn _dense_relations() {
    let _ = order::Entity::find().find_also_related(line::Entity);
    let _: Option<<order::Entity as Keyed>::Key> = None;
}
