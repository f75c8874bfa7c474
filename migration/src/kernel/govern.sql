-- Runs as whoever migrates: it becomes the owner of each function for as long as it writes it.
CREATE OR REPLACE FUNCTION tenantry.govern(governed regclass, what text, said text, columns text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  migrating text := current_user;
  place regnamespace;
  mark text;
  carrier record;
BEGIN
  SELECT relnamespace, '/*policy of ' || relname || ': ' || govern.what || '*/' INTO STRICT place, mark
  FROM pg_class WHERE oid = govern.governed;
  FOR carrier IN
    SELECT pg_get_userbyid(p.proowner) AS owner, (
      SELECT string_agg(CASE nth WHEN 1 THEN part ELSE mark || govern.said || substr(part, strpos(part, '/*end*/')) END, '' ORDER BY nth)
      FROM unnest(string_to_array(pg_get_functiondef(p.oid), mark)) WITH ORDINALITY AS parts (part, nth)
    ) AS definition
    FROM pg_proc AS p
    WHERE p.pronamespace = place AND strpos(p.prosrc, mark) > 0
      AND pg_get_userbyid(p.proowner) IN ('tenantry_search', 'tenantry_purge')
  LOOP
    IF cardinality(govern.columns) > 0 THEN
      EXECUTE format('GRANT SELECT (%s) ON %s TO %I',
        (SELECT string_agg(quote_ident(name), ', ') FROM unnest(govern.columns) AS name), govern.governed, carrier.owner);
    END IF;
    EXECUTE format('GRANT CREATE ON SCHEMA %s TO %I', place, carrier.owner);
    EXECUTE format('SET LOCAL ROLE %I', carrier.owner);
    EXECUTE carrier.definition;
    EXECUTE format('SET LOCAL ROLE %I', migrating);
    EXECUTE format('REVOKE CREATE ON SCHEMA %s FROM %I', place, carrier.owner);
  END LOOP;
END $function$;
COMMENT ON FUNCTION tenantry.govern(regclass, text, text, text[]) IS
  'Puts what a policy says into the functions of a table that meet no wall: searches and purges. For migrations.';
REVOKE ALL ON FUNCTION tenantry.govern(regclass, text, text, text[]) FROM PUBLIC;
