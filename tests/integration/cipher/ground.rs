//! A shop with encrypted columns, a job that rotates their keys, and an administrator who copies what is stored.

#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use sqlx::{AssertSqlSafe, PgPool, Row};
use tenantry::{Database, KeyProvider, Keys, Role, SealingKey, Seals, Session, TenantContext};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Table, Tables},
};
use tenantry_testing::{Everyone, TestDatabase};
use uuid::{Uuid, uuid};

pub(super) const ALPHA: Uuid = uuid!("0193f000-0000-7000-8000-00000000000a");
pub(super) const BETA: Uuid = uuid!("0193f000-0000-7000-8000-00000000000b");
/// What must be seen nowhere.
pub(super) const SECRET: &str = "hush7f3a";

struct Schema;

impl MigratorTrait for Schema {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let tables = Tables::new("m20260101_000002_creators")
            .schema("creators", "What creators sell.")
            .table(shops())
            .table(table("stalls"));
        let kernel = Kernel::new().audit_readers(["owner"]);
        vec![Box::new(kernel), Box::new(tables)]
    }
}

fn shops() -> Table {
    table("shops")
        .column(Column::text("name", "What it is called."))
        .column(Column::encrypted("refresh_token", "By which the token is made anew.").nullable())
        .column(Column::encrypted("customer", "Who the creator is there.").nullable())
        .column(
            Column::blind_index("customer_index", "customer", "By which the shop is found.")
                .nullable(),
        )
        .stamped()
        .versioned()
        .soft_delete()
        .audited()
        .unique_live(["name"])
        .index("customer", ["customer_index"])
}

fn table(name: &str) -> Table {
    Table::new("creators", name, "Where a creator sells.")
        .scope("workspace_id", KeyType::Uuid)
        .column(Column::encrypted("access_token", "By which it is called."))
}

pub mod shop {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "creators", table_name = "shops")]
    #[scoped(audited, uniques(NAME_KEY))]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        pub name: String,
        pub access_token: tenantry::Sealed<AccessToken>,
        pub refresh_token: Option<tenantry::Sealed<RefreshToken>>,
        pub customer: Option<tenantry::Sealed<Customer>>,
        pub customer_index: Option<tenantry::Blind<Customer>>,
        pub created_at: DateTimeUtc,
        pub created_by: Option<Uuid>,
        pub updated_at: DateTimeUtc,
        pub updated_by: Option<Uuid>,
        pub version: tenantry::Version,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<Uuid>,
        pub delete_op: Option<Uuid>,
    }

    pub type Id = tenantry::Id<Entity>;

    pub const NAME_KEY: tenantry::Unique<Entity> =
        tenantry::Unique::among_living("shops_name_key", &[Column::WorkspaceId, Column::Name]);
    pub const PKEY: tenantry::Unique<Entity> =
        tenantry::Unique::new("shops_pkey", &[Column::WorkspaceId, Column::Id]);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A table with a column of the same name.
pub mod stall {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "creators", table_name = "stalls")]
    #[scoped(no_update)]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        pub access_token: tenantry::Sealed<AccessToken>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) fn key(id: i32) -> SealingKey {
    SealingKey::new(id, [u8::try_from(id).unwrap(); 32]).unwrap()
}

pub(super) struct World {
    pub(super) test: TestDatabase,
    pub(super) database: Database,
    pub(super) alpha: TenantContext,
    pub(super) beta: TenantContext,
    pub(super) admin: PgPool,
}

impl World {
    /// With one key, of id 1.
    pub(super) async fn new() -> Self {
        let test = TestDatabase::new::<Schema>().await.unwrap();
        let database = database(&test, Keys::new(key(1))).await;
        let actor = Uuid::now_v7();
        let authorize = async |workspace: Uuid| {
            let context = database.authorize(actor.into(), workspace.into()).await;
            context.unwrap()
        };
        Self {
            alpha: authorize(ALPHA).await,
            beta: authorize(BETA).await,
            admin: test.admin(),
            database,
            test,
        }
    }

    pub(super) async fn alpha(&self) -> Session {
        self.database.begin(&self.alpha).await.unwrap()
    }

    /// The same database, under other keys.
    pub(super) async fn under(&self, keys: impl KeyProvider) -> Database {
        database(&self.test, keys).await
    }

    /// A shop of a workspace, whose tokens are the secret and its name.
    pub(super) async fn shop(&self, context: &TenantContext, name: &str) -> shop::Model {
        let session = self.database.begin(context).await.unwrap();
        let shop = open_shop(&session, name).await;
        session.commit().await.unwrap();
        shop
    }

    /// What an administrator does, past every wall.
    pub(super) async fn plant(&self, sql: impl Into<String>) {
        let sql = sql.into();
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&self.admin).await;
        done.unwrap();
    }

    /// A column of a row as it is stored.
    pub(super) async fn stored(&self, column: &str, id: shop::Id) -> Vec<u8> {
        let sql = format!("SELECT {column} FROM creators.shops WHERE id = '{id}'");
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&self.admin).await;
        row.unwrap().get(0)
    }
}

async fn database(test: &TestDatabase, keys: impl KeyProvider) -> Database {
    let everyone = Everyone(Role::from_static("owner"));
    let builder = Database::builder(test.app_url()).cipher(keys);
    builder.connect(everyone).await.unwrap()
}

/// A shop, whose tokens are the secret and its name.
pub(super) async fn open_shop(session: &Session, name: &str) -> shop::Model {
    session
        .rows(shop::Entity)
        .insert(new_shop(session, name))
        .await
        .unwrap()
}

pub(super) fn new_shop(session: &Session, name: &str) -> shop::Insert {
    let id = tenantry::Id::random();
    let token = format!("{SECRET} {name}");
    shop::New {
        id,
        name: name.into(),
        access_token: session.seal(shop::ACCESS_TOKEN, &id, token).unwrap(),
    }
    .refresh_token(session.seal(shop::REFRESH_TOKEN, &id, SECRET).unwrap())
    .customer(session.seal(shop::CUSTOMER, &id, name).unwrap())
}

/// What the access token of a shop is.
pub(super) fn token(session: &impl Seals, shop: &shop::Model) -> tenantry::Result<String> {
    let token = session.open(shop::ACCESS_TOKEN, shop)?;
    token.expose_text().map(ToOwned::to_owned)
}
