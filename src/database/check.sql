SELECT
    current_setting('server_version_num')::int AS version,
    EXISTS (
        SELECT FROM pg_catalog.pg_roles r
        WHERE r.rolname IN (current_user, session_user) AND r.rolsuper
    ) AS superuser,
    EXISTS (
        SELECT FROM pg_catalog.pg_roles r
        WHERE (r.rolbypassrls OR r.rolsuper)
          AND (pg_has_role(current_user, r.oid, 'MEMBER') OR pg_has_role(session_user, r.oid, 'MEMBER'))
    ) AS bypasses,
    EXISTS (
        SELECT FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p')
          AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND (pg_has_role(current_user, c.relowner, 'MEMBER') OR pg_has_role(session_user, c.relowner, 'MEMBER'))
    ) AS owner,
    -- Not by its name: the catalogue may not even look into the schema.
    EXISTS (
        SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'tenantry' AND p.proname = 'enter'
    ) AS kernel,
    (
        SELECT coalesce(array_agg(r.rolname::text ORDER BY r.rolname), '{}') FROM pg_catalog.pg_roles r
        WHERE r.rolname IN ('tenantry_app', 'tenantry_reader', 'tenantry_person', 'tenantry_catalogue', 'tenantry_glass',
                            'tenantry_relay', 'tenantry_maintenance')
          AND pg_has_role(current_user, r.oid, 'MEMBER')
    ) AS scopes,
    (
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f', 'm')
          AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND has_schema_privilege(n.oid, 'USAGE')
          AND (has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')
               OR has_table_privilege(c.oid, 'DELETE, TRUNCATE'))
          AND NOT (
              c.relrowsecurity AND c.relforcerowsecurity
              AND EXISTS (
                  SELECT FROM pg_catalog.pg_policy p
                  WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd = '*'
                    AND EXISTS (
                        SELECT FROM unnest(p.polroles) AS reached(role)
                        WHERE reached.role <> 0 AND pg_has_role(reached.role, 'USAGE')
                    )
              )
          )
        ORDER BY 1
        LIMIT 1
    ) AS open_table
