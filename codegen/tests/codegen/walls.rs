//! A wall says which column names the workspace, so that nobody has to.

use tenantry_codegen::Generator;
use tenantry_migration::Migrator;
use tenantry_testing::TestDatabase;

use crate::case;

#[tokio::test]
async fn tables_with_a_wall_need_no_configuration() {
    let database = TestDatabase::new::<Migrator>().await.unwrap();
    let generate = |generator: Generator| {
        let generator = generator.schema("accounts").schema("challenges");
        generator.generate_from_url(database.app_url()).unwrap()
    };
    let told = Generator::new()
        .scope_column("workspace_id")
        .workspace_table("accounts.workspaces")
        .global_table("accounts.workspace_names");
    let (told, read) = (generate(told), generate(Generator::new()));
    let scoped = |text: &str| text.contains("impl tenantry::Scoped for Entity");
    assert_eq!(read.iter().filter(|file| scoped(&file.text)).count(), 8);
    assert_eq!(read, told);
}

#[tokio::test]
async fn names_of_any_kind_and_type_are_read_off_the_wall() {
    let statements = "CREATE SCHEMA tenantry; CREATE SCHEMA shop;
         CREATE FUNCTION tenantry.workspace_text() RETURNS text LANGUAGE sql AS $$SELECT 'a'$$;
         CREATE TABLE shop.boxes (\"Whose \"\"it\"\" is\" varchar(9), id uuid, PRIMARY KEY (\"Whose \"\"it\"\" is\", id));
         CREATE POLICY wall ON shop.boxes AS RESTRICTIVE USING (\"Whose \"\"it\"\" is\" = (SELECT tenantry.workspace_text()));
         CREATE TABLE shop.notes (team text, id uuid PRIMARY KEY);
         CREATE POLICY wall ON shop.notes USING (team = (SELECT tenantry.workspace_text()));";
    let generator = Generator::new().schema("shop");
    let files = case::generate(&generator, statements).await.unwrap();
    let text = |name: &str| {
        let file = files.iter().find(|file| file.path.ends_with(name));
        &file.unwrap().text
    };
    assert!(text("box.rs").contains("impl tenantry::Scoped for Entity"));
    // A permissive policy is no wall.
    assert!(text("note.rs").contains("impl tenantry::Global for Entity"));
}
