-- A procedure, not a function: an injected expression can empty the setting, but it cannot CALL.
CREATE OR REPLACE PROCEDURE tenantry.enter(claim text, signature text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  part text[] := string_to_array(claim, '|');
  present text := nullif(current_setting('tenantry.context', true), '');
  seal tenantry.seal;
  sealed text;
  genuine boolean;
BEGIN
  -- key id | kind | expiry | workspace | actor kind | actor | role | request | attributes
  -- Field by field: one expression for all of them takes four times as long. No backslash, which a setting could redefine.
  IF claim IS NULL OR cardinality(part) <> 9
    OR part[1] !~ '^(?:0|[1-9][0-9]{0,8})$'
    OR part[2] <> ALL (ARRAY['ws', 'founder', 'job', 'key', 'person', 'glass'])
    OR part[3] !~ '^[0-9]{1,12}$'
    OR part[4] !~ '^(?:u:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|b:(?:0|-?[1-9][0-9]{0,18})|t:[0-9a-f]+|-)$'
    OR part[5] <> ALL (ARRAY['user', 'api_key', 'job', 'platform', 'anonymous'])
    OR part[6] !~ '^(?:u:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|b:(?:0|-?[1-9][0-9]{0,18})|t:[0-9a-f]+|-)$'
    OR part[7] !~ '^[a-z][a-z0-9_]{0,62}$'
    OR part[8] !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    OR part[9] !~ '^(?:[0-9a-f]+|-)$' THEN
    RAISE EXCEPTION 'context refused' USING ERRCODE = '42501';
  END IF;

  -- Hashing both sides once more leaves nothing to learn from the time that the comparison takes.
  SELECT sha256(convert_to(signature, 'UTF8'))
       = sha256(convert_to(encode(sha256(k.outer_block || sha256(k.inner_block || convert_to(claim, 'UTF8'))), 'hex'), 'UTF8'))
    INTO genuine FROM tenantry.key k WHERE k.id = part[1]::integer AND k.retired_at IS NULL;
  IF NOT FOUND THEN
    -- Without a key nothing is verified; a service may sign already, so that a key can be introduced without a pause.
    genuine := NOT EXISTS (SELECT FROM tenantry.key k WHERE k.retired_at IS NULL);
  END IF;
  IF genuine IS NOT TRUE
    OR part[3]::bigint <= extract(epoch FROM clock_timestamp())
    -- A person has no workspace, nor has who breaks the glass of some; nobody else may lack one.
    OR (part[2] = ANY (ARRAY['person', 'glass'])) <> (part[4] = '-')
    OR (part[4] ^@ 'b:' AND substr(part[4], 3)::numeric NOT BETWEEN -9223372036854775808 AND 9223372036854775807)
    OR (part[6] ^@ 'b:' AND substr(part[6], 3)::numeric NOT BETWEEN -9223372036854775808 AND 9223372036854775807) THEN
    RAISE EXCEPTION 'context refused' USING ERRCODE = '42501';
  END IF;

  IF part[4] ^@ 't:' OR part[6] ^@ 't:' OR part[9] <> '-' THEN
    BEGIN
      PERFORM convert_from(decode(substr(text_key, 3), 'hex'), 'UTF8')
        FROM unnest(ARRAY[part[4], part[6]]) AS text_key WHERE text_key ^@ 't:';
      genuine := part[9] = '-' OR jsonb_typeof(convert_from(decode(part[9], 'hex'), 'UTF8')::jsonb) = 'object';
    EXCEPTION WHEN data_exception THEN
      genuine := false;
    END;
    IF NOT genuine THEN
      RAISE EXCEPTION 'context refused' USING ERRCODE = '42501';
    END IF;
  END IF;

  SELECT * INTO STRICT seal FROM tenantry.seal;
  sealed := {{mac}} || '|' || claim;
  IF present IS NULL THEN
    -- Not set_config: SET LOCAL also reaches the workers of a distributed database.
    EXECUTE format('SET LOCAL tenantry.context = %L', sealed);
  ELSIF present <> sealed THEN
    RAISE EXCEPTION 'context is sealed'
      USING ERRCODE = '42501', HINT = 'One transaction serves one context; begin another for the next.';
  END IF;
END $function$;
COMMENT ON PROCEDURE tenantry.enter(text, text) IS
  'Enters a workspace, or the scope of a person, for the rest of the transaction: verifies the claim, seals it to this backend and transaction, and refuses any other.';
REVOKE ALL ON PROCEDURE tenantry.enter(text, text) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE tenantry.enter(text, text) TO tenantry_app, tenantry_reader, tenantry_person, tenantry_glass, tenantry_owner;
