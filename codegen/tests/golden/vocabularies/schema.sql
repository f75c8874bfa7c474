CREATE SCHEMA billing;
CREATE SCHEMA shared;
CREATE TYPE billing.invoice_state AS ENUM ('open', 'paid in full', 'void');
COMMENT ON TYPE billing.invoice_state IS 'How far an invoice is.';
CREATE TYPE shared."Currency" AS ENUM ('EUR', 'USD');
CREATE TYPE billing.unused AS ENUM ('a');
CREATE DOMAIN billing.rating AS text CHECK (VALUE IN ('good', 'bad'));
CREATE TABLE billing.invoices (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  state billing.invoice_state NOT NULL DEFAULT 'open',
  past_states billing.invoice_state[] NOT NULL DEFAULT '{}',
  currency shared."Currency",
  kind varchar(20) NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
  priority text CHECK (priority IS NULL OR priority = 'high' OR priority = 'low'),
  -- names that are taken
  "column" text NOT NULL CHECK ("column" IN ('left', 'right')),
  date text NOT NULL CHECK (date IN ('today', 'tomorrow')),
  issued_on date NOT NULL,
  -- no vocabularies: an empty value, a keyword, the same name twice, numbers, other values allowed
  mark text NOT NULL CHECK (mark IN ('', 'x')),
  side text NOT NULL CHECK (side IN ('self', 'other')),
  unit text NOT NULL CHECK (unit IN ('a b', 'a_b')),
  level integer NOT NULL CHECK (level IN (1, 2)),
  label text NOT NULL CHECK (label IN ('a', 'b') OR length(label) = 5),
  -- two lists, and awkward values
  phase text NOT NULL CHECK (phase IN ('half', '2nd', 'in-progress', 'it''s')) CHECK (phase <> 'x' AND phase IN ('2nd', 'half', 'it''s')),
  PRIMARY KEY (workspace_id, id)
);
