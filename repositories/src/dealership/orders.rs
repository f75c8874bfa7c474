//! Orders: where they go, who sees to them, and which lists there are.

use std::future::Future;

use sea_orm::{Set, prelude::Uuid};
use tenantry::{Error, ErrorKind, Query, Repository, Result};
use tenantry_entities::dealership::{
    dealership,
    order::{self, Kind, Status},
};

/// How many orders a list has where nobody says otherwise.
const LISTED: u64 = 20;

/// The statuses that may follow each: an order goes its way, and can be cancelled until it is completed.
pub const NEXT: [(Status, &[Status]); 5] = [
    (Status::Draft, &[Status::Pending, Status::Cancelled]),
    (Status::Pending, &[Status::InProgress, Status::Cancelled]),
    (Status::InProgress, &[Status::Completed, Status::Cancelled]),
    (Status::Completed, &[]),
    (Status::Cancelled, &[]),
];

/// The orders of a workspace, real or fake.
///
/// An order is taken by [`insert`](Repository::insert): the database gives it the next number of its dealership and kind, as
/// `MAIN-SALES-000123`. Numbers leave no gap, also where transactions fail, and none is given twice. Whoever inserts therefore
/// waits for others who insert orders of the same dealership and kind until those commit. A transaction that takes orders of several kinds
/// may deadlock with another, which [`Database::transaction`](tenantry::Database::transaction) tries again.
pub trait OrderRepository: Repository<Entity = order::Entity> {
    /// Takes an order one step on, if [`NEXT`] allows it, in one statement.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it cannot go there from where it was seen; [`ErrorKind::Stale`] if it was changed since;
    /// [`ErrorKind::Forbidden`] for those who may not change it; [`ErrorKind::NotFound`] if there is no such order.
    fn advance(
        &self,
        seen: &order::Model,
        to: Status,
    ) -> impl Future<Output = Result<order::Model>> + Send {
        async move {
            let allowed = NEXT.iter().find(|(from, _)| *from == seen.status);
            if !allowed.is_some_and(|(_, next)| next.contains(&to)) {
                let told = "the order cannot go there from where it is";
                return Err(Error::new(ErrorKind::Invalid, told).with_field("status"));
            }
            let change = order::Update {
                status: Set(to),
                ..Default::default()
            };
            self.update(seen, change).await
        }
    }

    /// Hands a draft in.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    fn submit(&self, seen: &order::Model) -> impl Future<Output = Result<order::Model>> + Send {
        self.advance(seen, Status::Pending)
    }

    /// Begins work on a pending order.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    fn start(&self, seen: &order::Model) -> impl Future<Output = Result<order::Model>> + Send {
        self.advance(seen, Status::InProgress)
    }

    /// Completes an order that is worked on.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    fn complete(&self, seen: &order::Model) -> impl Future<Output = Result<order::Model>> + Send {
        self.advance(seen, Status::Completed)
    }

    /// Cancels an order that is not completed.
    ///
    /// # Errors
    ///
    /// As [`advance`](Self::advance).
    fn cancel(&self, seen: &order::Model) -> impl Future<Output = Result<order::Model>> + Send {
        self.advance(seen, Status::Cancelled)
    }

    /// Lets a member of the workspace see to an order, or nobody, in one statement.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Reference`] if they are no member of the workspace, or no longer; otherwise as [`advance`](Self::advance).
    fn assign(
        &self,
        seen: &order::Model,
        to: impl Into<Option<Uuid>> + Send,
    ) -> impl Future<Output = Result<order::Model>> + Send {
        let change = order::Update {
            assigned_to: Set(to.into()),
            ..Default::default()
        };
        self.update(seen, change)
    }

    /// The order of this number.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is none that whoever asks may see.
    fn by_number(&self, number: &str) -> impl Future<Output = Result<order::Model>> + Send {
        let query = Query::new().filter(order::ORDER_NUMBER.eq(number)).limit(1);
        async move {
            let found = self.page(query).await?.items.into_iter().next();
            found.ok_or_else(|| Error::new(ErrorKind::NotFound, "orders not found"))
        }
    }
}

impl<R: Repository<Entity = order::Entity>> OrderRepository for R {}

/// The orders of a dealership in one status, the newest first; 20 on a page.
pub fn with_status(dealership: dealership::Id, status: Status) -> Query<order::Entity> {
    Query::new()
        .filter(order::DEALERSHIP_ID.eq(dealership))
        .filter(order::STATUS.eq(status))
        .sort(order::BY_STATUS)
        .limit(LISTED)
}

/// The orders of a dealership of one kind, the newest first; 20 on a page.
pub fn of_kind(dealership: dealership::Id, kind: Kind) -> Query<order::Entity> {
    Query::new()
        .filter(order::DEALERSHIP_ID.eq(dealership))
        .filter(order::KIND.eq(kind))
        .sort(order::BY_KIND)
        .limit(LISTED)
}

/// The orders of a dealership with which somebody has to do something, what changed last first; 20 on a page.
pub fn active(dealership: dealership::Id) -> Query<order::Entity> {
    Query::new()
        .filter(order::DEALERSHIP_ID.eq(dealership))
        .filter(order::IS_ACTIVE.eq(true))
        .sort(order::QUEUE)
        .limit(LISTED)
}
