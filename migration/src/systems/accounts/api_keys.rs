//! API keys: found by a keyed hash, limited by calls that processes set aside.

use super::{ROLES, table};
use crate::systems::function::Function;
use crate::{
    kit::{Column, Table},
    roles::{APP, IDENTITY},
};

pub(super) fn api_keys() -> Table {
    table(
        "api_keys",
        "A key by which a program acts in the workspace; its plain text is shown once.",
    )
    .column(Column::text("name", "What the key is called.").max_length(255))
    .column(
        Column::text("description", "What it is for.")
            .nullable()
            .max_length(2000),
    )
    .column(Column::text("display", "The eight characters that people see of it.").read_only())
    .column(
        Column::bytea("hash", "The keyed hash of the key.")
            .read_only()
            .sensitive()
            .hidden(),
    )
    .column(
        Column::text(
            "role",
            "As what it acts, at most; never above the role of who issued it.",
        )
        .read_only()
        .one_of(ROLES),
    )
    .column(
        Column::text_array(
            "scopes",
            "What it is limited to, in the words of the application.",
        )
        .default_text("{}")
        .read_only(),
    )
    .column(
        Column::integer("rate_limit_per_minute", "How many calls a minute has.")
            .default_sql("100")
            .read_only(),
    )
    .column(
        Column::timestamptz("expires_at", "Until when it is good; null for ever.")
            .nullable()
            .read_only(),
    )
    .column(
        Column::timestamptz("last_used_at", "When it was used last, to the minute.")
            .nullable()
            .unrecorded(),
    )
    .column(
        Column::of_type("last_used_ip", "inet", "From where it was used last.")
            .nullable()
            .unrecorded(),
    )
    .column(
        Column::timestamptz(
            "window_began_at",
            "When the minute began in which calls are counted.",
        )
        .nullable()
        .unrecorded(),
    )
    .column(
        Column::integer(
            "window_calls",
            "How many calls of that minute processes have set aside.",
        )
        .default_sql("0")
        .unrecorded(),
    )
    .column(
        Column::timestamptz("revoked_at", "When it was revoked.")
            .nullable()
            .read_only(),
    )
    .column(
        Column::uuid("revoked_by", "The person who revoked it.")
            .nullable()
            .read_only(),
    )
    .versioned()
    .soft_delete()
    .audited()
    .check("display_length", "char_length(\"display\") = 8")
    .check("hash_length", "octet_length(\"hash\") = 32")
    .check(
        "rate_limit",
        "\"rate_limit_per_minute\" BETWEEN 1 AND 1000000",
    )
    .check(
        "scopes",
        "array_position(\"scopes\", NULL) IS NULL AND cardinality(\"scopes\") <= 100",
    )
    .without_insert()
    .unique(["hash"])
    .index("newest", ["created_at DESC", "id DESC"])
    .readable_by(
        IDENTITY,
        [
            "workspace_id",
            "id",
            "name",
            "hash",
            "role",
            "scopes",
            "rate_limit_per_minute",
            "expires_at",
            "last_used_at",
            "last_used_ip",
            "window_began_at",
            "window_calls",
            "revoked_at",
            "created_by",
            "deleted_at",
        ],
    )
    .insertable_by(
        IDENTITY,
        [
            "workspace_id",
            "id",
            "name",
            "description",
            "display",
            "hash",
            "role",
            "scopes",
            "rate_limit_per_minute",
            "expires_at",
        ],
    )
    .updatable_by(
        IDENTITY,
        [
            "expires_at",
            "last_used_at",
            "last_used_ip",
            "window_began_at",
            "window_calls",
            "revoked_at",
            "revoked_by",
        ],
    )
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: IDENTITY,
        signature: "issue_api_key(uuid, text, text, text, bytea, text, text[], integer, timestamptz)",
        definition: ISSUE,
        about: "Issues a key that acts as nothing above who issues it; owners and admins only, never a key or a job.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "expire_api_key(uuid, timestamptz, text)",
        definition: EXPIRE,
        about: "Lets a key be good until a time at most; false if it is not good any more.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "revoke_api_key(uuid)",
        definition: REVOKE,
        about: "Revokes a key, for good; false if it was revoked before.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "api_key_find(uuid, bytea[], boolean, text)",
        definition: FIND,
        about: "What a key may do, if it is good; sets calls aside where asked, and stamps its use once a minute.",
        callers: &[APP],
    },
];

const ISSUE: &str = "issue_api_key(key uuid, name text, description text, display text, hash bytea, role text, scopes text[], calls integer, expires_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  PERFORM accounts.may_grant(issue_api_key.role);
  INSERT INTO accounts.api_keys
    (workspace_id, id, name, description, display, hash, role, scopes, rate_limit_per_minute, expires_at)
  VALUES (here, issue_api_key.key, issue_api_key.name, issue_api_key.description, issue_api_key.display,
    issue_api_key.hash, issue_api_key.role, issue_api_key.scopes, issue_api_key.calls, issue_api_key.expires_at);
  PERFORM accounts.note(here, 'api_key.issue', 'accounts.api_keys', ARRAY[issue_api_key.key::text],
    jsonb_build_object('role', issue_api_key.role, 'scopes', issue_api_key.scopes));
  RETURN true;
END $function$";

const EXPIRE: &str = "expire_api_key(key uuid, at timestamptz, action text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  PERFORM accounts.may_grant('viewer');
  UPDATE accounts.api_keys k SET expires_at = expire_api_key.at
  WHERE k.workspace_id = here AND k.id = expire_api_key.key AND k.deleted_at IS NULL AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > expire_api_key.at);
  IF FOUND THEN
    PERFORM accounts.note(here, expire_api_key.action, 'accounts.api_keys', ARRAY[expire_api_key.key::text], NULL);
    RETURN true;
  END IF;
  -- It ends before that anyway.
  RETURN EXISTS (
    SELECT FROM accounts.api_keys k WHERE k.workspace_id = here AND k.id = expire_api_key.key
      AND k.deleted_at IS NULL AND k.revoked_at IS NULL AND k.expires_at > now()
  );
END $function$";

const REVOKE: &str = "revoke_api_key(key uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
  person uuid := accounts.may_grant('viewer');
BEGIN
  UPDATE accounts.api_keys k SET revoked_at = now(), revoked_by = person
  WHERE k.workspace_id = here AND k.id = revoke_api_key.key AND k.deleted_at IS NULL AND k.revoked_at IS NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM accounts.note(here, 'api_key.revoke', 'accounts.api_keys', ARRAY[revoke_api_key.key::text], NULL);
  RETURN true;
END $function$";

/// A share of what is left, so that little is left unused where a process stops; the smaller the rest, the smaller the share.
const FIND: &str = "api_key_find(workspace uuid, hashes bytea[], leases boolean, address text)
RETURNS TABLE (id uuid, name text, role text, scopes text[], granted integer, calls integer, used integer, resets_in double precision)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  key record;
  ranks text[] := ARRAY['owner', 'admin', 'manager', 'member', 'viewer'];
  issuer text;
BEGIN
  SELECT k.id, k.name, k.role, k.scopes, k.rate_limit_per_minute, k.created_by, k.last_used_at INTO key
  FROM accounts.api_keys k
  WHERE k.workspace_id = api_key_find.workspace AND k.hash = ANY (api_key_find.hashes)
    AND k.deleted_at IS NULL AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp());
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- As its issuer is now: whoever left or lost their rights leaves no key behind that has them.
  issuer := accounts.member_role(api_key_find.workspace, key.created_by);
  IF issuer IS NULL THEN
    RETURN;
  END IF;
  id := key.id;
  name := key.name;
  role := ranks[greatest(array_position(ranks, key.role), array_position(ranks, issuer))];
  scopes := key.scopes;
  calls := key.rate_limit_per_minute;
  granted := 0;
  IF api_key_find.leases THEN
    SELECT k.rate_limit_per_minute,
        CASE WHEN k.window_began_at + interval '1 minute' > clock_timestamp() THEN k.window_began_at END AS began_at,
        k.window_calls
      INTO key
      FROM accounts.api_keys k WHERE k.workspace_id = api_key_find.workspace AND k.id = api_key_find.id FOR NO KEY UPDATE;
    IF key.began_at IS NULL THEN
      key.began_at := clock_timestamp();
      key.window_calls := 0;
    END IF;
    granted := least(calls - key.window_calls, greatest(1, (calls - key.window_calls) / 8));
    granted := greatest(granted, 0);
    used := key.window_calls + granted;
    resets_in := extract(epoch FROM key.began_at + interval '1 minute' - clock_timestamp());
    IF granted > 0 THEN
      UPDATE accounts.api_keys k SET window_began_at = key.began_at, window_calls = used,
        last_used_at = now(), last_used_ip = coalesce(api_key_find.address::inet, k.last_used_ip)
      WHERE k.workspace_id = api_key_find.workspace AND k.id = api_key_find.id;
    END IF;
  END IF;
  RETURN NEXT;
END $function$";
