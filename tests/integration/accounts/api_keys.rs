//! API keys: issued, verified, limited across processes, rotated, revoked, and attacked.

use std::time::Duration;

use tenantry::{ActorKind, Database, ErrorKind, TenantContext, TokenKey};
use tenantry_entities::accounts::{Accounts, api_key, member};
use tenantry_repositories::accounts::{
    ApiKeyRepository, Grace, IssuedKey, MemberRepository, Members, NewApiKey,
};

use crate::world::{World, claim, token_key};

async fn issued(world: &World, context: &TenantContext, new: NewApiKey) -> IssuedKey {
    let session = world.database.begin(context).await.unwrap();
    let issued = session.api_keys().issue(new).await.unwrap();
    session.commit().await.unwrap();
    issued
}

async fn refused(world: &World, token: &str) -> ErrorKind {
    world
        .database
        .authorize_key(token)
        .await
        .unwrap_err()
        .kind()
}

#[tokio::test]
async fn a_key_acts_in_its_workspace_as_its_role_within_its_scopes() {
    let world = World::new().await;
    let new = NewApiKey::named("importer")
        .role(api_key::Role::Admin)
        .scopes(["challenges.write"]);
    let issued = issued(&world, &world.alpha, new).await;
    assert!(!format!("{issued:?}").contains(issued.token.expose()));
    assert!(issued.token.expose().contains(&issued.key.display));
    let context = world
        .database
        .authorize_key_from(issued.token.expose(), "203.0.113.9".parse().unwrap());
    let context = context.await.unwrap();
    assert_eq!(context.workspace(), world.alpha.workspace());
    assert_eq!(
        (context.actor_kind(), context.role().as_str()),
        (ActorKind::ApiKey, "admin")
    );
    context.require_scope("challenges.write").unwrap();
    assert_eq!(
        context.require_scope("other").unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    world.alpha.require_scope("other").unwrap();
    world.challenge(&context, "by a key").await;
    let sql = "SELECT format('%s %s', actor_kind, actor_name) FROM tenantry.audit_log WHERE table_name = 'challenges.challenges'";
    let who: String = sqlx::query_scalar(sql)
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(who, "api_key agent:importer");

    let session = world.alpha().await;
    let key = session.api_keys().get(issued.key.id).await.unwrap();
    assert!(key.last_used_at.is_some());
    assert_eq!(key.last_used_ip.as_deref(), Some("203.0.113.9/32"));
    assert_eq!(key.version, issued.key.version, "a stamp is no change");
    assert_eq!(world.actions().await[2..], ["api_key.issue"]);
}

#[tokio::test]
async fn a_key_ends_by_revocation_expiry_and_rotation() {
    let world = World::new().await;
    let first = issued(&world, &world.alpha, NewApiKey::named("a")).await;
    let session = world.alpha().await;
    let second = session
        .api_keys()
        .rotate(first.key.id, Grace::For(Duration::from_secs(60)))
        .await
        .unwrap();
    session.commit().await.unwrap();
    for token in [&first.token, &second.token] {
        world.database.authorize_key(token.expose()).await.unwrap();
    }
    let session = world.alpha().await;
    let third = session
        .api_keys()
        .rotate(second.key.id, Grace::None)
        .await
        .unwrap();
    session.api_keys().revoke(first.key.id).await.unwrap();
    let twice = session.api_keys().revoke(first.key.id).await.unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::NotFound);
    session.commit().await.unwrap();
    for token in [&first.token, &second.token] {
        assert_eq!(refused(&world, token.expose()).await, ErrorKind::NotFound);
    }
    world
        .database
        .authorize_key(third.token.expose())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_key_is_never_above_who_issued_it() {
    let world = World::new().await;
    let (row, admin) = world.joined(member::Role::Admin).await;
    let session = world.database.begin(&admin).await.unwrap();
    let above = session
        .api_keys()
        .issue(NewApiKey::named("k").role(api_key::Role::Owner))
        .await;
    assert_eq!(above.unwrap_err().kind(), ErrorKind::Forbidden);
    drop(session);
    let key = issued(
        &world,
        &admin,
        NewApiKey::named("k").role(api_key::Role::Admin),
    )
    .await;
    let role = async || {
        let context = world.database.authorize_key(key.token.expose()).await?;
        Ok::<_, tenantry::Error>(context.role().to_string())
    };
    assert_eq!(role().await.unwrap(), "admin");
    // A key issues no keys, whatever its role.
    let context = world
        .database
        .authorize_key(key.token.expose())
        .await
        .unwrap();
    let session = world.database.begin(&context).await.unwrap();
    let bred = session
        .api_keys()
        .issue(NewApiKey::named("child"))
        .await
        .unwrap_err();
    assert_eq!(bred.kind(), ErrorKind::Forbidden);
    drop(session);

    let session = world.alpha().await;
    session
        .members()
        .change_role(row.id, member::Role::Viewer)
        .await
        .unwrap();
    session.commit().await.unwrap();
    assert_eq!(role().await.unwrap(), "viewer");
    let session = world.alpha().await;
    session.members().remove(row.id).await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(role().await.unwrap_err().kind(), ErrorKind::NotFound);
}

/// Three instances of the service, each with its own memory: exactly the limit passes, no more.
#[tokio::test]
async fn the_limit_is_exact_over_several_processes() {
    let world = World::new().await;
    let key = issued(
        &world,
        &world.alpha,
        NewApiKey::named("k").calls_per_minute(50),
    )
    .await;
    let token = key.token.expose();
    let mut instances = Vec::new();
    for _ in 0..3 {
        let builder = Database::builder(world.test.app_url()).token_key(token_key());
        instances.push(builder.connect(Members).await.unwrap());
    }
    let calls = instances
        .iter()
        .flat_map(|database| (0..60).map(move |_| database.authorize_key(token)));
    let outcomes = futures_util::future::join_all(calls).await;
    let passed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(passed, 50);
    for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_eq!(error.kind(), ErrorKind::LimitReached);
        let limit = error.limit().unwrap();
        assert_eq!((limit.limit, limit.used), (50, 50));
    }
    // The next window is a new one, for the database as for whoever was refused before.
    sqlx::query("UPDATE accounts.api_keys SET window_began_at = now() - interval '61 seconds'")
        .execute(&world.test.admin())
        .await
        .unwrap();
    let fresh = Database::builder(world.test.app_url()).token_key(token_key());
    fresh
        .connect(Members)
        .await
        .unwrap()
        .authorize_key(token)
        .await
        .unwrap();
}

/// Foreign, guessed, malformed, hashed under another key: the same words.
#[tokio::test]
async fn a_key_that_is_not_right_is_not_known() {
    let world = World::new().await;
    let theirs = issued(&world, &world.beta, NewApiKey::named("k")).await;
    let text = theirs.token.expose();
    let simple =
        |context: &TenantContext| context.workspace().as_uuid().unwrap().simple().to_string();
    let mut told = Vec::new();
    for token in [
        text.replace(&simple(&world.beta), &simple(&world.alpha)),
        text.replace(
            &simple(&world.beta),
            &uuid::Uuid::now_v7().simple().to_string(),
        ),
        format!("{}0000", &text[..text.len() - 4]),
        "tk_".to_owned(),
    ] {
        told.push(
            world
                .database
                .authorize_key(&token)
                .await
                .unwrap_err()
                .to_string(),
        );
    }
    let other = Database::builder(world.test.app_url()).token_key(TokenKey::new([1; 32]).unwrap());
    let other = other.connect(Members).await.unwrap();
    told.push(other.authorize_key(text).await.unwrap_err().to_string());
    assert!(
        told.iter().all(|words| words == "api key not found"),
        "{told:?}"
    );
    // An instance that knows the former key recognises it.
    let rotated = Database::builder(world.test.app_url())
        .token_key(TokenKey::new([1; 32]).unwrap())
        .token_key(token_key());
    rotated
        .connect(Members)
        .await
        .unwrap()
        .authorize_key(text)
        .await
        .unwrap();
}

/// What a thief of the runtime login meets: no hash to read, none to write, nobody to revive.
#[tokio::test]
async fn raw_sql_reaches_no_hash() {
    let world = World::new().await;
    let key = issued(&world, &world.alpha, NewApiKey::named("k"))
        .await
        .key;
    assert_eq!(key.name, "k");
    let there: i64 =
        sqlx::query_scalar("SELECT count(*) FROM accounts.api_keys WHERE octet_length(hash) = 32")
            .fetch_one(&world.test.admin())
            .await
            .unwrap();
    assert_eq!(there, 1);
    let enter = claim(world.alpha.workspace(), 99_999_999_999, "owner");
    for attack in [
        "SELECT hash FROM accounts.api_keys",
        "SELECT count(*) FROM accounts.api_keys WHERE hash IS NOT NULL",
        "SELECT * FROM accounts.api_keys",
        "UPDATE accounts.api_keys SET hash = sha256('x')",
        "UPDATE accounts.api_keys SET role = 'owner'",
        "UPDATE accounts.api_keys SET revoked_at = NULL",
        "UPDATE accounts.api_keys SET window_calls = 0",
        "UPDATE accounts.api_keys SET rate_limit_per_minute = 1000000",
        "INSERT INTO accounts.api_keys (workspace_id, name) VALUES (tenantry.workspace_id(), 'x')",
        "SELECT token_hash FROM accounts.invitations",
        "UPDATE accounts.invitations SET role = 'owner'",
        "SELECT accounts.may_grant('owner')",
        "SELECT accounts.me()",
        "SELECT accounts.note(tenantry.workspace_id(), 'user.login', 'x', NULL, NULL)",
    ] {
        let mut raw = world.raw().await;
        let sql = format!("BEGIN; CALL tenantry.enter('{enter}', ''); {attack}");
        assert_eq!(
            World::attempt(&mut raw, &sql).await,
            Err("42501".into()),
            "{attack}"
        );
    }
}
