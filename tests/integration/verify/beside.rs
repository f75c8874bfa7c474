//! Faults of the scopes beside the workspace.

super::faults! {
    faults_of_scopes_beside_the_workspace_are_found:

    a_catalogue_that_writes_is_found: BesideReads names "tenantry_catalogue",
        "GRANT UPDATE (title) ON challenges.challenges TO tenantry_catalogue";
    a_catalogue_that_reads_whole_rows_is_found: BesideReads names "whole rows",
        "GRANT SELECT ON challenges.challenges TO tenantry_catalogue";
    break_glass_that_writes_is_found: BesideReads names "tenantry_glass",
        "GRANT INSERT (title) ON challenges.challenges TO tenantry_glass";

    a_catalogue_of_everything_is_found: BesideWall names "tenantry_catalogue",
        "ALTER POLICY catalogue_wall ON challenges.challenges USING (true)";
    a_catalogue_that_takes_rows_is_found: BesideWall names "tenantry_catalogue",
        "ALTER POLICY catalogue_wall ON challenges.challenges WITH CHECK (status = 'published')";
    break_glass_without_a_grant_is_found: BesideWall names "tenantry_glass",
        "ALTER POLICY glass_wall ON challenges.challenges USING (workspace_id IS NOT NULL)";
    break_glass_beside_its_grant_is_found: BesideWall names "tenantry_glass",
        "ALTER POLICY glass_wall ON challenges.challenges
           USING (workspace_id = ANY ((SELECT tenantry.glass_workspaces())::uuid[]) OR status = 'draft')";
    a_person_that_sees_others_is_found: BesideWall names "tenantry_person",
        "ALTER POLICY person_wall ON challenges.submissions
           USING (user_id = (SELECT tenantry.person_id()) OR status = 'submitted')";
    a_person_that_writes_for_others_is_found: BesideWall names "tenantry_person",
        "ALTER POLICY person_wall ON challenges.submissions WITH CHECK (true)";

    rows_of_persons_that_no_index_finds_are_found: PersonIndex names "challenges.submissions.user_id",
        "DO $$ DECLARE name text; BEGIN
           FOR name IN SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = 'challenges.submissions'::regclass AND a.attname = 'user_id'
           LOOP EXECUTE 'DROP INDEX ' || name; END LOOP; END $$";
}
