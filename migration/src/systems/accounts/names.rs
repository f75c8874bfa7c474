//! Names that are global by nature: slugs and domains.

use crate::systems::function::Function;
use crate::{
    kit::{Column, Directory},
    roles::{APP, IDENTITY},
};

pub(super) fn workspace_names() -> Directory {
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
    .identity_deletes()
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: IDENTITY,
        signature: "claim_name(text, text)",
        definition: CLAIM_NAME,
        about: "Claims a slug or domain for the workspace of the context, in place of the one it had; false if another workspace has it.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "release_name(text)",
        definition: RELEASE_NAME,
        about: "Gives the slug or domain of the workspace of the context free; false if it has none.",
        callers: &[APP],
    },
];

const CLAIM_NAME: &str = "claim_name(kind text, name text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  mine uuid := tenantry.workspace_id();
  wanted text := lower(btrim(claim_name.name));
BEGIN
  IF tenantry.role() NOT IN ('owner', 'admin') THEN
    RAISE EXCEPTION 'only owners and admins name a workspace' USING ERRCODE = '42501';
  END IF;
  -- One claim at a time in a workspace.
  PERFORM FROM accounts.workspaces w WHERE w.id = mine AND w.deleted_at IS NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO accounts.workspace_names (name, kind, workspace_id) VALUES (wanted, claim_name.kind, mine)
  ON CONFLICT (name) DO NOTHING;
  IF NOT EXISTS (
    SELECT FROM accounts.workspace_names n WHERE n.name = wanted AND n.kind = claim_name.kind AND n.workspace_id = mine
  ) THEN
    RETURN false;
  END IF;
  DELETE FROM accounts.workspace_names n WHERE n.workspace_id = mine AND n.kind = claim_name.kind AND n.name <> wanted;
  UPDATE accounts.workspaces w SET
    slug = CASE claim_name.kind WHEN 'slug' THEN wanted ELSE w.slug END,
    domain = CASE claim_name.kind WHEN 'domain' THEN wanted ELSE w.domain END
  WHERE w.id = mine;
  RETURN true;
END $function$";

const RELEASE_NAME: &str = "release_name(kind text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  mine uuid := tenantry.workspace_id();
BEGIN
  IF tenantry.role() NOT IN ('owner', 'admin') THEN
    RAISE EXCEPTION 'only owners and admins name a workspace' USING ERRCODE = '42501';
  END IF;
  PERFORM FROM accounts.workspaces w WHERE w.id = mine AND w.deleted_at IS NULL FOR NO KEY UPDATE;
  DELETE FROM accounts.workspace_names n WHERE n.workspace_id = mine AND n.kind = release_name.kind;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE accounts.workspaces w SET
    slug = CASE release_name.kind WHEN 'slug' THEN NULL ELSE w.slug END,
    domain = CASE release_name.kind WHEN 'domain' THEN NULL ELSE w.domain END
  WHERE w.id = mine;
  RETURN true;
END $function$";
