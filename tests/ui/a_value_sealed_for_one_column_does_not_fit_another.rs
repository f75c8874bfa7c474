use tenantry::{Id, Result, Seals};

mod shop {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(table_name = "shops")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        pub access_token: tenantry::Sealed<AccessToken>,
        pub refresh_token: tenantry::Sealed<RefreshToken>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn swapped(session: &tenantry::Session, id: Id<shop::Entity>) -> Result<shop::New> {
    Ok(shop::New {
        id,
        access_token: session.seal(shop::REFRESH_TOKEN, &id, "a")?,
        refresh_token: session.seal(shop::REFRESH_TOKEN, &id, "b")?,
    })
}

fn main() {}
