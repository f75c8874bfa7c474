//! The accounts system: who is in, as what, by which token, and what is done once.

mod api_keys;
mod crash;
mod events;
mod fakes;
mod idempotency;
mod invitations;
mod members;
mod people;
mod plans;
mod timeouts;

use tenantry::{ActorId, Session, TenantContext};
use tenantry_entities::accounts::{Accounts, api_key, idempotency_key, invitation, member};
use tenantry_repositories::accounts::{
    ApiKeyRepository, InvitationRepository, NewApiKey, NewInvitation, NewPerson, People,
};
use tenantry_testing::Isolation;
use uuid::Uuid;

use crate::world::World;

impl World {
    /// Somebody who signed up with an address.
    pub(crate) async fn person(&self, email: &str) -> ActorId {
        let new = NewPerson {
            email: email.to_owned(),
            name: email.split('@').next().unwrap().to_owned(),
            external_id: None,
        };
        self.database.sign_up(new).await.unwrap().person.into()
    }

    /// A new member of `alpha`, in a role, and their context.
    async fn joined(&self, role: member::Role) -> (member::Model, TenantContext) {
        let session = self.alpha().await;
        let new = member::New {
            role,
            ..crate::world::member("m")
        };
        let row = session.members().insert(new).await.unwrap();
        session.commit().await.unwrap();
        let workspace = self.alpha.workspace().clone();
        let context = self.database.authorize(row.user_id.into(), workspace).await;
        (row, context.unwrap())
    }

    /// The actions that the log of `alpha` holds, the oldest first.
    async fn actions(&self) -> Vec<String> {
        let sql = "SELECT action FROM tenantry.audit_log WHERE workspace_id = $1 AND operation = 'event' ORDER BY at, action";
        sqlx::query_scalar(sql)
            .bind(self.alpha.workspace().as_uuid())
            .fetch_all(&self.test.admin())
            .await
            .unwrap()
    }
}

pub(crate) fn invitation_to(email: &str) -> NewInvitation {
    NewInvitation {
        email: email.to_owned(),
        role: invitation::Role::Member,
        valid_for: std::time::Duration::from_secs(3_600),
    }
}

/// The isolation kit, on the tables of this system that functions write.
pub(crate) async fn attack_every_table(world: &World) {
    let World {
        database,
        alpha,
        beta,
        ..
    } = world;
    let invite = async |session: &Session| {
        let new = invitation_to(&format!("{}@example.org", Uuid::now_v7()));
        Ok(session.invitations().invite(new).await?.invitation)
    };
    let attacks = Isolation::of(invitation::Entity, database, alpha, beta, invite).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
    attacks.report().assert_sealed();

    let issue =
        async |session: &Session| Ok(session.api_keys().issue(NewApiKey::named("k")).await?.key);
    let attacks = Isolation::of(api_key::Entity, database, alpha, beta, issue).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let rename = || api_key::Update {
        name: sea_orm::Set("x".into()),
        ..Default::default()
    };
    let attacks = attacks.updates(rename).await.unwrap();
    let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
    attacks.report().assert_sealed();

    #[derive(sea_orm::FromQueryResult)]
    struct Claimed {}
    let claim = async |session: &Session| {
        let key = Uuid::now_v7().to_string();
        let arguments = ["test".into(), key.clone().into(), 1.0_f64.into()];
        let _: Vec<Claimed> = session.call("accounts.claim_work", arguments).await?;
        let rows = session.idempotency_keys().list();
        let row = rows.filter(idempotency_key::KEY.eq(key)).first().await?;
        Ok(row.unwrap())
    };
    let attacks = Isolation::of(idempotency_key::Entity, database, alpha, beta, claim).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    attacks.raw_sql().await.unwrap().report().assert_sealed();
}
