//! Events that were written with the change that they tell of, and their order.
//!
//! The order of a workspace is that in which its transactions committed. A number drawn while a transaction is at work would not say so: whoever
//! drew the lower one may commit later, and a relay that has passed the place would never come back. So the number is given by a deferred
//! trigger, when the transaction commits, under a lock of the workspace's stream that only the commit itself outlasts. Workspaces never
//! wait for each other, nor does a long transaction anywhere hold back what others have committed.

use crate::systems::function::Function;
use crate::{
    KeyType,
    kit::{Column, Directory, Table},
    roles::{APP, DELIVERY, IDENTITY, MAINTENANCE, OWNER},
};

/// The outbox. It is not audited: it is a queue, and what it tells of is in the log already.
pub(super) fn outbox() -> Table {
    Table::new(
        "delivery",
        "outbox",
        "An event that leaves the workspace, written with the change that it tells of; kept for 30 days after it was settled.",
    )
    .scope("workspace_id", KeyType::Uuid)
    .scope_references("accounts", "workspaces")
    .key("id", KeyType::Uuid)
    .governed()
    .column(
        Column::text("topic", "What happened, as noun.verb.")
            .read_only()
            .max_length(100),
    )
    .column(
        Column::text(
            "kind",
            "Who wants to know: the program itself, a mailer, or a webhook.",
        )
        .one_of(["event", "email", "webhook"])
        .read_only(),
    )
    .column(Column::jsonb("payload", "What there is to tell, at most 256 KiB.").read_only())
    .column(
        Column::bigint(
            "sequence",
            "Its place in the order of the workspace, given when its transaction commits; 0 until then.",
        )
        .default_sql("0")
        .read_only(),
    )
    .column(
        Column::text("state", "Whether it was handed on, or given up.")
            .one_of(["pending", "delivered", "dead"])
            .default_text("pending")
            .read_only(),
    )
    .column(
        Column::integer("attempts", "How often it was handed on, or tried to be.")
            .default_sql("0")
            .read_only(),
    )
    .column(
        Column::timestamptz("next_attempt_at", "From when on it may be tried.")
            .default_sql("now()")
            .read_only(),
    )
    .column(
        Column::text(
            "last_error",
            "Why the last attempt failed, in words of the program, without values.",
        )
        .nullable()
        .read_only()
        .max_length(200),
    )
    .column(
        Column::timestamptz("created_at", "When its transaction wrote it.")
            .default_sql("clock_timestamp()")
            .read_only(),
    )
    .column(
        Column::timestamptz("settled_at", "When it was delivered or given up.")
            .nullable()
            .read_only(),
    )
    .check("topic_form", "\"topic\" ~ '^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)+$'")
    .check("payload_size", "octet_length(\"payload\"::text) <= 262144")
    .check("settled", "(\"state\" = 'pending') = (\"settled_at\" IS NULL)")
    .without_insert()
    .index("queue", ["state", "sequence", "id"])
    .index_across("settled", ["settled_at", "workspace_id", "id"])
    .readable_by(
        DELIVERY,
        [
            "workspace_id",
            "id",
            "topic",
            "kind",
            "payload",
            "sequence",
            "state",
            "attempts",
            "next_attempt_at",
            "created_at",
            "settled_at",
        ],
    )
    .insertable_by(DELIVERY, ["workspace_id", "id", "topic", "kind", "payload"])
    .updatable_by(
        DELIVERY,
        [
            "sequence",
            "state",
            "attempts",
            "next_attempt_at",
            "last_error",
            "settled_at",
        ],
    )
    .deletable_by(DELIVERY)
}

/// One row for each workspace that ever put an event: where its order stands, and who hands it on.
pub(super) fn outbox_streams() -> Directory {
    Directory::new(
        "delivery",
        "outbox_streams",
        "The order of a workspace's outbox, and who hands it on; no scope role reads it.",
    )
    .column(Column::uuid("workspace_id", "The workspace."))
    .column(Column::bigint("last_sequence", "The last place that was given."))
    .column(
        Column::timestamptz(
            "due_at",
            "When a relay may take events of it: while one has, when that ends at the latest. Null if there are none.",
        )
        .nullable(),
    )
    .column(Column::uuid("holder", "The claim that has its events.").nullable())
    .column(
        Column::integer("claims", "How often events were claimed since any were settled.")
            .default_sql("0"),
    )
    .key(["workspace_id"])
    .index("due", ["due_at"])
    .readable_by(
        DELIVERY,
        ["workspace_id", "last_sequence", "due_at", "holder", "claims"],
    )
    .insertable_by(DELIVERY, ["workspace_id", "last_sequence", "due_at"])
    .updatable_by(DELIVERY, ["last_sequence", "due_at", "holder", "claims"])
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: DELIVERY,
        signature: "enqueue(uuid, uuid[], text[], text[], jsonb[])",
        definition: ENQUEUE,
        about: "Puts events into the outbox of a workspace, in their order; for functions that know which workspace they act in.",
        callers: &[DELIVERY, IDENTITY],
    },
    Function {
        owner: DELIVERY,
        signature: "put_events(uuid[], text[], text[], jsonb[])",
        definition: PUT,
        about: "Puts events into the outbox of the workspace of the context, in their order; returns how many.",
        callers: &[APP],
    },
    Function {
        owner: DELIVERY,
        signature: "outbox_order()",
        definition: ORDER,
        about: "Gives an event its place in the order of its workspace, when its transaction commits.",
        callers: &[OWNER],
    },
    Function {
        owner: DELIVERY,
        signature: "revive_event(uuid)",
        definition: REVIVE,
        about: "Lets a dead event of the workspace of the context be tried again; false if there is no such dead event.",
        callers: &[APP],
    },
    Function {
        owner: DELIVERY,
        signature: "sweep_outbox(integer)",
        definition: SWEEP,
        about: "Deletes so many events at most that were settled 30 days ago, in whatever workspace; returns how many.",
        callers: &[MAINTENANCE],
    },
];

/// A constraint trigger, since no other fires at the commit. It knows no `OR REPLACE`.
pub(super) const TRIGGERS: &str = "
DROP TRIGGER IF EXISTS outbox_order ON delivery.outbox;
CREATE CONSTRAINT TRIGGER outbox_order AFTER INSERT ON delivery.outbox DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION delivery.outbox_order();
";

const ENQUEUE: &str = "enqueue(workspace uuid, ids uuid[], topics text[], kinds text[], payloads jsonb[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  put bigint;
BEGIN
  INSERT INTO delivery.outbox (workspace_id, id, topic, kind, payload)
  SELECT enqueue.workspace, e.id, e.topic, e.kind, e.payload
  FROM unnest(ids, topics, kinds, payloads) WITH ORDINALITY AS e (id, topic, kind, payload, nth) ORDER BY e.nth;
  GET DIAGNOSTICS put = ROW_COUNT;
  RETURN put;
END $function$";

const PUT: &str =
    "put_events(ids uuid[], topics text[], kinds text[], payloads jsonb[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  RETURN delivery.enqueue(tenantry.workspace_id(), ids, topics, kinds, payloads);
END $function$";

const ORDER: &str = "outbox_order() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  place bigint;
BEGIN
  -- The lock of this row is the order; a workspace that waits for another attempt, or whose events are claimed, stays as it is.
  INSERT INTO delivery.outbox_streams AS s (workspace_id, last_sequence, due_at)
  VALUES (NEW.workspace_id, 1, clock_timestamp())
  ON CONFLICT (workspace_id) DO UPDATE SET
    last_sequence = s.last_sequence + 1, due_at = coalesce(s.due_at, clock_timestamp())
  RETURNING s.last_sequence INTO place;
  UPDATE delivery.outbox o SET sequence = place WHERE o.workspace_id = NEW.workspace_id AND o.id = NEW.id;
  RETURN NULL;
END $function$";

const REVIVE: &str = "revive_event(event uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  IF tenantry.actor_kind() <> 'job' AND tenantry.role() NOT IN ('owner', 'admin') THEN
    RAISE EXCEPTION 'only owners, admins and jobs revive events' USING ERRCODE = '42501';
  END IF;
  UPDATE delivery.outbox o SET state = 'pending', attempts = 0, next_attempt_at = now(), settled_at = NULL
  WHERE o.workspace_id = here AND o.id = revive_event.event AND o.state = 'dead';
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  -- Whoever has claimed events of the workspace finds it when those are settled.
  UPDATE delivery.outbox_streams s SET due_at = now() WHERE s.workspace_id = here AND s.holder IS NULL;
  RETURN true;
END $function$";

const SWEEP: &str = "sweep_outbox(at_most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  swept bigint;
BEGIN
  DELETE FROM delivery.outbox o USING (
    SELECT old.workspace_id, old.id FROM delivery.outbox old
    WHERE old.settled_at < now() - interval '30 days'
    ORDER BY old.settled_at LIMIT least(greatest(at_most, 0), 10000) FOR UPDATE SKIP LOCKED
  ) AS gone
  WHERE o.workspace_id = gone.workspace_id AND o.id = gone.id;
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END $function$";
