//! The tenants themselves.

use crate::systems::function::Function;
use crate::{
    KeyType,
    kit::{Column, Table},
    roles::{IDENTITY, OWNER},
};

pub(super) fn workspaces() -> Table {
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
    // Written by the functions that claim and release names, so that the two cannot drift apart.
    .column(
        Column::text(
            "slug",
            "Its name in addresses, as claimed in workspace_names.",
        )
        .nullable()
        .read_only()
        .max_length(63),
    )
    .column(
        Column::text(
            "domain",
            "Its internet domain, as claimed in workspace_names.",
        )
        .nullable()
        .read_only()
        .max_length(253),
    )
    .column(Column::jsonb("settings", "What the workspace has chosen.").default_text("{}"))
    .stamped()
    .versioned()
    .soft_delete()
    .audited()
    .governed()
    .readable_by(
        IDENTITY,
        ["id", "name", "kind", "slug", "domain", "deleted_at"],
    )
    .updatable_by(IDENTITY, ["slug", "domain"])
}

pub(super) const FUNCTIONS: &[Function] = &[Function {
    owner: IDENTITY,
    signature: "workspaces_watch()",
    definition: WATCH,
    about: "Gives the names of a deleted workspace free and takes them back, and notes what happened.",
    callers: &[OWNER],
}];

pub(super) const TRIGGERS: &str = "
CREATE OR REPLACE TRIGGER workspaces_watch_insert AFTER INSERT ON accounts.workspaces
  FOR EACH ROW EXECUTE FUNCTION accounts.workspaces_watch();
CREATE OR REPLACE TRIGGER workspaces_watch_update AFTER UPDATE ON accounts.workspaces
  FOR EACH ROW EXECUTE FUNCTION accounts.workspaces_watch();
";

const WATCH: &str = "workspaces_watch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  action text := 'workspace.update';
BEGIN
  IF TG_OP = 'INSERT' THEN
    action := 'workspace.create';
  ELSIF OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN
    action := 'workspace.delete';
    -- Names are unique among living workspaces. This one remembers which it had.
    DELETE FROM accounts.workspace_names n WHERE n.workspace_id = NEW.id;
  ELSIF OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN
    action := 'workspace.restore';
    -- Refused where another workspace has claimed one meanwhile.
    INSERT INTO accounts.workspace_names (name, kind, workspace_id)
    SELECT had.name, had.kind, NEW.id FROM (VALUES (NEW.slug, 'slug'), (NEW.domain, 'domain')) AS had (name, kind)
    WHERE had.name IS NOT NULL;
  END IF;
  PERFORM accounts.note(NEW.id, action, 'accounts.workspaces', ARRAY[NEW.id::text], NULL);
  RETURN NULL;
END $function$";
