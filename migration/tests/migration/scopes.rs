//! The readers of a person's context, and the roles beside the workspace, under attack.

use tenantry_migration::roles;

use crate::{
    claims::{ALPHA, Claim, PERSON, begin, enter},
    kernel::refused,
    server::{Database, sql, try_sql, value},
};

const READERS: [&str; 3] = ["person_id()", "person_bigint()", "person_text()"];

fn person() -> Claim {
    Claim {
        kind: "person",
        workspace: "-".into(),
        ..Claim::of(ALPHA, "person")
    }
}

#[tokio::test]
async fn a_person_is_told_by_the_reader_of_their_type() {
    let mut login = Database::migrated().await.connect(roles::PERSON).await;
    for (actor, at, told) in [
        (format!("u:{PERSON}"), 0, PERSON),
        ("b:42".to_owned(), 1, "42"),
        ("t:616e6e".to_owned(), 2, "ann"),
    ] {
        begin(&mut login, &person().actor(&actor)).await;
        for (index, reader) in READERS.iter().enumerate() {
            if index == at {
                let answer = value(&mut login, &format!("tenantry.{reader}")).await;
                assert_eq!(answer.as_deref(), Some(told));
            } else {
                let ask = format!("SELECT tenantry.{reader}");
                refused(&mut login, &ask, "context of a person has another type").await;
            }
        }
        sql(&mut login, "ROLLBACK").await;
    }
}

#[tokio::test]
async fn no_other_context_is_a_person() {
    let mut login = Database::migrated().await.connect(roles::PERSON).await;
    let others = ["ws", "founder", "job", "key"].map(|kind| Claim {
        kind,
        ..Claim::of(ALPHA, "owner")
    });
    for claim in others.iter().chain([&person().actor("-")]) {
        begin(&mut login, claim).await;
        for reader in READERS {
            let ask = format!("SELECT tenantry.{reader}");
            refused(&mut login, &ask, "no context of a person").await;
        }
        sql(&mut login, "ROLLBACK").await;
    }
    // Fresh, and after a transaction, when the setting is empty rather than absent.
    for reader in READERS {
        let ask = format!("SELECT tenantry.{reader}");
        let refusal = try_sql(&mut login, &ask).await.unwrap_err();
        assert_eq!(refusal, "42501 no context of a person");
    }
}

#[tokio::test]
async fn a_forged_person_is_refused() {
    let mut login = Database::migrated().await.connect(roles::PERSON).await;
    begin(&mut login, &person()).await;
    let genuine = value(&mut login, "current_setting('tenantry.context')")
        .await
        .unwrap();
    sql(&mut login, "COMMIT").await;
    let another = genuine.replace(PERSON, ALPHA);
    // Of a workspace's claim, which is genuine, the kind alone is changed.
    begin(&mut login, &Claim::of(ALPHA, "owner")).await;
    let workspace = value(&mut login, "current_setting('tenantry.context')")
        .await
        .unwrap();
    sql(
        &mut login,
        &format!(
            "SET LOCAL tenantry.context = '{}'",
            workspace.replace("|ws|", "|person|")
        ),
    )
    .await;
    let ask = "SELECT tenantry.person_id()";
    refused(&mut login, ask, "forged workspace context").await;
    sql(&mut login, "ROLLBACK").await;
    for forged in [genuine, another, "x".into(), "|".repeat(80)] {
        sql(
            &mut login,
            &format!("BEGIN; SET LOCAL tenantry.context = '{forged}'"),
        )
        .await;
        refused(&mut login, ask, "forged workspace context").await;
        let again = enter(&person().text(), "");
        refused(&mut login, &again, "context is sealed").await;
        sql(&mut login, "ROLLBACK").await;
    }
}

#[tokio::test]
async fn a_scope_asks_for_its_own_context_alone() {
    let database = Database::migrated().await;
    let mut login = database.connect(roles::PERSON).await;
    begin(&mut login, &Claim::of(ALPHA, "owner")).await;
    for reader in [
        "workspace_id()",
        "workspace_bigint()",
        "workspace_text()",
        "role()",
        "attribute('rank')",
    ] {
        sql(&mut login, "SAVEPOINT before").await;
        let ask = format!("SELECT tenantry.{reader}");
        let refusal = try_sql(&mut login, &ask).await.unwrap_err();
        assert!(
            refusal.starts_with("42501 permission denied for function"),
            "{reader}: {refusal}"
        );
        sql(&mut login, "ROLLBACK TO SAVEPOINT before").await;
    }
    for role in roles::SCOPES {
        let mut login = database.connect(role).await;
        begin(&mut login, &person()).await;
        for reader in READERS {
            sql(&mut login, "SAVEPOINT before").await;
            let ask = format!("SELECT tenantry.{reader}");
            let refusal = try_sql(&mut login, &ask).await.unwrap_err();
            assert!(
                refusal.starts_with("42501 permission denied for function"),
                "{role} {reader}: {refusal}"
            );
            sql(&mut login, "ROLLBACK TO SAVEPOINT before").await;
        }
    }
}

#[tokio::test]
async fn the_catalogue_enters_nothing() {
    let mut login = Database::migrated().await.connect(roles::CATALOGUE).await;
    for claim in [Claim::of(ALPHA, "owner"), person()] {
        let refusal = try_sql(&mut login, &enter(&claim.text(), ""))
            .await
            .unwrap_err();
        assert_eq!(refusal, "42501 permission denied for schema tenantry");
    }
}
