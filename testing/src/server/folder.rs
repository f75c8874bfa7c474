//! A folder of our own, as short as a socket path needs it, removed on drop.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::SystemTime,
};

use super::error::LaunchError;

#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes an empty folder that only its owner may enter.
    pub(super) fn create() -> Result<Self, LaunchError> {
        static SEQUENCE: AtomicU32 = AtomicU32::new(0);
        let nanoseconds = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.subsec_nanos());
        // A socket path holds at most 103 bytes, and the temporary folder of macOS alone has about 50.
        let base = if cfg!(unix) {
            PathBuf::from("/tmp")
        } else {
            env::temp_dir()
        };
        let sequence = SEQUENCE.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!(
            "tenantry-{}-{sequence}-{nanoseconds:x}",
            process::id()
        ));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).map_err(LaunchError::system(format!(
            "make the folder {}",
            path.display()
        )))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The reaper may have been faster.
        let _ = fs::remove_dir_all(&self.0);
    }
}
