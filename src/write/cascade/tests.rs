//! The statements: the workspace stands at every level (H-14).

use insta::assert_snapshot;

use super::*;
use crate::{
    policy::Policies,
    sample::{self, gadget},
};

/// A statement as a reviewer reads it: a part to a line.
fn shown(sql: &str) -> String {
    let parts = ["), locked", "), reached", "), taken", "), gate", "), done"];
    let mut text = sql
        .replace('"', "")
        .replace(" SELECT gate.open", "\nSELECT gate.open");
    for part in parts {
        text = text.replace(part, &format!("),\n{}", &part[3..]));
    }
    for clause in [" FROM ", " UNION ", " WHERE ", " AND NOT EXISTS ", " SET "] {
        text = text.replace(clause, &format!("\n  {}", &clause[1..]));
    }
    text
}

fn plan() -> Plan {
    Plan::of::<sample::Entity>().unwrap()
}

#[test]
fn a_delete_locks_from_the_root_downwards_and_deletes_from_the_leaves() {
    assert_snapshot!(shown(&delete(&plan())));
}

#[test]
fn each_of_many_takes_what_the_first_of_them_reaches() {
    assert_snapshot!(shown(&delete_each(&plan())));
}

#[test]
fn a_row_on_which_nothing_hangs_is_deleted_by_the_same_words() {
    assert_snapshot!(shown(&delete(&Plan::of::<gadget::Entity>().unwrap())));
}

#[test]
fn a_restore_revives_what_an_operation_took_if_nothing_is_in_the_way() {
    assert_snapshot!(shown(&restore(&plan())));
}

#[test]
fn what_is_in_the_way_is_asked_for_within_the_workspace() {
    assert_snapshot!(shown(&obstacles(&plan())));
}

#[test]
fn what_a_delete_would_take_is_locked_by_the_same_words() {
    assert_snapshot!(shown(&lock(&plan())));
}

#[test]
fn what_a_restore_would_revive_is_locked_by_the_same_words() {
    assert_snapshot!(shown(&lock_taken(&plan())));
}

#[test]
fn hooks_read_the_rows_that_are_reached() {
    let plan = plan();
    let last = plan.nodes.len() - 1;
    assert_snapshot!(shown(&reached(&plan, last)));
}

/// What is locked for the hooks is what is written: but for the last word, the statements are one.
#[test]
fn hooks_are_asked_about_the_rows_that_the_statement_takes() {
    let plan = plan();
    let parts = |sql: &str, end: &str| sql.split(end).next().unwrap().to_owned();
    assert_eq!(
        parts(&delete(&plan), ", done_"),
        parts(&lock(&plan), " SELECT gate.open")
    );
    assert_eq!(
        parts(&restore(&plan), ", done_"),
        parts(&lock_taken(&plan), " SELECT gate.open")
    );
}

/// Every table that a statement reads or writes is held to the workspace, under whichever name.
#[test]
fn every_mention_of_a_table_is_held_to_the_workspace() {
    for sql in [
        delete(&plan()),
        delete_each(&plan()),
        lock(&plan()),
        reached(&plan(), 0),
        reached(&plan(), plan().nodes.len() - 1),
        restore(&plan()),
        lock_taken(&plan()),
        obstacles(&plan()),
    ] {
        let mentions = sql.matches("\"app\".\"").count();
        let held = sql.matches(".\"workspace_id\" = $1").count();
        assert_eq!(mentions, held, "{sql}");
    }
}

/// PostgreSQL takes what was locked for a row or two. Where it takes the table for as small, a join would compare every row with
/// every other.
#[test]
fn no_table_is_joined_with_what_was_locked() {
    for sql in [
        delete(&plan()),
        lock(&plan()),
        delete_each(&plan()),
        restore(&plan()),
        obstacles(&plan()),
    ] {
        for found in ["locked_", "taken_", "wanted"] {
            assert!(!sql.contains(&format!("JOIN {found}")), "{sql}");
        }
        assert!(!sql.contains("FROM locked_0 AS l CROSS JOIN"), "{sql}");
    }
}

#[test]
fn a_policy_is_asked_of_what_is_found_locked_and_taken() {
    let (policy, context) = (sample::policy(), sample::member());
    let policies = Policies::new().with(policy);
    let plan = Plan::of::<sample::Entity>().unwrap();
    let text = shown(&delete(&plan.under(&policies, &context, Intent::Delete)));
    assert_snapshot!(text);
}
