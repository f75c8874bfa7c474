CREATE SCHEMA forum;
CREATE TABLE forum.members (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE forum.threads (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  author_id uuid NOT NULL,
  resolver_id uuid,
  deleted_at timestamptz,
  live boolean GENERATED ALWAYS AS (deleted_at IS NULL) STORED,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, id, live),
  CONSTRAINT threads_author_id_fkey FOREIGN KEY (workspace_id, author_id) REFERENCES forum.members (workspace_id, id),
  CONSTRAINT threads_resolver_id_fkey FOREIGN KEY (workspace_id, resolver_id)
    REFERENCES forum.members (workspace_id, id) ON DELETE SET NULL (resolver_id)
);
-- A liveness key, and a table that points at itself.
CREATE TABLE forum.posts (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  thread_id uuid NOT NULL,
  parent_id uuid,
  deleted_at timestamptz,
  live boolean GENERATED ALWAYS AS (CASE WHEN deleted_at IS NULL THEN true END) STORED,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT posts_thread_id_fkey FOREIGN KEY (workspace_id, thread_id, live) REFERENCES forum.threads (workspace_id, id, live),
  CONSTRAINT posts_parent_id_fkey FOREIGN KEY (workspace_id, parent_id) REFERENCES forum.posts (workspace_id, id)
);
-- One to one: by a unique key, and by a shared primary key.
CREATE TABLE forum.summaries (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  thread_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, thread_id),
  CONSTRAINT summaries_thread_id_fkey FOREIGN KEY (workspace_id, thread_id) REFERENCES forum.threads (workspace_id, id)
);
CREATE TABLE forum.profiles (
  workspace_id uuid NOT NULL,
  member_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, member_id),
  CONSTRAINT profiles_member_id_fkey FOREIGN KEY (workspace_id, member_id) REFERENCES forum.members (workspace_id, id)
);
-- Two tables that point at each other.
ALTER TABLE forum.threads ADD COLUMN first_post_id uuid;
ALTER TABLE forum.threads ADD CONSTRAINT threads_first_post_id_fkey
  FOREIGN KEY (workspace_id, first_post_id) REFERENCES forum.posts (workspace_id, id);
