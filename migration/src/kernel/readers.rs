//! The functions that read the context, generated: all share one verification, written out in each of them.
//!
//! They run once in every statement under a wall, so none calls another.

use crate::{KeyType, quote::literal};

/// The seal of `claim`: bound to this transaction and this backend. `seal` is the row of `tenantry.seal`.
pub(super) const MAC: &str = "encode(sha256(seal.outer_key || sha256(seal.inner_key || timestamptz_send(now()) \
     || int4send(pg_backend_pid()) || convert_to(claim, 'UTF8'))), 'hex')";

const NO_WORKSPACE: &str = "RAISE EXCEPTION 'no workspace context' USING ERRCODE = '42501', HINT = 'Open a session first.';";

const NO_PERSON: &str = "RAISE EXCEPTION 'no context of a person' USING ERRCODE = '42501', HINT = 'Open a personal session first.';";

/// Whoever stands behind the wall of workspaces, and the roles behind functions and triggers.
const READERS: &str = "tenantry_app, tenantry_reader, tenantry_owner, tenantry_audit, tenantry_identity, tenantry_search, tenantry_purge, \
     tenantry_delivery";
/// Besides, the role of persons: touch triggers stamp with it.
const ACTOR_READERS: &str = "tenantry_app, tenantry_reader, tenantry_person, tenantry_owner, tenantry_audit, tenantry_identity, tenantry_search, \
     tenantry_purge";

struct Reader {
    signature: &'static str,
    returns: &'static str,
    /// What happens when there is no context.
    absent: &'static str,
    /// Statements after the claim is known to be genuine; `part` holds its fields.
    body: String,
    comment: &'static str,
    granted_to: &'static str,
}

impl Reader {
    fn sql(&self) -> String {
        let Self {
            signature,
            returns,
            absent,
            body,
            comment,
            granted_to,
        } = self;
        let comment = literal(comment);
        format!(
            "CREATE OR REPLACE FUNCTION tenantry.{signature} RETURNS {returns}\n\
             LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $function$\n\
             DECLARE\n  context text := current_setting('tenantry.context', true);\n  claim text;\n  value text;\n  \
             seal tenantry.seal;\nBEGIN\n  \
             IF context IS NULL OR context = '' THEN\n    {absent}\n  END IF;\n  \
             claim := substr(context, 66);\n  \
             SELECT * INTO seal FROM tenantry.seal;\n  \
             IF left(context, 65) IS DISTINCT FROM {MAC} || '|' THEN\n    \
             RAISE EXCEPTION 'forged workspace context' USING ERRCODE = '42501';\n  END IF;\n  \
             {body}\nEND $function$;\n\
             COMMENT ON FUNCTION tenantry.{signature} IS {comment};\n\
             REVOKE ALL ON FUNCTION tenantry.{signature} FROM PUBLIC;\n\
             GRANT EXECUTE ON FUNCTION tenantry.{signature} TO {granted_to};\n"
        )
    }
}

/// How a field of a key is decoded, by its prefix.
fn decoded(key: KeyType) -> (&'static str, &'static str) {
    match key {
        KeyType::Uuid => ("u:", "substr(value, 3)::uuid"),
        KeyType::BigInt | KeyType::Integer => ("b:", "substr(value, 3)::bigint"),
        KeyType::Text => (
            "t:",
            "convert_from(decode(substr(value, 3), 'hex'), 'UTF8')",
        ),
    }
}

fn workspace(signature: &'static str, key: KeyType, comment: &'static str) -> Reader {
    let (prefix, value) = decoded(key);
    let body = format!(
        "value := split_part(claim, '|', 4);\n  \
         IF left(value, 2) = '{prefix}' THEN\n    RETURN {value};\n  ELSIF value = '-' THEN\n    {NO_WORKSPACE}\n  END IF;\n  \
         RAISE EXCEPTION 'workspace context has another type' USING ERRCODE = '42501';"
    );
    Reader {
        signature,
        returns: key.sql(),
        absent: NO_WORKSPACE,
        body,
        comment,
        granted_to: READERS,
    }
}

fn actor(signature: &'static str, key: KeyType, comment: &'static str) -> Reader {
    let (prefix, value) = decoded(key);
    let body = format!(
        "value := split_part(claim, '|', 6);\n  RETURN CASE WHEN left(value, 2) = '{prefix}' THEN {value} END;"
    );
    Reader {
        signature,
        returns: key.sql(),
        absent: "RETURN NULL;",
        body,
        comment,
        granted_to: ACTOR_READERS,
    }
}

/// The actor where the context has one of the roles: what a policy says of rows of one's own asks for both at once.
fn actor_of_role(signature: &'static str, key: KeyType, comment: &'static str) -> Reader {
    let (prefix, value) = decoded(key);
    let body = format!(
        "value := split_part(claim, '|', 6);\n  \
         RETURN CASE WHEN split_part(claim, '|', 7) = ANY (roles) AND left(value, 2) = '{prefix}' THEN {value} END;"
    );
    Reader {
        body,
        ..actor(signature, key, comment)
    }
}

/// Answers to the claim of a person alone: a workspace is entered for what a role may do there, not for what is one's own.
fn person(signature: &'static str, key: KeyType, comment: &'static str) -> Reader {
    let (prefix, value) = decoded(key);
    let body = format!(
        "IF split_part(claim, '|', 2) <> 'person' THEN\n    {NO_PERSON}\n  END IF;\n  \
         value := split_part(claim, '|', 6);\n  \
         IF left(value, 2) = '{prefix}' THEN\n    RETURN {value};\n  ELSIF value = '-' THEN\n    {NO_PERSON}\n  END IF;\n  \
         RAISE EXCEPTION 'context of a person has another type' USING ERRCODE = '42501';"
    );
    Reader {
        signature,
        returns: key.sql(),
        absent: NO_PERSON,
        body,
        comment,
        granted_to: "tenantry_person",
    }
}

fn field(
    signature: &'static str,
    returns: &'static str,
    body: &str,
    comment: &'static str,
) -> Reader {
    Reader {
        signature,
        returns,
        absent: "RETURN NULL;",
        body: body.to_owned(),
        comment,
        granted_to: READERS,
    }
}

/// What the audit triggers need to know of the actor, in one call.
fn audit_context(actor_key: KeyType) -> String {
    let (prefix, value) = decoded(actor_key);
    let reader = Reader {
        signature: "audit_context(OUT actor_kind text, OUT actor_id {type}, OUT actor_name text, OUT request_id uuid)",
        returns: "record",
        // A migration has no context. A scope role that has none has just thrown it away.
        absent: "IF pg_has_role(session_user, 'tenantry_owner', 'MEMBER') THEN\n      RETURN;\n    END IF;\n    \
                 RAISE EXCEPTION 'no workspace context' USING ERRCODE = '42501';",
        body: format!(
            "actor_kind := split_part(claim, '|', 5);\n  value := split_part(claim, '|', 6);\n  \
             IF left(value, 2) = '{prefix}' THEN\n    actor_id := {value};\n  END IF;\n  \
             request_id := split_part(claim, '|', 8)::uuid;\n  \
             IF actor_kind = 'job' AND left(value, 2) = 't:' THEN\n    \
             actor_name := 'system:' || convert_from(decode(substr(value, 3), 'hex'), 'UTF8');\n  \
             ELSIF split_part(claim, '|', 9) <> '-' THEN\n    \
             actor_name := convert_from(decode(split_part(claim, '|', 9), 'hex'), 'UTF8')::jsonb ->> 'actor_name';\n  END IF;"
        ),
        comment: "What an audit entry says about the actor; all null in a migration, refused to others without a context.",
        granted_to: "tenantry_audit",
    };
    reader.sql().replace("{type}", actor_key.sql())
}

/// Who breaks glass, in one call, and which grant they read by; null while they ask for one.
fn glass_context(actor_key: KeyType) -> String {
    const NO_GLASS: &str = "RAISE EXCEPTION 'no break-glass context' USING ERRCODE = '42501', HINT = 'Break the glass first.';";
    let (prefix, value) = decoded(actor_key);
    let reader = Reader {
        signature: "glass_context(OUT grant_id uuid, OUT actor_kind text, OUT actor_id {type}, OUT request_id uuid)",
        returns: "record",
        absent: NO_GLASS,
        body: format!(
            "value := split_part(claim, '|', 6);\n  \
             IF split_part(claim, '|', 2) <> 'glass' OR left(value, 2) <> '{prefix}' THEN\n    {NO_GLASS}\n  END IF;\n  \
             actor_kind := split_part(claim, '|', 5);\n  actor_id := {value};\n  \
             request_id := split_part(claim, '|', 8)::uuid;\n  \
             IF split_part(claim, '|', 9) <> '-' THEN\n    \
             grant_id := (convert_from(decode(split_part(claim, '|', 9), 'hex'), 'UTF8')::jsonb ->> 'glass')::uuid;\n  END IF;"
        ),
        comment: "Who breaks glass, and by which grant they read; refused in any other context.",
        granted_to: "tenantry_audit",
    };
    reader.sql().replace("{type}", actor_key.sql())
}

/// Returns the definitions of all readers.
pub(super) fn sql(actor_key: KeyType) -> String {
    let readers = [
        workspace(
            "workspace_id()",
            KeyType::Uuid,
            "The workspace of the context; raises when there is none.",
        ),
        workspace(
            "workspace_bigint()",
            KeyType::BigInt,
            "The workspace of the context, where workspaces are numbered.",
        ),
        workspace(
            "workspace_text()",
            KeyType::Text,
            "The workspace of the context, where workspaces are named.",
        ),
        actor(
            "actor_id()",
            KeyType::Uuid,
            "The actor of the context; null without a context or an actor of this type.",
        ),
        actor(
            "actor_bigint()",
            KeyType::BigInt,
            "The actor of the context, where actors are numbered.",
        ),
        actor(
            "actor_text()",
            KeyType::Text,
            "The actor of the context, where actors are named, as jobs are.",
        ),
        actor_of_role(
            "actor_id(roles text[])",
            KeyType::Uuid,
            "The actor of the context, if its role is one of these.",
        ),
        actor_of_role(
            "actor_bigint(roles text[])",
            KeyType::BigInt,
            "The actor of the context, where actors are numbered, if its role is one of these.",
        ),
        actor_of_role(
            "actor_text(roles text[])",
            KeyType::Text,
            "The actor of the context, where actors are named, if its role is one of these.",
        ),
        person(
            "person_id()",
            KeyType::Uuid,
            "The person whose context it is; raises in any other context.",
        ),
        person(
            "person_bigint()",
            KeyType::BigInt,
            "The person whose context it is, where people are numbered.",
        ),
        person(
            "person_text()",
            KeyType::Text,
            "The person whose context it is, where people are named.",
        ),
        field(
            "actor_kind()",
            "text",
            "RETURN split_part(claim, '|', 5);",
            "user, api_key, job, platform or anonymous.",
        ),
        field(
            "role()",
            "text",
            "RETURN split_part(claim, '|', 7);",
            "The role of the actor in the workspace.",
        ),
        field(
            "acts_as(roles text[], kinds text[])",
            "boolean",
            "RETURN split_part(claim, '|', 7) = ANY (roles) OR split_part(claim, '|', 5) = ANY (kinds);",
            "Whether the context has one of these roles, or its actor is of one of these kinds.",
        ),
        field(
            "request_id()",
            "uuid",
            "RETURN split_part(claim, '|', 8)::uuid;",
            "The request that the context belongs to.",
        ),
        field(
            "attribute(name text)",
            "text",
            "value := split_part(claim, '|', 9);\n  \
             RETURN CASE WHEN value <> '-' THEN convert_from(decode(value, 'hex'), 'UTF8')::jsonb ->> attribute.name END;",
            "One attribute of the context, loaded when it was authorized.",
        ),
        field(
            "attribute_ids(name text)",
            "uuid[]",
            "value := split_part(claim, '|', 9);\n  \
             RETURN (SELECT CASE WHEN jsonb_typeof(said) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(said)::uuid) END\n    \
             FROM (SELECT CASE WHEN value <> '-' THEN convert_from(decode(value, 'hex'), 'UTF8')::jsonb -> attribute_ids.name END)\n      \
             AS of_context (said));",
            "The ids that an attribute of the context lists; null where it is none, or no list.",
        ),
    ];
    readers
        .iter()
        .map(Reader::sql)
        .chain([audit_context(actor_key), glass_context(actor_key)])
        .collect::<Vec<_>>()
        .join("\n")
}
