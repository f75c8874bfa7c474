//! Invitations: a token that makes whoever has the address a member.

use super::{ROLES, table};
use crate::systems::function::Function;
use crate::{
    kit::{Column, Table},
    roles::{APP, IDENTITY},
};

pub(super) fn invitations() -> Table {
    table(
        "invitations",
        "Who was invited to the workspace, by a token that is shown once.",
    )
    .column(
        Column::text("email", "The address that may accept.")
            .read_only()
            .max_length(320)
            .sensitive(),
    )
    .column(
        Column::of_type(
            "email_norm",
            "text COLLATE \"C\"",
            "The address, ignoring case.",
        )
        .generated("lower(btrim(\"email\"))"),
    )
    .column(
        Column::text("role", "What who accepts may do here.")
            .read_only()
            .one_of(ROLES),
    )
    .column(
        Column::bytea("token_hash", "The keyed hash of the token.")
            .read_only()
            .sensitive()
            .hidden(),
    )
    .column(Column::timestamptz("expires_at", "Until when it can be accepted.").read_only())
    .column(
        Column::timestamptz("accepted_at", "When it was accepted.")
            .nullable()
            .read_only(),
    )
    .column(
        Column::uuid("accepted_by", "The person who accepted.")
            .nullable()
            .read_only(),
    )
    .column(
        Column::timestamptz(
            "revoked_at",
            "When it was revoked, or replaced by another one.",
        )
        .nullable()
        .read_only(),
    )
    .column(
        Column::uuid("revoked_by", "The person who revoked it.")
            .nullable()
            .read_only(),
    )
    .versioned()
    .soft_delete()
    .audited()
    .check("token_length", "octet_length(\"token_hash\") = 32")
    .check(
        "one_end",
        "\"accepted_at\" IS NULL OR \"revoked_at\" IS NULL",
    )
    .without_insert()
    .unique(["token_hash"])
    .index("newest", ["created_at DESC", "id DESC"])
    .index("email", ["email_norm"])
    .readable_by(
        IDENTITY,
        [
            "workspace_id",
            "id",
            "email_norm",
            "role",
            "token_hash",
            "expires_at",
            "accepted_at",
            "revoked_at",
            "created_by",
            "deleted_at",
        ],
    )
    .insertable_by(
        IDENTITY,
        [
            "workspace_id",
            "id",
            "email",
            "role",
            "token_hash",
            "expires_at",
        ],
    )
    .updatable_by(
        IDENTITY,
        ["accepted_at", "accepted_by", "revoked_at", "revoked_by"],
    )
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        owner: IDENTITY,
        signature: "may_grant(text)",
        definition: MAY_GRANT,
        about: "The person of the context, if they are owner or admin and a role is not above theirs; raises otherwise.",
        callers: &[IDENTITY],
    },
    Function {
        owner: IDENTITY,
        signature: "invite(uuid, text, text, bytea, timestamptz)",
        definition: INVITE,
        about: "Invites an address in place of any open invitation; asks nobody whether it has an account.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "revoke_invitation(uuid)",
        definition: REVOKE,
        about: "Revokes an open invitation; false if there is none.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "invitation_find(uuid, bytea[])",
        definition: FIND,
        about: "What the holder of a token may know before a login: workspace, role and state.",
        callers: &[APP],
    },
    Function {
        owner: IDENTITY,
        signature: "accept_invitation(uuid, bytea[])",
        definition: ACCEPT,
        about: "Makes the person of the context a member, if the invitation is open and theirs.",
        callers: &[APP],
    },
];

const MAY_GRANT: &str = "may_grant(role text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  rights text := tenantry.role();
  person uuid := accounts.me();
  ranks text[] := ARRAY['owner', 'admin', 'manager', 'member', 'viewer'];
BEGIN
  IF rights NOT IN ('owner', 'admin') OR array_position(ranks, may_grant.role) < array_position(ranks, rights) THEN
    RAISE EXCEPTION 'nobody grants more than they have' USING ERRCODE = '42501';
  END IF;
  RETURN person;
END $function$";

const INVITE: &str = "invite(invitation uuid, email text, role text, hash bytea, expires_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
  person uuid := accounts.may_grant(invite.role);
BEGIN
  UPDATE accounts.invitations i SET revoked_at = now(), revoked_by = person
  WHERE i.workspace_id = here AND i.email_norm = lower(btrim(invite.email))
    AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.deleted_at IS NULL;
  INSERT INTO accounts.invitations (workspace_id, id, email, role, token_hash, expires_at)
  VALUES (here, invite.invitation, btrim(invite.email), invite.role, invite.hash, invite.expires_at);
  PERFORM accounts.note(here, 'workspace.member_invite', 'accounts.invitations', ARRAY[invite.invitation::text],
    jsonb_build_object('role', invite.role));
  RETURN true;
END $function$";

const REVOKE: &str = "revoke_invitation(invitation uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  here uuid := tenantry.workspace_id();
  person uuid := accounts.may_grant('viewer');
BEGIN
  UPDATE accounts.invitations i SET revoked_at = now(), revoked_by = person
  WHERE i.workspace_id = here AND i.id = revoke_invitation.invitation
    AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.deleted_at IS NULL;
  RETURN FOUND;
END $function$";

const FIND: &str = "invitation_find(workspace uuid, hashes bytea[]) RETURNS TABLE (workspace_name text, role text, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  SELECT w.name, i.role,
    CASE WHEN i.revoked_at IS NOT NULL THEN 'revoked' WHEN i.accepted_at IS NOT NULL THEN 'accepted'
      WHEN i.expires_at <= now() THEN 'expired' ELSE 'open' END
  FROM accounts.invitations i JOIN accounts.workspaces w ON w.id = i.workspace_id
  WHERE i.workspace_id = invitation_find.workspace AND i.token_hash = ANY (invitation_find.hashes)
    AND i.deleted_at IS NULL AND w.deleted_at IS NULL
$function$";

const ACCEPT: &str = "accept_invitation(workspace uuid, hashes bytea[]) RETURNS TABLE (outcome text, role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
#variable_conflict use_column
DECLARE
  person uuid := accounts.me();
  invitation record;
  profile record;
BEGIN
  -- Two who accept the same one come one after the other, and so do changes of its members.
  PERFORM FROM accounts.workspaces w WHERE w.id = accept_invitation.workspace AND w.deleted_at IS NULL FOR NO KEY UPDATE;
  IF FOUND THEN
    SELECT i.id, i.email_norm, i.role, i.expires_at, i.accepted_at, i.revoked_at, i.created_by INTO invitation
    FROM accounts.invitations i
    WHERE i.workspace_id = accept_invitation.workspace AND i.token_hash = ANY (accept_invitation.hashes)
      AND i.deleted_at IS NULL FOR NO KEY UPDATE;
  END IF;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'unknown', NULL::text;
    RETURN;
  END IF;
  SELECT u.email_norm, u.name, u.avatar_url INTO profile FROM accounts.users u WHERE u.id = person;
  outcome := CASE
    WHEN NOT FOUND OR profile.email_norm <> invitation.email_norm THEN 'other_email'
    WHEN invitation.revoked_at IS NOT NULL THEN 'revoked'
    WHEN invitation.accepted_at IS NOT NULL THEN 'accepted'
    WHEN invitation.expires_at <= now() THEN 'expired'
  END;
  IF outcome IS NULL THEN
    -- Who comes back gets the old row, but not the old permissions.
    INSERT INTO accounts.members AS m (workspace_id, user_id, role, name, avatar_url, invited_by)
    VALUES (accept_invitation.workspace, person, invitation.role, profile.name, profile.avatar_url, invitation.created_by)
    ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role, permissions = '{}', name = excluded.name,
      avatar_url = excluded.avatar_url, invited_by = excluded.invited_by, joined_at = now(), deleted_at = NULL
      WHERE m.deleted_at IS NOT NULL;
    outcome := CASE WHEN FOUND THEN 'joined' ELSE 'member' END;
  END IF;
  IF outcome = 'joined' THEN
    UPDATE accounts.invitations i SET accepted_at = now(), accepted_by = person
    WHERE i.workspace_id = accept_invitation.workspace AND i.id = invitation.id;
  END IF;
  role := invitation.role;
  RETURN NEXT;
END $function$";
