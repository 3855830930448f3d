//! Migrations: forward only, at start, by one process at a time.
//!
//! `migrations/sqlite` and `migrations/postgres` hold the same numbers and names; a test compares them.

use std::fs::File;

use sqlx::migrate::{MigrateError, Migrator};

use crate::store::Settings;
use crate::store::error::{OpenError, is_away};
use crate::store::pool::Pool;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Says why the database is not at this program's version.
#[derive(Debug)]
pub(crate) enum MigrateProblem {
    /// The database does not answer: to be tried again.
    Away(String),
    /// It never will be: a person has to act.
    Fatal(OpenError),
}

/// Returns the number of the last migration that this program knows.
pub(crate) fn newest() -> i64 {
    SQLITE.iter().map(|m| m.version).max().unwrap_or_default()
}

/// Brings the database to this program's version.
pub(crate) async fn migrate(pool: &Pool, settings: &Settings) -> Result<(), MigrateProblem> {
    let ran = match pool {
        Pool::Sqlite { write, .. } => {
            // SQLite has no lock that spans migrations, and `zhida agent add` may start together with the server.
            let folder = |source| MigrateProblem::Fatal(OpenError::Folder { dir: settings.data.clone(), source });
            let lock = File::create(settings.data.join("migrate.lock")).map_err(folder)?;
            lock.lock().map_err(folder)?;
            SQLITE.run(write).await
        }
        // The server's own advisory lock keeps other replicas out.
        Pool::Postgres(pool) => POSTGRES.run(pool).await,
    };
    ran.map_err(|cause| {
        let (known, place) = (newest(), settings.place());
        let refused = |place, source| MigrateProblem::Fatal(OpenError::Refused { place, source });
        match cause {
            MigrateError::VersionMissing(version) => MigrateProblem::Fatal(OpenError::Newer { place, version, known }),
            MigrateError::VersionMismatch(version) => MigrateProblem::Fatal(OpenError::Changed { place, version }),
            MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) if is_away(&cause) => {
                MigrateProblem::Away(cause.to_string())
            }
            MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => refused(place, cause),
            other => refused(place, sqlx::Error::Configuration(Box::new(other))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_migrations() {
        let names = |m: &Migrator| m.iter().map(|m| (m.version, m.description.to_string())).collect::<Vec<_>>();
        assert_eq!(names(&SQLITE), names(&POSTGRES));
        assert!(!names(&SQLITE).is_empty());
    }
}
