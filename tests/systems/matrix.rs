//! Who may do what in the systems: each role, each action, each kind of row, as PostgreSQL answers the verbs and as the declaration
//! decides in memory. A system's table is a snapshot, to be reviewed.

#[path = "../integration/policies/matrix/asked.rs"]
mod asked;
#[path = "../integration/policies/matrix/coverage.rs"]
mod coverage;

use tenantry::{
    Deletion, Error, ErrorKind, Filter, NewRow, Result, Scoped, Session, SoftDelete, Versioned,
    policy::{Act, Action, Policy},
};

pub(crate) use asked::{Answers, Asked, Who};

use crate::world::World;

/// Everybody who asks in a system, in the order of the columns of its table.
pub(crate) struct Matrix<'w> {
    world: &'w World,
    names: Vec<&'static str>,
    answers: Answers,
}

impl<'w> Matrix<'w> {
    pub(crate) const fn new(world: &'w World) -> Self {
        Self {
            world,
            names: Vec::new(),
            answers: Answers::new(),
        }
    }

    /// The next one who asks. `person` is a member, where it is one who asks.
    pub(crate) async fn asks(
        &mut self,
        name: &'static str,
        who: Who,
        person: uuid::Uuid,
    ) -> Asked<'_> {
        self.names.push(name);
        let context = who.context(self.world, person).await;
        Asked::new(self.world, context, who, &mut self.answers)
    }

    /// The table, once everybody was asked everything.
    pub(crate) async fn shown(self, schema: &str) -> String {
        let unasked = coverage::check(self.world, schema, &self.answers).await;
        asked::shown(self.names, &self.answers, &unasked)
    }
}

/// What is asked of a row by the verbs that there are for it. What a verb is given, it may be given often: it is rolled back.
impl Asked<'_> {
    pub(crate) async fn read<E: Scoped>(&mut self, what: &str, policy: &Policy<E>, row: &E::Model) {
        let id = E::id_of(row);
        let act = Act::On(Action::Read, row);
        self.ask(what, policy, act, async |s| {
            s.rows(E::default()).get(id).await
        })
        .await;
    }

    /// Inserts; `row` is like what comes of it.
    pub(crate) async fn insert<E: Scoped>(
        &mut self,
        what: &str,
        policy: &Policy<E>,
        row: &E::Model,
        new: impl NewRow<E>,
    ) {
        self.ask(what, policy, Act::Insert(row), async |s| {
            s.rows(E::default()).insert(new).await
        })
        .await;
    }

    pub(crate) async fn update<E: Versioned>(
        &mut self,
        what: &str,
        policy: &Policy<E>,
        (before, after): (&E::Model, &E::Model),
        change: E::Update,
    ) {
        let seen = (E::id_of(before), E::version_of(before));
        let act = Act::Update { before, after };
        self.ask(what, policy, act, async |s| {
            s.rows(E::default()).update(seen, change).await
        })
        .await;
    }

    pub(crate) async fn delete<E: SoftDelete>(
        &mut self,
        what: &str,
        policy: &Policy<E>,
        row: &E::Model,
    ) {
        let id = E::id_of(row);
        let act = Act::On(Action::Delete, row);
        self.ask(what, policy, act, async |s| {
            s.rows(E::default()).delete(id).await
        })
        .await;
    }

    pub(crate) async fn restore<E: SoftDelete>(
        &mut self,
        what: &str,
        policy: &Policy<E>,
        (row, deletion): &(E::Model, Deletion),
    ) {
        let act = Act::On(Action::Restore, row);
        self.ask(what, policy, act, async |s| {
            s.rows(E::default()).restore(deletion).await
        })
        .await;
    }

    /// Searches, by what finds the row if whoever asks may.
    pub(crate) async fn search<E: Scoped>(
        &mut self,
        what: &str,
        policy: &Policy<E>,
        row: &E::Model,
        by: Filter<E>,
    ) {
        let id = E::id_of(row);
        let act = Act::On(Action::Search, row);
        self.ask(what, policy, act, async |s| {
            let found = s.rows(E::default()).list().filter(by).limit(100).page();
            let found = found.await?.items;
            let found = found.iter().any(|found| E::id_of(found) == id);
            found
                .then_some(())
                .ok_or_else(|| Error::new(ErrorKind::NotFound, "it is not found"))
        })
        .await;
    }

    /// Purges what was deleted long ago; whether there is something is not asked.
    pub(crate) async fn purge<E: Scoped>(
        &mut self,
        what: &str,
        policy: &Policy<E>,
        (row, _): &(E::Model, Deletion),
    ) {
        let table = E::default();
        let (schema, name) = (table.schema_name().unwrap(), table.table_name());
        let sql = format!("SELECT purged FROM {schema}.{name}_purge('3650 days')");
        let act = Act::On(Action::Purge, row);
        self.ask(what, policy, act, async |s| raw(s, sql).await)
            .await;
    }
}

/// The door takes constant text only, which is right everywhere but here.
async fn raw(session: &Session, sql: String) -> Result<()> {
    let purged =
        session.raw_sql_without_workspace_guard("a test", String::leak(sql), Default::default());
    purged.await.map(drop)
}
