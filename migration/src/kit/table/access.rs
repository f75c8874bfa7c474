//! Who may do what with the rows of a table, behind the wall and beyond it.

use super::{Table, owned};

impl Table {
    /// Lets a narrow role, such as [`IDENTITY`](crate::roles::IDENTITY), read named columns beyond the wall.
    pub fn readable_by<S: Into<String>>(
        mut self,
        role: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
    ) -> Self {
        self.narrow.push(("SELECT", role.into(), owned(columns)));
        self
    }

    /// Lets the functions of a narrow role insert named columns beyond the wall.
    pub fn insertable_by<S: Into<String>>(
        mut self,
        role: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
    ) -> Self {
        self.narrow.push(("INSERT", role.into(), owned(columns)));
        self
    }

    /// Lets the functions of a narrow role update named columns beyond the wall.
    pub fn updatable_by<S: Into<String>>(
        mut self,
        role: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
    ) -> Self {
        self.narrow.push(("UPDATE", role.into(), owned(columns)));
        self
    }

    /// Lets the functions of a narrow role delete rows beyond the wall, physically.
    pub fn deletable_by(mut self, role: impl Into<String>) -> Self {
        self.narrow.push(("DELETE", role.into(), Vec::new()));
        self
    }

    /// Takes INSERT from the runtime role: functions of a narrow role make the rows.
    pub fn without_insert(mut self) -> Self {
        self.inserts = false;
        self
    }

    /// Adds an index that does not lead with the scope, for those who look across workspaces: functions of a narrow role, and persons,
    /// for whom it begins with the column that names them and ends with the scope and the key.
    pub fn index_across<S: Into<String>>(
        mut self,
        name: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
    ) -> Self {
        self.indexes_across
            .push((name.into(), owned(columns), None));
        self
    }

    /// Adds an index for the catalogue, over what workspaces have published; it ends with the scope and the key.
    ///
    /// `condition` is that of the policy's `Published` rule, written into the migration as it is.
    pub fn index_published<S: Into<String>>(
        mut self,
        name: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
        condition: impl Into<String>,
    ) -> Self {
        self.indexes_across
            .push((name.into(), owned(columns), Some(condition.into())));
        self
    }
}
