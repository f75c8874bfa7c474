//! A database that grew without us: keys of one column across all tenants, no versions, rows deleted by nobody.

#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use futures_util::TryStreamExt;
use sqlx::postgres::PgArguments;
use tenantry::{
    ErrorKind, Id, NewRow, Query,
    verify::{Claim, Rule, Severity, Verifier},
};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Table, Tables},
};
use tenantry_testing::{Everyone, Isolation};

use super::{OWNER, World, log, paged};

struct Crm;

impl MigratorTrait for Crm {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let kernel = Kernel::new()
            .workspace_key(KeyType::Integer)
            .actor_key(KeyType::Integer);
        let contacts = Table::new("crm", "contacts", "Whom we know.")
            .scope("tenant", KeyType::Integer)
            .legacy_key("id", KeyType::BigInt)
            .column(Column::text("email", "Where to write."))
            .audited()
            .unique(["email"])
            .index("email", ["email DESC", "id DESC"]);
        let notes = Table::new("crm", "notes", "What we know.")
            .scope("tenant", KeyType::Integer)
            .legacy_key("id", KeyType::Uuid)
            .column(Column::bigint("contact_id", "Of whom."))
            .references("contact_id", "crm", "contacts");
        let tables = Tables::new("m20260101_000002_crm")
            .schema("crm", "Customers.")
            .table(contacts)
            .table(notes);
        vec![Box::new(kernel), Box::new(tables)]
    }
}

mod contact {
    use sea_orm::entity::prelude::*;
    use tenantry::{Direction, HasMany, Sort, Unique};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "crm", table_name = "contacts")]
    #[scoped(workspace = "tenant", audited, sorts(BY_EMAIL))]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub tenant: i32,
        pub email: String,
    }

    pub const BY_EMAIL: Sort<Entity> = Sort::by_index(
        "contacts_email_idx",
        &[
            (Column::Email, Direction::Descending),
            (Column::Id, Direction::Descending),
        ],
    );
    pub const EMAIL_KEY: Unique<Entity> =
        Unique::new("contacts_email_key", &[Column::Tenant, Column::Email]);
    pub const NOTES: HasMany<Entity, super::note::Entity> =
        HasMany::new(super::note::Column::ContactId);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod note {
    use sea_orm::entity::prelude::*;
    use tenantry::{BelongsTo, Unique};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "crm", table_name = "notes")]
    #[scoped(workspace = "tenant")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant: i32,
        pub contact_id: i64,
    }

    pub const KEY: Unique<Entity> = Unique::new("notes_pkey", &[Column::Id]);
    pub const CONTACT: BelongsTo<Entity, super::contact::Entity> =
        BelongsTo::new(Column::ContactId);

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

async fn crm() -> World {
    let (test, database) = World::connected::<Crm>(Everyone(OWNER)).await;
    let owner = async |tenant: i32| database.authorize(70.into(), tenant.into()).await.unwrap();
    let (acme, globex) = (owner(7).await, owner(8).await);
    World {
        database,
        acme,
        globex,
        test,
    }
}

fn known(email: &str) -> contact::New {
    contact::New {
        email: email.into(),
    }
}

#[tokio::test]
async fn rows_that_are_never_changed_take_the_verbs_that_are_left() {
    let world = crm().await;
    let session = world.acme().await;
    let contacts = session.rows(contact::Entity);
    for number in 0..7 {
        let email = format!("{number}@acme.example");
        contacts.insert(known(&email)).await.unwrap();
    }
    session.commit().await.unwrap();
    let theirs = world.database.begin(&world.globex).await.unwrap();
    let theirs_contacts = theirs.rows(contact::Entity);
    let same = theirs_contacts.insert(known("0@acme.example")).await;
    let same = same.unwrap();
    assert_eq!(same.tenant, 8);
    theirs.commit().await.unwrap();

    let session = world.acme().await;
    let contacts = session.rows(contact::Entity);
    let all = paged(&session, contact::Entity, Query::new()).await;
    assert_eq!(all.len(), 7);
    let by_email = Query::new().sort(contact::BY_EMAIL);
    let by_email = paged(&session, contact::Entity, by_email).await;
    assert!(by_email.iter().rev().eq(&all));
    let streamed = contacts.list().stream().await.unwrap();
    let streamed: Vec<_> = streamed.try_collect().await.unwrap();
    assert_eq!(streamed, all);
    let first = Id::new(all[0].id);
    assert_eq!(contacts.get(first).await.unwrap(), all[0]);
    assert_eq!(contacts.get_for_update(first).await.unwrap(), all[0]);
    assert_eq!(contacts.find(Id::new(same.id)).await.unwrap(), None);
    let mine = contact::EMAIL.starts_with("0@").and(contact::TENANT.eq(7));
    assert_eq!(contacts.list().filter(mine).count().await.unwrap(), 1);
    let taken = contacts.insert(known("0@acme.example")).await.unwrap_err();
    assert!(taken.violates(&contact::EMAIL_KEY));
}

#[tokio::test]
async fn notes_point_at_contacts_of_the_same_tenant() {
    let world = crm().await;
    let theirs = world.database.begin(&world.globex).await.unwrap();
    let stranger = theirs.rows(contact::Entity).insert(known("x")).await;
    let stranger = stranger.unwrap();
    theirs.commit().await.unwrap();

    let session = world.acme().await;
    let contact = session.rows(contact::Entity).insert(known("a")).await;
    let contact = contact.unwrap();
    let notes = session.rows(note::Entity);
    let of = |contact_id| note::New { contact_id };
    let note = notes.insert(of(contact.id)).await.unwrap();
    assert_eq!(note.id.get_version_num(), 7);
    let listed = session.rows(contact::Entity).list().with(contact::NOTES);
    let listed = listed.page().await.unwrap().items;
    assert_eq!(listed, [(contact.clone(), vec![note.clone()])]);
    let listed = notes.list().with(note::CONTACT).page().await.unwrap().items;
    assert_eq!(listed, [(note, Some(contact))]);
    let stray = notes.insert(of(stranger.id)).await.unwrap_err();
    assert_eq!(stray.kind(), ErrorKind::Reference);
}

/// What a migration or an importer would write: a row with an id of its own.
struct Imported(note::ActiveModel);

impl NewRow<note::Entity> for Imported {
    fn into_active_model(self) -> note::ActiveModel {
        self.0
    }
}

/// What the kit says of legacy keys: another tenant's id is taken, and that is all that shows.
#[tokio::test]
async fn an_id_of_another_tenant_is_taken() {
    let world = crm().await;
    let mut taken = None;
    for context in [&world.globex, &world.acme] {
        let session = world.database.begin(context).await.unwrap();
        let contact = session.rows(contact::Entity).insert(known("a")).await;
        let contact_id = sea_orm::Set(contact.unwrap().id);
        let imported = note::ActiveModel {
            contact_id,
            id: taken.map_or(sea_orm::NotSet, sea_orm::Set),
            tenant: sea_orm::Set(i32::try_from(context.workspace().as_i64().unwrap()).unwrap()),
        };
        let note = session.rows(note::Entity).insert(Imported(imported)).await;
        match taken {
            None => taken = Some(note.unwrap().id),
            Some(_) => assert!(note.unwrap_err().violates(&note::KEY)),
        }
        let _ = session.commit().await;
    }
}

#[tokio::test]
async fn raw_sql_on_a_table_without_versions_leaves_its_traces() {
    let world = crm().await;
    let session = world.acme().await;
    let contact = session.rows(contact::Entity).insert(known("a")).await;
    let id = contact.unwrap().id;
    let rename = "UPDATE crm.contacts SET email = 'b'";
    session
        .raw_sql_without_workspace_guard("a test", rename, PgArguments::default())
        .await
        .unwrap();
    let mut entries = log(&session, "crm.contacts").await;
    entries.sort_unstable();
    let wanted = [format!("insert 7 {id} 70"), format!("update 7 {id} 70")];
    assert_eq!(entries, wanted);
}

#[tokio::test]
async fn legacy_keys_withstand_the_isolation_kit() {
    let world = crm().await;
    let World {
        database,
        acme,
        globex,
        ..
    } = &world;
    let email = || uuid::Uuid::now_v7().to_string();

    let contacts = async |session: &tenantry::Session| {
        session.rows(contact::Entity).insert(known(&email())).await
    };
    let attacks = Isolation::of(contact::Entity, database, acme, globex, contacts).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    attacks.raw_sql().await.unwrap().report().assert_sealed();

    let notes = async |session: &tenantry::Session| {
        let contact = session
            .rows(contact::Entity)
            .insert(known(&email()))
            .await?;
        let contact_id = contact.id;
        session
            .rows(note::Entity)
            .insert(note::New { contact_id })
            .await
    };
    let attacks = Isolation::of(note::Entity, database, acme, globex, notes).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    attacks.raw_sql().await.unwrap().report().assert_sealed();
}

#[tokio::test]
async fn legacy_keys_are_warned_of_with_how_to_mend_them_and_nothing_else_is() {
    let world = crm().await;
    let verifier = Verifier::new()
        .claim(Claim::<contact::Entity>::new().audited())
        .claims::<note::Entity>();
    let report = world.verified(verifier).await;
    assert_eq!(report.count(Severity::Error), 0, "{report}");
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (finding.severity, finding.rule, finding.object.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                Severity::Warning,
                Rule::PrimaryKey,
                "crm.contacts.contacts_pkey"
            ),
            (Severity::Warning, Rule::PrimaryKey, "crm.notes.notes_pkey"),
        ]
    );
    let mend = "ADD CONSTRAINT contacts_pkey PRIMARY KEY (tenant, id)";
    assert!(report.findings[0].remedy.contains(mend), "{report}");
}
