//! Rows of every kind that a call may aim at, and what is drawn of them; with hooks, or without.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sea_orm::Set;
use serde_json::json;
use tenantry::{Change, Deletion, Error, ErrorKind, Hook, Planned, Result, Session, Version};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{
        Challenges,
        challenge::{self, Status},
        submission,
    },
};
use uuid::Uuid;

use super::numbered;
use crate::{
    interference::names::Names,
    random::Numbers,
    world::{World, member, titled},
};

type Challenge = challenge::Entity;

/// What titles ask of the hooks. Without hooks they are titles.
const CHANGED: char = '*';
const REFUSED_BEFORE: char = '<';
const REFUSED_AFTER: char = '>';
const ACCOMPANIED: char = '&';
/// What the title of a companion begins with.
const COMPANION: &str = "with ";
const MARKS: [char; 4] = [CHANGED, REFUSED_BEFORE, REFUSED_AFTER, ACCOMPANIED];

/// Committed rows of two workspaces.
pub(super) struct Ground {
    world: World,
    hook: Option<Busy>,
    /// Ids with a version: own rows, deleted and kept ones, another workspace's, nobody's.
    rows: Vec<(challenge::Id, i64)>,
    deletions: Vec<(challenge::Id, Deletion)>,
}

impl Ground {
    /// Without hooks, and with them.
    pub(super) async fn both() -> [Self; 2] {
        [Self::of(None).await, Self::of(Some(Busy::default())).await]
    }

    async fn of(hook: Option<Busy>) -> Self {
        let registered = hook.clone();
        let world = World::with(|builder| match registered.clone() {
            Some(hook) => builder.hook(challenge::Entity, hook),
            None => builder,
        })
        .await;
        let mut ground = Self {
            world,
            hook,
            rows: Vec::new(),
            deletions: Vec::new(),
        };
        ground.plant().await;
        if let Some(hook) = &ground.hook {
            hook.is_awake.store(true, Ordering::Relaxed);
        }
        ground
    }

    async fn plant(&mut self) {
        let session = self.world.alpha().await;
        let challenges = session.challenges();
        let mut new = numbered(24);
        for (place, mark) in (20..).zip(MARKS) {
            new[place].title.push(mark);
        }
        let rows = challenges.insert_many(new).await.unwrap();
        for (n, row) in rows.iter().enumerate() {
            let mut row = row.clone();
            let user_id = session.members().insert(member("m")).await.unwrap().user_id;
            let challenge_id = row.id;
            let new = submission::New {
                challenge_id,
                user_id,
            };
            session.submissions().insert(new).await.unwrap();
            for count in 0..n % 4 {
                let change = described(&json!(count));
                row = challenges.update(&row, change).await.unwrap();
            }
            if [2, 3].contains(&(n % 5)) {
                let deletion = challenges.delete(row.id).await.unwrap();
                self.deletions.push((row.id, deletion));
            }
            self.rows.push((row.id, row.version.as_i64()));
        }
        // One has lost its title to another meanwhile, one is back already.
        challenges.insert(titled("000003")).await.unwrap();
        let back = challenges.delete(rows[0].id).await.unwrap();
        challenges.restore(&back).await.unwrap();
        self.rows[0].1 += 2;
        challenges.insert(titled("taken")).await.unwrap();
        session.commit().await.unwrap();

        for n in 0..4 {
            let theirs = self
                .world
                .challenge(&self.world.beta, &format!("theirs {n}"))
                .await;
            self.rows
                .extend([(theirs.id, 1), (challenge::Id::random(), 1)]);
        }
        let session = self.world.beta().await;
        let theirs = self.world.challenge(&self.world.beta, "gone").await;
        let gone = session.challenges().delete(theirs.id).await.unwrap();
        session.commit().await.unwrap();
        let nobodys = Deletion::of_operation(Uuid::now_v7());
        self.deletions.extend([
            (rows[0].id, back),
            (theirs.id, gone),
            (challenge::Id::random(), nobodys),
        ]);

        // May be read, but not changed: of the living and of the deleted.
        let kept = [6, 12, 13]
            .map(|place| format!("'{}'", rows[place].id))
            .join(",");
        let policy = format!(
            "CREATE POLICY challenges_kept ON challenges.challenges AS RESTRICTIVE FOR UPDATE \
             TO tenantry_app USING (id NOT IN ({kept}))"
        );
        let plant = sqlx::raw_sql(sqlx::AssertSqlSafe(policy));
        plant.execute(&self.world.test.admin()).await.unwrap();
    }

    pub(super) async fn begin(&self) -> Session {
        drop(self.heard());
        self.world.alpha().await
    }

    /// The names of ids and times, those that are committed first.
    pub(super) fn names(&self) -> Names {
        let mut names = Names::default();
        for (id, _) in &self.rows {
            names.clear(&id.to_string());
        }
        names
    }

    /// What hooks were asked and told since the last time.
    pub(super) fn heard(&self) -> Heard {
        match &self.hook {
            Some(hook) => std::mem::take(&mut *hook.heard.lock().unwrap()),
            None => Heard::default(),
        }
    }

    /// How often hooks were called, if there are any.
    pub(super) fn calls(&self) -> Option<usize> {
        let hook = self.hook.as_ref()?;
        Some(hook.calls.load(Ordering::Relaxed))
    }

    /// Some of a list, in any order, each once.
    fn some<T: Clone>(numbers: &mut Numbers, from: &[T], most: usize) -> Vec<T> {
        let mut drawn = from.to_vec();
        numbers.shuffle(&mut drawn);
        drawn.truncate(numbers.below(most + 1));
        drawn
    }

    pub(super) fn ids(&self, numbers: &mut Numbers, most: usize) -> Vec<challenge::Id> {
        let rows = Self::some(numbers, &self.rows, most);
        rows.into_iter().map(|(id, _)| id).collect()
    }

    /// Deletions of different rows, with what they took.
    pub(super) fn deletions(
        &self,
        numbers: &mut Numbers,
        most: usize,
    ) -> Vec<(challenge::Id, Deletion)> {
        Self::some(numbers, &self.deletions, most)
    }

    /// Changes of different rows, most of them at the version that they have.
    pub(super) fn changes(
        &self,
        numbers: &mut Numbers,
        most: usize,
    ) -> Vec<((challenge::Id, Version), challenge::Update)> {
        let rows = Self::some(numbers, &self.rows, most);
        let change = |(place, (id, version)): (usize, (challenge::Id, i64))| {
            let seen = Version::from_i64(version + i64::from(numbers.one_in(6)));
            ((id, seen), change(numbers, place))
        };
        rows.into_iter().enumerate().map(change).collect()
    }
}

/// A title: one that nobody has, or one that a check, a key or a hook refuses.
fn title(numbers: &mut Numbers, place: usize) -> String {
    match numbers.below(14) {
        0 => "taken".to_owned(),
        1 => "x".repeat(256),
        2 | 3 => "wanted".to_owned(),
        4 => format!("000{place:03}"),
        5 => format!("new {place}{REFUSED_BEFORE}"),
        6 => format!("new {place}{REFUSED_AFTER}"),
        7 | 8 => format!("new {place}{CHANGED}"),
        9 | 10 => format!("new {place}{ACCOMPANIED}"),
        _ => format!("new {place}"),
    }
}

fn described(description: &serde_json::Value) -> challenge::Update {
    challenge::Update {
        description: Set(description.clone()),
        ..Default::default()
    }
}

/// A change of one column or several, or of none.
fn change(numbers: &mut Numbers, place: usize) -> challenge::Update {
    let described = described(&json!({ "place": place, "of": ["\"", "\\", null] }));
    match numbers.below(12) {
        0 => challenge::Update::default(),
        1 | 2 => described,
        3 => challenge::Update {
            starts_at: Set(Some(chrono::DateTime::UNIX_EPOCH)),
            ends_at: Set(None),
            ..described
        },
        4 | 5 => challenge::Update {
            starts_at: Set(None),
            status: Set(Status::Published),
            ..Default::default()
        },
        _ => challenge::Update {
            title: Set(title(numbers, place)),
            ..Default::default()
        },
    }
}

/// New rows that name what they please.
pub(super) fn new_rows(numbers: &mut Numbers, most: usize) -> Vec<challenge::Insert> {
    let count = numbers.below(most + 1);
    let row = |place| {
        let mut row: challenge::Insert = titled(&title(numbers, place)).into();
        if numbers.one_in(2) {
            row = row.status(*numbers.one_of(&[Status::Draft, Status::Published]));
        }
        if numbers.one_in(3) {
            row = row.description(json!({ "n": place, "of": ["\"", "\\", null] }));
        }
        if numbers.one_in(3) {
            let moment = i64::try_from(numbers.below(4_000_000_000)).unwrap();
            row = row.starts_at(chrono::DateTime::from_timestamp(moment, 5_000).unwrap());
        }
        row
    };
    (0..count).map(row).collect()
}

/// New rows of one shape, which a load copies.
pub(super) fn new_titles(numbers: &mut Numbers, most: usize) -> Vec<challenge::New> {
    let count = numbers.below(most + 1);
    (0..count)
        .map(|place| titled(&title(numbers, place)))
        .collect()
}

/// What hooks were asked and told, in their order: of the rows of a call, and of those that the hooks
/// themselves wrote meanwhile.
pub(super) type Heard = BTreeMap<&'static str, Vec<String>>;

/// Writes down what it is asked and told, and does what titles ask for.
#[derive(Clone, Default)]
struct Busy {
    is_awake: Arc<AtomicBool>,
    heard: Arc<Mutex<Heard>>,
    calls: Arc<AtomicUsize>,
}

impl Busy {
    fn hears(&self, what: [&'static str; 2], title: &str, line: String) {
        let what = what[usize::from(title.starts_with(COMPANION))];
        let mut heard = self.heard.lock().unwrap();
        heard.entry(what).or_default().push(line);
        self.calls.fetch_add(1, Ordering::Relaxed);
    }
}

/// The title that a row is to get, or else the one that it has.
fn title_of(row: &Planned<Challenge>) -> String {
    let given = row.values().title.try_as_ref().cloned();
    let old = || row.old().map(|old| old.title.clone());
    given.or_else(old).unwrap_or_default()
}

fn refuse(when: &'static str) -> Result<()> {
    Err(Error::new(
        ErrorKind::LimitReached,
        format!("refused {when}"),
    ))
}

/// The row, without what tells one operation from another.
fn shown(row: Option<&challenge::Model>) -> String {
    let row = row.cloned().map(|row| challenge::Model {
        delete_op: row.delete_op.map(|_| Uuid::nil()),
        ..row
    });
    format!("{row:?}")
}

impl Hook<Challenge> for Busy {
    async fn before(&self, session: &Session, planned: &mut [Planned<Challenge>]) -> Result<()> {
        if !self.is_awake.load(Ordering::Relaxed) {
            return Ok(());
        }
        for row in planned.iter() {
            let (verb, id, old) = (row.verb(), row.id(), shown(row.old()));
            let line = format!("{verb} {id:?} {old} {:?}", row.values());
            self.hears(["asked", "asked inside"], &title_of(row), line);
        }
        for row in planned {
            let title = title_of(row);
            let given = row.values().title.is_set();
            match title.chars().last() {
                Some(CHANGED) if given => row.change(challenge::Update {
                    title: Set(format!("{title} changed")),
                    status: Set(Status::Published),
                    ..Default::default()
                })?,
                Some(ACCOMPANIED) => {
                    let companion = titled(&format!("{COMPANION}{title} {}", row.verb()));
                    session.challenges().insert(companion).await?;
                }
                Some(REFUSED_BEFORE) => return refuse("before"),
                _ => {}
            }
        }
        Ok(())
    }

    async fn after(&self, _: &Session, changes: &[Change<Challenge>]) -> Result<()> {
        if !self.is_awake.load(Ordering::Relaxed) {
            return Ok(());
        }
        for change in changes {
            let (verb, old, new) = (change.verb(), shown(change.old()), shown(change.new()));
            let line = format!("{verb} {old} {new}");
            self.hears(["told", "told inside"], &change.row().title, line);
        }
        let mut titles = changes.iter().map(|change| &change.row().title);
        if titles.any(|title| title.ends_with(REFUSED_AFTER)) {
            return refuse("after");
        }
        Ok(())
    }
}
