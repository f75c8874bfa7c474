CREATE SCHEMA depot;
CREATE TABLE depot.orgs (
  id text PRIMARY KEY,
  name text NOT NULL
);
CREATE TABLE depot.packages (
  org text NOT NULL REFERENCES depot.orgs (id),
  name text NOT NULL,
  description text,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (org, name)
);
CREATE TABLE depot.releases (
  org text NOT NULL,
  id varchar(40) NOT NULL,
  package_name text NOT NULL,
  PRIMARY KEY (org, id),
  CONSTRAINT releases_package_name_fkey FOREIGN KEY (org, package_name) REFERENCES depot.packages (org, name)
);
