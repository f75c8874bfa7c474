//! What must not compile does not, and for the reason that its file is named after.
//!
//! Each file in `tests/ui` is a theorem. Beside it lies what the compiler says, read once by a
//! person: a case that fails for another reason proves nothing. What must compile stands below.
//!
//! The words of the compiler change with its version, so only the pinned one holds the theorems;
//! under another they are skipped, loudly. When words change, run `TRYBUILD=overwrite cargo test
//! --test integration theorems` and read the difference.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

use tenantry::{
    Access, Database, Id, ReadRepository, ReadSession, Repository, Result, Session, SoftDelete,
    TenantContext, Versioned,
};
use tenantry_entities::challenges::{Challenges, challenge, judge};
use tenantry_repositories::challenges::ChallengeRepository;

/// The compiler whose words are recorded.
const PINNED: &str = "rustc 1.95.";

#[test]
fn what_must_not_compile_does_not() {
    let compiler = compiler();
    if compiler.starts_with(PINNED) {
        trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
    } else {
        // Past the test harness, which would swallow what a passing test prints.
        writeln!(
            io::stderr(),
            "SKIPPED: tests/ui needs {PINNED}*, this is {compiler}"
        )
        .unwrap();
    }
}

fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let version = Command::new(rustc).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    version.trim().to_owned()
}

/// H-9: a workspace that lay in a global, a thread or a task would be another request's.
#[test]
fn the_engine_keeps_nothing_but_counters_outside_its_values() {
    const GLOBAL: [&str; 5] = [
        "static ",
        "thread_local!",
        "task_local!",
        "OnceLock",
        "LazyLock",
    ];
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    assert!(files.len() > 30, "the sources were found");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code.filter(|line| !line.contains(": Atomic")) {
            let line = line.replace("'static", "");
            let global = GLOBAL.iter().find(|word| line.contains(**word));
            assert_eq!(global, None, "{}: {line}", file.display());
        }
    }
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn a_session_is_send() {
    fn send<T: Send + Sync + 'static>() {}
    send::<Database>();
    send::<TenantContext>();
    send::<Session>();
    send::<ReadSession>();
}

#[test]
fn futures_of_transaction_can_be_spawned() {
    fn closure(database: Database, context: TenantContext, title: String) {
        tokio::spawn(async move {
            let borrowed = &title;
            let work = async |session: &mut Session| {
                let title = borrowed.clone();
                let row = session
                    .challenges()
                    .insert(challenge::New { title })
                    .await?;
                session
                    .savepoint(async |session| session.challenges().delete(row.id).await)
                    .await
            };
            database.transaction(&context, work).await
        });
    }
    async fn count(session: &mut Session) -> Result<u64> {
        session.challenges().list().count().await
    }
    fn function(database: Database, context: TenantContext) {
        tokio::spawn(async move { database.transaction(&context, count).await });
    }
    let _ = (closure, function);
}

#[test]
fn helpers_can_be_generic_and_spawned() {
    async fn count<A: Access>(session: &Session<A>) -> Result<u64> {
        session.challenges().list().count().await
    }
    async fn any<R: ReadRepository>(rows: R) -> Result<bool> {
        Ok(rows.list().first().await?.is_some())
    }
    async fn revive<R>(rows: &R, id: Id<R::Entity>) -> Result<u64>
    where
        R: Repository<Entity: SoftDelete + Versioned>,
    {
        let deletion = rows.delete(id).await?;
        rows.restore(&deletion).await
    }
    async fn publish(rows: &impl ChallengeRepository, id: challenge::Id) -> Result<()> {
        rows.publish(id).await?;
        Ok(())
    }
    fn write(session: Session, id: challenge::Id, judge: judge::Id) {
        tokio::spawn(async move {
            count(&session).await?;
            revive(&session.judges(), judge).await?;
            publish(&session.challenges(), id).await?;
            session.commit().await
        });
    }
    fn read(session: ReadSession) {
        tokio::spawn(async move {
            count(&session).await?;
            any(session.submissions()).await
        });
    }
    let _ = (write, read);
}
