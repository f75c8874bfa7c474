//! A server is gone when its owner is, in whichever way that was.

#[cfg(unix)]
mod unix {
    use std::{
        env, fs,
        io::{BufRead, BufReader},
        path::{Path, PathBuf},
        process::{Child, Command, Stdio},
        thread,
        time::{Duration, Instant},
    };

    use tenantry_testing::{Source, TestServer};

    const CHILD: &str = "TENANTRY_TESTING_CHILD";

    #[test]
    fn a_dropped_server_leaves_nothing() {
        let server = TestServer::start().unwrap();
        if !is_ours(&server) {
            return;
        }
        let folder = folder_of(server.url());
        let process = server_process(&folder);
        drop(server);
        assert!(!folder.exists());
        assert!(!is_running(process));
    }

    #[test]
    fn a_killed_process_leaves_no_server() {
        let (mut child, folder) = start_child("server");
        let Some(folder) = folder else { return };
        let process = server_process(&folder);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_gone(&folder);
        assert!(until(|| (!is_running(process)).then_some(())).is_some());
    }

    #[test]
    fn a_process_killed_during_initdb_leaves_nothing() {
        let (mut child, _) = start_child("silent");
        let prefix = format!("tenantry-{}-", child.id());
        let found = until(|| {
            folders_in_tmp(&prefix)
                .into_iter()
                .find(|folder| folder.join("data").exists())
        });
        child.kill().unwrap();
        child.wait().unwrap();
        let Some(folder) = found else { return };
        assert_gone(&folder);
    }

    /// Not a test of its own: the process that the others kill.
    #[test]
    fn child() {
        let Ok(mode) = env::var(CHILD) else { return };
        let server = TestServer::start().unwrap();
        if mode == "server" {
            let url = if is_ours(&server) { server.url() } else { "" };
            eprintln!("url={url}");
        }
        thread::sleep(Duration::from_secs(60));
    }

    fn start_child(mode: &str) -> (Child, Option<PathBuf>) {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["server::unix::child", "--exact", "--nocapture"])
            .env(CHILD, mode)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        if mode == "silent" {
            return (child, None);
        }
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("url=").map(str::to_owned))
            .unwrap();
        let folder = (!url.is_empty()).then(|| folder_of(&url));
        (child, folder)
    }

    /// A server that `DATABASE_URL` names outlives the tests, and there is nothing to see.
    fn is_ours(server: &TestServer) -> bool {
        !matches!(server.source(), Source::Parent | Source::DatabaseUrl)
            && server.url().contains("?host=")
    }

    fn folder_of(url: &str) -> PathBuf {
        PathBuf::from(url.split_once("?host=").unwrap().1)
    }

    fn server_process(folder: &Path) -> u32 {
        let state = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
        state.lines().next().unwrap().parse().unwrap()
    }

    fn is_running(process: u32) -> bool {
        let signal = Command::new("kill")
            .args(["-0", &process.to_string()])
            .stderr(Stdio::null())
            .status();
        signal.unwrap().success()
    }

    fn folders_in_tmp(prefix: &str) -> Vec<PathBuf> {
        let entries = Path::new("/tmp").read_dir().unwrap().flatten();
        entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
            .map(|entry| entry.path())
            .collect()
    }

    fn assert_gone(folder: &Path) {
        let gone = until(|| (!folder.exists()).then_some(()));
        assert!(gone.is_some(), "{} is still there", folder.display());
    }

    fn until<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if let Some(found) = look() {
                return Some(found);
            }
            thread::sleep(Duration::from_millis(5));
        }
        None
    }
}
