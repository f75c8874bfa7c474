//! Which verbs there are, read from the source: what a test over all verbs has to cover.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Rooms of `src` whose public async functions are no verbs on a workspace's rows: doors, among them those to functions of the schema,
/// the log, keys and what is sealed under them, what looks at the catalogue, and the scopes beside the workspace, which have tests of
/// their own.
const NO_VERBS: [&str; 12] = [
    "audit",
    "authority",
    "beside",
    "call",
    "catalog",
    "cipher",
    "connection",
    "database",
    "glass",
    "person",
    "session",
    "verify",
];

/// The names of all verbs.
pub(crate) fn public() -> BTreeSet<String> {
    let mut verbs = BTreeSet::new();
    for file in sources(Path::new("src")) {
        let room = file.iter().nth(1).unwrap_or_default().to_string_lossy();
        if NO_VERBS.contains(&room.trim_end_matches(".rs")) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let names = text.split("pub async fn ").skip(1);
        verbs.extend(names.filter_map(|rest| Some(rest.split(['(', '<']).next()?.to_owned())));
    }
    assert!(
        verbs.contains("insert") && verbs.contains("page"),
        "{verbs:?}"
    );
    verbs
}

/// Fails on a verb that a list leaves out, and on a name in the list that is none.
pub(crate) fn assert_covered<'a>(covered: impl IntoIterator<Item = &'a str>) {
    let covered: BTreeSet<String> = covered.into_iter().map(str::to_owned).collect();
    let public = public();
    let missing: Vec<_> = public.difference(&covered).collect();
    assert!(
        missing.is_empty(),
        "verbs that are not covered: {missing:?}"
    );
    let gone: Vec<_> = covered.difference(&public).collect();
    assert!(gone.is_empty(), "no such verbs: {gone:?}");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
