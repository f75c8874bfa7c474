//! Work that is done once, however often it is asked for.

use super::table;
use crate::systems::function::Function;
use crate::{
    kit::{Column, Table},
    roles::{APP, IDENTITY, MAINTENANCE},
};

pub(super) fn idempotency_keys() -> Table {
    table(
        "idempotency_keys",
        "Work that is done once, and what came of it; finished keys are swept after 30 days.",
    )
    .column(
        Column::text("job_type", "The kind of work.")
            .read_only()
            .max_length(100),
    )
    .column(
        Column::text("key", "What the caller names the work by.")
            .read_only()
            .max_length(255),
    )
    .column(
        Column::text("status", "How far it is.")
            .one_of(["pending", "processing", "completed", "failed"])
            .default_text("pending")
            .read_only(),
    )
    .column(
        Column::jsonb("result", "What came of it, for whoever asks again.")
            .nullable()
            .read_only(),
    )
    .column(
        Column::text("error", "Why it failed.")
            .nullable()
            .read_only()
            .max_length(1000),
    )
    .column(
        Column::timestamptz("completed_at", "When it was done.")
            .nullable()
            .read_only(),
    )
    .column(
        Column::integer("attempts", "How often it was begun.")
            .default_sql("0")
            .read_only(),
    )
    .column(
        Column::timestamptz(
            "locked_until",
            "Until when whoever claimed it may begin; who works holds a lock of the row.",
        )
        .nullable()
        .read_only(),
    )
    .check(
        "completion",
        "(\"status\" = 'completed') = (\"completed_at\" IS NOT NULL)",
    )
    .without_insert()
    .unique(["job_type", "key"])
    .index("sweep", ["updated_at", "id"])
    .readable_by(
        IDENTITY,
        [
            "workspace_id",
            "id",
            "job_type",
            "key",
            "status",
            "result",
            "attempts",
            "locked_until",
            "updated_at",
        ],
    )
    .insertable_by(
        IDENTITY,
        [
            "workspace_id",
            "job_type",
            "key",
            "status",
            "attempts",
            "locked_until",
        ],
    )
    .updatable_by(
        IDENTITY,
        [
            "status",
            "result",
            "error",
            "completed_at",
            "attempts",
            "locked_until",
        ],
    )
    .deletable_by(IDENTITY)
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: IDENTITY,
        signature: "claim_work(text, text, double precision)",
        definition: CLAIM,
        about: "Claims work that nobody does and nobody has done: run, busy, or done with its result.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "hold_work(text, text, integer)",
        definition: HOLD,
        about: "Locks claimed work for the transaction that does it; false if somebody else has claimed it since.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "finish_work(text, text, integer, jsonb)",
        definition: FINISH,
        about: "Keeps what came of the work, in the transaction that did it.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "fail_work(text, text, integer, text)",
        definition: FAIL,
        about: "Notes that the work failed, so that it may be tried again at once.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "sweep_idempotency_keys(integer)",
        definition: SWEEP,
        about: "Deletes so many keys of the workspace at most that nobody has touched for 30 days; returns how many.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "maintain_idempotency_keys(integer)",
        definition: MAINTAIN,
        about: "Deletes so many keys at most that nobody has touched for 30 days, in whatever workspace; returns how many.",
        callers: &[MAINTENANCE],
    },
];

const CLAIM: &str = "claim_work(job_type text, key text, hold double precision) RETURNS TABLE (state text, attempt integer, result jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
  until timestamptz := clock_timestamp() + make_interval(secs => claim_work.hold);
  status_now text;
  locked timestamptz;
BEGIN
  INSERT INTO accounts.idempotency_keys AS i (workspace_id, job_type, key, status, attempts, locked_until)
  VALUES (here, claim_work.job_type, claim_work.key, 'processing', 1, until)
  ON CONFLICT (workspace_id, job_type, key) DO NOTHING;
  IF FOUND THEN
    RETURN QUERY SELECT 'run', 1, NULL::jsonb;
    RETURN;
  END IF;
  SELECT i.status, i.locked_until, i.attempts, i.result INTO status_now, locked, attempt, result
  FROM accounts.idempotency_keys i
  WHERE i.workspace_id = here AND i.job_type = claim_work.job_type AND i.key = claim_work.key
  FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND OR (status_now = 'processing' AND locked > clock_timestamp()) THEN
    RETURN QUERY SELECT 'busy', NULL::integer, NULL::jsonb;
    RETURN;
  END IF;
  IF status_now = 'completed' THEN
    state := 'done';
    RETURN NEXT;
    RETURN;
  END IF;
  UPDATE accounts.idempotency_keys i SET status = 'processing', attempts = i.attempts + 1, locked_until = until, error = NULL
  WHERE i.workspace_id = here AND i.job_type = claim_work.job_type AND i.key = claim_work.key;
  RETURN QUERY SELECT 'run', attempt + 1, NULL::jsonb;
END $function$";

const HOLD: &str = "hold_work(job_type text, key text, attempt integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  PERFORM FROM accounts.idempotency_keys i
  WHERE i.workspace_id = here AND i.job_type = hold_work.job_type AND i.key = hold_work.key
    AND i.attempts = hold_work.attempt AND i.status = 'processing' FOR NO KEY UPDATE;
  RETURN FOUND;
END $function$";

const FINISH: &str = "finish_work(job_type text, key text, attempt integer, result jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  UPDATE accounts.idempotency_keys i SET
    status = 'completed', result = finish_work.result, completed_at = clock_timestamp(), locked_until = NULL
  WHERE i.workspace_id = here AND i.job_type = finish_work.job_type AND i.key = finish_work.key
    AND i.attempts = finish_work.attempt AND i.status = 'processing';
  RETURN FOUND;
END $function$";

const FAIL: &str = "fail_work(job_type text, key text, attempt integer, error text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  -- Whoever still works on it will say for themselves what came of it.
  PERFORM FROM accounts.idempotency_keys i
  WHERE i.workspace_id = here AND i.job_type = fail_work.job_type AND i.key = fail_work.key FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE accounts.idempotency_keys i SET status = 'failed', error = left(fail_work.error, 1000), locked_until = NULL
  WHERE i.workspace_id = here AND i.job_type = fail_work.job_type AND i.key = fail_work.key
    AND i.attempts = fail_work.attempt AND i.status = 'processing';
  RETURN FOUND;
END $function$";

const SWEEP: &str = "sweep_idempotency_keys(cap integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  here uuid := tenantry.workspace_id();
  swept bigint;
BEGIN
  DELETE FROM accounts.idempotency_keys i
  WHERE i.workspace_id = here AND i.id IN (
    SELECT k.id FROM accounts.idempotency_keys k
    WHERE k.workspace_id = here AND k.updated_at < now() - interval '30 days'
    ORDER BY k.updated_at, k.id LIMIT least(greatest(cap, 0), 10000) FOR UPDATE SKIP LOCKED
  );
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END $function$";

const MAINTAIN: &str = "maintain_idempotency_keys(at_most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  swept bigint;
BEGIN
  -- Workspace by workspace, by the index that each has anyway.
  DELETE FROM accounts.idempotency_keys i USING (
    SELECT old.workspace_id, old.id FROM accounts.workspaces w CROSS JOIN LATERAL (
      SELECT k.workspace_id, k.id FROM accounts.idempotency_keys k
      WHERE k.workspace_id = w.id AND k.updated_at < now() - interval '30 days'
      ORDER BY k.updated_at, k.id LIMIT least(greatest(at_most, 0), 10000) FOR UPDATE SKIP LOCKED) AS old
    LIMIT least(greatest(at_most, 0), 10000)
  ) AS gone
  WHERE i.workspace_id = gone.workspace_id AND i.id = gone.id;
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END $function$";
