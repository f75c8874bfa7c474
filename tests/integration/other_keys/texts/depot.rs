//! The tables of the depot, by the kit and by hand.

#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Table, Tables},
    roles::IDENTITY,
};

use crate::other_keys::MemberRole;

pub(super) struct Depot;

impl MigratorTrait for Depot {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let kernel = Kernel::new()
            .workspace_key(KeyType::Text)
            .actor_key(KeyType::Text);
        let member_role = MemberRole {
            schema: "depot",
            scope: "org",
            person: "login",
            key: KeyType::Text,
        };
        vec![Box::new(kernel), Box::new(tables()), Box::new(member_role)]
    }
}

fn tables() -> Tables {
    let of_org = |name, about| {
        Table::new("depot", name, about)
            .scope("org", KeyType::Text)
            .scope_references_column("depot", "orgs", "handle")
    };
    Tables::new("m20260101_000002_depot")
        .schema("depot", "What is published.")
        .table(
            Table::new("depot", "orgs", "A tenant.")
                .scope_is_id()
                .key("handle", KeyType::Text)
                .versioned(),
        )
        .table(
            of_org("members", "Who publishes.")
                .key("login", KeyType::Text)
                .column(Column::text("role", "What the person may do."))
                .readable_by(IDENTITY, ["org", "login", "role"]),
        )
        .table(
            of_org("packages", "What is published.")
                .key("name", KeyType::Text)
                .column(Column::text("about", "What it does.").nullable())
                .column(Column::integer("stars", "How many like it.").default_sql("0"))
                .stamped()
                .versioned()
                .soft_delete()
                .audited()
                .index("stars", ["stars DESC", "name DESC"]),
        )
        .table(
            of_org("releases", "A version of a package.")
                .key("id", KeyType::Text)
                .column(Column::text("package", "The package.").immutable())
                .references_column("package", "depot", "packages", "name")
                .versioned(),
        )
}

pub(super) mod org {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "depot", table_name = "orgs")]
    #[scoped(workspace = "handle", id = "handle")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub handle: String,
        pub version: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod member {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "depot", table_name = "members")]
    #[scoped(workspace = "org", id = "login")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub login: String,
        pub role: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod package {
    use sea_orm::entity::prelude::*;
    use tenantry::{Direction, HasMany, Sort, Unique};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "depot", table_name = "packages")]
    #[scoped(workspace = "org", id = "name", audited, sorts(MOST_LIKED))]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub about: Option<String>,
        #[scoped(default)]
        pub stars: i32,
        pub created_by: Option<String>,
        pub version: i64,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<String>,
        pub delete_op: Option<Uuid>,
    }

    pub const MOST_LIKED: Sort<Entity> = Sort::by_index(
        "packages_stars_idx",
        &[
            (Column::Stars, Direction::Descending),
            (Column::Name, Direction::Descending),
        ],
    );
    pub const KEY: Unique<Entity> = Unique::new("packages_pkey", &[Column::Org, Column::Name]);
    pub const RELEASES: HasMany<Entity, super::release::Entity> =
        HasMany::new(super::release::Column::Package);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod release {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "depot", table_name = "releases")]
    #[scoped(workspace = "org", key = "String")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        #[scoped(immutable)]
        pub package: String,
        pub version: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
