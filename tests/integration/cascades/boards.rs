//! Boards, lists, cards and comments: four levels, two ways to a card, threads of comments.

#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use tenantry::{
    Field,
    policy::{Action, Policy, When},
};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Table, Tables},
};

pub(super) struct Board;

impl MigratorTrait for Board {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let policy = cards().row_security().unwrap().sql();
        let policies = Tables::new("m20260101_000003_board_policies").policy(policy);
        vec![
            Box::new(Kernel::new()),
            Box::new(tables()),
            Box::new(policies),
        ]
    }
}

tenantry::roles! { enum Rank { Member = "member", Owner = "owner" } }

fn cards() -> Policy<card::Entity> {
    const LOCKED: Field<card::Entity, bool> = Field::new(card::Column::Locked);
    Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow("everybody writes", Action::WRITES, When::always())
        .forbid(
            "only owners change what is locked",
            Action::WRITES,
            When::row(LOCKED.eq(true)).and(!When::at_least(Rank::Owner)),
        )
}

fn table(name: &str, comment: &str) -> Table {
    Table::new("board", name, comment)
        .scope("workspace_id", KeyType::Uuid)
        .key("id", KeyType::Uuid)
        .column(Column::text("name", "What it is called."))
        .versioned()
        .soft_delete()
        .audited()
}

fn tables() -> Tables {
    Tables::new("m20260101_000002_board")
        .schema("board", "What is to be done.")
        .table(
            table("boards", "A board.")
                .liveness_key()
                .unique_live(["name"]),
        )
        .table(
            table("lists", "A list on a board.")
                .column(Column::uuid("board_id", "The board."))
                .references("board_id", "board", "boards")
                .never_outlives_parent(),
        )
        .table(
            table("cards", "A card in a list, or on a board.")
                .column(Column::uuid("list_id", "The list.").nullable())
                .column(Column::uuid("board_id", "The board.").nullable())
                .column(Column::boolean("locked", "Only owners change it.").default_sql("false"))
                .unique_live(["name"])
                .references("list_id", "board", "lists")
                .deleted_with_parent()
                .references("board_id", "board", "boards")
                .deleted_with_parent(),
        )
        .table(
            table("comments", "A comment on a card, or on another.")
                .column(Column::uuid("card_id", "The card.").nullable())
                .column(Column::uuid("parent_id", "The comment that it answers.").nullable())
                .references("card_id", "board", "cards")
                .deleted_with_parent()
                .references("parent_id", "board", "comments")
                .deleted_with_parent(),
        )
}

pub(super) mod board {
    use sea_orm::entity::prelude::*;
    use tenantry::{HasMany, Unique};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "board", table_name = "boards")]
    #[scoped(audited, uniques(NAME_KEY), children(LISTS, CARDS))]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        pub name: String,
        pub version: tenantry::Version,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<Uuid>,
        pub delete_op: Option<Uuid>,
    }

    pub const NAME_KEY: Unique<Entity> =
        Unique::among_living("boards_name_key", &[Column::WorkspaceId, Column::Name]);
    pub const LISTS: HasMany<Entity, super::list::Entity> =
        HasMany::new(super::list::Column::BoardId);
    pub const CARDS: HasMany<Entity, super::card::Entity> =
        HasMany::new(super::card::Column::BoardId);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod list {
    use sea_orm::entity::prelude::*;
    use tenantry::{BelongsTo, Constraint, HasMany};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "board", table_name = "lists")]
    #[scoped(audited, constraints(BOARD_LIVES), children(CARDS), parents(BOARD))]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        pub name: String,
        pub board_id: tenantry::Id<super::board::Entity>,
        pub version: tenantry::Version,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<Uuid>,
        pub delete_op: Option<Uuid>,
    }

    pub const BOARD_LIVES: Constraint = Constraint::new("lists_board_id_live_fkey", &["board_id"]);
    pub const CARDS: HasMany<Entity, super::card::Entity> =
        HasMany::new(super::card::Column::ListId);
    pub const BOARD: BelongsTo<Entity, super::board::Entity> = BelongsTo::new(Column::BoardId);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod card {
    use sea_orm::entity::prelude::*;
    use tenantry::{BelongsTo, HasMany, Unique};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "board", table_name = "cards")]
    #[scoped(audited, uniques(NAME_KEY), children(COMMENTS), parents(LIST, BOARD))]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        pub name: String,
        pub list_id: Option<tenantry::Id<super::list::Entity>>,
        pub board_id: Option<tenantry::Id<super::board::Entity>>,
        #[scoped(default)]
        pub locked: bool,
        pub version: tenantry::Version,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<Uuid>,
        pub delete_op: Option<Uuid>,
    }

    pub const NAME_KEY: Unique<Entity> =
        Unique::among_living("cards_name_key", &[Column::WorkspaceId, Column::Name]);
    pub const COMMENTS: HasMany<Entity, super::comment::Entity> =
        HasMany::new(super::comment::Column::CardId);
    pub const LIST: BelongsTo<Entity, super::list::Entity> = BelongsTo::new(Column::ListId);
    pub const BOARD: BelongsTo<Entity, super::board::Entity> = BelongsTo::new(Column::BoardId);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod comment {
    pub type Id = tenantry::Id<Entity>;

    use sea_orm::entity::prelude::*;
    use tenantry::{BelongsTo, HasMany};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "board", table_name = "comments")]
    #[scoped(audited, children(REPLIES), parents(CARD, REPLY_TO))]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        pub name: String,
        pub card_id: Option<tenantry::Id<super::card::Entity>>,
        pub parent_id: Option<tenantry::Id<Entity>>,
        pub version: tenantry::Version,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<Uuid>,
        pub delete_op: Option<Uuid>,
    }

    pub const REPLIES: HasMany<Entity, Entity> = HasMany::new(Column::ParentId);
    pub const CARD: BelongsTo<Entity, super::card::Entity> = BelongsTo::new(Column::CardId);
    pub const REPLY_TO: BelongsTo<Entity, Entity> = BelongsTo::new(Column::ParentId);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
