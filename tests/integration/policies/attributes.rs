//! Attributes: said by the authority in the same trip as the role, sealed with the context, read by policies.

use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool, Row, postgres::PgArguments};
use tenantry::{
    ActorId, Attribute, Authority, Database, ErrorKind, Identity, Result, Role, Session, Standing,
    TenantContext, WorkspaceId,
};
use tenantry_testing::CountingProxy;

use crate::world::World;

struct Standings;

impl Authority for Standings {
    async fn role(&self, _: &Identity<'_>, _: &ActorId, _: &WorkspaceId) -> Result<Option<Role>> {
        panic!("the role comes with the attributes")
    }

    async fn standing(
        &self,
        identity: &Identity<'_>,
        actor: &ActorId,
        workspace: &WorkspaceId,
    ) -> Result<Option<Standing>> {
        let function = "accounts.standing";
        identity.standing(function, workspace, actor).await
    }
}

/// A function of the identity role that says these attributes of every member, in one of the two forms that there are.
async fn say(admin: &PgPool, returns: &str, attributes: &str) {
    let sql = format!(
        "DROP FUNCTION IF EXISTS accounts.standing(uuid, uuid);
         CREATE FUNCTION accounts.standing(workspace uuid, person uuid {returns}
         LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
         $$ SELECT role, {attributes} FROM accounts.member_role(workspace, person) AS role WHERE role IS NOT NULL $$;
         ALTER FUNCTION accounts.standing(uuid, uuid) OWNER TO tenantry_identity;
         REVOKE ALL ON FUNCTION accounts.standing(uuid, uuid) FROM PUBLIC;
         GRANT EXECUTE ON FUNCTION accounts.standing(uuid, uuid) TO tenantry_app"
    );
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(admin)
        .await
        .unwrap();
}

const ROWS: &str = ") RETURNS TABLE (role text, attributes jsonb)";
const RECORD: &str = ", OUT role text, OUT attributes jsonb)";
const SAID: &str = r#"'{"rank": "leader", "level": 3, "is_verified": true}'::jsonb"#;

async fn authorized(database: &Database, of: &TenantContext) -> Result<TenantContext> {
    let actor = of.actor().unwrap().clone();
    database.authorize(actor, of.workspace().clone()).await
}

/// What the database reads of an attribute.
async fn read(session: &Session, name: &str) -> Option<String> {
    let mut arguments = PgArguments::default();
    sqlx::Arguments::add(&mut arguments, name).unwrap();
    let rows = session
        .raw_sql_without_workspace_guard("a test", "SELECT tenantry.attribute($1)", arguments)
        .await
        .unwrap();
    rows[0].get(0)
}

#[tokio::test]
async fn role_and_attributes_come_in_one_trip_and_are_sealed() {
    let world = World::new().await;
    let admin = world.test.admin();
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let builder = Database::builder(proxy.url()).max_connections(1);
    let database = builder.connect(Standings).await.unwrap();
    for returns in [ROWS, RECORD] {
        say(&admin, returns, SAID).await;
        let context = authorized(&database, &world.alpha).await.unwrap();
        assert_eq!(context.role(), world.alpha.role());
        assert_eq!(context.attribute("rank"), Some(&"leader".into()));
        assert_eq!(context.attribute("level"), Some(&Attribute::Integer(3)));
        assert_eq!(context.attribute("is_verified"), Some(&true.into()));
        assert_eq!(context.attribute("other"), None);

        // The pool pings a connection when it comes back; that trip is nobody's.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        proxy.reset();
        authorized(&database, &world.alpha).await.unwrap();
        assert_eq!(proxy.trips(), 1);

        let session = database.begin(&context).await.unwrap();
        for (name, text) in [("rank", "leader"), ("level", "3"), ("is_verified", "true")] {
            assert_eq!(read(&session, name).await.as_deref(), Some(text));
        }
        assert_eq!(read(&session, "scopes").await, None);
        let forged = "SELECT set_config('tenantry.context', replace(current_setting('tenantry.context'), '|user|', '|job|'), true),
             tenantry.attribute('rank')";
        let forged =
            session.raw_sql_without_workspace_guard("a test", forged, PgArguments::default());
        assert_eq!(forged.await.unwrap_err().sqlstate(), Some("42501"));
        session.roll_back().await;

        // Who is no member has no attributes either.
        let nobody = database.authorize(
            world.beta.actor().unwrap().clone(),
            world.alpha.workspace().clone(),
        );
        assert_eq!(nobody.await.unwrap_err().kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn attributes_that_are_none_let_nobody_in() {
    let world = World::new().await;
    let admin = world.test.admin();
    let database = Database::builder(world.test.app_url())
        .connect(Standings)
        .await
        .unwrap();
    say(&admin, ROWS, "NULL::jsonb").await;
    assert!(authorized(&database, &world.alpha).await.is_ok());
    for odd in [
        json!({ "scopes": ["all"] }),
        json!({ "actor_name": "the owner" }),
        json!({ "level": 0.5 }),
        json!({ "rank": ["leader"] }),
        json!({ "rank": "a".repeat(201) }),
        json!("leader"),
    ] {
        say(&admin, ROWS, &format!("'{odd}'::jsonb")).await;
        let refused = authorized(&database, &world.alpha).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid, "{odd}");
        assert!(refused.fields().eq(["attributes"]), "{odd}");
    }
}
