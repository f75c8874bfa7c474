//! Who has the database and not the keys: copies, cuts, changes, and looks everywhere.

use std::fmt::Write as _;

use tenantry::{ErrorKind, Keys, Result, Seals, Secret};

use super::ground::{ALPHA, BETA, SECRET, World, key, shop, stall, token};
use crate::traces::Listener;

fn is_forged(outcome: Result<impl std::fmt::Debug>) {
    let refused = outcome.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Internal, "{refused:?}");
    assert_eq!(refused.fields().collect::<Vec<_>>(), ["access_token"]);
}

#[tokio::test]
async fn a_value_that_was_copied_elsewhere_does_not_open() {
    let world = World::new().await;
    let a = world.shop(&world.alpha, "a").await;
    let b = world.shop(&world.alpha, "b").await;
    let theirs = world.shop(&world.beta, "c").await;
    let read = async |id| {
        let session = world.alpha().await;
        let shop = session.rows(shop::Entity).get(id).await.unwrap();
        token(&session, &shop)
    };
    let opens = format!("{SECRET} a");
    assert_eq!(read(a.id).await.unwrap(), opens);
    for (what, from) in [
        ("access_token", b.id),
        ("access_token", theirs.id),
        ("refresh_token", a.id),
    ] {
        let mine = world.stored("access_token", a.id).await;
        let id = a.id;
        world
            .plant(format!(
                "UPDATE creators.shops SET access_token = (SELECT {what} FROM creators.shops WHERE id = '{from}') WHERE id = '{id}'"
            ))
            .await;
        assert_ne!(world.stored("access_token", a.id).await, mine);
        is_forged(read(a.id).await);
        let mine: String = mine.iter().fold(String::new(), |mut hex, byte| {
            let _infallible = write!(hex, "{byte:02x}");
            hex
        });
        world
            .plant(format!(
                "UPDATE creators.shops SET access_token = '\\x{mine}' WHERE id = '{id}'"
            ))
            .await;
        assert_eq!(read(a.id).await.unwrap(), opens);
    }

    // The row as a whole, with its id, to another workspace; and to another table of the same columns.
    let id = theirs.id;
    world
        .plant(format!(
            "UPDATE creators.shops SET workspace_id = '{ALPHA}' WHERE id = '{id}'; \
             INSERT INTO creators.stalls (workspace_id, id, access_token) \
             SELECT workspace_id, id, access_token FROM creators.shops WHERE id = '{}'",
            a.id
        ))
        .await;
    is_forged(read(theirs.id).await);
    let session = world.alpha().await;
    let id = tenantry::Id::new(*a.id.as_key());
    let stall = session.rows(stall::Entity).get(id).await.unwrap();
    is_forged(session.open(stall::ACCESS_TOKEN, &stall));
    let moved_back = format!("UPDATE creators.shops SET workspace_id = '{BETA}' WHERE name = 'c'");
    world.plant(moved_back).await;
    let session = world.database.begin(&world.beta).await.unwrap();
    let back = session.rows(shop::Entity).get(theirs.id).await.unwrap();
    assert_eq!(token(&session, &back).unwrap(), format!("{SECRET} c"));
}

#[tokio::test]
async fn the_database_takes_nothing_that_has_not_the_form_of_an_envelope() {
    let world = World::new().await;
    let a = world.shop(&world.alpha, "a").await;
    for stored in [
        format!("'{SECRET}'::bytea"),
        "''::bytea".into(),
        "substring(access_token FROM 1 FOR 44)".into(),
        "'\\x02'::bytea || substring(access_token FROM 2)".into(),
    ] {
        let sql = format!("UPDATE creators.shops SET access_token = {stored}");
        let refused = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&world.admin);
        let refused = refused.await.unwrap_err().into_database_error().unwrap();
        assert_eq!(refused.constraint(), Some("shops_access_token_check"));
    }
    let short = "UPDATE creators.shops SET customer_index = '\\x00'";
    assert!(sqlx::raw_sql(short).execute(&world.admin).await.is_err());
    // What is cut further on has the form, and does not open.
    let cut = "UPDATE creators.shops SET access_token = substring(access_token FROM 1 FOR 45)";
    world.plant(cut).await;
    let session = world.alpha().await;
    let a = session.rows(shop::Entity).get(a.id).await.unwrap();
    is_forged(token(&session, &a));
}

#[tokio::test]
async fn a_key_that_is_not_there_is_named_and_no_value() {
    let world = World::new().await;
    let a = world.shop(&world.alpha, "a").await;
    assert_eq!(a.access_token.key_id(), Some(1));
    let other = world.under(Keys::new(key(2))).await;
    let session = other.begin(&world.alpha).await.unwrap();
    let refused = token(&session, &a).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert_eq!(
        refused.to_string(),
        "access_token is sealed under key 1, which is not among the keys"
    );
    assert_eq!(refused.fields().collect::<Vec<_>>(), ["access_token"]);
    // As an older key it opens.
    let both = world.under(Keys::new(key(2)).and(key(1)).unwrap()).await;
    let session = both.begin(&world.alpha).await.unwrap();
    assert_eq!(token(&session, &a).unwrap(), format!("{SECRET} a"));
}

/// H-42 for values in the clear: not in rows, errors, traces, filters or the log.
#[tokio::test]
async fn what_is_sealed_shows_nowhere() {
    let world = World::new().await;
    let listener = Listener::default();
    let listening = tracing::subscriber::set_default(listener.clone());
    let shop = world.shop(&world.alpha, SECRET).await;
    let session = world.alpha().await;
    let shops = session.rows(shop::Entity);
    let secret = session.open(shop::ACCESS_TOKEN, &shop).unwrap();
    assert!(secret.expose_text().unwrap().contains(SECRET));
    let filter = session.equals(shop::CUSTOMER_INDEX, SECRET).unwrap();
    let change = shop::Update {
        access_token: sea_orm::Set(session.seal(shop::ACCESS_TOKEN, &shop.id, SECRET).unwrap()),
        ..Default::default()
    };
    let cipher = session.cipher().unwrap();
    let mut shown = format!(
        "{:?} {:?} {filter:?} {change:?} {secret:?} {cipher:?} {:?}",
        shop.access_token,
        shop.customer_index,
        Secret::from(SECRET),
    );
    shops.list().filter(filter).page().await.unwrap();
    let changed = shops.update(&shop, change).await.unwrap();
    session.commit().await.unwrap();
    for forged in [
        "access_token || '\\x00'::bytea",
        "substring(access_token FOR 45)",
    ] {
        world
            .plant(format!("UPDATE creators.shops SET access_token = {forged}"))
            .await;
        let session = world.alpha().await;
        let shop = session.rows(shop::Entity).get(shop.id).await.unwrap();
        let refused = token(&session, &shop).unwrap_err();
        let _infallible = write!(shown, "{refused} {refused:?} {:?}", refused.hint());
    }
    drop(listening);
    let traced = listener.heard();
    assert!(
        traced.contains("table=\"shops\""),
        "something was listened to"
    );
    for told in [shown, traced] {
        assert!(!told.contains(SECRET), "{told}");
    }

    // Nor in the database: the name is all that says it.
    let sql = "SELECT (SELECT string_agg(s::text, '') FROM (SELECT access_token, refresh_token, customer, customer_index FROM creators.shops) AS s), \
        (SELECT string_agg(l::text, '') FROM tenantry.audit_log AS l)";
    let (stored, logged): (String, String) =
        sqlx::query_as(sql).fetch_one(&world.admin).await.unwrap();
    let in_hexadecimal: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    for told in [stored, logged] {
        assert!(told.contains("\\\\x01"), "there is what was sealed: {told}");
        assert!(
            !told.contains(SECRET) && !told.contains(&in_hexadecimal),
            "{told}"
        );
    }

    // The log holds what was stored, and whoever reads it with the key reads what it was.
    let session = world.alpha().await;
    let before = session
        .rows(shop::Entity)
        .as_of(shop.id, shop.version)
        .await
        .unwrap();
    assert_eq!(before, shop);
    assert_eq!(
        token(&session, &before).unwrap(),
        format!("{SECRET} {SECRET}")
    );
    assert_ne!(changed.access_token, shop.access_token);
}
