CREATE SCHEMA crm;
CREATE TABLE crm.tenants (id serial PRIMARY KEY, name varchar(255) NOT NULL);
CREATE TABLE crm.contacts (
  id serial PRIMARY KEY,
  tenant_id integer NOT NULL REFERENCES crm.tenants (id),
  email varchar(255) NOT NULL UNIQUE,
  created_at timestamp NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 0
);
CREATE TABLE crm.notes (
  id serial PRIMARY KEY,
  tenant_id integer NOT NULL REFERENCES crm.tenants (id),
  contact_id integer REFERENCES crm.contacts (id),
  body text NOT NULL
);
CREATE INDEX notes_tenant_id_id_idx ON crm.notes (tenant_id, contact_id, id);
