//! The tables of the shop, by the kit and by hand.

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

pub(super) struct Shop;

impl MigratorTrait for Shop {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let kernel = Kernel::new()
            .workspace_key(KeyType::BigInt)
            .actor_key(KeyType::BigInt)
            .audit_readers(["owner"]);
        let member_role = MemberRole {
            schema: "shop",
            scope: "account_id",
            person: "user_id",
            key: KeyType::BigInt,
        };
        vec![Box::new(kernel), Box::new(tables()), Box::new(member_role)]
    }
}

fn tables() -> Tables {
    let of_account = |name, about| {
        Table::new("shop", name, about)
            .scope("account_id", KeyType::BigInt)
            .scope_references("shop", "accounts")
    };
    Tables::new("m20260101_000002_shop")
        .schema("shop", "What is sold.")
        .table(
            Table::new("shop", "accounts", "A tenant.")
                .scope_is_id()
                .key("id", KeyType::BigInt)
                .column(Column::text("name", "What it is called."))
                .stamped()
                .versioned()
                .soft_delete()
                .audited(),
        )
        .table(
            of_account("members", "Who works there.")
                .key("id", KeyType::BigInt)
                .column(Column::bigint("user_id", "The person.").immutable())
                .column(Column::text("role", "What the person may do."))
                .versioned()
                .unique(["user_id"])
                .readable_by(IDENTITY, ["account_id", "user_id", "role"]),
        )
        .table(
            of_account("orders", "What was ordered.")
                .key("number", KeyType::BigInt)
                .column(Column::text("code", "What the customer sees."))
                .column(Column::bigint("total", "What it costs.").default_sql("0"))
                .column(Column::text("note", "What else there is to say.").nullable())
                .stamped()
                .versioned()
                .soft_delete()
                .audited()
                .unique_live(["code"])
                .index("newest", ["created_at DESC", "number DESC"])
                .index("total", ["total", "number DESC"]),
        )
        .table(
            of_account("lines", "A line of an order.")
                .key("id", KeyType::BigInt)
                .column(Column::bigint("order_number", "The order.").immutable())
                .column(Column::text("article", "What is bought."))
                .references_column("order_number", "shop", "orders", "number")
                .versioned()
                .soft_delete(),
        )
        .table(
            of_account("events", "What happened.")
                .key("id", KeyType::Integer)
                .column(Column::text("what", "What it was.").immutable())
                .audited(),
        )
}

pub(super) mod account {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "shop", table_name = "accounts")]
    #[scoped(workspace = "id", audited)]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub name: String,
        pub created_by: Option<i64>,
        pub version: i64,
        pub deleted_at: Option<DateTimeUtc>,
        pub delete_op: Option<Uuid>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod member {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "shop", table_name = "members")]
    #[scoped(workspace = "account_id")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        #[scoped(immutable)]
        pub user_id: i64,
        pub role: String,
        pub version: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod order {
    use sea_orm::entity::prelude::*;
    use tenantry::{Direction, HasMany, Sort, Unique};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "shop", table_name = "orders")]
    #[scoped(
        workspace = "account_id",
        id = "number",
        key = "i64",
        audited,
        sorts(NEWEST, BY_TOTAL)
    )]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: tenantry::Id<Entity>,
        pub code: String,
        #[scoped(default)]
        pub total: i64,
        pub note: Option<String>,
        pub created_at: DateTimeUtc,
        pub created_by: Option<i64>,
        pub updated_at: DateTimeUtc,
        pub updated_by: Option<i64>,
        pub version: tenantry::Version,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<i64>,
        pub delete_op: Option<Uuid>,
    }

    pub const NEWEST: Sort<Entity> = Sort::by_index(
        "orders_newest_idx",
        &[
            (Column::CreatedAt, Direction::Descending),
            (Column::Number, Direction::Descending),
        ],
    );
    pub const BY_TOTAL: Sort<Entity> = Sort::by_index(
        "orders_total_idx",
        &[
            (Column::Total, Direction::Ascending),
            (Column::Number, Direction::Descending),
        ],
    );
    pub const CODE_KEY: Unique<Entity> =
        Unique::among_living("orders_code_key", &[Column::AccountId, Column::Code]);
    pub const LINES: HasMany<Entity, super::line::Entity> =
        HasMany::new(super::line::Column::OrderNumber);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod line {
    use sea_orm::entity::prelude::*;
    use tenantry::BelongsTo;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "shop", table_name = "lines")]
    #[scoped(workspace = "account_id")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        #[scoped(immutable)]
        pub order_number: tenantry::Id<super::order::Entity>,
        pub article: String,
        pub version: i64,
        pub deleted_at: Option<DateTimeUtc>,
        pub delete_op: Option<Uuid>,
    }

    pub const ORDER: BelongsTo<Entity, super::order::Entity> = BelongsTo::new(Column::OrderNumber);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Rows that nobody changes: no version, and no column to update.
pub(super) mod event {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "shop", table_name = "events")]
    #[scoped(workspace = "account_id", audited)]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub what: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
