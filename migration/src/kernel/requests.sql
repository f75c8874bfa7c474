CREATE TABLE IF NOT EXISTS tenantry.audit_requests (
  workspace_id {{workspace_type}} NOT NULL,
  request_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  ip_address inet,
  user_agent text,
  CONSTRAINT audit_requests_pkey PRIMARY KEY (workspace_id, request_id),
  CONSTRAINT audit_requests_user_agent_check CHECK (char_length(user_agent) <= 1000)
);
CREATE INDEX IF NOT EXISTS audit_requests_ip_address_idx
  ON tenantry.audit_requests (workspace_id, ip_address, at) WHERE ip_address IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_requests_at_idx ON tenantry.audit_requests (at);
COMMENT ON TABLE tenantry.audit_requests IS 'Where the requests came from whose entries stand in the audit log, once for each.';
COMMENT ON COLUMN tenantry.audit_requests.workspace_id IS 'The workspace that the request worked in.';
COMMENT ON COLUMN tenantry.audit_requests.request_id IS 'The request, as entries of the log name it.';
COMMENT ON COLUMN tenantry.audit_requests.at IS 'When its first transaction began.';
COMMENT ON COLUMN tenantry.audit_requests.ip_address IS 'The address it came from.';
COMMENT ON COLUMN tenantry.audit_requests.user_agent IS 'What the client called itself.';

ALTER TABLE tenantry.audit_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenantry.audit_requests FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS audit_requests_wall ON tenantry.audit_requests;
CREATE POLICY audit_requests_wall ON tenantry.audit_requests AS RESTRICTIVE FOR ALL TO tenantry_app, tenantry_reader, tenantry_owner
  USING (workspace_id = (SELECT {{workspace_reader}})) WITH CHECK (workspace_id = (SELECT {{workspace_reader}}));
DROP POLICY IF EXISTS app_read ON tenantry.audit_requests;
CREATE POLICY app_read ON tenantry.audit_requests FOR SELECT TO tenantry_app
  USING ((SELECT tenantry.role()) = ANY (ARRAY[{{audit_readers}}]::text[]));
DROP POLICY IF EXISTS reader_read ON tenantry.audit_requests;
CREATE POLICY reader_read ON tenantry.audit_requests FOR SELECT TO tenantry_reader
  USING ((SELECT tenantry.role()) = ANY (ARRAY[{{audit_readers}}]::text[]));
DROP POLICY IF EXISTS owner_read ON tenantry.audit_requests;
CREATE POLICY owner_read ON tenantry.audit_requests FOR SELECT TO tenantry_owner USING (true);
DROP POLICY IF EXISTS audit_insert ON tenantry.audit_requests;
CREATE POLICY audit_insert ON tenantry.audit_requests FOR INSERT TO tenantry_audit WITH CHECK (true);
-- The sweep sees and deletes what is old, and nothing else.
DROP POLICY IF EXISTS audit_sweep ON tenantry.audit_requests;
CREATE POLICY audit_sweep ON tenantry.audit_requests FOR SELECT TO tenantry_audit USING (at < now() - interval '1 year');
DROP POLICY IF EXISTS audit_delete ON tenantry.audit_requests;
CREATE POLICY audit_delete ON tenantry.audit_requests FOR DELETE TO tenantry_audit USING (at < now() - interval '1 year');
REVOKE ALL ON tenantry.audit_requests FROM PUBLIC;
GRANT SELECT ON tenantry.audit_requests TO tenantry_app, tenantry_reader;
GRANT INSERT, SELECT, DELETE ON tenantry.audit_requests TO tenantry_audit;
CREATE OR REPLACE TRIGGER audit_requests_append_only BEFORE UPDATE OR TRUNCATE ON tenantry.audit_requests
  FOR EACH STATEMENT EXECUTE FUNCTION tenantry.refuse_change();
ALTER TABLE tenantry.audit_requests ENABLE ALWAYS TRIGGER audit_requests_append_only;
