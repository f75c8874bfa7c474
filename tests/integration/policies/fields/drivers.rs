//! A table with columns that few may see, an admin who sees all of it, and a clerk who does not.

#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use sqlx::{AssertSqlSafe, PgPool};
use tenantry::{
    Database, Role, Session, TenantContext,
    policy::{Action, Mask, Policy, Roles as _, When},
};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Searchable, Table, Tables, Weight},
};
use tenantry_testing::{Everyone, TestDatabase};
use uuid::Uuid;

tenantry::roles! { pub(super) enum Rank { Clerk = "clerk", Admin = "admin" } }

pub(super) struct Fleet;

impl MigratorTrait for Fleet {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let drivers = Table::new("fleet", "drivers", "Who drives.")
            .scope("workspace_id", KeyType::Uuid)
            .column(Column::text("name", "What others call them."))
            .column(Column::text("email", "The address."))
            .column(Column::text("phone", "The number.").nullable())
            .column(Column::bigint("salary", "What they earn.").nullable())
            .column(Column::text("plate", "What they drive."))
            .column(Column::uuid("boss_id", "Whom they report to.").nullable())
            .references_column("boss_id", "fleet", "drivers", "id")
            .stamped()
            .versioned()
            .soft_delete()
            .audited()
            .unique_live(["email"])
            .unique_live(["plate"])
            .index("email", ["email", "id"])
            .searchable(Searchable::in_language("english").text("name", Weight::A));
        let tables = Tables::new("m20260101_000002_fleet")
            .schema("fleet", "Cars and drivers.")
            .table(drivers);
        let kernel = Kernel::new().audit_readers(["clerk", "admin"]);
        vec![Box::new(kernel), Box::new(tables)]
    }
}

pub(super) mod driver {
    use sea_orm::entity::prelude::*;
    use tenantry::{BelongsTo, Direction, HasMany, Search, Sort, Unique};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "fleet", table_name = "drivers")]
    #[scoped(
        audited,
        sorts(BY_EMAIL),
        uniques(EMAIL_KEY, PLATE_KEY),
        searches("drivers_search")
    )]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        #[scoped(searched)]
        pub name: String,
        pub email: String,
        pub phone: Option<String>,
        pub salary: Option<i64>,
        pub plate: String,
        pub boss_id: Option<tenantry::Id<Entity>>,
        pub created_at: DateTimeUtc,
        pub version: tenantry::Version,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<Uuid>,
        pub delete_op: Option<Uuid>,
    }

    pub const BY_EMAIL: Sort<Entity> = Sort::by_index(
        "drivers_email_idx",
        &[
            (Column::Email, Direction::Ascending),
            (Column::Id, Direction::Ascending),
        ],
    );
    pub const EMAIL_KEY: Unique<Entity> =
        Unique::among_living("drivers_email_key", &[Column::WorkspaceId, Column::Email]);
    pub const PLATE_KEY: Unique<Entity> =
        Unique::among_living("drivers_plate_key", &[Column::WorkspaceId, Column::Plate]);
    pub const SEARCH: Search<Entity> = Search::by_function("drivers_search", "english");
    pub const REPORTS: HasMany<Entity, Entity> = HasMany::new(Column::BossId);
    pub const BOSS: BelongsTo<Entity, Entity> = BelongsTo::new(Column::BossId);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a clerk may not be told, wherever it stands.
pub(super) const SECRETS: [&str; 3] = ["ada.secret", "1234567", "987654"];

/// Whoever is no admin.
pub(super) fn clerks() -> When<driver::Entity> {
    !When::at_least(Rank::Admin)
}

/// Everybody does everything, but with some columns.
pub(super) fn drivers() -> Policy<driver::Entity> {
    Policy::new()
        .allow("everybody works with drivers", Action::ALL, When::always())
        .mask(
            "admins see addresses",
            driver::EMAIL,
            Mask::email(),
            clerks(),
        )
        .mask("admins see numbers", driver::PHONE, Mask::phone(), clerks())
        .hide("admins see salaries", driver::SALARY, clerks())
        .freeze("admins change plates", driver::PLATE, clerks())
}

/// A driver with a number and a salary that few may see.
pub(super) fn hired(email: &str, plate: &str) -> driver::Insert {
    let new = driver::New {
        name: "Ada".into(),
        email: email.into(),
        plate: plate.into(),
    };
    new.phone("+49 170 1234567".into()).salary(987_654)
}

/// The same table, once with Ada in it and once for those who may not see all of her.
pub(super) struct World {
    pub(super) admins: Database,
    pub(super) admin: TenantContext,
    pub(super) clerks: Database,
    pub(super) clerk: TenantContext,
    pub(super) ada: driver::Model,
    pub(super) test: TestDatabase,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::under(drivers()).await
    }

    /// With the policy in the engine and in row security.
    pub(super) async fn under(policy: Policy<driver::Entity>) -> Self {
        let test = TestDatabase::new::<Fleet>().await.unwrap();
        let owner = PgPool::connect(test.migrator_url()).await.unwrap();
        let sql = policy.row_security().unwrap().sql();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&owner)
            .await
            .unwrap();
        owner.close().await;
        let [(admins, admin), (clerks, clerk)] = [
            enter(&test, policy.clone(), Rank::Admin).await,
            enter(&test, policy, Rank::Clerk).await,
        ];
        let session = admins.begin(&admin).await.unwrap();
        let ada = session
            .rows(driver::Entity)
            .insert(hired("ada.secret@example.com", "M-AD 1"))
            .await
            .unwrap();
        session.commit().await.unwrap();
        Self {
            admins,
            admin,
            clerks,
            clerk,
            ada,
            test,
        }
    }

    pub(super) async fn as_admin(&self) -> Session {
        self.admins.begin(&self.admin).await.unwrap()
    }

    pub(super) async fn as_clerk(&self) -> Session {
        self.clerks.begin(&self.clerk).await.unwrap()
    }
}

async fn enter(
    test: &TestDatabase,
    policy: Policy<driver::Entity>,
    rank: Rank,
) -> (Database, TenantContext) {
    let role: Role = rank.role();
    let database = Database::builder(test.app_url())
        .policy(policy)
        .connect(Everyone(role))
        .await
        .unwrap();
    let workspace = Uuid::from_u128(1).into();
    let context = database
        .authorize(Uuid::now_v7().into(), workspace)
        .await
        .unwrap();
    (database, context)
}
