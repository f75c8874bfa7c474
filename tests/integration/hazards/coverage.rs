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

/// Hazards in which somebody reaches, changes or infers a row of another workspace.
const ACROSS: [u32; 19] = [
    1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 17, 19, 20, 21, 22, 29, 36, 45,
];

/// Files of which every test is an attack.
const ATTACKS: [&str; 6] = [
    "attacks.rs",
    "attacks/role.rs",
    "isolation.rs",
    "isolation/hooked.rs",
    "isolation/tables.rs",
    "search/attacks.rs",
];

/// What proves through the administrator that a row is there: [`World::challenge`](crate::world::World::challenge), which plants
/// one, and [`World::stands`](crate::world::World::stands).
const PROOFS: [&str; 2] = [".challenge(&", ".stands(&"];

/// Attacks that none of [`PROOFS`] precedes, and why they are not vacuous all the same.
const PROVEN_OTHERWISE: [(&str, &str); 8] = [
    (
        "audit_entries_cannot_be_forged_through_a_temporary_table",
        "what is attacked is a table of the attacker's own",
    ),
    (
        "nobody_raises_their_own_role",
        "what is attacked is a row of the attacker's own, and read before",
    ),
    (
        "a_workspace_sees_itself_and_no_other",
        "the administrator counts the other workspace itself",
    ),
    (
        "no_text_is_an_error",
        "the words are searched in the attacker's own row, and found",
    ),
    (
        "insert_each_is_one_insert_after_another",
        "the ground of all properties plants the other workspace's rows",
    ),
    (
        "a_delete_takes_all_that_hangs_on_a_row_and_a_restore_brings_back_exactly_that",
        "the administrator counts the twins of the other workspace, before and after",
    ),
    (
        "a_rollback_dropped_midway_returns_no_open_transaction",
        "the row must not be there: it was rolled back",
    ),
    (
        "no_program_tells_whether_another_workspace_holds_data",
        "the administrator counts the rows of both sides when they are planted",
    ),
];

/// H-46: whoever attacks another workspace's row has first been shown by the administrator that it is there.
#[test]
fn no_attack_passes_for_want_of_a_row() {
    let (mut vacuous, mut exempt) = (Vec::new(), BTreeSet::new());
    let folder = Path::new("tests/integration");
    for file in sources(folder) {
        let name = file.strip_prefix(folder).unwrap().display().to_string();
        let text = fs::read_to_string(&file).unwrap();
        let above = file.parent().map(|folder| folder.with_extension("rs"));
        let above = above.and_then(|file| fs::read_to_string(file).ok());
        let mut helpers = functions(&text);
        helpers.extend(functions(&above.unwrap_or_default()));
        for test in functions(&text).iter().filter(|function| function.test) {
            let across = test.hazards.iter().any(|id| ACROSS.contains(id));
            if !across && !ATTACKS.contains(&name.as_str()) || proves(test, &helpers, 3) {
                continue;
            }
            match PROVEN_OTHERWISE.iter().find(|(name, _)| *name == test.name) {
                Some((name, _)) => drop(exempt.insert(*name)),
                None => vacuous.push(format!("{name}: {}", test.name)),
            }
        }
    }
    assert!(
        vacuous.is_empty(),
        "nothing proves that a row is there: {vacuous:?}"
    );
    let listed: BTreeSet<_> = PROVEN_OTHERWISE.iter().map(|(name, _)| *name).collect();
    assert_eq!(exempt, listed, "exemptions that are not needed");
}

/// A function of a test file.
struct Function {
    name: String,
    test: bool,
    hazards: BTreeSet<u32>,
    body: String,
}

/// Whether a function plants a row with proof, or calls one that does.
fn proves(function: &Function, helpers: &[Function], depth: u32) -> bool {
    let calls = |helper: &&Function| {
        let call = format!("{}(", helper.name);
        !helper.test && helper.name != function.name && function.body.contains(&call)
    };
    PROOFS.iter().any(|proof| function.body.contains(proof))
        || (depth > 0
            && helpers
                .iter()
                .filter(calls)
                .any(|helper| proves(helper, helpers, depth - 1)))
}

/// The async functions of a file, with what is said of them.
fn functions(text: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let (mut test, mut hazards) = (false, BTreeSet::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        let head = code
            .trim_start_matches("pub(crate) ")
            .trim_start_matches("pub(super) ");
        if code.starts_with("///") {
            hazards.extend(ids(code));
        } else if let Some(rest) = head.strip_prefix("async fn ") {
            let end = format!("{}}}", &line[..line.len() - code.len()]);
            let body: Vec<&str> = lines.by_ref().take_while(|line| **line != end).collect();
            found.push(Function {
                name: rest.split(['(', '<']).next().unwrap_or_default().to_owned(),
                test: std::mem::take(&mut test),
                hazards: std::mem::take(&mut hazards),
                body: body.join("\n"),
            });
        } else if code.starts_with("#[tokio::test") {
            test = true;
        } else if !code.starts_with("#[") {
            hazards.clear();
        }
    }
    found
}

#[test]
fn a_proof_is_found_in_a_test_or_in_what_it_calls() {
    let text = "async fn planted() {\n    world.stands(&row).await;\n}\n\
        /// H-20\n#[tokio::test]\nasync fn a() {\n    planted().await;\n}\n\
        /// H-21\n#[tokio::test]\nasync fn b() {\n    attack().await;\n}\n";
    let found = functions(text);
    let told: Vec<_> = found
        .iter()
        .map(|function| {
            (
                function.name.as_str(),
                function.test,
                proves(function, &found, 3),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("planted", false, true),
            ("a", true, true),
            ("b", true, false)
        ]
    );
    assert_eq!(found[1].hazards, BTreeSet::from([20]));
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
        // Means over the views of a deck, whose slides are named with their workspace.
        ("repositories/src/decks/attention.rs".to_owned(), 1),
        // What a deck shows, and a new order or new slides of it, each in one statement under the deck's lock.
        ("repositories/src/decks/editing.rs".to_owned(), 3),
        // Shows that no policy takes it.
        ("src/policy/beside/tests.rs".to_owned(), 1),
        ("src/policy/tests.rs".to_owned(), 1),
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
