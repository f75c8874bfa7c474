CREATE SCHEMA warehouse;
CREATE SCHEMA extensions;
CREATE EXTENSION citext SCHEMA extensions;
CREATE DOMAIN warehouse.grams AS integer NOT NULL CHECK (VALUE >= 0);
CREATE TABLE warehouse.samples (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  a_text text NOT NULL,
  a_varchar varchar(20),
  a_char char(3),
  a_bool boolean NOT NULL,
  an_int2 smallint,
  an_int4 integer,
  an_int8 bigint,
  a_float4 real,
  a_float8 double precision,
  a_numeric numeric,
  a_price numeric(14,2) NOT NULL,
  a_uuid uuid,
  a_bytea bytea,
  a_json json,
  a_jsonb jsonb NOT NULL DEFAULT '{}',
  a_date date,
  a_time time,
  a_timestamp timestamp,
  a_timestamptz timestamptz,
  an_inet inet,
  a_cidr cidr,
  a_citext extensions.citext NOT NULL,
  texts text[] NOT NULL DEFAULT '{}',
  uuids uuid[],
  ints integer[],
  bigs bigint[],
  bools boolean[],
  floats float8[],
  times timestamptz[],
  prices numeric[],
  documents jsonb[],
  weight warehouse.grams,
  shelf_life interval,
  span int4range,
  place point,
  -- computed: one is read, one has no Rust form
  doubled integer GENERATED ALWAYS AS (an_int4 * 2) STORED,
  search tsvector GENERATED ALWAYS AS (to_tsvector('english', a_text)) STORED,
  -- names
  type text NOT NULL,
  self text,
  "camelCase" text,
  "two words" text,
  line_1 text,
  "2nd" text,
  "from" text,
  dropped text,
  PRIMARY KEY (workspace_id, id)
);
ALTER TABLE warehouse.samples DROP COLUMN dropped;
CREATE UNIQUE INDEX samples_lower_idx ON warehouse.samples (workspace_id, lower(a_text));
-- A table without comments, with names that are keywords.
CREATE TABLE warehouse.matches (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  "match" text NOT NULL,
  "loop" boolean NOT NULL DEFAULT false,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE warehouse.types (workspace_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (workspace_id, id));
