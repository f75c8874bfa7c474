//! What a migration may not write by hand.

use tenantry_migration::kit::lint;

#[test]
fn dangerous_statements_are_refused() {
    for sql in [
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (a)",
        "ALTER TABLE t ADD COLUMN a uuid REFERENCES u",
        "alter table t add foreign/* */key (a) references u",
        "ALTER TABLE t VALIDATE CONSTRAINT f",
        "UPDATE t SET a = 1",
        "update t set a = 1",
        "SELECT 1; DELETE FROM t",
        "/* nothing */ -- here\n DELETE FROM t",
        "WITH x AS (SELECT 1) UPDATE t SET a = 1",
        "WITH x AS (DELETE FROM t RETURNING 1) SELECT 1",
        "(WITH x AS (DELETE FROM t RETURNING 1) SELECT 1)",
        "INSERT INTO t SELECT * FROM u",
        "INSERT INTO t TABLE u",
        "INSERT INTO t VALUES ((SELECT a FROM u))",
        "INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 1",
        "MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE",
        "EXPLAIN ANALYZE UPDATE t SET a = 1",
        "PREPARE p AS DELETE FROM t",
        "TRUNCATE t",
        "DO $$ BEGIN UPDATE t SET a = 1; END $$",
        "DO $$ BEGIN IF true THEN DELETE FROM t; END IF; END $$",
        "DO 'BEGIN PERFORM 1; DELETE FROM t; END'",
        "DO LANGUAGE plpgsql $x$ BEGIN EXECUTE 'DEL' || 'ETE FROM t'; END $x$",
        "DO $$ BEGIN ALTER TABLE t DISABLE ROW LEVEL SECURITY; END $$",
        "CREATE POLICY p ON t USING (true)",
        "CREATE POLICY p ON t FOR SELECT TO PUBLIC USING (true)",
        "CREATE POLICY p ON t FOR SELECT TO a, \"public\" USING (true)",
        "CREATE POLICY \"p TO a\" ON t USING (true) -- TO a",
        "ALTER POLICY p ON t TO PUBLIC",
        "ALTER TABLE t DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE t NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE t NO/*x*/FORCE ROW\n\tLEVEL SECURITY",
        "GRANT SELECT ON ALL TABLES IN SCHEMA s TO a",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO a",
        "GRANT SELECT ON t TO PUBLIC",
        "CREATE TABLE a AS SELECT * FROM t",
        "CREATE TABLE IF NOT EXISTS a AS (SELECT * FROM t)",
        "CREATE UNLOGGED TABLE a (LIKE t INCLUDING ALL)",
        "CREATE TABLE a (b int, LIKE t)",
        "CREATE MATERIALIZED VIEW a AS SELECT * FROM t",
        "SELECT * INTO a FROM t",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp, pg_catalog AS 'SELECT 1'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 'SET search_path = pg_catalog, pg_temp' $$",
        "ALTER FUNCTION f() SECURITY DEFINER",
        "ALTER TABLE t U&\"d\\0069sable\" ROW LEVEL SECURITY",
    ] {
        assert!(lint(sql).is_err(), "{sql}");
    }
}

#[test]
fn harmless_statements_pass() {
    for sql in [
        "",
        ";;",
        "COMMENT ON TABLE t IS 'UPDATE me; DELETE FROM t'",
        "COMMENT ON TABLE t IS $$ALTER TABLE t DISABLE ROW LEVEL SECURITY$$",
        "CREATE INDEX i ON t (\"DELETE\") -- UPDATE t",
        "ALTER TABLE t ADD COLUMN a bigint",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
        "ALTER TABLE t FORCE ROW LEVEL SECURITY",
        "CREATE TRIGGER x BEFORE UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE POLICY p ON t FOR UPDATE TO a USING (true) WITH CHECK (true)",
        "GRANT UPDATE (a), DELETE ON t TO a",
        "REVOKE ALL ON ALL TABLES IN SCHEMA s FROM PUBLIC",
        "REVOKE ALL ON t FROM PUBLIC",
        "SELECT 1 FROM t FOR NO KEY UPDATE",
        "SELECT 1 FROM t FOR UPDATE",
        "INSERT INTO skills (name) VALUES ('update')",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE t SET a = 1; RETURN NULL; END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path TO 'pg_catalog', 'pg_temp' AS 'SELECT 1'",
        "CREATE TABLE t (a text DEFAULT 'x', b int)",
    ] {
        assert_eq!(lint(sql), Ok(()), "{sql}");
    }
}
