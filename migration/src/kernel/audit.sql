CREATE SCHEMA IF NOT EXISTS tenantry_partitions;
COMMENT ON SCHEMA tenantry_partitions IS 'Partitions, reached through their parents only.';
REVOKE ALL ON SCHEMA tenantry_partitions FROM PUBLIC;

CREATE TABLE IF NOT EXISTS tenantry.audit_log (
  workspace_id {{workspace_type}} NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  at timestamptz NOT NULL DEFAULT now(),
  operation text NOT NULL,
  action text,
  table_name text,
  record_id text,
  record_ids text[],
  version bigint,
  old_data jsonb,
  actor_kind text,
  actor_id {{actor_type}},
  actor_name text,
  via text NOT NULL DEFAULT session_user,
  details jsonb,
  metadata jsonb,
  request_id uuid,
  operation_id uuid,
  schema_version integer,
  CONSTRAINT audit_log_pkey PRIMARY KEY (workspace_id, at, id),
  CONSTRAINT audit_log_operation_check
    CHECK (operation IN ('insert', 'update', 'delete', 'restore', 'purge', 'read', 'event')),
  CONSTRAINT audit_log_action_check CHECK (action ~ '^[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*$')
) PARTITION BY RANGE (at);
CREATE INDEX IF NOT EXISTS audit_log_record_id_idx
  ON tenantry.audit_log (workspace_id, table_name, record_id, at) WHERE record_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_log_actor_id_idx ON tenantry.audit_log (workspace_id, actor_id, at);
CREATE INDEX IF NOT EXISTS audit_log_action_idx ON tenantry.audit_log (workspace_id, action, at) WHERE action IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_log_request_id_idx
  ON tenantry.audit_log (workspace_id, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_log_operation_id_idx
  ON tenantry.audit_log (workspace_id, operation_id) WHERE operation_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_log_metadata_idx ON tenantry.audit_log (workspace_id, at) WHERE metadata IS NOT NULL;

COMMENT ON TABLE tenantry.audit_log IS 'Who did what, when: append-only, written by triggers, one partition a month.';
COMMENT ON COLUMN tenantry.audit_log.workspace_id IS 'The workspace of the row that changed.';
COMMENT ON COLUMN tenantry.audit_log.id IS 'Names the entry.';
COMMENT ON COLUMN tenantry.audit_log.at IS 'When the transaction began; entries of one row are ordered by version, not by this.';
COMMENT ON COLUMN tenantry.audit_log.operation IS 'What happened to the rows.';
COMMENT ON COLUMN tenantry.audit_log.action IS 'What it meant, as noun.verb.';
COMMENT ON COLUMN tenantry.audit_log.table_name IS 'The table, with its schema.';
COMMENT ON COLUMN tenantry.audit_log.record_id IS 'The row, if the entry is about one.';
COMMENT ON COLUMN tenantry.audit_log.record_ids IS 'The rows, if the entry is about several; at most 1,000 an entry.';
COMMENT ON COLUMN tenantry.audit_log.version IS 'The version that the change made, or that a purged row had.';
COMMENT ON COLUMN tenantry.audit_log.old_data IS 'Old values of the changed columns; of a purged row all of them.';
COMMENT ON COLUMN tenantry.audit_log.actor_kind IS 'The kind of the actor; null when a migration did it.';
COMMENT ON COLUMN tenantry.audit_log.actor_id IS 'The actor of the context.';
COMMENT ON COLUMN tenantry.audit_log.actor_name IS 'The name of an actor that is no person: agent:… or system:….';
COMMENT ON COLUMN tenantry.audit_log.via IS 'The login that the session used.';
COMMENT ON COLUMN tenantry.audit_log.details IS 'What else there is to say.';
COMMENT ON COLUMN tenantry.audit_log.metadata IS 'Labels of the application, by which entries are found.';
COMMENT ON COLUMN tenantry.audit_log.request_id IS 'The request of the context.';
COMMENT ON COLUMN tenantry.audit_log.operation_id IS 'The delete operation that took or gave back the row.';
COMMENT ON COLUMN tenantry.audit_log.schema_version IS 'The version of the table''s columns that old_data names; null for an event.';

ALTER TABLE tenantry.audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenantry.audit_log FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS audit_log_wall ON tenantry.audit_log;
CREATE POLICY audit_log_wall ON tenantry.audit_log AS RESTRICTIVE FOR ALL TO tenantry_app, tenantry_reader, tenantry_owner
  USING (workspace_id = (SELECT {{workspace_reader}})) WITH CHECK (workspace_id = (SELECT {{workspace_reader}}));
DROP POLICY IF EXISTS app_read ON tenantry.audit_log;
CREATE POLICY app_read ON tenantry.audit_log FOR SELECT TO tenantry_app
  USING ((SELECT tenantry.role()) = ANY (ARRAY[{{audit_readers}}]::text[]));
DROP POLICY IF EXISTS reader_read ON tenantry.audit_log;
CREATE POLICY reader_read ON tenantry.audit_log FOR SELECT TO tenantry_reader
  USING ((SELECT tenantry.role()) = ANY (ARRAY[{{audit_readers}}]::text[]));
DROP POLICY IF EXISTS owner_read ON tenantry.audit_log;
CREATE POLICY owner_read ON tenantry.audit_log FOR SELECT TO tenantry_owner USING (true);
DROP POLICY IF EXISTS audit_insert ON tenantry.audit_log;
CREATE POLICY audit_insert ON tenantry.audit_log FOR INSERT TO tenantry_audit WITH CHECK (true);
REVOKE ALL ON tenantry.audit_log FROM PUBLIC;
GRANT SELECT ON tenantry.audit_log TO tenantry_app, tenantry_reader;
GRANT INSERT ON tenantry.audit_log TO tenantry_audit;

CREATE OR REPLACE FUNCTION tenantry.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = '42501';
END $function$;
COMMENT ON FUNCTION tenantry.refuse_change() IS 'Raises, whoever asks.';
REVOKE ALL ON FUNCTION tenantry.refuse_change() FROM PUBLIC;
CREATE OR REPLACE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenantry.audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION tenantry.refuse_change();
ALTER TABLE tenantry.audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
