CREATE SCHEMA metrics;
-- The key of a partitioned table holds the partition column as well.
CREATE TABLE metrics.events (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  at timestamptz NOT NULL DEFAULT now(),
  properties jsonb NOT NULL,
  PRIMARY KEY (workspace_id, at, id)
) PARTITION BY RANGE (at);
CREATE TABLE metrics.events_default PARTITION OF metrics.events DEFAULT;
CREATE TABLE metrics.events_2026 PARTITION OF metrics.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY RANGE (at);
CREATE TABLE metrics.events_2026_01 PARTITION OF metrics.events_2026 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- One row in a workspace.
CREATE TABLE metrics.settings (
  workspace_id uuid PRIMARY KEY,
  week_starts_on integer NOT NULL DEFAULT 1
);
-- No single column names a row.
CREATE TABLE metrics.event_tags (
  workspace_id uuid NOT NULL,
  event_id uuid NOT NULL,
  tag_id integer NOT NULL,
  note text,
  PRIMARY KEY (workspace_id, event_id, tag_id)
);
-- No workspace.
CREATE TABLE metrics.tags (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL UNIQUE
);
ALTER TABLE metrics.event_tags ADD FOREIGN KEY (tag_id) REFERENCES metrics.tags (id);
-- A workspace column that does not count.
CREATE TABLE metrics.templates (id serial PRIMARY KEY, workspace_id uuid);
-- Skipped, since it has no key.
CREATE TABLE metrics.heap (workspace_id uuid NOT NULL);
CREATE VIEW metrics.recent AS SELECT * FROM metrics.events;
