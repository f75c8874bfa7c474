//! A table with everything that a rule may ask, and people of every kind who ask it.

use chrono::{TimeDelta, Utc};
use sqlx::{AssertSqlSafe, PgPool, Row, postgres::PgArguments};
use tenantry::{
    ActorId, Attribute, Authority, Database, Identity, KeyGrant, Mints, PresentedKey, Result, Role,
    Session, Standing, TenantContext, TokenKey, WorkspaceId,
    policy::{Ordered as _, Policy, Roles as _},
};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Kit, Table},
    sea_orm_migration::{
        self, SchemaManager,
        prelude::{DeriveMigrationName, async_trait},
        sea_orm::DbErr,
    },
};
use tenantry_testing::TestDatabase;
use uuid::{Uuid, uuid};

use crate::random::Numbers;

tenantry::roles! {
    pub(super) enum Rank { Viewer = "viewer", Member = "member", Admin = "admin" }
}
tenantry::ordered! {
    pub(super) enum Level { Novice = "novice", Adept = "o'neill\\", Master = "master" }
}

/// The job of the tests.
pub(super) const ROBOT: &str = "robot";
/// The scope that some key has.
pub(super) const SCOPE: &str = "notes:write";
pub(super) const STATES: [&str; 3] = ["draft", "open", "done"];

pub(super) const WORKSPACE: Uuid = uuid!("0193f000-0000-7000-8000-00000000000a");
pub(super) const OTHERS: Uuid = uuid!("0193f000-0000-7000-8000-00000000000b");
const ANN: Uuid = uuid!("0193f000-0000-7000-8000-0000000000a1");
const BOB: Uuid = uuid!("0193f000-0000-7000-8000-0000000000a2");

pub(super) mod note {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "app", table_name = "notes")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) id: Uuid,
        pub(crate) owner: Option<Uuid>,
        pub(crate) state: String,
        pub(crate) rank: Option<i32>,
        pub(crate) due: Option<DateTimeUtc>,
        #[scoped(managed)]
        pub(crate) version: i64,
        pub(crate) deleted_at: Option<DateTimeUtc>,
        pub(crate) delete_op: Option<Uuid>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

struct Schema;

impl MigratorTrait for Schema {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Kernel::new()), Box::new(Notes)]
    }
}

#[derive(DeriveMigrationName)]
struct Notes;

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for Notes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema("app", "What people write down.").await?;
        let notes = Table::new("app", "notes", "What somebody wrote down.")
            .scope("workspace_id", KeyType::Uuid)
            .column(Column::uuid("owner", "Whose it is.").nullable())
            .column(Column::text("state", "How far it is."))
            .column(Column::integer("rank", "How urgent it is.").nullable())
            .column(Column::timestamptz("due", "By when.").nullable())
            .versioned()
            .soft_delete();
        kit.create_table(&notes).await?;
        kit.finish().await
    }
}

/// Everybody has the role that the last digits of their id say.
pub(super) struct Everybody;

impl Authority for Everybody {
    async fn role(
        &self,
        _: &Identity<'_>,
        actor: &ActorId,
        _: &WorkspaceId,
    ) -> Result<Option<Role>> {
        let actor = actor.as_uuid().unwrap();
        Ok(people().find(|(id, _)| *id == actor).map(|(_, role)| role))
    }

    /// Half of the people have attributes, some of them few.
    async fn standing(
        &self,
        identity: &Identity<'_>,
        actor: &ActorId,
        workspace: &WorkspaceId,
    ) -> Result<Option<Standing>> {
        let Some(role) = self.role(identity, actor, workspace).await? else {
            return Ok(None);
        };
        let nth = people().position(|(id, _)| *actor == ActorId::from(id));
        let standing = Standing::new(role);
        Ok(Some(match nth.unwrap() {
            0 => standing
                .with("level", "novice")?
                .with("size", 1)?
                .with("leads", [ANN, BOB].into_iter().collect::<Attribute>())?,
            // Nobody, which is something else than nothing.
            1 => standing.with("leads", [].into_iter().collect::<Attribute>())?,
            2 => standing.with("level", "o'neill\\")?.with("trusted", true)?,
            // As text what is a role, a number and a boolean elsewhere.
            3 => standing.with("role", "admin")?.with("size", "1")?,
            4 => standing
                .with("level", "master")?
                .with("trusted", false)?
                .with("leads", [BOB].into_iter().collect::<Attribute>())?,
            6 => standing
                .with("level", "grandmaster")?
                .with("trusted", "true")?,
            _ => standing,
        }))
    }

    async fn key(&self, _: &Identity<'_>, _: &PresentedKey) -> Result<Option<KeyGrant>> {
        Ok(Some(KeyGrant {
            key: ANN.into(),
            name: None,
            role: Rank::Member.role(),
            scopes: vec![SCOPE.into()],
            lease: None,
        }))
    }
}

/// Ann and Bob in each role, and a role that no policy knows.
fn people() -> impl Iterator<Item = (Uuid, Role)> {
    let roles = Rank::ALL.iter().map(|rank| rank.role());
    roles
        .chain([Role::from_static("stranger")])
        .zip(0_u128..)
        .flat_map(|(role, nth)| {
            let as_role = move |person: Uuid| Uuid::from_u128(person.as_u128() + (nth << 16));
            [ANN, BOB].map(|person| (as_role(person), role.clone()))
        })
}

/// A person who owns notes.
pub(super) fn owners() -> Vec<Uuid> {
    people().map(|(id, _)| id).chain([ANN]).collect()
}

pub(super) struct World {
    pub(super) database: Database,
    /// Of every kind.
    pub(super) contexts: Vec<TenantContext>,
    pub(super) admin: PgPool,
    pub(super) test: TestDatabase,
}

impl World {
    pub(super) async fn new() -> Self {
        let test = TestDatabase::new::<Schema>().await.unwrap();
        let database = Database::builder(test.app_url())
            .token_key(TokenKey::new([9; 32]).unwrap())
            .connect(Everybody)
            .await
            .unwrap();
        let mut contexts = Vec::new();
        for (person, _) in people() {
            let context = database.authorize(person.into(), WORKSPACE.into()).await;
            contexts.push(context.unwrap());
        }
        contexts.push(
            database
                .job(Role::from_static(ROBOT), WORKSPACE.into())
                .unwrap(),
        );
        let session = database.begin(&contexts[0]).await.unwrap();
        let minted = session.rows(note::Entity).mint("tk").unwrap();
        session.roll_back().await;
        let key = database.authorize_key(minted.token.expose()).await.unwrap();
        contexts.push(key);
        Self {
            database,
            contexts,
            admin: test.admin(),
            test,
        }
    }

    /// Puts a policy there as a migration would.
    pub(super) async fn govern(&self, policy: &Policy<note::Entity>) {
        let sql = policy.row_security().unwrap().sql();
        let url = self.test.migrator_url();
        let owner = PgPool::connect(url).await.unwrap();
        let done = sqlx::raw_sql(AssertSqlSafe(sql.as_str()))
            .execute(&owner)
            .await;
        if let Err(error) = done {
            panic!("{error}\n{sql}");
        }
        owner.close().await;
    }

    /// Leaves the walls, and nothing of a policy.
    pub(super) async fn forget(&self) {
        let open = "ALTER POLICY app_read ON app.notes USING (true);
            ALTER POLICY app_insert ON app.notes WITH CHECK (true);
            ALTER POLICY app_update ON app.notes USING (true) WITH CHECK (true);
            DROP TRIGGER IF EXISTS notes_policy ON app.notes";
        let done = sqlx::raw_sql(open).execute(&self.admin).await;
        done.unwrap();
    }

    /// Fills the table anew, past every wall.
    pub(super) async fn plant(&self, numbers: &mut Numbers, rows: usize) -> Vec<note::Model> {
        let planted: Vec<_> = (0..rows).map(|_| random(numbers)).collect();
        let mut sql = "TRUNCATE app.notes;".to_owned();
        for row in &planted {
            sql.push_str(&format!("{};", inserted(row)));
        }
        // Beside each an alike of another workspace.
        for row in &planted {
            let row = note::Model {
                workspace_id: OTHERS,
                ..row.clone()
            };
            sql.push_str(&format!("{};", inserted(&row)));
        }
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&self.admin)
            .await
            .unwrap();
        planted
    }
}

/// A row with values that rules ask for, nulls above all.
pub(super) fn random(numbers: &mut Numbers) -> note::Model {
    let now = Utc::now();
    let delete_op = numbers.one_in(3).then(Uuid::new_v4);
    note::Model {
        workspace_id: WORKSPACE,
        id: Uuid::now_v7(),
        owner: (!numbers.one_in(3)).then(|| *numbers.one_of(&owners())),
        state: (*numbers.one_of(&STATES)).to_owned(),
        rank: (!numbers.one_in(3)).then(|| i32::try_from(numbers.below(4)).unwrap()),
        due: (!numbers.one_in(3)).then(|| {
            let hours = TimeDelta::hours(if numbers.one_in(2) { 1 } else { -1 });
            now + hours
        }),
        version: 1,
        deleted_at: delete_op.map(|_| now),
        delete_op,
    }
}

fn quoted(value: Option<impl ToString>) -> String {
    value.map_or("NULL".to_owned(), |value| {
        format!("'{}'", value.to_string().replace('\'', "''"))
    })
}

/// `INSERT` of a row.
pub(super) fn inserted(row: &note::Model) -> String {
    format!(
        "INSERT INTO app.notes (workspace_id, id, {COLUMNS}{}) VALUES ('{}', '{}', {}{})",
        if row.deleted_at.is_some() {
            ", deleted_at, delete_op"
        } else {
            ""
        },
        row.workspace_id,
        row.id,
        values(row),
        row.deleted_at.map_or(String::new(), |at| format!(
            ", '{at}', {}",
            quoted(row.delete_op)
        ))
    )
}

const COLUMNS: &str = "owner, state, rank, due";

fn values(row: &note::Model) -> String {
    let due = row.due.map(|at| at.to_rfc3339());
    format!(
        "{}, {}, {}, {}",
        quoted(row.owner),
        quoted(Some(&row.state)),
        quoted(row.rank),
        quoted(due)
    )
}

/// `UPDATE` to other values.
pub(super) fn updated(row: &note::Model) -> String {
    format!(
        "UPDATE app.notes SET ({COLUMNS}) = ROW({}) WHERE id = '{}' RETURNING id",
        values(row),
        row.id
    )
}

/// How many rows raw SQL, under the runtime role, answered; `None` if it was refused.
pub(super) async fn attempt(session: &Session, sql: String) -> Option<usize> {
    // Outside of tests the text is part of the program.
    let sql: &'static str = sql.leak();
    let answer = session
        .raw_sql_without_workspace_guard("a test", sql, PgArguments::default())
        .await;
    match answer {
        Ok(rows) => Some(rows.len()),
        Err(error) if error.sqlstate() == Some("42501") => None,
        Err(error) => panic!("{error}\n{sql}"),
    }
}

/// The ids that raw SQL reads.
pub(super) async fn read(session: &Session) -> Vec<Uuid> {
    let rows = session
        .raw_sql_without_workspace_guard(
            "a test",
            "SELECT id FROM app.notes ORDER BY id",
            PgArguments::default(),
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
