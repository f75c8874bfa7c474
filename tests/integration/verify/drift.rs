//! Faults of policies that declarations made, and what mends them.

use sqlx::{Connection as _, PgConnection};
use tenantry::{
    ErrorKind,
    policy::{Action, Policies, When},
    verify::{Rule, Verifier},
};
use tenantry_repositories::{
    accounts::{self, Rank},
    challenges::{self, policies},
};
use tenantry_testing::TestDatabase;

use super::{Examined, rules, verified};
use crate::world::AccountsAndChallenges;

fn declared() -> Verifier {
    Verifier::new().policies(all().row_security().unwrap())
}

fn all() -> Policies {
    accounts::policies::all().and(challenges::policies::all())
}

/// Plants a fault, wants this rule alone to speak and to name the object, and does what it advises.
async fn mended(examined: &mut Examined, rule: Rule, object: &str, fault: &str) {
    examined.expect(&declared(), rule, object, fault).await;
    let report = examined.report(&declared(), fault).await;
    let mends = report
        .findings
        .iter()
        .map(|finding| finding.remedy.as_str());
    let mends = mends.collect::<Vec<_>>().join("\n");
    examined
        .expect_nothing(&declared(), &format!("{fault};\n{mends}"))
        .await;
}

#[tokio::test]
async fn what_is_not_as_declared_is_found_and_mended() {
    let mut examined = Examined::new().await;
    for (rule, object, fault) in [
        (
            Rule::PolicyMissing,
            "challenges.judges.app_insert",
            "DROP POLICY app_insert ON challenges.judges",
        ),
        (
            Rule::PolicyChanged,
            "altered by hand",
            "ALTER POLICY app_read ON challenges.challenges USING (status = 'draft')",
        ),
        (
            Rule::PolicyChanged,
            "altered by hand",
            "ALTER POLICY app_update ON challenges.judges WITH CHECK (true)",
        ),
        (
            Rule::PolicyChanged,
            "challenges.judges.reader_read",
            "ALTER POLICY reader_read ON challenges.judges TO tenantry_reader, tenantry_app",
        ),
        (
            Rule::PolicyChanged,
            "not made from its declaration",
            "DROP POLICY app_read ON challenges.challenges;
             CREATE POLICY app_read ON challenges.challenges FOR SELECT TO tenantry_app USING (version > 0)",
        ),
        (
            Rule::PolicyChanged,
            "made from another declaration",
            "ALTER POLICY app_insert ON challenges.judges WITH CHECK (false);
             COMMENT ON POLICY app_insert ON challenges.judges IS 'tenantry:0123456789abcdef/4'",
        ),
        (
            Rule::PolicyChanged,
            "bears the mark of another declaration",
            "COMMENT ON POLICY app_insert ON challenges.judges IS 'tenantry:0123456789abcdef/4'",
        ),
        (
            Rule::PolicyChanged,
            "bears no mark",
            "COMMENT ON POLICY app_insert ON challenges.judges IS 'Who may insert.'",
        ),
        (
            Rule::PolicyTrigger,
            "is declared, and not there",
            "DROP TRIGGER submissions_policy ON challenges.submissions",
        ),
        (
            Rule::PolicyTrigger,
            "is declared, and not there",
            "DROP FUNCTION challenges.submissions_policy() CASCADE",
        ),
        (
            Rule::PolicyTrigger,
            "does not fire",
            "DROP TRIGGER submissions_policy ON challenges.submissions;
             CREATE TRIGGER submissions_policy AFTER UPDATE ON challenges.submissions
               REFERENCING NEW TABLE AS before_rows OLD TABLE AS after_rows
               FOR EACH STATEMENT EXECUTE FUNCTION challenges.submissions_policy()",
        ),
        (
            Rule::PolicyTrigger,
            "another function",
            "CREATE OR REPLACE FUNCTION challenges.submissions_policy() RETURNS trigger LANGUAGE plpgsql
               SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NULL; END $$",
        ),
        (
            Rule::PolicyTrigger,
            "another function",
            "ALTER FUNCTION challenges.submissions_policy() SET search_path = challenges",
        ),
        (
            Rule::PolicyTrigger,
            "another function",
            "ALTER FUNCTION challenges.submissions_policy() RESET enable_nestloop",
        ),
        (
            Rule::PolicyTrigger,
            "without the mark",
            "COMMENT ON FUNCTION challenges.submissions_policy() IS NULL",
        ),
        (
            Rule::PolicyTrigger,
            "no policy asks for it",
            "CREATE FUNCTION challenges.judges_policy() RETURNS trigger LANGUAGE plpgsql
               SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN NULL; END $$;
             REVOKE ALL ON FUNCTION challenges.judges_policy() FROM PUBLIC;
             CREATE TRIGGER judges_policy AFTER UPDATE ON challenges.judges
               FOR EACH STATEMENT EXECUTE FUNCTION challenges.judges_policy()",
        ),
        (
            Rule::PolicyStray,
            "challenges.judges.visitors",
            "CREATE POLICY visitors ON challenges.judges FOR SELECT TO tenantry_app USING (true)",
        ),
    ] {
        mended(&mut examined, rule, object, fault).await;
    }
}

#[tokio::test]
async fn a_disabled_trigger_of_a_policy_is_found_with_and_without_declarations() {
    let mut examined = Examined::new().await;
    let fault = "ALTER TABLE challenges.submissions DISABLE TRIGGER submissions_policy";
    for verifier in [declared(), Verifier::new()] {
        examined
            .expect(&verifier, Rule::PolicyTrigger, "submissions_policy", fault)
            .await;
    }
}

#[tokio::test]
async fn a_policy_beside_those_of_declarations_and_kit_is_found_on_every_table() {
    let mut examined = Examined::new().await;
    let visitors =
        "CREATE POLICY visitors ON accounts.members FOR SELECT TO tenantry_app USING (true)";
    let owner = "ALTER POLICY owner_all ON accounts.members TO tenantry_owner, tenantry_reader";
    for (object, fault) in [("members.visitors", visitors), ("tenantry_reader", owner)] {
        examined
            .expect(&Verifier::new(), Rule::PolicyStray, object, fault)
            .await;
    }
    // What has the kit's name is declared as well, where there is a declaration.
    let published = "CREATE POLICY catalogue_read ON challenges.judges FOR SELECT TO tenantry_catalogue USING (true)";
    let report = examined.report(&declared(), published).await;
    assert!(rules(&report).contains(&Rule::PolicyStray), "{report}");
    // Through a role that a scope role is a member of, which is a fault of its own.
    let inherited = "CREATE ROLE visitor ROLE tenantry_reader;
         CREATE POLICY visitors ON challenges.judges FOR SELECT TO visitor USING (true)";
    let report = examined.report(&declared(), inherited).await;
    assert!(rules(&report).contains(&Rule::PolicyStray), "{report}");
}

#[tokio::test]
async fn marks_tell_what_they_can_without_declarations() {
    let mut examined = Examined::new().await;
    for (rule, object, fault) in [
        (
            Rule::PolicyMissing,
            "of 4 policies and functions that were made together, 3 are there",
            "DROP POLICY app_insert ON challenges.judges",
        ),
        (
            Rule::PolicyMissing,
            "of 11 policies",
            "DROP FUNCTION challenges.submissions_policy() CASCADE",
        ),
        (
            Rule::PolicyChanged,
            "different declarations",
            "COMMENT ON POLICY app_insert ON challenges.judges IS 'tenantry:0123456789abcdef/4'",
        ),
        (
            Rule::PolicyTrigger,
            "challenges.submissions.submissions_policy",
            "DROP TRIGGER submissions_policy ON challenges.submissions",
        ),
    ] {
        examined.expect(&Verifier::new(), rule, object, fault).await;
    }
}

#[tokio::test]
async fn a_declaration_that_the_database_does_not_have_is_found() {
    let mut examined = Examined::new().await;
    let without_judges = || {
        let mut all = all().row_security().unwrap();
        all.retain(|one| !one.table().contains("judges"));
        Verifier::new().policies(all)
    };
    let stricter =
        policies::judges().forbid("owners alone", Action::Insert, !When::at_least(Rank::Owner));
    let changed = without_judges().policies([stricter.row_security().unwrap()]);
    let report = examined.report(&changed, "SELECT").await;
    assert_eq!(rules(&report), [Rule::PolicyChanged], "{report}");
    let about = |name: &str| {
        let mut found = report.findings.iter();
        found
            .find(|finding| finding.object.ends_with(name))
            .unwrap()
            .message
            .clone()
    };
    assert!(
        about("app_insert").ends_with("was made from another declaration"),
        "{report}"
    );
    assert!(
        about("app_update").contains("says what is declared"),
        "{report}"
    );

    examined
        .expect(
            &without_judges(),
            Rule::PolicyUndeclared,
            "challenges.judges",
            "SELECT",
        )
        .await;
    let renamed = "ALTER TABLE challenges.submissions RENAME COLUMN score TO points";
    let mut report = examined.report(&declared(), renamed).await;
    report
        .findings
        .retain(|finding| finding.object == "challenges.submissions");
    assert!(rules(&report).contains(&Rule::PolicyChanged), "{report}");

    let elsewhere = declared().schemas(["accounts"]);
    let report = examined.report(&elsewhere, "SELECT").await;
    let missing = report.findings.iter();
    let missing = missing.filter(|finding| finding.rule == Rule::PolicyMissing);
    assert_eq!(missing.count(), 3, "{report}");
}

#[tokio::test]
async fn the_runtime_role_compares_and_a_login_without_temporary_tables_is_told_so() {
    let database = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let mut app = PgConnection::connect(database.app_url()).await.unwrap();
    let report = verified(&declared(), &mut app).await;
    assert!(report.findings.is_empty(), "{report}");
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_class WHERE relpersistence = 't'")
        .fetch_one(&mut app)
        .await
        .unwrap();
    assert_eq!(left, 0);
    let mut reader = PgConnection::connect(database.reader_url()).await.unwrap();
    let error = declared().verify(&mut reader).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.to_string().contains("temporary tables"), "{error}");
}
