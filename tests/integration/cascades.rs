//! Deletes that take along what hangs on a row, and restores that bring back exactly that.

mod boards;
mod each;
mod living;
mod log;
mod obstacles;
mod races;

use std::collections::BTreeMap;

use boards::{Board, card, comment, list};
use sqlx::{AssertSqlSafe, Row};
use tenantry::{
    ActorId, Authority, Database, Deletion, ErrorKind, Identity, Result, Role, Session,
    TenantContext, WorkspaceId,
};
use tenantry_testing::TestDatabase;
use uuid::Uuid;

/// Everybody's role is that of the actor's number.
struct Anyone;

const OWNER: u128 = 1;
const EDITOR: u128 = 2;

impl Authority for Anyone {
    async fn role(
        &self,
        _identity: &Identity<'_>,
        actor: &ActorId,
        _workspace: &WorkspaceId,
    ) -> Result<Option<Role>> {
        let is_owner = actor.as_uuid() == Some(Uuid::from_u128(OWNER));
        Ok(Some(Role::from_static(if is_owner {
            "owner"
        } else {
            "editor"
        })))
    }
}

/// A database with two workspaces: their owners, and an editor of the first.
struct World {
    database: Database,
    alpha: TenantContext,
    beta: TenantContext,
    editor: TenantContext,
    test: TestDatabase,
}

impl World {
    async fn new() -> Self {
        let test = TestDatabase::new::<Board>().await.unwrap();
        let database = Database::builder(test.app_url())
            .connect(Anyone)
            .await
            .unwrap();
        let enter = async |actor: u128, workspace: u128| {
            let (actor, workspace) = (Uuid::from_u128(actor), Uuid::from_u128(workspace));
            let context = database.authorize(actor.into(), workspace.into()).await;
            context.unwrap()
        };
        Self {
            alpha: enter(OWNER, 100).await,
            beta: enter(OWNER, 200).await,
            editor: enter(EDITOR, 100).await,
            database,
            test,
        }
    }

    async fn begin(&self, context: &TenantContext) -> Session {
        self.database.begin(context).await.unwrap()
    }

    async fn admin(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&self.test.admin())
            .await
            .unwrap();
    }

    /// Every row of every table: workspace, table and id, with its delete operation, as the administrator sees it.
    async fn rows(&self) -> BTreeMap<String, Option<Uuid>> {
        let tables = ["boards", "lists", "cards", "comments"].map(|table| {
            format!("SELECT workspace_id::text || ' {table} ' || id::text, delete_op, deleted_at IS NULL FROM board.{table}")
        });
        let rows = sqlx::query(AssertSqlSafe(tables.join(" UNION ALL ")))
            .fetch_all(&self.test.admin())
            .await
            .unwrap();
        rows.iter()
            .map(|row| {
                let operation: Option<Uuid> = row.get(1);
                assert_eq!(operation.is_none(), row.get::<bool, _>(2), "both or none");
                (row.get(0), operation)
            })
            .collect()
    }
}

/// A board with two lists; in the first two cards with a thread of comments each, one of which is also on the board itself.
struct Tree {
    board: tenantry::Id<boards::board::Entity>,
    lists: Vec<list::Model>,
    cards: Vec<card::Model>,
    comments: Vec<comment::Model>,
}

fn named(name: &str) -> String {
    format!("{name} {}", Uuid::now_v7())
}

async fn plant(session: &Session) -> Tree {
    let new = boards::board::New {
        name: named("board"),
    };
    let board = session
        .rows(boards::board::Entity)
        .insert(new)
        .await
        .unwrap();
    let (mut lists, mut cards, mut comments) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..2 {
        let new = list::New {
            name: named("list"),
            board_id: board.id,
        };
        lists.push(session.rows(list::Entity).insert(new).await.unwrap());
    }
    for at in 0..2 {
        let mut new = card::Insert::from(card::New {
            name: named("card"),
        })
        .list_id(lists[0].id);
        if at == 1 {
            new = new.board_id(board.id);
        }
        cards.push(session.rows(card::Entity).insert(new).await.unwrap());
        let mut above = None;
        for _ in 0..4 {
            let mut new = comment::Insert::from(comment::New {
                name: named("comment"),
            });
            new = match above {
                None => new.card_id(cards[at].id),
                Some(above) => new.parent_id(above),
            };
            let row = session.rows(comment::Entity).insert(new).await.unwrap();
            above = Some(row.id);
            comments.push(row);
        }
    }
    Tree {
        board: board.id,
        lists,
        cards,
        comments,
    }
}

/// Rows of another workspace with the same ids in every table: twins, which only the workspace tells apart.
async fn plant_twins(world: &World) {
    world
        .admin(
            "INSERT INTO board.boards (workspace_id, id, name) SELECT '00000000-0000-0000-0000-0000000000c8', id, name FROM board.boards;
             INSERT INTO board.lists (workspace_id, id, name, board_id) SELECT '00000000-0000-0000-0000-0000000000c8', id, name, board_id FROM board.lists;
             INSERT INTO board.cards (workspace_id, id, name, list_id, board_id) SELECT '00000000-0000-0000-0000-0000000000c8', id, name, list_id, board_id FROM board.cards;
             INSERT INTO board.comments (workspace_id, id, name, card_id, parent_id) SELECT '00000000-0000-0000-0000-0000000000c8', id, name, card_id, parent_id FROM board.comments;",
        )
        .await;
}

/// H-36: at depth four, beside rows of another workspace that have the same ids.
#[tokio::test]
async fn a_delete_takes_all_that_hangs_on_a_row_and_a_restore_brings_back_exactly_that() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let tree = plant(&session).await;
    session.commit().await.unwrap();
    plant_twins(&world).await;
    let beta = world.beta.workspace().to_string();
    let before = world.rows().await;
    assert_eq!(
        before.keys().filter(|row| row.starts_with(&beta)).count(),
        13
    );

    // One thread's end was deleted by hand before.
    let session = world.begin(&world.alpha).await;
    let earlier = session
        .rows(comment::Entity)
        .delete(tree.comments[2].id)
        .await
        .unwrap();
    assert_eq!(earlier.rows, 2, "with its answer");
    let deletion = session
        .rows(boards::board::Entity)
        .delete(tree.board)
        .await
        .unwrap();
    session.commit().await.unwrap();
    let taken: Vec<_> = deletion.by_table().collect();
    assert_eq!(
        taken,
        [("boards", 1), ("lists", 2), ("cards", 2), ("comments", 6)]
    );
    assert_eq!(deletion.rows, 11);
    for (row, operation) in world.rows().await {
        if row.starts_with(&beta) {
            assert_eq!(operation, None, "{row} is another workspace's");
        } else {
            let operation = operation.unwrap();
            assert!(
                [deletion.operation, earlier.operation].contains(&operation),
                "{row}"
            );
        }
    }

    // The other workspace finds nothing of it, and restores nothing.
    let session = world.begin(&world.beta).await;
    let stolen = session
        .rows(boards::board::Entity)
        .restore(&deletion)
        .await
        .unwrap_err();
    assert_eq!(stolen.kind(), ErrorKind::NotFound);
    session.commit().await.unwrap();

    let session = world.begin(&world.alpha).await;
    let kept = Deletion::of_operation(deletion.operation);
    assert_eq!(
        session
            .rows(boards::board::Entity)
            .restore(&kept)
            .await
            .unwrap(),
        11
    );
    session.commit().await.unwrap();
    let now = world.rows().await;
    assert_eq!(now.values().flatten().count(), 2);
    let session = world.begin(&world.alpha).await;
    assert_eq!(
        session
            .rows(comment::Entity)
            .restore(&earlier)
            .await
            .unwrap(),
        2
    );
    session.commit().await.unwrap();
    assert_eq!(world.rows().await, before);
}

/// The second guard by itself: with row security off, a cascade still stays in its workspace.
#[tokio::test]
async fn a_cascade_stays_in_its_workspace_where_row_security_is_off() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let tree = plant(&session).await;
    session.commit().await.unwrap();
    plant_twins(&world).await;
    for table in ["boards", "lists", "cards", "comments"] {
        world
            .admin(&format!(
                "ALTER TABLE board.{table} DISABLE ROW LEVEL SECURITY"
            ))
            .await;
    }
    let beta = world.beta.workspace().to_string();
    let session = world.begin(&world.alpha).await;
    let boards = session.rows(boards::board::Entity);
    let one = boards
        .delete_each(&[tree.board])
        .await
        .unwrap()
        .remove(0)
        .unwrap();
    assert_eq!(one.rows, 13);
    boards.restore(&one).await.unwrap();
    let all = boards.delete_many(&[tree.board]).await.unwrap();
    assert_eq!(all.rows, 13);
    session.commit().await.unwrap();
    let theirs = async || {
        let rows = world.rows().await;
        rows.iter()
            .filter(|(row, op)| row.starts_with(&beta) && op.is_none())
            .count()
    };
    assert_eq!(theirs().await, 13);

    // The twins go by the same operation: a restore still brings back only its own.
    let op = all.operation;
    world
        .admin(&format!(
            "BEGIN; UPDATE board.comments SET deleted_at = now(), delete_op = '{op}' WHERE deleted_at IS NULL; \
             UPDATE board.cards SET deleted_at = now(), delete_op = '{op}' WHERE deleted_at IS NULL; \
             UPDATE board.lists SET deleted_at = now(), delete_op = '{op}' WHERE deleted_at IS NULL; \
             UPDATE board.boards SET deleted_at = now(), delete_op = '{op}' WHERE deleted_at IS NULL; COMMIT"
        ))
        .await;
    assert_eq!(theirs().await, 0);
    let session = world.begin(&world.alpha).await;
    assert_eq!(
        session
            .rows(boards::board::Entity)
            .restore(&all)
            .await
            .unwrap(),
        13
    );
    session.commit().await.unwrap();
    assert_eq!(theirs().await, 0, "they were not asked for");
}

/// A second update of one row in one statement would be passed over in silence.
#[tokio::test]
async fn a_table_that_two_ways_lead_to_is_changed_once() {
    let world = World::new().await;
    let session = world.begin(&world.alpha).await;
    let tree = plant(&session).await;
    session
        .rows(boards::board::Entity)
        .delete(tree.board)
        .await
        .unwrap();
    for card in &tree.cards {
        let row = session.rows(card::Entity).find_with_deleted(card.id).await;
        assert_eq!(row.unwrap().unwrap().version.as_i64(), 2);
    }
}
