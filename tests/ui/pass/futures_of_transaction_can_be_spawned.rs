use tenantry::{Database, Error, Result, Session, TenantContext};
use tenantry_entities::challenges::{Challenges, challenge};

fn spawn(database: Database, context: TenantContext, title: String) {
    tokio::spawn(async move {
        let captured = &title;
        let work = async |session: &mut Session| {
            let title = captured.clone();
            let row = session
                .challenges()
                .insert(challenge::New { title })
                .await?;
            session
                .savepoint(async |inner| inner.challenges().delete(row.id).await)
                .await?;
            Ok::<_, Error>(row)
        };
        database.transaction(&context, work).await
    });
}

fn spawn_function(database: Database, context: TenantContext) {
    tokio::spawn(async move { database.transaction(&context, count).await });
}

async fn count(session: &mut Session) -> Result<u64> {
    session.challenges().list().count().await
}

fn main() {
    let _ = (spawn, spawn_function);
}
