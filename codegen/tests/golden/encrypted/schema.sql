CREATE SCHEMA creators;
CREATE TABLE creators.shops (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  access_token bytea NOT NULL,
  refresh_token bytea,
  customer bytea NOT NULL,
  customer_index bytea NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id)
);
COMMENT ON COLUMN creators.shops.access_token IS 'By which the shop is called. @encrypted';
COMMENT ON COLUMN creators.shops.refresh_token IS '@encrypted By which the token is made anew.';
COMMENT ON COLUMN creators.shops.customer IS 'Who the creator is there. @encrypted';
COMMENT ON COLUMN creators.shops.customer_index IS 'By which the shop is found. @blind_index_of:customer';
-- No order and no key of what looks different each time; a key of the blind index tells its violation.
CREATE INDEX shops_token_idx ON creators.shops (workspace_id, access_token, id);
CREATE INDEX shops_customer_idx ON creators.shops (workspace_id, customer_index, id);
CREATE UNIQUE INDEX shops_customer_key ON creators.shops (workspace_id, customer_index);

-- What may be sealed needs no id; a type of the column's own keeps out of the way of those that are there.
CREATE TABLE creators.notes (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  "column" bytea,
  PRIMARY KEY (workspace_id, id)
);
COMMENT ON COLUMN creators.notes."column" IS 'What is said. @encrypted';
