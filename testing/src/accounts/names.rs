//! Slugs and domains in memory.

use tenantry::{Error, ErrorKind, Result};
use tenantry_repositories::accounts::WorkspaceNames;

use super::{MemorySession, session::refused, state::next};

/// The longest domain.
const LONGEST: usize = 253;

impl WorkspaceNames for MemorySession {
    async fn take_name(&self, kind: &'static str, name: &str) -> Result<bool> {
        if !self.administers() {
            return Err(refused());
        }
        let name = name.trim().to_lowercase();
        let is_name = match kind {
            "slug" => is_label(&name),
            _ => is_domain(&name),
        };
        if !is_name {
            return Err(
                Error::new(ErrorKind::Invalid, "the name has not the shape of its kind")
                    .with_field(kind),
            );
        }
        let is_taken = self.accounts.lock().has_name(&name, self.workspace);
        if is_taken {
            return Ok(false);
        }
        Ok(self.set_name(kind, Some(name)).is_some())
    }

    async fn drop_name(&self, kind: &'static str) -> Result<bool> {
        if !self.administers() {
            return Err(refused());
        }
        Ok(self.set_name(kind, None).flatten().is_some())
    }
}

impl MemorySession {
    /// Sets a name of the living workspace, and says which it had.
    fn set_name(&self, kind: &str, name: Option<String>) -> Option<Option<String>> {
        let rows = self.workspaces.rows();
        let mut row = rows.into_iter().find(|row| row.deleted_at.is_none())?;
        let place = match kind {
            "slug" => &mut row.slug,
            _ => &mut row.domain,
        };
        let had = std::mem::replace(place, name);
        if had != *place {
            row.version = next(row.version);
            row.updated_at = self.now();
            self.workspaces.put(row);
        }
        Some(had)
    }
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn is_domain(domain: &str) -> bool {
    let Some((labels, last)) = domain.rsplit_once('.') else {
        return false;
    };
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    domain.len() <= LONGEST
        && labels.split('.').all(is_label)
        && (2..=63).contains(&last.len())
        && last.bytes().all(inner)
}
