//! People, across all workspaces, and what they may ask about themselves.

use crate::systems::function::Function;
use crate::{
    KeyType,
    kit::{Column, Directory},
    roles::{APP, IDENTITY, READER},
};

pub(super) fn users() -> Directory {
    Directory::new(
        "accounts",
        "users",
        "A person, in whatever workspaces; no scope role reads it.",
    )
    .id(KeyType::Uuid, "The person.")
    .column(Column::text("email", "The address as the person writes it.").max_length(320))
    .column(
        Column::of_type(
            "email_norm",
            "text COLLATE \"C\"",
            "The address, ignoring case.",
        )
        .generated("lower(btrim(\"email\"))"),
    )
    .column(
        Column::text("external_id", "The subject at the identity provider.")
            .nullable()
            .max_length(255),
    )
    .column(Column::text("name", "What the person is called.").max_length(255))
    .column(
        Column::text("avatar_url", "Where a picture is.")
            .nullable()
            .max_length(2048),
    )
    .column(
        Column::text("platform_role", "What the person may do on the platform.")
            .one_of(["user", "admin"])
            .default_text("user"),
    )
    .column(Column::jsonb("metadata", "What else the application keeps.").default_text("{}"))
    .column(Column::timestamptz("created_at", "When the person signed up.").default_sql("now()"))
    .column(
        Column::timestamptz("updated_at", "When the profile last changed.").default_sql("now()"),
    )
    .check(
        "email_form",
        "\"email\" ~ '^[^@[:space:]]+@[^@[:space:]]+$'",
    )
    .unique(["email_norm"])
    .unique(["external_id"])
    .identity_reads([
        "id",
        "email",
        "email_norm",
        "external_id",
        "name",
        "avatar_url",
        "platform_role",
        "metadata",
        "created_at",
        "updated_at",
    ])
    .identity_inserts(["id", "email", "external_id", "name"])
    // Nobody changes an address, or a platform role, from a session.
    .identity_updates([
        "external_id",
        "name",
        "avatar_url",
        "metadata",
        "updated_at",
    ])
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: IDENTITY,
        signature: "sign_up(uuid, text, text, text)",
        definition: SIGN_UP,
        about: "Makes a person of an address, or finds the one who has it; the answer has the same shape.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "user_by_email(text)",
        definition: USER_BY_EMAIL,
        about: "The person who has an address, ignoring case; for the login.",
        callers: &[APP, READER],
    },
    Function {
        owner: IDENTITY,
        signature: "user_by_external_id(text)",
        definition: USER_BY_EXTERNAL_ID,
        about: "The person who has a subject at the identity provider; for the login.",
        callers: &[APP, READER],
    },
    Function {
        owner: IDENTITY,
        signature: "me()",
        definition: ME,
        about: "The person of the context; raises for an API key, a job, and without a context.",
        callers: &[IDENTITY],
    },
    Function {
        owner: IDENTITY,
        signature: "my_profile()",
        definition: MY_PROFILE,
        about: "The profile of the person of the context.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "update_my_profile(text[], text, text, jsonb)",
        definition: UPDATE_MY_PROFILE,
        about: "Changes the profile of the person of the context, and the copies that their co-members see.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "link_external_id(text)",
        definition: LINK_EXTERNAL_ID,
        about: "Ties the person of the context to a subject at the identity provider; false if they have another.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "note_login(boolean)",
        definition: NOTE_LOGIN,
        about: "Notes that the person of the context has come, or gone.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "my_workspaces()",
        definition: MY_WORKSPACES,
        about: "The workspaces of the person of the context, by name.",
        callers: &[APP],
    },
];

const SIGN_UP: &str = "sign_up(person uuid, email text, name text, external_id text) RETURNS TABLE (id uuid, is_new boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
BEGIN
  INSERT INTO accounts.users (id, email, name, external_id)
  VALUES (sign_up.person, btrim(sign_up.email), sign_up.name, sign_up.external_id)
  ON CONFLICT DO NOTHING;
  is_new := FOUND;
  IF is_new THEN
    PERFORM accounts.note_person('user.register', sign_up.person, false);
  END IF;
  SELECT u.id INTO id FROM accounts.users u WHERE u.email_norm = lower(btrim(sign_up.email));
  IF NOT FOUND THEN
    -- Nobody is tied to a subject by an address alone, nor to an address by a subject.
    RAISE EXCEPTION 'the subject belongs to another person'
      USING ERRCODE = '23505', SCHEMA = 'accounts', TABLE = 'users', CONSTRAINT = 'users_external_id_key';
  END IF;
  RETURN NEXT;
END $function$";

const USER_BY_EMAIL: &str = "user_by_email(address text)
RETURNS TABLE (id uuid, email text, external_id text, name text, avatar_url text, platform_role text, metadata jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  SELECT u.id, u.email, u.external_id, u.name, u.avatar_url, u.platform_role, u.metadata
  FROM accounts.users u WHERE u.email_norm = lower(btrim(user_by_email.address))
$function$";

const USER_BY_EXTERNAL_ID: &str = "user_by_external_id(subject text)
RETURNS TABLE (id uuid, email text, external_id text, name text, avatar_url text, platform_role text, metadata jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  SELECT u.id, u.email, u.external_id, u.name, u.avatar_url, u.platform_role, u.metadata
  FROM accounts.users u WHERE u.external_id = user_by_external_id.subject
$function$";

const ME: &str = "me() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  person uuid := tenantry.actor_id();
BEGIN
  IF tenantry.actor_kind() IS DISTINCT FROM 'user' OR person IS NULL THEN
    RAISE EXCEPTION 'no person in the context' USING ERRCODE = '42501', HINT = 'Ask as Database::person.';
  END IF;
  RETURN person;
END $function$";

const MY_PROFILE: &str = "my_profile()
RETURNS TABLE (id uuid, email text, external_id text, name text, avatar_url text, platform_role text, metadata jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  person uuid := accounts.me();
BEGIN
  RETURN QUERY SELECT u.id, u.email, u.external_id, u.name, u.avatar_url, u.platform_role, u.metadata
    FROM accounts.users u WHERE u.id = person;
END $function$";

const UPDATE_MY_PROFILE: &str = "update_my_profile(changed text[], new_name text, new_avatar_url text, new_metadata jsonb)
RETURNS TABLE (id uuid, email text, external_id text, name text, avatar_url text, platform_role text, metadata jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  person uuid := accounts.me();
BEGIN
  UPDATE accounts.users u SET
    name = CASE WHEN 'name' = ANY (changed) THEN new_name ELSE u.name END,
    avatar_url = CASE WHEN 'avatar_url' = ANY (changed) THEN new_avatar_url ELSE u.avatar_url END,
    metadata = CASE WHEN 'metadata' = ANY (changed) THEN new_metadata ELSE u.metadata END,
    updated_at = now()
  WHERE u.id = person;
  IF FOUND AND cardinality(changed) > 0 THEN
    PERFORM accounts.note_person('user.update_profile', person, true);
  END IF;
  UPDATE accounts.members m SET name = u.name, avatar_url = u.avatar_url
  FROM accounts.users u
  WHERE u.id = person AND m.user_id = person AND m.deleted_at IS NULL
    AND (m.name, m.avatar_url) IS DISTINCT FROM (u.name, u.avatar_url);
  RETURN QUERY SELECT u.id, u.email, u.external_id, u.name, u.avatar_url, u.platform_role, u.metadata
    FROM accounts.users u WHERE u.id = person;
END $function$";

const LINK_EXTERNAL_ID: &str = "link_external_id(external_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  person uuid := accounts.me();
BEGIN
  UPDATE accounts.users u SET external_id = link_external_id.external_id, updated_at = now()
  WHERE u.id = person AND u.external_id IS NULL;
  RETURN EXISTS (SELECT FROM accounts.users u WHERE u.id = person AND u.external_id = link_external_id.external_id);
END $function$";

const NOTE_LOGIN: &str = "note_login(comes boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  PERFORM accounts.note_person(CASE WHEN comes THEN 'user.login' ELSE 'user.logout' END, accounts.me(), true);
  RETURN true;
END $function$";

const MY_WORKSPACES: &str = "my_workspaces()
RETURNS TABLE (id uuid, name text, kind text, slug text, domain text, role text, joined_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  person uuid := accounts.me();
BEGIN
  RETURN QUERY SELECT w.id, w.name, w.kind, w.slug, w.domain, m.role, m.joined_at
    FROM accounts.members m JOIN accounts.workspaces w ON w.id = m.workspace_id
    WHERE m.user_id = person AND m.deleted_at IS NULL AND w.deleted_at IS NULL
    ORDER BY w.name, w.id;
END $function$";
