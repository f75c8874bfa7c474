//! What others tell workspaces, and by which accounts of theirs they know them.

use crate::{
    KeyType,
    kit::{Column, Directory, Table},
    roles::{APP, DELIVERY, MAINTENANCE},
    systems::function::Function,
};

/// The inbox. It is not audited: what a webhook changes is.
pub(super) fn webhook_inbox() -> Table {
    Table::new(
        "delivery",
        "webhook_inbox",
        "A webhook that reached the workspace, received once for each source and id; kept for 30 days.",
    )
    .scope("workspace_id", KeyType::Uuid)
    .scope_references("accounts", "workspaces")
    .key("id", KeyType::Uuid)
    .governed()
    .column(
        Column::text("source", "Who sent it.")
            .read_only()
            .max_length(100),
    )
    .column(
        Column::text("external_id", "What its source calls it.")
            .read_only()
            .max_length(255),
    )
    .column(Column::jsonb("payload", "What it told, at most 1 MiB.").read_only())
    .column(
        Column::jsonb("result", "What came of it, for whoever sends it again.")
            .nullable()
            .read_only(),
    )
    .column(
        Column::timestamptz("received_at", "When it was received.")
            .default_sql("clock_timestamp()")
            .read_only(),
    )
    .check("source_form", "\"source\" ~ '^[a-z][a-z0-9_]*$'")
    .check("external_id_form", "\"external_id\" <> ''")
    .check(
        "payload_size",
        "octet_length(\"payload\"::text) <= 1048576",
    )
    .without_insert()
    .unique(["source", "external_id"])
    .index("newest", ["received_at DESC", "id DESC"])
    .index_across("received", ["received_at", "workspace_id", "id"])
    .readable_by(
        DELIVERY,
        [
            "workspace_id",
            "id",
            "source",
            "external_id",
            "result",
            "received_at",
        ],
    )
    .insertable_by(DELIVERY, ["workspace_id", "source", "external_id", "payload"])
    .updatable_by(DELIVERY, ["result"])
    .deletable_by(DELIVERY)
}

/// Accounts at providers that send everything to one address: the account says whose it is.
pub(super) fn connected_accounts() -> Directory {
    Directory::new(
        "delivery",
        "connected_accounts",
        "Accounts at providers, and which workspace each is of; no scope role reads it.",
    )
    .column(Column::text("provider", "The provider.").max_length(100))
    .column(Column::text("external_id", "What the provider calls the account.").max_length(255))
    .column(Column::uuid("workspace_id", "The workspace that it is of."))
    .column(Column::timestamptz("connected_at", "Since when.").default_sql("now()"))
    .check("provider_form", "\"provider\" ~ '^[a-z][a-z0-9_]*$'")
    .check("external_id_form", "\"external_id\" <> ''")
    .key(["provider", "external_id"])
    .index("workspace", ["workspace_id", "provider", "external_id"])
    .readable_by(
        DELIVERY,
        ["provider", "external_id", "workspace_id", "connected_at"],
    )
    .insertable_by(DELIVERY, ["provider", "external_id", "workspace_id"])
    .deletable_by(DELIVERY)
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: DELIVERY,
        signature: "must_be_job()",
        definition: MUST_BE_JOB,
        about: "Raises unless a job acts in the context.",
        callers: &[DELIVERY],
    },
    Function {
        owner: DELIVERY,
        signature: "receive_webhook(text, text, jsonb)",
        definition: RECEIVE,
        about: "Receives a webhook for the workspace of the context: whether it is the first time, and what came of it before. For jobs.",
        callers: &[APP],
    },
    Function {
        owner: DELIVERY,
        signature: "keep_result(text, text, jsonb)",
        definition: KEEP,
        about: "Keeps what came of a webhook, once; false if something is kept already. For jobs.",
        callers: &[APP],
    },
    Function {
        owner: DELIVERY,
        signature: "sweep_inbox(integer)",
        definition: SWEEP,
        about: "Deletes so many webhooks at most that were received 30 days ago, in whatever workspace; returns how many.",
        callers: &[MAINTENANCE],
    },
    Function {
        owner: DELIVERY,
        signature: "connect_account(text, text)",
        definition: CONNECT,
        about: "Says that an account at a provider is of the workspace of the context; false if it is of another. For jobs.",
        callers: &[APP],
    },
    Function {
        owner: DELIVERY,
        signature: "disconnect_account(text, text)",
        definition: DISCONNECT,
        about: "Gives an account of the workspace of the context free; false if it has no such account. For jobs.",
        callers: &[APP],
    },
    Function {
        owner: DELIVERY,
        signature: "connected_here()",
        definition: CONNECTED_HERE,
        about: "The accounts of the workspace of the context, for owners, admins and jobs.",
        callers: &[APP],
    },
    Function {
        owner: DELIVERY,
        signature: "workspace_of_account(text, text)",
        definition: WORKSPACE_OF,
        about: "The workspace that an account at a provider is of, for who receives its webhooks; null if it is of none.",
        callers: &[APP],
    },
];

const MUST_BE_JOB: &str = "must_be_job() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  IF tenantry.actor_kind() IS DISTINCT FROM 'job' THEN
    RAISE EXCEPTION 'only a job does this' USING ERRCODE = '42501', HINT = 'Ask in a context of Database::job.';
  END IF;
END $function$";

const RECEIVE: &str = "receive_webhook(source text, external_id text, payload jsonb) RETURNS TABLE (is_first boolean, result jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  PERFORM delivery.must_be_job();
  -- Whoever has received it in a transaction that is open is waited for: what came of it is known then.
  INSERT INTO delivery.webhook_inbox AS i (workspace_id, source, external_id, payload)
  VALUES (here, receive_webhook.source, receive_webhook.external_id, receive_webhook.payload)
  ON CONFLICT (workspace_id, source, external_id) DO NOTHING;
  is_first := FOUND;
  SELECT i.result INTO result FROM delivery.webhook_inbox i
  WHERE i.workspace_id = here AND i.source = receive_webhook.source AND i.external_id = receive_webhook.external_id;
  RETURN NEXT;
END $function$";

const KEEP: &str = "keep_result(source text, external_id text, result jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  PERFORM delivery.must_be_job();
  UPDATE delivery.webhook_inbox i SET result = keep_result.result
  WHERE i.workspace_id = here AND i.source = keep_result.source AND i.external_id = keep_result.external_id AND i.result IS NULL;
  RETURN FOUND;
END $function$";

const SWEEP: &str = "sweep_inbox(at_most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  swept bigint;
BEGIN
  DELETE FROM delivery.webhook_inbox i USING (
    SELECT old.workspace_id, old.id FROM delivery.webhook_inbox old
    WHERE old.received_at < now() - interval '30 days'
    ORDER BY old.received_at LIMIT least(greatest(at_most, 0), 10000) FOR UPDATE SKIP LOCKED
  ) AS gone
  WHERE i.workspace_id = gone.workspace_id AND i.id = gone.id;
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END $function$";

const CONNECT: &str = "connect_account(provider text, external_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  PERFORM delivery.must_be_job();
  INSERT INTO delivery.connected_accounts AS c (provider, external_id, workspace_id)
  VALUES (connect_account.provider, connect_account.external_id, here) ON CONFLICT (provider, external_id) DO NOTHING;
  RETURN FOUND OR EXISTS (
    SELECT FROM delivery.connected_accounts c
    WHERE c.provider = connect_account.provider AND c.external_id = connect_account.external_id AND c.workspace_id = here);
END $function$";

const DISCONNECT: &str = "disconnect_account(provider text, external_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  PERFORM delivery.must_be_job();
  DELETE FROM delivery.connected_accounts c
  WHERE c.provider = disconnect_account.provider AND c.external_id = disconnect_account.external_id AND c.workspace_id = here;
  RETURN FOUND;
END $function$";

const CONNECTED_HERE: &str =
    "connected_here() RETURNS TABLE (provider text, external_id text, connected_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  IF tenantry.actor_kind() <> 'job' AND tenantry.role() NOT IN ('owner', 'admin') THEN
    RAISE EXCEPTION 'only owners, admins and jobs see connected accounts' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY SELECT c.provider, c.external_id, c.connected_at FROM delivery.connected_accounts c
    WHERE c.workspace_id = here ORDER BY c.provider, c.external_id;
END $function$";

const WORKSPACE_OF: &str = "workspace_of_account(provider text, external_id text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  SELECT c.workspace_id FROM delivery.connected_accounts c
  WHERE c.provider = workspace_of_account.provider AND c.external_id = workspace_of_account.external_id
$function$";
