//! A server whose row security has known holes.

super::faults! {
    a_server_with_known_holes_is_found:

    what_was_mended_since_is_named: ServerUnpatched names "CVE-2026-14666",
        "CREATE SCHEMA older; SET LOCAL search_path = older, pg_catalog;
         CREATE FUNCTION older.current_setting(name text) RETURNS text LANGUAGE sql RETURN
           CASE name WHEN 'server_version_num' THEN '150018' ELSE pg_catalog.current_setting(name) END;
         COMMENT ON FUNCTION older.current_setting(text) IS 'Pretends to be 15.18.';
         REVOKE ALL ON FUNCTION older.current_setting(text) FROM PUBLIC";
}
