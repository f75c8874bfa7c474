//! The roles of members, in their order.

tenantry::roles! {
    /// The roles of members, from the least to the greatest.
    pub enum Rank {
        Viewer = "viewer",
        Member = "member",
        Manager = "manager",
        Admin = "admin",
        Owner = "owner",
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ActiveEnum, Iterable};
    use tenantry::policy::Ordered;
    use tenantry_entities::accounts::member::Role;

    use super::Rank;

    #[test]
    fn every_role_of_a_member_has_a_rank() {
        let mut roles: Vec<String> = Role::iter().map(|role| role.to_value()).collect();
        let mut ranks: Vec<&str> = Rank::ALL.iter().map(|rank| rank.name()).collect();
        roles.sort();
        ranks.sort_unstable();
        assert_eq!(roles, ranks);
    }
}
