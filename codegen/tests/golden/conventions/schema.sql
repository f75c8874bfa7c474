CREATE SCHEMA accounts;
COMMENT ON SCHEMA accounts IS 'Workspaces and the people in them.';
CREATE TABLE accounts.workspaces (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1
);
CREATE TABLE accounts.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text NOT NULL,
  name text NOT NULL
);
CREATE UNIQUE INDEX users_email_key ON accounts.users (email);
CREATE TABLE accounts.members (
  workspace_id uuid NOT NULL REFERENCES accounts.workspaces (id),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES accounts.users (id),
  role text NOT NULL DEFAULT 'member',
  CONSTRAINT members_pkey PRIMARY KEY (workspace_id, id),
  CONSTRAINT members_user_id_key UNIQUE (workspace_id, user_id),
  CONSTRAINT members_role_check CHECK (role IN ('owner', 'admin', 'member'))
);

CREATE SCHEMA challenges;
COMMENT ON SCHEMA challenges IS 'Challenges, and what people submit to them';
CREATE TABLE challenges.challenges (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  title text NOT NULL,
  description jsonb NOT NULL,
  status text NOT NULL DEFAULT 'draft',
  starts_at timestamptz,
  ends_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by uuid,
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by uuid,
  version bigint NOT NULL DEFAULT 1,
  deleted_at timestamptz,
  deleted_by uuid,
  delete_op uuid,
  CONSTRAINT challenges_pkey PRIMARY KEY (workspace_id, id),
  CONSTRAINT challenges_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES accounts.workspaces (id),
  CONSTRAINT challenges_status_check CHECK (status IN ('draft', 'published', 'active', 'judging', 'completed', 'cancelled')),
  CONSTRAINT challenges_title_check CHECK (length(title) <= 200),
  CONSTRAINT challenges_starts_at_ends_at_check CHECK (starts_at < ends_at)
);
COMMENT ON TABLE challenges.challenges IS 'What a workspace asks people to do.';
COMMENT ON COLUMN challenges.challenges.workspace_id IS 'The workspace it belongs to.';
COMMENT ON COLUMN challenges.challenges.id IS 'Names it within the workspace (a UUIDv7).';
COMMENT ON COLUMN challenges.challenges.title IS 'What it is called';
COMMENT ON COLUMN challenges.challenges.starts_at IS 'When it opens. It is before ends_at, if both are known; a challenge that has no start is opened by hand, and one that has a start is opened by the job of that name, which looks for such rows once a minute and publishes what it did.';
COMMENT ON COLUMN challenges.challenges.deleted_at IS 'When it was deleted; null while it lives.';
CREATE UNIQUE INDEX challenges_title_key ON challenges.challenges (workspace_id, title) WHERE deleted_at IS NULL;
CREATE INDEX challenges_newest_idx ON challenges.challenges (workspace_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
COMMENT ON INDEX challenges.challenges_newest_idx IS 'Newest first';
CREATE INDEX challenges_status_newest_idx ON challenges.challenges (workspace_id, status, created_at DESC, id DESC);
-- No orders: a nullable column; no id at the end; an expression; another predicate.
CREATE INDEX challenges_starts_at_idx ON challenges.challenges (workspace_id, starts_at, id);
CREATE INDEX challenges_status_idx ON challenges.challenges (workspace_id, status);
CREATE INDEX challenges_lower_idx ON challenges.challenges (workspace_id, lower(title), id);
CREATE INDEX challenges_active_idx ON challenges.challenges (workspace_id, created_at, id) WHERE status = 'active';

CREATE TABLE challenges.submissions (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  challenge_id uuid NOT NULL,
  member_id uuid NOT NULL,
  content jsonb NOT NULL,
  score integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT submissions_pkey PRIMARY KEY (workspace_id, id),
  CONSTRAINT submissions_challenge_id_fkey
    FOREIGN KEY (workspace_id, challenge_id) REFERENCES challenges.challenges (workspace_id, id),
  CONSTRAINT submissions_member_id_fkey
    FOREIGN KEY (workspace_id, member_id) REFERENCES accounts.members (workspace_id, id)
);
CREATE INDEX submissions_challenge_id_idx ON challenges.submissions (workspace_id, challenge_id, created_at, id);

-- The runtime role may write some columns only.
GRANT SELECT ON challenges.challenges, challenges.submissions TO tenantry_app;
GRANT INSERT (workspace_id, id, title, description, starts_at, ends_at), UPDATE (title, description, starts_at, deleted_at, delete_op)
  ON challenges.challenges TO tenantry_app;
GRANT INSERT (workspace_id, id, challenge_id, member_id, content) ON challenges.submissions TO tenantry_app;

CREATE FUNCTION challenges.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN NULL; END';
ALTER FUNCTION challenges.note() OWNER TO tenantry_audit;
CREATE TRIGGER challenges_audit AFTER INSERT OR UPDATE ON challenges.challenges
  FOR EACH STATEMENT EXECUTE FUNCTION challenges.note();

-- Searches: the words of challenges, and the contents of two columns; one function of another owner is none.
ALTER TABLE challenges.submissions ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
ALTER TABLE challenges.challenges ADD COLUMN search_vector tsvector
  GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, title)) STORED;
CREATE FUNCTION challenges.challenges_search(words text) RETURNS TABLE (id uuid, rank real) LANGUAGE sql STABLE AS
  'SELECT id, 1::real FROM challenges.challenges WHERE search_vector @@ websearch_to_tsquery(''simple''::regconfig, $1)';
CREATE FUNCTION challenges.submissions_tags_containing(text[]) RETURNS TABLE (id uuid) LANGUAGE sql STABLE AS
  'SELECT id FROM challenges.submissions WHERE tags @> $1';
CREATE FUNCTION challenges.submissions_tags_overlapping(text[]) RETURNS TABLE (id uuid) LANGUAGE sql STABLE AS
  'SELECT id FROM challenges.submissions WHERE tags && $1';
CREATE FUNCTION challenges.submissions_content_containing(jsonb) RETURNS TABLE (id uuid) LANGUAGE sql STABLE AS
  'SELECT id FROM challenges.submissions WHERE content @> $1';
CREATE FUNCTION challenges.submissions_search(words text) RETURNS TABLE (id uuid, rank real) LANGUAGE sql STABLE AS
  'SELECT id, 1::real FROM challenges.submissions WHERE to_tsvector(content) @@ websearch_to_tsquery(''simple''::regconfig, $1)';
ALTER FUNCTION challenges.challenges_search(text) OWNER TO tenantry_search;
ALTER FUNCTION challenges.submissions_tags_containing(text[]) OWNER TO tenantry_search;
ALTER FUNCTION challenges.submissions_tags_overlapping(text[]) OWNER TO tenantry_search;
ALTER FUNCTION challenges.submissions_content_containing(jsonb) OWNER TO tenantry_search;
