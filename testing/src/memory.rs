//! A repository in memory, for unit tests of services that take `impl Repository`.

mod deletion;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, IdenStatic, IntoActiveModel, Iterable, ModelTrait,
    TryIntoModel, Value, prelude::ChronoUtc, sea_query::ColumnType,
};
use tenantry::{
    Deletion, Error, ErrorKind, Hit, Id, NewRow, Page, Query, ReadRepository, Repository, Result,
    Scoped, SearchQuery, Seen, SoftDelete, Stale, Unique, Versioned, WorkspaceId,
};

/// The rows of one table of one workspace, in memory.
///
/// It answers the queries that the service builds, counts versions, refuses stale updates and taken
/// keys, soft-deletes and restores as the database does, the rows of this table alone. It knows no foreign keys, checks, policies,
/// generated columns or triggers of one's own, and does not search by words: what depends on those belongs into a test with a
/// [`TestDatabase`](crate::TestDatabase).
///
/// Columns that the database fills by a default and the library does not know of need
/// [`with_default`](Self::with_default). Deletes count a column that is called `version`; updates
/// count the table's, whatever it is called.
///
/// # Examples
///
/// A rule that is written once, on the trait, runs here as it runs on rows:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> tenantry::Result<()> {
/// use sea_orm::sea_query::Value;
/// use tenantry::Repository as _;
/// use tenantry_entities::challenges::challenge::{self, Column, Status};
/// use tenantry_repositories::challenges::ChallengeRepository as _;
/// use tenantry_testing::MemoryRepository;
///
/// let challenges = MemoryRepository::<challenge::Entity>::new(uuid::Uuid::now_v7())
///     .with_default(Column::Description, Value::Json(Some(Default::default())))
///     .with_default(Column::Status, "draft")
///     .with_default(Column::StatusRank, 0_i16);
/// let draft = challenges.insert(challenge::New { title: "Ship it".into() }).await?;
/// assert_eq!(challenges.publish(draft.id).await?.status, Status::Published);
/// # Ok(())
/// # }
/// ```
pub struct MemoryRepository<E: Scoped> {
    workspace: WorkspaceId,
    defaults: BTreeMap<&'static str, Value>,
    uniques: Vec<Unique<E>>,
    rows: Mutex<Vec<E::Model>>,
}

impl<E: Scoped> MemoryRepository<E> {
    /// An empty table of a workspace.
    pub fn new(workspace: impl Into<WorkspaceId>) -> Self {
        Self {
            workspace: workspace.into(),
            defaults: BTreeMap::new(),
            uniques: Vec::new(),
            rows: Mutex::default(),
        }
    }

    /// Says what a column holds where a new row does not set it.
    #[must_use]
    pub fn with_default(mut self, column: E::Column, value: impl Into<Value>) -> Self {
        self.defaults.insert(column.as_str(), value.into());
        self
    }

    /// Holds rows to a unique key, beside that of their ids.
    #[must_use]
    pub fn with_unique(mut self, unique: Unique<E>) -> Self {
        self.uniques.push(unique);
        self
    }

    /// Puts rows there as they are, such as those of a database.
    #[must_use]
    pub fn with_rows(mut self, rows: impl IntoIterator<Item = E::Model>) -> Self {
        let held = self.rows.get_mut().unwrap_or_else(PoisonError::into_inner);
        held.extend(rows);
        self
    }

    /// Every row, deleted ones included, in the order of insertion.
    #[must_use]
    pub fn rows(&self) -> Vec<E::Model> {
        self.lock().clone()
    }

    /// Puts a row there as it is, in place of the one of its id: what a function of the database writes, past the verbs.
    pub fn put(&self, row: E::Model) {
        let mut rows = self.lock();
        match rows
            .iter_mut()
            .find(|other| E::id_of(other) == E::id_of(&row))
        {
            Some(other) => *other = row,
            None => rows.push(row),
        }
    }

    /// Puts rows there as they are, in place of all.
    pub fn set_rows(&self, rows: Vec<E::Model>) {
        *self.lock() = rows;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<E::Model>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the rows back as they were if one of many was refused.
    async fn all_or_none<T>(
        &self,
        outcomes: impl Future<Output = Result<Vec<Result<T>>>> + Send,
    ) -> Result<Vec<T>> {
        let before = self.rows();
        let written: Result<Vec<T>> = outcomes.await?.into_iter().collect();
        if written.is_err() {
            *self.lock() = before;
        }
        written
    }

    /// What a column holds where nobody sets it, if that can be told.
    fn filled(&self, column: E::Column) -> Option<Value> {
        if let Some(value) = self.defaults.get(column.as_str()) {
            return Some(value.clone());
        }
        let definition = column.def();
        if definition.is_null() {
            return Some(null_of(definition.get_column_type()));
        }
        match (column.as_str(), definition.get_column_type()) {
            ("version", ColumnType::BigInteger) => Some(1_i64.into()),
            (_, ColumnType::TimestampWithTimeZone) => Some(ChronoUtc::now().into()),
            _ => None,
        }
    }

    /// Refuses a row that another one's unique key is in the way of.
    fn refuse_taken(&self, rows: &[E::Model], row: &E::Model) -> Result<()> {
        let taken = self.uniques.iter().find(|unique| {
            rows.iter()
                .filter(|other| E::id_of(other) != E::id_of(row))
                .any(|other| unique.same_key(row, other))
        });
        taken.map_or(Ok(()), |unique| Err(unique.violation()))
    }

    /// Refuses a row that the unique keys or the id of another one are in the way of.
    fn refuse_duplicate(&self, rows: &[E::Model], row: &E::Model) -> Result<()> {
        if rows.iter().any(|other| E::id_of(other) == E::id_of(row)) {
            let table = E::default();
            let message = format!("the id is taken in {}", table.table_name());
            return Err(Error::new(ErrorKind::AlreadyExists, message).with_field(E::ID.as_str()));
        }
        self.refuse_taken(rows, row)
    }
}

/// A null of a column's type. SeaORM's values are typed even where they are null.
fn null_of(column: &ColumnType) -> Value {
    match column {
        ColumnType::Boolean => Value::Bool(None),
        ColumnType::SmallInteger => Value::SmallInt(None),
        ColumnType::Integer => Value::Int(None),
        ColumnType::BigInteger => Value::BigInt(None),
        ColumnType::Float => Value::Float(None),
        ColumnType::Double => Value::Double(None),
        ColumnType::Uuid => Value::Uuid(None),
        ColumnType::Date => Value::ChronoDate(None),
        ColumnType::Time => Value::ChronoTime(None),
        ColumnType::DateTime | ColumnType::Timestamp => Value::ChronoDateTime(None),
        ColumnType::TimestampWithTimeZone => Value::ChronoDateTimeUtc(None),
        ColumnType::Json | ColumnType::JsonBinary => Value::Json(None),
        ColumnType::Decimal(_) => Value::Decimal(None),
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => Value::Bytes(None),
        _ => Value::String(None),
    }
}

fn unset(column: &str) -> Error {
    Error::new(
        ErrorKind::Invalid,
        format!("column {column} has no value and no default here"),
    )
    .with_field(column.to_owned())
    .with_hint("Say what the database would put there, with `with_default`.")
}

fn not_found<E: Scoped>() -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("{} not found", E::default().table_name()),
    )
}

fn is_deleted<E: Scoped>(row: &E::Model) -> bool {
    E::DELETED_AT.is_some_and(|column| row.get(column) != row.get(column).as_null())
}

impl<E> MemoryRepository<E>
where
    E: Scoped<ActiveModel: TryIntoModel<E::Model>>,
{
    fn complete(&self, mut row: E::ActiveModel) -> Result<E::Model> {
        let stamp = match (self.workspace.as_uuid(), self.workspace.as_i64()) {
            (Some(uuid), _) => uuid.into(),
            (_, Some(number))
                if matches!(E::WORKSPACE.def().get_column_type(), ColumnType::Integer) =>
            {
                i32::try_from(number).unwrap_or_default().into()
            }
            (_, Some(number)) => number.into(),
            _ => self.workspace.as_text().unwrap_or_default().into(),
        };
        row.set(E::WORKSPACE, stamp);
        if row.get(E::ID).is_not_set()
            && let Some(id) = Id::<E>::generate()
        {
            row.set(E::ID, id.into());
        }
        for column in E::Column::iter() {
            if row.get(column).is_not_set() {
                row.set(
                    column,
                    self.filled(column).ok_or_else(|| unset(column.as_str()))?,
                );
            }
        }
        row.try_into_model().map_err(|_| unset("of the row"))
    }

    /// The row with what a change sets, its version counted.
    fn changed(row: &E::Model, change: &E::ActiveModel, version: E::Column) -> Result<E::Model> {
        let mut next = row.clone().into_active_model();
        for column in E::Column::iter().filter(|column| !is_key::<E>(*column)) {
            if let ActiveValue::Set(value) = change.get(column) {
                next.set(column, value);
            }
        }
        touch::<E>(&mut next, row, Some(version));
        next.try_into_model().map_err(|_| unset("of the change"))
    }
}

fn is_key<E: Scoped>(column: E::Column) -> bool {
    [E::WORKSPACE.as_str(), E::ID.as_str()].contains(&column.as_str())
}

/// Counts the version and notes the time, as the database does on every write.
fn touch<E: Scoped>(next: &mut E::ActiveModel, row: &E::Model, version: Option<E::Column>) {
    for column in E::Column::iter() {
        let counts = version.map_or("version", |version| version.as_str()) == column.as_str();
        match row.get(column) {
            Value::BigInt(Some(count)) if counts => next.set(column, (count + 1).into()),
            Value::Int(Some(count)) if counts => next.set(column, (count + 1).into()),
            Value::ChronoDateTimeUtc(Some(_)) if column.as_str() == "updated_at" => {
                next.set(column, ChronoUtc::now().into());
            }
            _ => {}
        }
    }
}

impl<E: Scoped> ReadRepository for MemoryRepository<E> {
    type Entity = E;

    async fn find(&self, id: Id<E>) -> Result<Option<E::Model>> {
        let rows = self.lock();
        Ok(rows
            .iter()
            .find(|row| E::id_of(row) == id && !is_deleted::<E>(row))
            .cloned())
    }

    async fn page(&self, query: Query<E>) -> Result<Page<E::Model>> {
        query.answer(self.rows())
    }

    async fn count(&self, query: Query<E>) -> Result<u64> {
        let mut count = 0;
        for row in self.lock().iter() {
            count += u64::from(query.matches(row)?);
        }
        Ok(count)
    }

    /// Refused: which words find what, and in which order, is PostgreSQL's.
    async fn search_page(&self, _query: SearchQuery<E>) -> Result<Page<Hit<E::Model>>> {
        let message = "a repository in memory does not search";
        Err(Error::new(ErrorKind::Internal, message).with_hint(
            "Test what searches with a `TestDatabase`, or with a fake of your own that has `search_page`.",
        ))
    }
}

impl<E> Repository for MemoryRepository<E>
where
    E: Scoped<ActiveModel: TryIntoModel<E::Model>>,
{
    async fn insert(&self, new: impl NewRow<E>) -> Result<E::Model> {
        let row = self.complete(new.into_active_model())?;
        let mut rows = self.lock();
        self.refuse_duplicate(&rows, &row)?;
        rows.push(row.clone());
        Ok(row)
    }

    async fn update(&self, seen: impl Into<Seen<E>> + Send, change: E::Update) -> Result<E::Model>
    where
        E: Versioned,
    {
        let (seen, change) = (seen.into(), change.into());
        let mut rows = self.lock();
        let at = rows
            .iter()
            .position(|row| E::id_of(row) == *seen.id() && !is_deleted::<E>(row))
            .ok_or_else(not_found::<E>)?;
        if E::version_of(&rows[at]) != seen.version() {
            return Err(Stale::<E>::new(rows[at].clone(), seen.version()).into());
        }
        if E::Column::iter().all(|column| change.get(column).is_not_set()) {
            return Ok(rows[at].clone());
        }
        let next = Self::changed(&rows[at], &change, E::VERSION)?;
        self.refuse_taken(&rows, &next)?;
        rows[at] = next.clone();
        Ok(next)
    }

    async fn upsert(&self, new: impl NewRow<E>, target: Unique<E>) -> Result<E::Model>
    where
        E: Versioned,
    {
        let given = new.into_active_model();
        let row = self.complete(given.clone())?;
        let mut rows = self.lock();
        let Some(at) = rows.iter().position(|other| target.same_key(&row, other)) else {
            self.refuse_duplicate(&rows, &row)?;
            rows.push(row.clone());
            return Ok(row);
        };
        let changes = |column: E::Column| {
            let names = || target.columns().any(|key| key == column.as_str());
            !given.get(column).is_not_set() && !is_key::<E>(column) && !names()
        };
        if !E::Column::iter().any(changes) {
            return Ok(rows[at].clone());
        }
        let next = Self::changed(&rows[at], &given, E::VERSION)?;
        self.refuse_taken(&rows, &next)?;
        rows[at] = next.clone();
        Ok(next)
    }

    async fn insert_many<N: NewRow<E>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
    ) -> Result<Vec<E::Model>> {
        let outcomes = self.insert_each(rows);
        self.all_or_none(outcomes).await
    }

    async fn upsert_many<N: NewRow<E>>(
        &self,
        rows: impl IntoIterator<Item = N, IntoIter: Send> + Send,
        target: Unique<E>,
    ) -> Result<Vec<E::Model>>
    where
        E: Versioned,
    {
        let outcomes = self.upsert_each(rows, target);
        self.all_or_none(outcomes).await
    }

    async fn delete(&self, id: Id<E>) -> Result<Deletion>
    where
        E: SoftDelete,
    {
        deletion::delete(&mut self.lock(), &[id])
    }

    async fn delete_many(&self, ids: &[Id<E>]) -> Result<Deletion>
    where
        E: SoftDelete,
    {
        deletion::refuse_twins(ids, E::ID.as_str())?;
        deletion::delete(&mut self.lock(), ids)
    }

    async fn delete_each(&self, ids: &[Id<E>]) -> Result<Vec<Result<Deletion>>>
    where
        E: SoftDelete,
    {
        deletion::refuse_twins(ids, E::ID.as_str())?;
        let mut rows = self.lock();
        let each = ids.iter().map(std::slice::from_ref);
        Ok(each.map(|id| deletion::delete(&mut rows, id)).collect())
    }

    async fn restore(&self, deletion: &Deletion) -> Result<u64>
    where
        E: SoftDelete,
    {
        deletion::restore(
            &mut self.lock(),
            &self.uniques,
            std::slice::from_ref(deletion),
        )
    }

    async fn restore_many(&self, deletions: &[Deletion]) -> Result<u64>
    where
        E: SoftDelete,
    {
        deletion::restore(&mut self.lock(), &self.uniques, deletions)
    }
}

impl<E: Scoped> fmt::Debug for MemoryRepository<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = E::default().table_name();
        write!(f, "MemoryRepository({table}, {} rows)", self.lock().len())
    }
}
