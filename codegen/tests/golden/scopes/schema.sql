-- The kernel's readers, as far as walls need them.
CREATE SCHEMA tenantry;
CREATE FUNCTION tenantry.workspace_id() RETURNS uuid LANGUAGE sql STABLE RETURN NULL::uuid;
CREATE FUNCTION tenantry.person_text() RETURNS text LANGUAGE sql STABLE RETURN NULL::text;

CREATE SCHEMA press;
-- Both: a writer's own, and what is out.
CREATE TABLE press.articles (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  "Writer" varchar(40) NOT NULL,
  title text NOT NULL,
  type text NOT NULL,
  body text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'out')),
  secret text,
  issued_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1,
  deleted_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX articles_mine_idx ON press.articles ("Writer", issued_at DESC, id DESC, workspace_id DESC);
CREATE INDEX articles_living_mine_idx ON press.articles ("Writer", title, id, workspace_id) WHERE deleted_at IS NULL;
CREATE INDEX articles_out_idx ON press.articles (issued_at DESC, id DESC, workspace_id DESC)
  WHERE deleted_at IS NULL AND status = 'out';
-- Orders that there are not: of other rows, without the workspace, by what is not public.
CREATE INDEX articles_drafts_idx ON press.articles (issued_at, id, workspace_id) WHERE status = 'draft';
CREATE INDEX articles_across_idx ON press.articles (title, id);
CREATE INDEX articles_bodies_idx ON press.articles (version, id, workspace_id) WHERE status = 'out';
ALTER TABLE press.articles ENABLE ROW LEVEL SECURITY;
CREATE POLICY articles_wall ON press.articles AS RESTRICTIVE FOR ALL TO tenantry_app
  USING (workspace_id = (SELECT tenantry.workspace_id()));
CREATE POLICY person_wall ON press.articles AS RESTRICTIVE FOR ALL TO tenantry_person
  USING ("Writer" = (SELECT tenantry.person_text()) AND deleted_at IS NULL);
CREATE POLICY catalogue_wall ON press.articles AS RESTRICTIVE FOR ALL TO tenantry_catalogue
  USING (status = 'out' AND deleted_at IS NULL) WITH CHECK (false);
GRANT SELECT, UPDATE (title, body) ON press.articles TO tenantry_person;
GRANT SELECT (workspace_id, id, title, type, issued_at, deleted_at) ON press.articles TO tenantry_catalogue;

-- A wall that compares with the actor is no person's; one without a grant reaches nothing.
CREATE TABLE press.drafts (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  writer text NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
ALTER TABLE press.drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY person_wall ON press.drafts AS RESTRICTIVE FOR ALL TO tenantry_person
  USING (writer = (SELECT tenantry.person_text()) OR writer = 'everybody');
CREATE POLICY catalogue_wall ON press.drafts AS RESTRICTIVE FOR ALL TO tenantry_catalogue USING (writer = 'everybody');
GRANT SELECT ON press.drafts TO tenantry_person;
GRANT SELECT (id, writer) ON press.drafts TO tenantry_catalogue;
