//! API keys: issued, used, limited, ended.

use std::time::Duration;

use tenantry::{ActorId, ReadRepository as _, Repository as _};
use tenantry_entities::accounts::{Accounts as _, api_key, member};
use tenantry_repositories::accounts::{
    Admission, ApiKeyRepository as _, Grace, Logins as _, MemberRepository as _, NewApiKey,
};
use tenantry_testing::MemoryAccounts;
use uuid::Uuid;

use super::{Clock, Seen, found, member_as, same};
use crate::world::World;

same!(keys_are_issued_used_and_end, |database, clock, seen| {
    let owner = ActorId::from(Uuid::now_v7());
    let alpha = found(database, &owner, "alpha").await;
    let session = database.begin(&alpha).await.unwrap();
    let admin = session
        .members()
        .insert(member_as(member::Role::Admin))
        .await
        .unwrap();
    for scope in ["", "Big", "a b"] {
        let new = NewApiKey::named("k").scopes([scope]);
        seen.words("scope", session.api_keys().issue(new).await);
    }
    session.commit().await.unwrap();
    for new in [
        NewApiKey::named("k").calls_per_minute(0),
        NewApiKey::named("x".repeat(256)),
    ] {
        let session = database.begin(&alpha).await.unwrap();
        seen.kind("refused", session.api_keys().issue(new).await);
    }
    let session = database.begin(&alpha).await.unwrap();
    let new = NewApiKey::named("importer")
        .scopes(["challenges.write"])
        .calls_per_minute(3);
    let key = session
        .api_keys()
        .issue(new.description("for imports"))
        .await
        .unwrap();
    let row = &key.key;
    seen.value(
        "issued",
        (
            &row.name,
            &row.description,
            row.role,
            &row.scopes,
            row.rate_limit_per_minute,
            row.version,
        ),
    );
    seen.value("shown", key.token.expose().contains(&row.display));
    session.commit().await.unwrap();
    let context = database
        .admit_key(key.token.expose(), Some("203.0.113.9".parse().unwrap()))
        .await
        .unwrap();
    seen.value(
        "acts",
        (
            context.actor_kind(),
            context.role().as_str(),
            context.scopes(),
        ),
    );
    seen.value("where", context.workspace() == alpha.workspace());
    seen.kind("within", context.require_scope("challenges.write"));
    seen.kind("without", context.require_scope("other"));
    let session = database.begin(&alpha).await.unwrap();
    let used = session.api_keys().get(key.key.id).await.unwrap();
    seen.value(
        "used",
        (used.last_used_at.is_some(), used.last_used_ip, used.version),
    );
    drop(session);
    for call in 2..=5 {
        let outcome = database.admit_key(key.token.expose(), None).await;
        let told = outcome
            .as_ref()
            .err()
            .map(|error| error.limit().map(|limit| (limit.limit, limit.used)));
        seen.value(&format!("call {call}"), told);
        seen.kind("limit", outcome);
    }
    for token in [
        "",
        "tk_",
        &format!(
            "{}0000",
            &key.token.expose()[..key.token.expose().len() - 4]
        ),
    ] {
        seen.words("unknown", database.admit_key(token, None).await);
    }
    // A key issues no keys, and an admin none above themselves.
    let session = database.begin(&context).await.unwrap();
    seen.kind("a key logs in", session.logged_in().await);
    drop(session);
    let session = database.begin(&alpha).await.unwrap();
    seen.kind("an owner logs in", session.logged_in().await);
    drop(session);
    let session = database.begin(&context).await.unwrap();
    seen.kind(
        "child",
        session.api_keys().issue(NewApiKey::named("child")).await,
    );
    drop(session);
    let as_admin = database
        .admit(admin.user_id.into(), alpha.workspace().clone())
        .await
        .unwrap();
    let session = database.begin(&as_admin).await.unwrap();
    seen.kind(
        "above",
        session
            .api_keys()
            .issue(NewApiKey::named("k").role(api_key::Role::Owner))
            .await,
    );
    drop(session);
    let session = database.begin(&as_admin).await.unwrap();
    let theirs = session
        .api_keys()
        .issue(NewApiKey::named("k").role(api_key::Role::Admin))
        .await
        .unwrap();
    session.commit().await.unwrap();
    let context = database
        .admit_key(theirs.token.expose(), None)
        .await
        .unwrap();
    seen.value("as admin", context.role().as_str());
    let session = database.begin(&alpha).await.unwrap();
    session
        .members()
        .change_role(admin.id, member::Role::Viewer)
        .await
        .unwrap();
    session.commit().await.unwrap();
    let context = database
        .admit_key(theirs.token.expose(), None)
        .await
        .unwrap();
    seen.value("as viewer", context.role().as_str());
    let as_viewer = database
        .admit(admin.user_id.into(), alpha.workspace().clone())
        .await
        .unwrap();
    let session = database.begin(&as_viewer).await.unwrap();
    seen.value(
        "a viewer sees",
        session.api_keys().list().count().await.unwrap(),
    );
    seen.words("a viewer gets", session.api_keys().get(theirs.key.id).await);
    drop(session);
    let session = database.begin(&as_viewer).await.unwrap();
    seen.kind(
        "a viewer revokes",
        session.api_keys().revoke(theirs.key.id).await,
    );
    drop(session);
    let session = database.begin(&alpha).await.unwrap();
    session.members().remove(admin.id).await.unwrap();
    session.commit().await.unwrap();
    seen.words(
        "issuer gone",
        database.admit_key(theirs.token.expose(), None).await,
    );

    let session = database.begin(&alpha).await.unwrap();
    let second = session
        .api_keys()
        .rotate(key.key.id, Grace::For(Duration::from_secs(60)))
        .await
        .unwrap();
    seen.value(
        "rotated",
        (
            &second.key.name,
            &second.key.scopes,
            second.key.rate_limit_per_minute,
        ),
    );
    let third = session
        .api_keys()
        .rotate(second.key.id, Grace::None)
        .await
        .unwrap();
    session.commit().await.unwrap();
    seen.words(
        "ended",
        database.admit_key(second.token.expose(), None).await,
    );
    seen.kind("good", database.admit_key(third.token.expose(), None).await);
    clock.pass_an_hour().await;
    seen.kind(
        "for ever",
        database.admit_key(third.token.expose(), None).await,
    );
    let session = database.begin(&alpha).await.unwrap();
    seen.words(
        "too late",
        session.api_keys().rotate(second.key.id, Grace::None).await,
    );
    seen.kind("revoke", session.api_keys().revoke(third.key.id).await);
    seen.words(
        "revoke again",
        session.api_keys().revoke(third.key.id).await,
    );
    seen.words(
        "nobody's",
        session.api_keys().revoke(api_key::Id::random()).await,
    );
    session.commit().await.unwrap();
    seen.words(
        "revoked",
        database.admit_key(third.token.expose(), None).await,
    );
});
