//! Generated files: as text, on disk, and how the two differ.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// A file, as the generator would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneratedFile {
    /// Where it goes, below the folder of entities.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
}

/// A file that is not as the generator would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// It is not there.
    Missing(PathBuf),
    /// It has other text, the first time in this line.
    Changed(PathBuf, usize),
    /// It was generated once, and its table is gone.
    Left(PathBuf),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "{}: missing", path.display()),
            Self::Changed(path, line) => write!(f, "{}: differs from line {line}", path.display()),
            Self::Left(path) => write!(
                f,
                "{}: generated, but no longer in the schema",
                path.display()
            ),
        }
    }
}

/// What the header of every generated file says; by this, files that are left over are known.
pub(crate) const MARK: &str = "by tenantry-codegen; do not edit.";

/// Writes the files into a folder, and removes those that were generated for tables that are gone.
///
/// A file that is already as it should be is not touched, so that nothing is compiled anew.
///
/// # Errors
///
/// As the file system has them.
pub fn write(files: &[GeneratedFile], folder: impl AsRef<Path>) -> io::Result<()> {
    let folder = folder.as_ref();
    for difference in check(files, folder)? {
        if let Difference::Left(path) = difference {
            fs::remove_file(folder.join(path))?;
        }
    }
    for file in files {
        let path = folder.join(&file.path);
        if read(&path)?.as_deref() != Some(&file.text) {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, &file.text)?;
        }
    }
    Ok(())
}

/// Compares the files with those in a folder; no difference means that everything is up to date.
///
/// # Errors
///
/// As the file system has them.
pub fn check(files: &[GeneratedFile], folder: impl AsRef<Path>) -> io::Result<Vec<Difference>> {
    let folder = folder.as_ref();
    let mut differences = Vec::new();
    for file in files {
        match read(&folder.join(&file.path))? {
            None => differences.push(Difference::Missing(file.path.clone())),
            Some(text) if text != file.text => {
                differences.push(Difference::Changed(
                    file.path.clone(),
                    first_difference(&text, &file.text),
                ));
            }
            Some(_) => {}
        }
    }
    let mut folders: Vec<&Path> = files.iter().filter_map(|file| file.path.parent()).collect();
    folders.sort_unstable();
    folders.dedup();
    for below in folders {
        differences.extend(left_in(files, folder, below)?);
    }
    Ok(differences)
}

/// Generated files in a folder of a schema that are not among the files.
fn left_in(files: &[GeneratedFile], folder: &Path, below: &Path) -> io::Result<Vec<Difference>> {
    let mut left: Vec<PathBuf> = Vec::new();
    let entries = match fs::read_dir(folder.join(below)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = below.join(entry?.file_name());
        let known = files.iter().any(|file| file.path == path);
        if !known
            && path.extension().is_some_and(|extension| extension == "rs")
            && read(&folder.join(&path))?.is_some_and(|text| is_generated(&text))
        {
            left.push(path);
        }
    }
    left.sort_unstable();
    Ok(left.into_iter().map(Difference::Left).collect())
}

fn is_generated(text: &str) -> bool {
    text.lines()
        .take_while(|line| line.starts_with("//!"))
        .any(|line| line.ends_with(MARK))
}

fn first_difference(one: &str, other: &str) -> usize {
    let same = one
        .lines()
        .zip(other.lines())
        .take_while(|(one, other)| one == other)
        .count();
    same + 1
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
