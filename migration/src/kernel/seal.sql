CREATE TABLE IF NOT EXISTS tenantry.seal (
  one boolean NOT NULL DEFAULT true,
  inner_key bytea NOT NULL,
  outer_key bytea NOT NULL,
  CONSTRAINT seal_pkey PRIMARY KEY (one),
  CONSTRAINT seal_one_check CHECK (one),
  CONSTRAINT seal_keys_check CHECK (octet_length(inner_key) = 64 AND octet_length(outer_key) = 64)
);
COMMENT ON TABLE tenantry.seal IS 'The secret that seals contexts; made here, read by nobody but the functions of its owner.';
COMMENT ON COLUMN tenantry.seal.one IS 'Keeps the table at one row.';
COMMENT ON COLUMN tenantry.seal.inner_key IS 'Random block before the inner hash.';
COMMENT ON COLUMN tenantry.seal.outer_key IS 'Random block before the outer hash.';

-- A version 4 uuid carries 122 random bits; three of them fill a block half.
INSERT INTO tenantry.seal (inner_key, outer_key)
SELECT
  sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
    || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
  sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
    || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS tenantry.key (
  id integer NOT NULL,
  inner_block bytea NOT NULL,
  outer_block bytea NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  CONSTRAINT key_pkey PRIMARY KEY (id),
  CONSTRAINT key_id_check CHECK (id BETWEEN 1 AND 999999999),
  CONSTRAINT key_blocks_check CHECK (octet_length(inner_block) = 64 AND octet_length(outer_block) = 64)
);
COMMENT ON TABLE tenantry.key IS 'Keys under which services sign their claims; while one is active, no unsigned claim enters.';
COMMENT ON COLUMN tenantry.key.id IS 'Names the key in a claim; 0 means unsigned and is never registered.';
COMMENT ON COLUMN tenantry.key.inner_block IS 'The key XOR 0x36, as HMAC-SHA-256 wants it.';
COMMENT ON COLUMN tenantry.key.outer_block IS 'The key XOR 0x5c, as HMAC-SHA-256 wants it.';
COMMENT ON COLUMN tenantry.key.registered_at IS 'When the key was registered.';
COMMENT ON COLUMN tenantry.key.retired_at IS 'When the key was retired; it verifies nothing since.';

CREATE OR REPLACE FUNCTION tenantry.register_key(key_id integer, inner_block bytea, outer_block bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  INSERT INTO tenantry.key (id, inner_block, outer_block)
  VALUES (register_key.key_id, register_key.inner_block, register_key.outer_block)
  ON CONFLICT (id) DO NOTHING;
  IF NOT EXISTS (
    SELECT FROM tenantry.key k
    WHERE k.id = register_key.key_id AND k.retired_at IS NULL
      AND k.inner_block = register_key.inner_block AND k.outer_block = register_key.outer_block
  ) THEN
    RAISE EXCEPTION 'signing key % is retired or has another secret', register_key.key_id
      USING ERRCODE = '23505', HINT = 'Register the secret under a number that was never used.';
  END IF;
END $function$;
COMMENT ON FUNCTION tenantry.register_key(integer, bytea, bytea) IS 'Registers a signing key by its two HMAC blocks; the same key twice is fine.';

CREATE OR REPLACE FUNCTION tenantry.retire_key(key_id integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  -- One at a time, or two sessions could retire the last two keys together.
  LOCK TABLE tenantry.key IN SHARE ROW EXCLUSIVE MODE;
  IF NOT EXISTS (SELECT FROM tenantry.key k WHERE k.id <> retire_key.key_id AND k.retired_at IS NULL) THEN
    RAISE EXCEPTION 'the last signing key cannot be retired'
      USING ERRCODE = '55000', HINT = 'Without a key any claim enters unsigned. Register the next key first.';
  END IF;
  UPDATE tenantry.key SET retired_at = now() WHERE id = retire_key.key_id AND retired_at IS NULL;
END $function$;
COMMENT ON FUNCTION tenantry.retire_key(integer) IS 'Retires a signing key, unless it is the last.';

CREATE OR REPLACE FUNCTION tenantry.accept_unsigned_claims() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  UPDATE tenantry.key SET retired_at = now() WHERE retired_at IS NULL;
END $function$;
COMMENT ON FUNCTION tenantry.accept_unsigned_claims() IS 'Retires every signing key: from now on whoever has the runtime login may enter any workspace.';

REVOKE ALL ON FUNCTION tenantry.register_key(integer, bytea, bytea), tenantry.retire_key(integer), tenantry.accept_unsigned_claims() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenantry.register_key(integer, bytea, bytea), tenantry.retire_key(integer), tenantry.accept_unsigned_claims() TO tenantry_owner;
