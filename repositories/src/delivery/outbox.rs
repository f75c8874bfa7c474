//! Putting events into the outbox of a workspace.

use std::future::Future;

use sea_orm::{
    ActiveEnum as _, Value,
    prelude::{Json, Uuid},
    sea_query::ArrayType,
};
use serde::Serialize;
use tenantry::{Error, ErrorKind, Result, Rows};
use tenantry_entities::delivery::outbox_event::{self, Kind};

use super::{Said, only};

/// An event that is about to be put into the outbox.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an event is told of once it is put into an outbox"]
pub struct NewEvent {
    /// What happened, as `noun.verb`.
    pub topic: String,
    /// Who wants to know.
    pub kind: Kind,
    /// What there is to tell.
    pub payload: Json,
}

impl NewEvent {
    /// An event that the program itself wants to hear of.
    pub fn new(topic: impl Into<String>, payload: Json) -> Self {
        Self::of(Kind::Event, topic, payload)
    }

    /// What a mailer is to send.
    pub fn email(topic: impl Into<String>, payload: Json) -> Self {
        Self::of(Kind::Email, topic, payload)
    }

    /// What a webhook is to be told.
    pub fn webhook(topic: impl Into<String>, payload: Json) -> Self {
        Self::of(Kind::Webhook, topic, payload)
    }

    fn of(kind: Kind, topic: impl Into<String>, payload: Json) -> Self {
        Self {
            topic: topic.into(),
            kind,
            payload,
        }
    }

    /// Tells something else, for example a value of a type of the program.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the value cannot be written as JSON.
    pub fn telling(self, payload: &impl Serialize) -> Result<Self> {
        let payload = serde_json::to_value(payload).map_err(|_| {
            Error::new(
                ErrorKind::Invalid,
                "the payload of an event is not writable as JSON",
            )
            .with_field("payload")
        })?;
        Ok(Self { payload, ..self })
    }
}

/// The outbox of a session's workspace.
///
/// What is put leaves with the commit of the session and with nothing else: a session that rolls back tells nobody. Whoever acts in a
/// workspace may put events; who reads them, the [policy](super::policies::outbox) says. In a session at an isolation level above read
/// committed, a commit is `Retryable` where another transaction that put events into the same workspace committed meanwhile.
///
/// # Examples
///
/// ```no_run
/// # use tenantry::{Result, Session};
/// use tenantry_entities::delivery::Delivery;
/// use tenantry_repositories::delivery::{NewEvent, Outbox};
/// # async fn example(session: Session) -> Result<()> {
///
/// // … the order is completed by verbs of the same session …
/// let event = NewEvent::email("order.completed", serde_json::json!({ "order": "NORTH-SALES-000123" }));
/// session.outbox().put(event).await?;
/// session.commit().await
/// # }
/// ```
pub trait Outbox {
    /// Puts events, in this order, in one statement. Returns their ids, by which whoever receives one knows it again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] with the field: a `topic` that is no `noun.verb` in small letters or has more than 100 characters, a
    /// `payload` of more than 256 KiB.
    fn put_many(
        &self,
        events: Vec<NewEvent>,
    ) -> impl Future<Output = Result<Vec<outbox_event::Id>>> + Send;

    /// Puts one event; as [`put_many`](Self::put_many).
    ///
    /// # Errors
    ///
    /// As [`put_many`](Self::put_many).
    fn put(&self, event: NewEvent) -> impl Future<Output = Result<outbox_event::Id>> + Send
    where
        Self: Sync,
    {
        async {
            let put = self.put_many(vec![event]).await?;
            put.into_iter()
                .next()
                .ok_or_else(|| Error::new(ErrorKind::Internal, "no event was put"))
        }
    }

    /// Lets a dead event be tried again, from the first attempt on. It comes before whatever waits behind it, so that receivers may meet
    /// it after later ones.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the workspace has no such dead event; [`ErrorKind::Forbidden`] unless an owner, an admin or a job asks.
    fn revive(&self, event: outbox_event::Id) -> impl Future<Output = Result<()>> + Send;
}

impl Outbox for Rows<'_, outbox_event::Entity> {
    async fn put_many(&self, events: Vec<NewEvent>) -> Result<Vec<outbox_event::Id>> {
        let ids: Vec<outbox_event::Id> =
            events.iter().map(|_| outbox_event::Id::random()).collect();
        if ids.is_empty() {
            return Ok(ids);
        }
        let (mut topics, mut kinds, mut payloads) = (Vec::new(), Vec::new(), Vec::new());
        for event in events {
            topics.push(event.topic);
            kinds.push(event.kind.to_value());
            payloads.push(event.payload);
        }
        let uuids: Vec<Uuid> = ids.iter().map(|id| *id.as_key()).collect();
        let arguments: [Value; 4] = [
            uuids.into(),
            topics.into(),
            kinds.into(),
            documents(payloads),
        ];
        let put = self
            .session()
            .call::<Said<i64>>("delivery.put_events", arguments);
        put.await
            .map_err(tenantry::Error::about::<outbox_event::Entity>)?;
        Ok(ids)
    }

    async fn revive(&self, event: outbox_event::Id) -> Result<()> {
        let arguments = [(*event.as_key()).into()];
        let revived = self.session().call("delivery.revive_event", arguments);
        let revived: Said<bool> = only(revived.await?)?;
        if revived.called {
            return Ok(());
        }
        Err(Error::new(ErrorKind::NotFound, "dead event not found"))
    }
}

fn documents(payloads: Vec<Json>) -> Value {
    let payloads = payloads
        .into_iter()
        .map(|payload| Value::Json(Some(Box::new(payload))));
    Value::Array(ArrayType::Json, Some(Box::new(payloads.collect())))
}
