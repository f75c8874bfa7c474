//! From a database to files: reading the catalogue included.

use sqlx::{Connection as _, PgConnection};
use tenantry::catalog::Catalog;

use crate::{GenerateError, GeneratedFile, Generator};

impl Generator {
    /// Reads the catalogue behind a connection and generates from it.
    ///
    /// Any role that may connect will do; nothing is changed.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Catalog`] if it cannot be read, or else as [`generate`](Self::generate).
    pub async fn generate_from(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Vec<GeneratedFile>, GenerateError> {
        let schemas = self.schemas_to_read();
        let catalog = Catalog::read(connection, &schemas)
            .await
            .map_err(GenerateError::Catalog)?;
        self.generate(&catalog)
    }

    /// Connects to a migrated database, generates from it, and waits for that: what a build tool calls.
    ///
    /// # Errors
    ///
    /// As [`generate_from`](Self::generate_from).
    pub fn generate_from_url(&self, url: &str) -> Result<Vec<GeneratedFile>, GenerateError> {
        let unavailable = |what: &'static str| {
            let error = tenantry::Error::new(tenantry::ErrorKind::Unavailable, what);
            GenerateError::Catalog(error)
        };
        // A thread of its own, so that it may be called where a runtime runs already.
        let waiting = || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|_| unavailable("no runtime could be started"))?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect(url)
                    .await
                    .map_err(|_| unavailable("the database cannot be reached"))?;
                let files = self.generate_from(&mut connection).await;
                // The answer is there; a farewell that fails changes nothing.
                drop(connection.close().await);
                files
            })
        };
        std::thread::scope(|scope| match scope.spawn(waiting).join() {
            Ok(files) => files,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }
}
