//! Two workspaces, and two people who hand in work in both.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tenantry::{CatalogueSession, Database, PersonalSession, TenantContext};
use tenantry_entities::{
    accounts::Accounts as _,
    challenges::{
        Challenges as _,
        challenge::{self, Status as Stage},
        submission::{self, Status},
    },
};
use tenantry_repositories::{accounts::Members, challenges::ChallengeRepository as _};
use uuid::Uuid;

use crate::world::{World, titled};

/// Who hands in.
pub(super) struct Ground {
    pub(super) world: World,
    /// The same database, with the logins of all scopes.
    pub(super) database: Database,
    pub(super) ann: Uuid,
    pub(super) ben: Uuid,
    /// Of Ann: a draft and what she handed in, in `alpha`, and a draft in `beta`.
    pub(super) anns: [submission::Model; 3],
    /// Of Ben: a draft in `alpha`.
    pub(super) bens: submission::Model,
    /// In `alpha` a draft, one that is published, and one that was published and then deleted; in `beta` one that is published.
    pub(super) challenges: [challenge::Model; 4],
}

impl Ground {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        let (ann, ben) = (Uuid::now_v7(), Uuid::now_v7());
        for (context, people) in [(&world.alpha, vec![ann, ben]), (&world.beta, vec![ann])] {
            join(&world, context, &people).await;
        }
        let challenges = [
            staged(&world, &world.alpha, "in secret", Stage::Draft).await,
            staged(&world, &world.alpha, "for everybody", Stage::Published).await,
            staged(&world, &world.alpha, "taken back", Stage::Published).await,
            staged(&world, &world.beta, "elsewhere", Stage::Active).await,
        ];
        let anns = [
            handed_in(&world, &world.alpha, &challenges[0], ann, Status::Draft).await,
            handed_in(&world, &world.alpha, &challenges[1], ann, Status::Submitted).await,
            handed_in(&world, &world.beta, &challenges[3], ann, Status::Draft).await,
        ];
        let bens = handed_in(&world, &world.alpha, &challenges[0], ben, Status::Draft).await;
        let session = world.alpha().await;
        session.challenges().delete(challenges[2].id).await.unwrap();
        session.commit().await.unwrap();
        let database = Database::builder(world.test.app_url())
            .personal_url(world.test.person_url())
            .catalogue_url(world.test.catalogue_url())
            .connect(Members)
            .await
            .unwrap();
        let ground = Self {
            world,
            database,
            ann,
            ben,
            anns,
            bens,
            challenges,
        };
        let all = ground
            .planted("SELECT count(*) FROM challenges.submissions")
            .await;
        assert_eq!(all, 4, "an attack on what is not there proves nothing");
        ground
    }

    /// A session of a person.
    pub(super) async fn of(&self, person: Uuid) -> PersonalSession {
        let person = self.database.person(person.into()).unwrap();
        self.database.personal(&person).await.unwrap()
    }

    /// A session of the catalogue.
    pub(super) async fn shop(&self) -> CatalogueSession {
        self.database.catalogue().await.unwrap()
    }

    /// What the administrator sees.
    pub(super) async fn planted(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.world.test.admin())
            .await
            .unwrap()
    }

    /// Breaks something.
    pub(super) async fn plant(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&self.world.test.admin())
            .await
            .unwrap();
    }

    /// A bare connection of the persons' login.
    pub(super) async fn person(&self) -> PgConnection {
        PgConnection::connect(self.world.test.person_url())
            .await
            .unwrap()
    }

    /// A bare connection of the catalogue's login.
    pub(super) async fn catalogue(&self) -> PgConnection {
        PgConnection::connect(self.world.test.catalogue_url())
            .await
            .unwrap()
    }
}

/// `BEGIN` and the claim of a person.
pub(super) fn entered(person: Uuid) -> String {
    let request = Uuid::now_v7();
    format!(
        "BEGIN; CALL tenantry.enter('0|person|99999999999|-|user|u:{person}|person|{request}|-', '')"
    )
}

async fn join(world: &World, context: &TenantContext, people: &[Uuid]) {
    let session = world.database.begin(context).await.unwrap();
    for (at, person) in people.iter().enumerate() {
        let mut new = crate::world::member(&format!("person {at}"));
        new.user_id = *person;
        session.members().insert(new).await.unwrap();
    }
    session.commit().await.unwrap();
}

async fn staged(
    world: &World,
    context: &TenantContext,
    title: &str,
    stage: Stage,
) -> challenge::Model {
    let session = world.database.begin(context).await.unwrap();
    let mut row = session.challenges().insert(titled(title)).await.unwrap();
    let reached = [Stage::Published, Stage::Active]
        .iter()
        .position(|step| *step == stage);
    for step in [Stage::Published, Stage::Active]
        .into_iter()
        .take(reached.map_or(0, |at| at + 1))
    {
        row = session.challenges().advance(row.id, step).await.unwrap();
    }
    session.commit().await.unwrap();
    row
}

async fn handed_in(
    world: &World,
    context: &TenantContext,
    challenge: &challenge::Model,
    user_id: Uuid,
    status: Status,
) -> submission::Model {
    let session = world.database.begin(context).await.unwrap();
    let new = submission::New {
        challenge_id: challenge.id,
        user_id,
    };
    let row = session
        .submissions()
        .insert(new.status(status))
        .await
        .unwrap();
    session.commit().await.unwrap();
    row
}
