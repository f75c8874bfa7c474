//! Rules about sequences: one of them numbers the rows of every workspace.

use crate::catalog::Grant;

use super::{
    Findings, Rule,
    names::{identifier, qualified},
    subject::{Holder, Subject},
    surroundings::Sequence,
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let examined = |sequence: &&Sequence| {
        let schemas = &subject.catalog.schemas;
        schemas.iter().any(|schema| schema.name == sequence.schema)
    };
    for sequence in subject.surroundings.sequences.iter().filter(examined) {
        for holder in subject.holders(&sequence.owner, &sequence.grants) {
            if holder.role.is_none_or(|role| subject.is_scope(role)) {
                granted(sequence, &holder, findings);
            }
        }
    }
}

fn granted(sequence: &Sequence, holder: &Holder<'_>, findings: &mut Findings) {
    let path = qualified(&sequence.schema, &sequence.name);
    let who = match holder.role {
        None => "PUBLIC".to_owned(),
        Some(role) => format!("role \"{role}\""),
    };
    let revoke = |word: &str| {
        format!(
            "REVOKE {word} ON SEQUENCE {path} FROM {};",
            holder.grantee()
        )
    };
    for Grant {
        privilege,
        grantable,
        ..
    } in holder.grants.iter().copied()
    {
        match (privilege.as_str(), holder.role) {
            ("UPDATE", _) => findings.error(
                Rule::SequenceGranted,
                &path,
                format!(
                    "{who} may set the sequence, and with it make inserts of every workspace fail"
                ),
                revoke("UPDATE"),
            ),
            ("SELECT", _) => findings.warning(
                Rule::SequenceGranted,
                &path,
                format!(
                    "{who} may read the sequence, which tells how many rows every workspace made"
                ),
                revoke("SELECT"),
            ),
            (_, None) => findings.error(
                Rule::SequenceGranted,
                &path,
                format!("{who} may draw from the sequence"),
                revoke(privilege),
            ),
            (_, Some(role)) if *grantable => findings.error(
                Rule::SequenceGranted,
                &path,
                format!("{who} may pass {privilege} on to others"),
                format!(
                    "REVOKE GRANT OPTION FOR {privilege} ON SEQUENCE {path} FROM {};",
                    identifier(role)
                ),
            ),
            _ => {}
        }
    }
}
