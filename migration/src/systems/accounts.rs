//! Workspaces, people, and who is a member of what.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::{
    KeyType,
    kit::{Column, Directory, Kit, Table},
    roles::{APP, IDENTITY, READER},
};

pub(super) struct CreateAccounts;

impl MigrationName for CreateAccounts {
    fn name(&self) -> &'static str {
        "m20260101_000002_accounts"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for CreateAccounts {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema(
            "accounts",
            "Workspaces, people, and who is a member of what.",
        )
        .await?;
        kit.create_table(&workspaces()).await?;
        kit.create_directory(&users()).await?;
        kit.create_directory(&workspace_names()).await?;
        kit.create_table(&members()).await?;
        kit.create_function(
            IDENTITY,
            "accounts",
            "member_role(uuid, uuid)",
            MEMBER_ROLE,
            "The role of a person in a workspace; null without a live workspace or a live membership, whichever it is.",
            &[APP, READER],
        )
        .await?;
        kit.create_function(
            IDENTITY,
            "accounts",
            "claim_name(text, text)",
            CLAIM_NAME,
            "Claims a slug or domain for the workspace of the context; false if another workspace has it.",
            &[APP],
        )
        .await?;
        kit.finish().await
    }
}

fn workspaces() -> Table {
    Table::new(
        "accounts",
        "workspaces",
        "A tenant: the wall between workspaces stands on its id.",
    )
    .scope_is_id()
    .key("id", KeyType::Uuid)
    .column(Column::text("name", "What people call the workspace.").max_length(255))
    .column(
        Column::text("kind", "What the workspace is for.")
            .one_of([
                "general",
                "dealer_group",
                "community",
                "creator",
                "organizer",
                "company",
                "startup",
            ])
            .default_text("general"),
    )
    .column(
        Column::text(
            "slug",
            "Its name in addresses; workspace_names decides whose it is.",
        )
        .nullable()
        .max_length(63),
    )
    .column(
        Column::text(
            "domain",
            "Its internet domain; workspace_names decides whose it is.",
        )
        .nullable()
        .max_length(253),
    )
    .column(Column::jsonb("settings", "What the workspace has chosen.").default_text("{}"))
    .stamped()
    .versioned()
    .soft_delete()
    .audited()
    .writable_if(OWNERS_AND_ADMINS)
    .readable_by(IDENTITY, ["id", "deleted_at"])
}

fn users() -> Directory {
    Directory::new(
        "accounts",
        "users",
        "A person, in whatever workspaces; no scope role reads it.",
    )
    .id(KeyType::Uuid, "The person.")
    .column(Column::text("email", "The address as the person writes it.").max_length(320))
    .column(
        Column::of_type(
            "email_norm",
            "text COLLATE \"C\"",
            "The address, ignoring case.",
        )
        .generated("lower(btrim(\"email\"))"),
    )
    .column(
        Column::text("external_id", "The subject at the identity provider.")
            .nullable()
            .max_length(255),
    )
    .column(Column::text("name", "What the person is called.").max_length(255))
    .column(
        Column::text("avatar_url", "Where a picture is.")
            .nullable()
            .max_length(2048),
    )
    .column(
        Column::text("platform_role", "What the person may do on the platform.")
            .one_of(["user", "admin"])
            .default_text("user"),
    )
    .column(Column::jsonb("metadata", "What else the application keeps.").default_text("{}"))
    .column(Column::timestamptz("created_at", "When the person signed up.").default_sql("now()"))
    .column(
        Column::timestamptz("updated_at", "When the profile last changed.").default_sql("now()"),
    )
    .unique(["email_norm"])
    .unique(["external_id"])
    .identity_reads([
        "id",
        "email",
        "email_norm",
        "external_id",
        "name",
        "avatar_url",
        "platform_role",
    ])
}

fn workspace_names() -> Directory {
    Directory::new(
        "accounts",
        "workspace_names",
        "Names that are global by nature, and whose they are.",
    )
    .column(Column::text("name", "The name, in lower case."))
    .column(Column::text("kind", "A slug has no dot, a domain has one.").one_of(["slug", "domain"]))
    .column(Column::uuid(
        "workspace_id",
        "The workspace that claimed the name.",
    ))
    .column(Column::timestamptz("claimed_at", "When it did.").default_sql("now()"))
    .key(["name"])
    .check(
        "shape",
        "CASE \"kind\" WHEN 'slug' THEN \"name\" ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$' \
             ELSE \"name\" ~ '^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z0-9-]{2,63}$' END",
    )
    .index("workspace", ["workspace_id", "kind"])
    .identity_reads(["name", "kind", "workspace_id"])
    .identity_inserts(["name", "kind", "workspace_id"])
}

fn members() -> Table {
    Table::new(
        "accounts",
        "members",
        "A person in a workspace, with the face that other members see.",
    )
    .scope("workspace_id", KeyType::Uuid)
    .scope_references("accounts", "workspaces")
    .key("id", KeyType::Uuid)
    .column(Column::uuid("user_id", "The person.").immutable())
    .column(
        Column::text("role", "What the person may do here.")
            .one_of(["owner", "admin", "manager", "member", "viewer"]),
    )
    .column(
        Column::jsonb("permissions", "What the person may do beyond the role.").default_text("{}"),
    )
    .column(
        Column::text(
            "name",
            "A copy of the person's name, since members cannot read users.",
        )
        .max_length(255),
    )
    .column(
        Column::text("avatar_url", "A copy of where the person's picture is.")
            .nullable()
            .max_length(2048),
    )
    .column(
        Column::uuid("invited_by", "The person who invited.")
            .nullable()
            .immutable(),
    )
    .column(
        Column::timestamptz("joined_at", "When the person joined.")
            .default_sql("now()")
            .immutable(),
    )
    .stamped()
    .versioned()
    .soft_delete()
    .audited()
    .writable_if(NOBODY_ABOVE_THEMSELVES)
    // Full, not among live rows: other tables point to it, and who comes back gets the old row restored.
    .unique(["user_id"])
    .index("role", ["role", "joined_at", "id"])
    .index("newest", ["joined_at DESC", "id DESC"])
    .readable_by(IDENTITY, ["workspace_id", "user_id", "role", "deleted_at"])
}

const OWNERS_AND_ADMINS: &str = "(SELECT tenantry.role()) IN ('owner', 'admin')";

/// Only an owner makes, changes or removes an owner.
const NOBODY_ABOVE_THEMSELVES: &str = "(SELECT tenantry.role()) = 'owner' OR ((SELECT tenantry.role()) = 'admin' AND \"role\" <> 'owner')";

const MEMBER_ROLE: &str = "member_role(workspace uuid, person uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT m.role
  FROM accounts.members m JOIN accounts.workspaces w ON w.id = m.workspace_id
  WHERE m.workspace_id = workspace AND m.user_id = person AND m.deleted_at IS NULL AND w.deleted_at IS NULL
$function$";

const CLAIM_NAME: &str = "claim_name(kind text, name text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  mine uuid := tenantry.workspace_id();
BEGIN
  INSERT INTO accounts.workspace_names (name, kind, workspace_id)
  VALUES (lower(claim_name.name), claim_name.kind, mine)
  ON CONFLICT (name) DO NOTHING;
  RETURN EXISTS (
    SELECT FROM accounts.workspace_names n
    WHERE n.name = lower(claim_name.name) AND n.kind = claim_name.kind AND n.workspace_id = mine
  );
END $function$";
