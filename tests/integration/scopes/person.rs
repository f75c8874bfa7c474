//! What a person's session answers.

use sea_orm::Set;
use serde_json::json;
use tenantry::{ErrorKind, OrStale as _, Updated, WorkspaceId};
use tenantry_entities::challenges::submission::{
    self, CHALLENGE_ID, MINE, PersonalUpdate, STATUS, Status,
};

use super::ground::Ground;

fn written(text: &str) -> PersonalUpdate {
    PersonalUpdate {
        content: Set(json!({ "text": text })),
    }
}

fn workspace(row: &submission::Model) -> WorkspaceId {
    row.workspace_id.into()
}

#[tokio::test]
async fn a_person_lists_what_is_theirs_wherever_it_is() {
    let ground = Ground::new().await;
    let session = ground.of(ground.ann).await;
    let rows = session.rows(submission::Entity);
    let newest = rows.list().sort(MINE).page().await.unwrap();
    let mut expected = ground.anns.to_vec();
    expected.reverse();
    assert_eq!(newest.items, expected);
    assert_eq!(rows.list().count().await.unwrap(), 3);
    let drafts = || rows.list().filter(STATUS.eq(Status::Draft));
    assert_eq!(drafts().count().await.unwrap(), 2);
    assert_eq!(
        drafts().sort(MINE).first().await.unwrap().as_ref(),
        Some(&ground.anns[2])
    );
    assert!(drafts().exists().await.unwrap());
    let bens = rows.list().filter(submission::USER_ID.eq(ground.ben));
    assert!(!bens.exists().await.unwrap());
}

#[tokio::test]
async fn a_row_is_named_by_workspace_and_id_and_anybody_elses_is_not_there() {
    let ground = Ground::new().await;
    let session = ground.of(ground.ann).await;
    let rows = session.rows(submission::Entity);
    for row in &ground.anns {
        assert_eq!(rows.get(&workspace(row), row.id).await.unwrap(), *row);
    }
    let [here, _, there] = &ground.anns;
    let bens = &ground.bens;
    for (workspace, id) in [
        (workspace(bens), bens.id),
        (workspace(there), here.id),
        (uuid::Uuid::now_v7().into(), here.id),
    ] {
        assert_eq!(rows.find(&workspace, id).await.unwrap(), None);
        let error = rows.get(&workspace, id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

/// Two workspaces may hold one id; a page must not lose the one that comes second.
#[tokio::test]
async fn pages_lose_no_row_though_ids_are_the_same_in_two_workspaces() {
    let ground = Ground::new().await;
    let [first, _, third] = &ground.anns;
    let same = format!(
        "SET session_replication_role = replica; UPDATE challenges.submissions SET id = '{}', created_at = '{}' WHERE id = '{}'",
        first.id, first.created_at, third.id
    );
    ground.plant(&same).await;
    let session = ground.of(ground.ann).await;
    let rows = session.rows(submission::Entity);
    for sorted in [false, true] {
        let (mut seen, mut next) = (Vec::new(), None);
        loop {
            let list = rows.list().limit(1).after(next);
            let list = if sorted { list.sort(MINE) } else { list };
            let page = list.page().await.unwrap();
            seen.extend(page.items.into_iter().map(|row| (row.workspace_id, row.id)));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 3, "sorted: {sorted}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 3, "sorted: {sorted}");
    }
}

#[tokio::test]
async fn a_cursor_is_of_one_person() {
    let ground = Ground::new().await;
    let anns = ground.of(ground.ann).await;
    let page = anns
        .rows(submission::Entity)
        .list()
        .sort(MINE)
        .limit(1)
        .page()
        .await
        .unwrap();
    let next = page.next.expect("there are three");
    let more = anns
        .rows(submission::Entity)
        .list()
        .sort(MINE)
        .after(next.clone());
    assert_eq!(more.page().await.unwrap().items.len(), 2);
    let bens = ground.of(ground.ben).await;
    let refused = bens
        .rows(submission::Entity)
        .list()
        .sort(MINE)
        .after(next.clone())
        .page()
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
    let alpha = ground.world.alpha().await;
    let refused = alpha
        .rows(submission::Entity)
        .list()
        .after(next)
        .page()
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_person_changes_a_draft_of_theirs_and_keeps_it_by_a_commit() {
    let ground = Ground::new().await;
    let draft = &ground.anns[2];
    for kept in [false, true] {
        let session = ground.of(ground.ann).await;
        let changed = session
            .rows(submission::Entity)
            .update(draft, written("mine"))
            .await
            .unwrap();
        assert_eq!(changed.version.as_i64(), draft.version.as_i64() + 1);
        assert_eq!(changed.updated_by, Some(ground.ann));
        assert_eq!(changed.content, json!({ "text": "mine" }));
        if kept {
            session.commit().await.unwrap();
        } else {
            session.roll_back().await;
        }
        let stands = ground
            .planted(
                "SELECT count(*) FROM challenges.submissions WHERE content ->> 'text' = 'mine'",
            )
            .await;
        assert_eq!(stands, i64::from(kept));
    }
}

#[tokio::test]
async fn a_change_of_an_older_version_is_stale_and_nothing_is_overwritten() {
    let ground = Ground::new().await;
    let draft = &ground.anns[0];
    let session = ground.of(ground.ann).await;
    let rows = session.rows(submission::Entity);
    let newest = rows.update(draft, written("first")).await.unwrap();
    let outcome = rows
        .update(draft, written("second"))
        .await
        .or_stale()
        .unwrap();
    let Updated::Stale(stale) = outcome else {
        panic!("it was changed since")
    };
    assert_eq!(stale.current, newest);
    // A change of nothing tells the same.
    let seen = (workspace(draft), draft.id, draft.version);
    let refused = rows.update(seen, PersonalUpdate::default()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Stale);
    let same = rows
        .update(&newest, PersonalUpdate::default())
        .await
        .unwrap();
    assert_eq!(same, newest);
}

#[tokio::test]
async fn what_is_not_theirs_is_not_found_and_what_they_may_not_change_is_forbidden() {
    let ground = Ground::new().await;
    let [draft, submitted, elsewhere] = &ground.anns;
    let session = ground.of(ground.ann).await;
    let rows = session.rows(submission::Entity);
    let refused = rows.update(submitted, written("late")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    let seen = (workspace(elsewhere), draft.id, draft.version);
    for seen in [
        (workspace(&ground.bens), ground.bens.id, ground.bens.version),
        seen,
    ] {
        let refused = rows.update(seen, written("theirs")).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
    }
    ground
        .plant(&format!(
            "UPDATE challenges.submissions SET deleted_at = now() WHERE id = '{}'",
            draft.id
        ))
        .await;
    let refused = rows.update(draft, written("gone")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    session.commit().await.unwrap();
    let touched = ground
        .planted("SELECT count(*) FROM challenges.submissions WHERE content ? 'text'")
        .await;
    assert_eq!(touched, 0);
}

/// The statement names the person too, so that it holds where row security is off.
#[tokio::test]
async fn the_statement_alone_keeps_to_the_person() {
    let ground = Ground::new().await;
    ground
        .plant("ALTER TABLE challenges.submissions DISABLE ROW LEVEL SECURITY")
        .await;
    let session = ground.of(ground.ben).await;
    let rows = session.rows(submission::Entity);
    assert_eq!(
        rows.list().page().await.unwrap().items,
        std::slice::from_ref(&ground.bens)
    );
    let anns = &ground.anns[0];
    assert_eq!(rows.find(&workspace(anns), anns.id).await.unwrap(), None);
    let refused = rows.update(anns, written("x")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    let of_one = rows
        .list()
        .filter(CHALLENGE_ID.eq(anns.challenge_id))
        .count();
    assert_eq!(of_one.await.unwrap(), 1);
}

#[tokio::test]
async fn a_person_who_left_keeps_what_the_rule_says() {
    let ground = Ground::new().await;
    ground
        .plant("UPDATE accounts.members SET deleted_at = now() WHERE role = 'member'")
        .await;
    let refused = ground
        .database
        .authorize(ground.ann.into(), ground.world.alpha.workspace().clone())
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
    let session = ground.of(ground.ann).await;
    let rows = session.rows(submission::Entity);
    assert_eq!(rows.list().count().await.unwrap(), 3);
    rows.update(&ground.anns[0], written("still mine"))
        .await
        .unwrap();
    session.commit().await.unwrap();
}
