//! Somebody who asks for everything, and what they are answered: by PostgreSQL when they try, and by the declaration in memory,
//! which must say the same.
//!
//! `tests/systems` asks about the other systems with this file and the one about coverage.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::Utc;
use futures_util::TryStreamExt;
use sea_orm::ActiveEnum as _;
use tenantry::{
    Error, ErrorKind, Result, Role, Scoped, Session, TenantContext,
    policy::{Act, Action, Ordered as _, Policy, Roles as _},
};
use tenantry_entities::accounts::{Accounts as _, api_key, member, workspace};
use tenantry_repositories::accounts::{ApiKeyRepository as _, NewApiKey, Rank};
use uuid::Uuid;

use crate::world::World;

/// Of which table, about which row, what; and what everybody was answered.
pub(crate) type Answers = BTreeMap<(String, String, Action), Vec<bool>>;

/// One who asks.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Member(member::Role),
    Job(&'static str),
    /// A key of an admin, with these scopes.
    Key(&'static [&'static str]),
}

impl Who {
    /// Every role that there is, a job, and keys.
    pub(crate) fn everybody() -> Vec<(&'static str, Self)> {
        let ranks = Rank::ALL.iter().map(|rank| {
            let role = member::Role::try_from_value(&rank.name().to_owned()).unwrap();
            (rank.name(), Self::Member(role))
        });
        let others = [
            ("a job", Self::Job("robot")),
            ("purger", Self::Job("purge")),
            ("export", Self::Job("export")),
            ("a key", Self::Key(&[])),
            ("scoped", Self::Key(&["accounts.write"])),
            ("taker", Self::Key(&["data.export"])),
        ];
        ranks.chain(others).collect()
    }

    pub(crate) async fn context(self, world: &World, person: Uuid) -> TenantContext {
        let (database, workspace) = (&world.database, world.alpha.workspace().clone());
        match self {
            Self::Member(_) => database.authorize(person.into(), workspace).await.unwrap(),
            Self::Job(name) => database.job(Role::from_static(name), workspace).unwrap(),
            Self::Key(scopes) => {
                let session = world.alpha().await;
                let new = NewApiKey::named("k").role(api_key::Role::Admin);
                let keys = session.api_keys();
                let key = keys.issue(new.scopes(scopes.iter().copied()));
                let token = key.await.unwrap().token;
                session.commit().await.unwrap();
                database.authorize_key(token.expose()).await.unwrap()
            }
        }
    }
}

pub(crate) struct Asked<'w> {
    pub(crate) world: &'w World,
    context: TenantContext,
    /// What an owner may, a founder may: there is no row yet of which to ask PostgreSQL.
    founder: Option<TenantContext>,
    answers: &'w mut Answers,
}

impl Asked<'_> {
    /// Does it, undoes it, and holds the answer against the declaration. What is read is also taken out.
    pub(crate) async fn ask<E: Scoped, T>(
        &mut self,
        row: &str,
        policy: &Policy<E>,
        act: Act<'_, E>,
        work: impl AsyncFnOnce(&Session) -> Result<T>,
    ) {
        self.answer(row, policy, &act, work).await;
        if let Act::On(Action::Read, model) = act {
            let export = Act::On(Action::Export, model);
            self.answer(row, policy, &export, async |session| {
                let rows = session.rows(E::default()).list().export().await?;
                let rows: Vec<E::Model> = rows.try_collect().await?;
                let is_taken = rows.iter().any(|taken| E::id_of(taken) == E::id_of(model));
                let missed = || Error::new(ErrorKind::NotFound, "it is not taken out");
                is_taken.then_some(()).ok_or_else(missed)
            })
            .await;
        }
    }

    async fn answer<E: Scoped, T>(
        &mut self,
        row: &str,
        policy: &Policy<E>,
        act: &Act<'_, E>,
        work: impl AsyncFnOnce(&Session) -> Result<T>,
    ) {
        let context = &self.context;
        let session = self.world.database.begin(context).await.unwrap();
        let done = match work(&session).await {
            Ok(_) => true,
            // There are no two of a workspace; whoever may not put it there is not told.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => true,
            Err(error) if [ErrorKind::Forbidden, ErrorKind::NotFound].contains(&error.kind()) => {
                false
            }
            Err(error) => panic!("{row}: {} as {context:?}: {error}", act.action()),
        };
        session.roll_back().await;
        for who in [Some(context), self.founder.as_ref()].into_iter().flatten() {
            let decision = policy.explain(who, act, Utc::now()).unwrap();
            assert_eq!(
                done,
                decision.is_permitted(),
                "{row}: {decision} as {who:?}"
            );
        }
        let table = E::default();
        let table = format!("{}.{}", table.schema_name().unwrap(), table.table_name());
        let answers = self.answers.entry((table, row.to_owned(), act.action()));
        answers.or_default().push(done);
    }
}

impl<'w> Asked<'w> {
    pub(crate) fn new(
        world: &'w World,
        context: TenantContext,
        who: Who,
        answers: &'w mut Answers,
    ) -> Self {
        let founds = matches!(who, Who::Member(member::Role::Owner));
        let founder = founds.then(|| {
            let founder = world.alpha.actor().unwrap().clone();
            let founder = world
                .database
                .founder::<workspace::Entity>(founder, Rank::Owner.role());
            founder.unwrap().1
        });
        Self {
            world,
            context,
            founder,
            answers,
        }
    }
}

/// The reviewed table: who may do what, and why something is asked of nobody.
pub(crate) fn shown<'n>(
    names: impl IntoIterator<Item = &'n str>,
    answers: &Answers,
    unasked: &[String],
) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut shown = format!("{:64}", "");
    for name in &names {
        write!(shown, "{name:>8}").unwrap();
    }
    for ((_, row, action), answers) in answers {
        let what = format!("{row}: {action}");
        write!(shown, "\n{what:64}").unwrap();
        assert_eq!(answers.len(), names.len(), "{what} was not asked by all");
        for answer in answers {
            write!(shown, "{:>8}", if *answer { "yes" } else { "-" }).unwrap();
        }
    }
    for what in unasked {
        write!(shown, "\n{what}").unwrap();
    }
    shown
}
