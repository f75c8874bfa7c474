//! What happened, in the words of the audit log: written here, so that nobody can leave it out.

use crate::roles::{AUDIT, IDENTITY};
use crate::systems::function::Function;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: AUDIT,
        signature: "note(uuid, text, text, text[], jsonb)",
        definition: NOTE,
        about: "Notes what happened in a workspace, as noun.verb; for the functions of this schema.",
        callers: &[IDENTITY],
    },
    Function {
        owner: AUDIT,
        signature: "note_person(text, uuid, boolean)",
        definition: NOTE_PERSON,
        about: "Notes what a person did outside of any workspace, in the log of the platform; for the functions of this schema.",
        callers: &[IDENTITY],
    },
];

/// Who signs up has no context yet, and so no request.
const NOTE_PERSON: &str = "note_person(action text, person uuid, in_context boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  request uuid;
BEGIN
  IF note_person.in_context THEN
    SELECT who.request_id INTO request FROM tenantry.audit_context() AS who;
  END IF;
  INSERT INTO tenantry.platform_log (action, actor_kind, actor, request_id)
  VALUES (note_person.action, 'user', note_person.person::text, request);
END $function$";

const NOTE: &str = "note(workspace uuid, action text, table_name text, record_ids text[], details jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  INSERT INTO tenantry.audit_log
    (workspace_id, operation, action, table_name, record_ids, details, actor_kind, actor_id, actor_name, request_id)
  SELECT note.workspace, 'event', note.action, note.table_name, note.record_ids, note.details,
    who.actor_kind, who.actor_id, who.actor_name, who.request_id
  FROM tenantry.audit_context() AS who
$function$";
