//! Which test holds which hazard, read from the tests themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Hazards H-1 to H-46: incidents of other systems that must not happen in this one.
const HAZARDS: u32 = 46;

/// Hazards of features that do not exist yet, and which feature will bring its test.
const WAITING: [(u32, &str); 1] = [(39, "the feed: an invisible row's events reach nobody")];

/// Where tests stand.
const FOLDERS: [&str; 5] = [
    "src",
    "tests",
    "migration/tests",
    "testing",
    "codegen/tests",
];

#[test]
fn every_hazard_is_held_by_a_test_or_waits_for_its_feature() {
    let mut held: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for folder in FOLDERS {
        for file in sources(Path::new(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            let theorem = file.parent().is_some_and(|folder| folder.ends_with("ui"));
            for id in if theorem {
                of_theorem(&text)
            } else {
                of_tests(&text)
            } {
                held.entry(id)
                    .or_default()
                    .insert(file.display().to_string());
            }
        }
    }
    let waiting: BTreeSet<u32> = WAITING.iter().map(|(id, _)| *id).collect();
    let open: Vec<_> = (1..=HAZARDS)
        .filter(|id| !held.contains_key(id) && !waiting.contains(id))
        .map(|id| format!("H-{id}"))
        .collect();
    assert!(open.is_empty(), "no test names {open:?}");
    let arrived: Vec<_> = WAITING
        .iter()
        .filter(|(id, _)| held.contains_key(id))
        .collect();
    assert!(arrived.is_empty(), "they no longer wait: {arrived:?}");
    let unknown: Vec<_> = held
        .keys()
        .filter(|id| !(1..=HAZARDS).contains(*id))
        .collect();
    assert!(unknown.is_empty(), "no such hazards: {unknown:?}");
}

/// H-43: a door past the built statements is counted, so that one more is a decision.
#[test]
fn the_doors_past_the_guards_are_counted() {
    const DOORS: [&str; 2] = [
        ".raw_sql_without_workspace_guard(",
        "::expression_guarded_by_row_security_alone(",
    ];
    let mut met = BTreeMap::new();
    for folder in [
        "src",
        "repositories/src",
        "entities/src",
        "macros/src",
        "examples",
    ] {
        for file in sources(Path::new(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let calls: usize = code
                .map(|line| DOORS.iter().filter(|door| line.contains(**door)).count())
                .sum();
            if calls > 0 {
                met.insert(file.display().to_string(), calls);
            }
        }
    }
    let reviewed = BTreeMap::from([
        // Shows that the log cannot be tampered with.
        ("examples/audit_trail.rs".to_owned(), 1),
        // Shows the log, and shows that raw SQL meets the wall.
        ("examples/quickstart.rs".to_owned(), 4),
        // Numbers over two tables, each named with its workspace.
        ("repositories/src/challenges/board.rs".to_owned(), 1),
    ]);
    assert_eq!(met, reviewed);
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

/// The ids in a theorem: its comment is its claim.
fn of_theorem(text: &str) -> BTreeSet<u32> {
    text.lines()
        .filter(|line| line.starts_with("//"))
        .flat_map(ids)
        .collect()
}

/// The ids in the doc comments of tests, and of nothing else.
fn of_tests(text: &str) -> BTreeSet<u32> {
    let (mut held, mut said) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("///") {
            said.extend(ids(line));
        } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            held.append(&mut said);
        } else if !line.starts_with("#[") {
            said.clear();
        }
    }
    held
}

fn ids(line: &str) -> Vec<u32> {
    line.split("H-")
        .skip(1)
        .filter_map(|rest| {
            let digits = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            rest[..digits].parse().ok()
        })
        .collect()
}

#[test]
fn ids_are_read_from_doc_comments_of_tests_only() {
    let text = "/// H-1, H-22: a.\n#[tokio::test]\nfn a() {}\n/// H-3\nfn helper() {}\n// H-4\n#[test]\nfn b() {}\n";
    assert_eq!(of_tests(text), BTreeSet::from([1, 22]));
    assert_eq!(of_theorem("// H-8: a\nfn main() {}\n"), BTreeSet::from([8]));
}
