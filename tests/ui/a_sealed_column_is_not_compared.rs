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

fn same(shop: shop::Model) -> tenantry::Filter<shop::Entity> {
    shop::ACCESS_TOKEN.eq(shop.access_token)
}

fn main() {}
