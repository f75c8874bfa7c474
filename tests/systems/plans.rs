//! Plans: what an operation asks is asked again as `EXPLAIN`, by the same role in the same context, with row security on.
//!
//! A plan is made for values that the planner does not know, over so many rows that an index is the cheapest by far: a table of few rows
//! gets a plan by chance.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use tenantry::{Database, Result, Session, TenantContext};
use tenantry_testing::CountingProxy;

use crate::world::World;

/// A database with a crowd in it, and somebody who listens to the statements.
pub(crate) struct Plans<'w> {
    world: &'w World,
    proxy: CountingProxy,
    database: Database,
    used: BTreeSet<String>,
}

impl<'w> Plans<'w> {
    /// Fills the database as an administrator. Triggers and references are not what is tested.
    ///
    /// `crowd` finds forty workspaces in `places (id, n)`.
    pub(crate) async fn over(world: &'w World, crowd: &'static str) -> Self {
        let admin = world.test.admin();
        let fill = format!(
            "SET session_replication_role = replica;
             CREATE TEMPORARY TABLE places AS SELECT md5(n::text)::uuid AS id, n FROM generate_series(1, 40) AS n;
             {crowd};
             DROP TABLE places;
             RESET session_replication_role;
             ANALYZE"
        );
        sqlx::raw_sql(AssertSqlSafe(fill))
            .execute(&admin)
            .await
            .unwrap();
        let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
        let database = World::connect(Database::builder(proxy.url()).max_connections(1)).await;
        Self {
            world,
            proxy,
            database,
            used: BTreeSet::new(),
        }
    }

    /// Does it, and fails unless each of its statements finds rows by an index and the workspace.
    pub(crate) async fn of<T>(
        &mut self,
        operation: &str,
        context: &TenantContext,
        work: impl AsyncFnOnce(&Session) -> Result<T>,
    ) {
        self.proxy.listen_in();
        let session = self.database.begin(context).await.unwrap();
        let done = work(&session).await;
        let mut statements = self.proxy.statements();
        session.roll_back().await;
        if let Err(error) = done {
            panic!("{operation}: {error}");
        }
        let begin = statements.remove(0);
        assert!(!statements.is_empty(), "{operation} asks nothing");
        for statement in statements {
            let plan = self.explained(&begin, &statement).await;
            let told = || format!("{operation}\n{statement}\n{plan}");
            assert!(!plan.contains("Seq Scan"), "{}", told());
            for scan in scans(&plan) {
                let named = scan.condition.contains("workspace_id");
                assert!(named, "{}: {}", scan.index, told());
                self.used.insert(scan.index);
            }
        }
    }

    /// The plan of a statement in a context that is entered as the library does it.
    async fn explained(&self, begin: &str, statement: &str) -> String {
        let mut login = PgConnection::connect(self.world.test.app_url())
            .await
            .unwrap();
        let values = (1..).take_while(|nth| statement.contains(&format!("${nth}")));
        let values = vec!["NULL"; values.count()].join(", ");
        let values = if values.is_empty() {
            values
        } else {
            format!("({values})")
        };
        let prepare = format!(
            "{begin}; SET LOCAL plan_cache_mode = force_generic_plan; PREPARE asked AS {statement}"
        );
        let explain = format!("EXPLAIN EXECUTE asked{values}");
        let prepared = sqlx::raw_sql(AssertSqlSafe(prepare.clone()));
        if let Err(error) = prepared.execute(&mut login).await {
            panic!("{prepare}: {error}");
        }
        let lines = sqlx::raw_sql(AssertSqlSafe(explain));
        let lines = lines.fetch_all(&mut login).await.unwrap();
        let lines: Vec<String> = lines.iter().map(|row| row.get(0)).collect();
        lines.join("\n")
    }

    /// Fails if the schema has an index that none of the operations used, and that is no key: nobody needs it, or an operation is not
    /// asked about. `spared` serve what cannot be seen here, such as foreign keys and functions, or are walked by some versions of
    /// PostgreSQL alone.
    pub(crate) async fn spare_no_index(self, schema: &str, spared: &[&str]) {
        let indexes = "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             WHERE c.relnamespace = $1::regnamespace AND NOT i.indisunique AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')";
        let indexes: Vec<String> = sqlx::query_scalar(indexes)
            .bind(schema)
            .fetch_all(&self.world.test.admin())
            .await
            .unwrap();
        let unused: BTreeSet<&str> = indexes
            .iter()
            .filter(|index| !self.used.contains(*index))
            .map(String::as_str)
            .filter(|index| !spared.contains(index))
            .collect();
        assert_eq!(unused, BTreeSet::new(), "indexes that nobody walks");
        let gone = spared
            .iter()
            .find(|spared| indexes.iter().all(|index| index != *spared));
        assert_eq!(gone, None, "there is no such index");
    }
}

struct Scan {
    index: String,
    condition: String,
}

/// Each scan of an index, with what it looks up there.
fn scans(plan: &str) -> Vec<Scan> {
    let lines: Vec<&str> = plan.lines().collect();
    let is_node = |line: &str| line.contains("  (cost=");
    let mut scans = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| is_node(line)) {
        let named = line
            .split_once(" Scan using ")
            .or_else(|| line.split_once("Bitmap Index Scan on "));
        let Some((_, rest)) = named else { continue };
        let index = rest.split_whitespace().next().unwrap().to_owned();
        let details = lines[at + 1..].iter().take_while(|line| !is_node(line));
        let condition = details
            .filter(|line| line.contains("Index Cond:"))
            .copied()
            .collect();
        scans.push(Scan { index, condition });
    }
    scans
}
