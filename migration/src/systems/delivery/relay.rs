//! What a relay may do: claim what is due, and say what became of it.
//!
//! A claim has the events of a workspace for itself, and for a time: who dies with it holds nobody back for longer. Whether somebody
//! still has a claim is known by its number, which no two claims share.

use crate::roles::{DELIVERY, RELAY};
use crate::systems::function::Function;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: DELIVERY,
        signature: "next_attempt(uuid)",
        definition: NEXT_ATTEMPT,
        about: "When the first event of a workspace that is not settled may be tried; null if there is none.",
        callers: &[DELIVERY],
    },
    Function {
        owner: DELIVERY,
        signature: "claim_events(uuid, integer, integer, double precision)",
        definition: CLAIM,
        about: "Claims the workspaces that have waited longest, each for this claim alone, and returns their first events in order.",
        callers: &[RELAY],
    },
    Function {
        owner: DELIVERY,
        signature: "settle_events(uuid, boolean, uuid[], uuid[], uuid[], uuid[], uuid[], integer[], text[], double precision[])",
        definition: SETTLE,
        about: "Notes what became of claimed events, a pause below zero being forever, and gives their workspaces free; returns those of which nothing was noted, and whether the claim has them still.",
        callers: &[RELAY],
    },
];

const NEXT_ATTEMPT: &str = "next_attempt(workspace uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  SELECT o.next_attempt_at FROM delivery.outbox o
  WHERE o.workspace_id = next_attempt.workspace AND o.state = 'pending' ORDER BY o.sequence LIMIT 1
$function$";

const CLAIM: &str = "claim_events(holder uuid, at_most integer, each integer, hold double precision)
RETURNS TABLE (workspace_id uuid, id uuid, sequence bigint, topic text, kind text, payload jsonb, attempt integer, created_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $function$
#variable_conflict use_column
DECLARE
  due uuid[];
BEGIN
  IF claim_events.holder IS NULL OR (at_most BETWEEN 1 AND 10000) IS NOT TRUE OR (each BETWEEN 1 AND 10000) IS NOT TRUE
    OR (hold BETWEEN 1 AND 3600) IS NOT TRUE THEN
    RAISE EXCEPTION 'the claim is out of bounds' USING ERRCODE = '22023';
  END IF;
  SELECT array_agg(free.workspace_id) INTO due FROM (
    SELECT s.workspace_id FROM delivery.outbox_streams s
    WHERE s.due_at <= now() ORDER BY s.due_at LIMIT at_most FOR NO KEY UPDATE SKIP LOCKED) AS free;
  IF due IS NULL THEN
    -- A workspace into which somebody commits all the time is locked nearly always. It is waited for, a little, while nothing else is held.
    BEGIN
      SELECT array_agg(late.workspace_id) INTO due FROM (
        SELECT s.workspace_id FROM delivery.outbox_streams s
        WHERE s.due_at <= now() ORDER BY s.due_at LIMIT 1 FOR NO KEY UPDATE) AS late;
    EXCEPTION WHEN lock_not_available THEN
      RETURN;
    END;
  END IF;
  -- In a statement of its own: what was settled, or committed, before the lock was given is seen only from here.
  RETURN QUERY
  WITH first_events AS (
    SELECT s.workspace_id, e.*, row_number() OVER (ORDER BY s.due_at, s.workspace_id, e.sequence) AS nth
    FROM delivery.outbox_streams s CROSS JOIN LATERAL (
      SELECT o.id, o.sequence, o.topic, o.kind, o.payload, o.created_at,
        -- Claims that were never settled count as attempts of the event that came first, lest it kill one relay after the other.
        o.attempts + 1 + CASE row_number() OVER in_order WHEN 1 THEN s.claims ELSE 0 END AS attempt,
        bool_and(o.next_attempt_at <= now()) OVER in_order AS is_due
      FROM (
        SELECT p.id, p.sequence, p.topic, p.kind, p.payload, p.attempts, p.next_attempt_at, p.created_at FROM delivery.outbox p
        WHERE p.workspace_id = s.workspace_id AND p.state = 'pending' ORDER BY p.sequence LIMIT each) AS o
      WINDOW in_order AS (ORDER BY o.sequence)) AS e
    WHERE s.workspace_id = ANY (due) AND e.is_due),
  taken AS MATERIALIZED (SELECT f.* FROM first_events f WHERE f.nth <= at_most),
  held AS (
    UPDATE delivery.outbox_streams s SET
      holder = claim_events.holder, claims = s.claims + 1, due_at = clock_timestamp() + make_interval(secs => hold)
    WHERE s.workspace_id IN (SELECT t.workspace_id FROM taken t))
  SELECT t.workspace_id, t.id, t.sequence, t.topic, t.kind, t.payload, t.attempt, t.created_at FROM taken t ORDER BY t.nth;
  -- Those that had nothing to give wait until they have.
  UPDATE delivery.outbox_streams s SET due_at = delivery.next_attempt(s.workspace_id)
  WHERE s.workspace_id = ANY (due) AND s.holder IS DISTINCT FROM claim_events.holder
    AND (delivery.next_attempt(s.workspace_id) <= now()) IS NOT TRUE;
END $function$";

const SETTLE: &str = "settle_events(holder uuid, patient boolean, workspaces uuid[], delivered_in uuid[], delivered uuid[],
  failed_in uuid[], failed uuid[], attempts integer[], faults text[], pauses double precision[])
RETURNS TABLE (workspace_id uuid, is_held boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $function$
#variable_conflict use_column
DECLARE
  kept uuid[];
BEGIN
  IF patient THEN
    BEGIN
      SELECT array_agg(mine.workspace_id) INTO kept FROM (
        SELECT s.workspace_id FROM delivery.outbox_streams s
        WHERE s.workspace_id = ANY (workspaces) AND s.holder = settle_events.holder
        ORDER BY s.workspace_id FOR NO KEY UPDATE) AS mine;
    EXCEPTION WHEN lock_not_available THEN
      kept := NULL;
    END;
  ELSE
    -- Nobody's long transaction keeps the events of others from being settled.
    SELECT array_agg(mine.workspace_id) INTO kept FROM (
      SELECT s.workspace_id FROM delivery.outbox_streams s
      WHERE s.workspace_id = ANY (workspaces) AND s.holder = settle_events.holder
      FOR NO KEY UPDATE SKIP LOCKED) AS mine;
  END IF;
  UPDATE delivery.outbox o SET state = 'delivered', attempts = o.attempts + 1, last_error = NULL, settled_at = clock_timestamp()
  FROM unnest(delivered_in, delivered) AS d (workspace_id, id)
  WHERE d.workspace_id = ANY (kept) AND o.workspace_id = d.workspace_id AND o.id = d.id AND o.state = 'pending';
  UPDATE delivery.outbox o SET
    attempts = f.attempt, last_error = left(f.fault, 200),
    state = CASE WHEN f.pause < 0 THEN 'dead' ELSE 'pending' END,
    settled_at = CASE WHEN f.pause < 0 THEN clock_timestamp() END,
    next_attempt_at = clock_timestamp() + make_interval(secs => greatest(f.pause, 0))
  FROM unnest(failed_in, failed, settle_events.attempts, faults, pauses) AS f (workspace_id, id, attempt, fault, pause)
  WHERE f.workspace_id = ANY (kept) AND o.workspace_id = f.workspace_id AND o.id = f.id AND o.state = 'pending';
  -- A statement of its own, under the locks: whatever was committed meanwhile is seen.
  UPDATE delivery.outbox_streams s SET
    holder = NULL, claims = 0,
    due_at = CASE WHEN next.attempt IS NULL THEN NULL ELSE greatest(next.attempt, clock_timestamp()) END
  FROM (SELECT k.id, delivery.next_attempt(k.id) AS attempt FROM unnest(kept) AS k (id)) AS next
  WHERE s.workspace_id = next.id;
  RETURN QUERY
  SELECT asked.id, EXISTS (
    SELECT FROM delivery.outbox_streams s WHERE s.workspace_id = asked.id AND s.holder = settle_events.holder)
  FROM unnest(workspaces) AS asked (id) WHERE asked.id <> ALL (coalesce(kept, '{}'));
END $function$";
