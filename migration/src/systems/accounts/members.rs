//! Who is a member of what, and that there is always an owner.

use super::{ROLES, table};
use crate::systems::function::Function;
use crate::{
    kit::{Column, Table},
    roles::{APP, IDENTITY, OWNER, READER},
};

pub(super) fn members() -> Table {
    table(
        "members",
        "A person in a workspace, with the face that other members see.",
    )
    .column(Column::uuid("user_id", "The person.").immutable())
    .column(Column::text("role", "What the person may do here.").one_of(ROLES))
    .column(
        Column::jsonb("permissions", "What the person may do beyond the role.").default_text("{}"),
    )
    // Kept in step with the profile by the person who it is, and by nobody else.
    .column(
        Column::text(
            "name",
            "A copy of the person's name, since members cannot read users.",
        )
        .immutable()
        .max_length(255),
    )
    .column(
        Column::text("avatar_url", "A copy of where the person's picture is.")
            .nullable()
            .immutable()
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
    .versioned()
    .soft_delete()
    .audited()
    // Full, not among live rows: other tables point to it, and who comes back gets the old row restored.
    .unique(["user_id"])
    .index("role", ["role", "joined_at", "id"])
    .index("newest", ["joined_at DESC", "id DESC"])
    // For the workspaces of a person.
    .index_across("user", ["user_id"])
    .readable_by(
        IDENTITY,
        [
            "workspace_id",
            "id",
            "user_id",
            "role",
            "name",
            "avatar_url",
            "invited_by",
            "joined_at",
            "deleted_at",
        ],
    )
    .insertable_by(
        IDENTITY,
        [
            "workspace_id",
            "user_id",
            "role",
            "name",
            "avatar_url",
            "invited_by",
        ],
    )
    .updatable_by(
        IDENTITY,
        [
            "role",
            "permissions",
            "name",
            "avatar_url",
            "invited_by",
            "joined_at",
            "deleted_at",
            "delete_op",
        ],
    )
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: IDENTITY,
        signature: "member_role(uuid, uuid)",
        definition: MEMBER_ROLE,
        about: "The role of a person in a workspace; null without a live workspace or a live membership, whichever it is.",
        callers: &[APP, READER],
    },
    Function {
        owner: IDENTITY,
        signature: "leave_workspace()",
        definition: LEAVE,
        about: "Ends the membership of the person of the context; false if there is none.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "members_queue()",
        definition: QUEUE,
        about: "Lets changes of roles and removals wait for each other, workspace by workspace.",
        callers: &[OWNER],
    },
    Function {
        owner: IDENTITY,
        signature: "members_watch()",
        definition: WATCH,
        about: "Refuses to leave a workspace without an owner, and notes who came, went and rose.",
        callers: &[OWNER],
    },
];

pub(super) const TRIGGERS: &str = "
CREATE OR REPLACE TRIGGER members_queue BEFORE UPDATE OF role, deleted_at ON accounts.members
  FOR EACH STATEMENT EXECUTE FUNCTION accounts.members_queue();
CREATE OR REPLACE TRIGGER members_watch_insert AFTER INSERT ON accounts.members REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION accounts.members_watch();
CREATE OR REPLACE TRIGGER members_watch_update AFTER UPDATE ON accounts.members
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION accounts.members_watch();
";

const MEMBER_ROLE: &str = "member_role(workspace uuid, person uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT m.role
  FROM accounts.members m JOIN accounts.workspaces w ON w.id = m.workspace_id
  WHERE m.workspace_id = workspace AND m.user_id = person AND m.deleted_at IS NULL AND w.deleted_at IS NULL
$function$";

const LEAVE: &str = "leave_workspace() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  here uuid := tenantry.workspace_id();
  person uuid := accounts.me();
BEGIN
  UPDATE accounts.members m SET deleted_at = now(), delete_op = gen_random_uuid()
  WHERE m.workspace_id = here AND m.user_id = person AND m.deleted_at IS NULL;
  RETURN FOUND;
END $function$";

/// Before any row is locked: two owners who demote each other lock different rows, and would meet in a deadlock.
const QUEUE: &str = "members_queue() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  here uuid;
BEGIN
  BEGIN
    here := tenantry.workspace_id();
  EXCEPTION WHEN insufficient_privilege THEN
    -- A person who joins, or a migration: there is no one workspace to wait for.
    RETURN NULL;
  END;
  PERFORM FROM accounts.workspaces w WHERE w.id = here FOR NO KEY UPDATE;
  RETURN NULL;
END $function$";

const WATCH: &str = "members_watch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  workspace uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM accounts.note(n.workspace_id, 'workspace.member_join', 'accounts.members', array_agg(n.id::text), NULL)
    FROM new_rows n GROUP BY n.workspace_id;
    RETURN NULL;
  END IF;
  FOR workspace IN
    SELECT DISTINCT o.workspace_id FROM old_rows o JOIN new_rows n USING (workspace_id, id)
    WHERE o.role = 'owner' AND o.deleted_at IS NULL AND (n.role <> 'owner' OR n.deleted_at IS NOT NULL)
  LOOP
    PERFORM FROM accounts.workspaces w WHERE w.id = workspace FOR NO KEY UPDATE;
    -- Locked, so that a transaction with an older view of the others meets a serialization failure.
    PERFORM FROM accounts.members m
    WHERE m.workspace_id = workspace AND m.role = 'owner' AND m.deleted_at IS NULL LIMIT 1 FOR SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the workspace would be left without an owner'
        USING ERRCODE = '23514', SCHEMA = 'accounts', TABLE = 'members', CONSTRAINT = 'members_last_owner_check';
    END IF;
  END LOOP;
  PERFORM accounts.note(n.workspace_id, 'workspace.role_change', 'accounts.members', array_agg(n.id::text),
      jsonb_build_object('from', o.role, 'to', n.role))
  FROM old_rows o JOIN new_rows n USING (workspace_id, id)
  WHERE o.role <> n.role AND o.deleted_at IS NULL AND n.deleted_at IS NULL GROUP BY n.workspace_id, o.role, n.role;
  PERFORM accounts.note(n.workspace_id,
      CASE WHEN n.deleted_at IS NULL THEN 'workspace.member_join' ELSE 'workspace.member_remove' END,
      'accounts.members', array_agg(n.id::text), NULL)
  FROM old_rows o JOIN new_rows n USING (workspace_id, id)
  WHERE (o.deleted_at IS NULL) <> (n.deleted_at IS NULL) GROUP BY n.workspace_id, n.deleted_at IS NULL;
  PERFORM accounts.note(n.workspace_id, 'user.update_profile', 'accounts.members', array_agg(n.id::text), NULL)
  FROM old_rows o JOIN new_rows n USING (workspace_id, id)
  WHERE (o.name, o.avatar_url) IS DISTINCT FROM (n.name, n.avatar_url)
    AND o.deleted_at IS NULL AND n.deleted_at IS NULL GROUP BY n.workspace_id;
  RETURN NULL;
END $function$";
