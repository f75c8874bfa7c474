//! Who may do what with decks: everybody is asked everything.

use sea_orm::Set;
use serde_json::json;
use tenantry::ActorId;
use tenantry_entities::{
    accounts::member,
    decks::{
        Decks as _, collaborator, comment, deck, deck_event, deck_version, export, slide, template,
        view,
    },
};
use tenantry_repositories::decks::policies;
use uuid::Uuid;

use super::{deck as new_deck, first_slide};
use crate::{
    matrix::{Asked, Matrix, Who},
    world::{World, joined},
};

pub(crate) async fn ask(world: &World) -> Matrix<'_> {
    let mut matrix = Matrix::new(world);
    let there = [
        ("viewer+", collaborator::Role::Viewer),
        ("says+", collaborator::Role::Commenter),
        ("edits+", collaborator::Role::Editor),
    ];
    let guest = Who::Member(member::Role::Viewer);
    let everybody = Who::everybody()
        .into_iter()
        .map(|(name, who)| (name, who, None));
    let guests = there.map(|(name, role)| (name, guest, Some(role)));
    for (name, who, there) in everybody.chain(guests) {
        let role = match who {
            Who::Member(role) => role,
            Who::Job(_) | Who::Key(_) => member::Role::Viewer,
        };
        // What an owner may, is asked of a founder too: it is the same person.
        let person = match role {
            member::Role::Owner => world.alpha.actor().and_then(ActorId::as_uuid).unwrap(),
            role => world.joins(role).await,
        };
        let rows = Rows::of(world, person, there).await;
        let mut asked = matrix.asks(name, who, person).await;
        rows.ask(&mut asked).await;
    }
    matrix
}

/// What is there to be asked about, committed.
struct Rows {
    person: Uuid,
    deck: deck::Model,
    own: deck::Model,
    gone: (deck::Model, tenantry::Deletion),
    slide: slide::Model,
    gone_slide: (slide::Model, tenantry::Deletion),
    template: template::Model,
    gone_template: (template::Model, tenantry::Deletion),
    event: deck_event::Model,
    version: deck_version::Model,
    collaborator: collaborator::Model,
    gone_collaborator: (collaborator::Model, tenantry::Deletion),
    themselves: collaborator::Model,
    comment: comment::Model,
    gone_comment: (comment::Model, tenantry::Deletion),
    said: comment::Model,
    export: export::Model,
    view: view::Model,
}

macro_rules! gone {
    ($rows:expr, $new:expr) => {{
        let row = $rows.insert($new).await.unwrap();
        let deletion = $rows.delete(row.id).await.unwrap();
        (row, deletion)
    }};
}

impl Rows {
    async fn of(world: &World, person: Uuid, there: Option<collaborator::Role>) -> Self {
        let session = world.alpha().await;
        let s = &session;
        let slide = first_slide(s).await.unwrap();
        let deck_id = slide.deck_id;
        let deck = s.decks().get(deck_id).await.unwrap();
        let own = new_deck(s, 0).await.unwrap();
        let with = |user_id: Uuid| collaborator::New { deck_id, user_id };
        let other = joined(s, member::Role::Viewer).await.unwrap();
        let left = joined(s, member::Role::Viewer).await.unwrap();
        let events = s
            .deck_events()
            .list()
            .filter(deck_event::DECK_ID.eq(deck_id));
        let mut rows = Self {
            person,
            gone: gone!(
                s.decks(),
                deck::New {
                    startup_id: deck.startup_id,
                    title: "gone".into()
                }
            ),
            gone_slide: gone!(s.slides(), slide::New { deck_id }),
            template: s.templates().insert(template(person)).await.unwrap(),
            gone_template: gone!(s.templates(), template(Uuid::now_v7())),
            event: events.first().await.unwrap().unwrap(),
            version: s
                .deck_versions()
                .insert(deck_version::New { deck_id })
                .await
                .unwrap(),
            gone_collaborator: gone!(s.collaborators(), with(left)),
            collaborator: s.collaborators().insert(with(other)).await.unwrap(),
            themselves: s
                .collaborators()
                .insert(collaborator::New {
                    deck_id: own.id,
                    user_id: person,
                })
                .await
                .unwrap(),
            comment: s.comments().insert(saying(&slide)).await.unwrap(),
            gone_comment: gone!(s.comments(), saying(&slide)),
            said: s.comments().insert(saying(&slide)).await.unwrap(),
            export: s.exports().insert(taken(deck_id)).await.unwrap(),
            view: s.views().insert(seen(&slide)).await.unwrap(),
            deck,
            own,
            slide,
        };
        if let Some(role) = there {
            s.collaborators()
                .insert(with(person).role(role))
                .await
                .unwrap();
        }
        session.commit().await.unwrap();
        // Who made or said something, the database says; whether they still may, is asked of whoever they became.
        let mut admin = world.test.admin().acquire().await.unwrap();
        sqlx::raw_sql("SET session_replication_role = replica")
            .execute(&mut *admin)
            .await
            .unwrap();
        let made = "UPDATE decks.decks SET created_by = $1 WHERE id = $2";
        let said = "UPDATE decks.comments SET author_id = $1 WHERE id = $2";
        for (sql, who, id) in [
            (made, person, *rows.own.id.as_key()),
            (said, person, *rows.said.id.as_key()),
            (said, other, *rows.comment.id.as_key()),
        ] {
            let changed = sqlx::query(sql).bind(who).bind(id).execute(&mut *admin);
            changed.await.unwrap();
        }
        sqlx::raw_sql("RESET session_replication_role")
            .execute(&mut *admin)
            .await
            .unwrap();
        rows.own.created_by = Some(person);
        rows.said.author_id = Some(person);
        rows.comment.author_id = Some(other);
        rows
    }

    async fn ask(&self, asked: &mut Asked<'_>) {
        self.ask_decks(asked).await;
        self.ask_slides(asked).await;
        self.ask_templates(asked).await;
        self.ask_collaborators(asked).await;
        self.ask_comments(asked).await;
        self.ask_logs(asked).await;
    }

    async fn ask_decks(&self, asked: &mut Asked<'_>) {
        let policy = policies::decks();
        let change = || deck::Update {
            title: Set("after".into()),
            ..Default::default()
        };
        for (what, row) in [("a deck", &self.deck), ("a deck that they made", &self.own)] {
            let after = deck::Model {
                title: "after".into(),
                ..row.clone()
            };
            asked.read(what, &policy, row).await;
            asked.update(what, &policy, (row, &after), change()).await;
            asked.delete(what, &policy, row).await;
        }
        let new = deck::New {
            startup_id: self.deck.startup_id,
            title: "new".into(),
        };
        let made = deck::Model {
            created_by: Some(self.person),
            ..self.deck.clone()
        };
        asked.insert("a deck", &policy, &made, new).await;
        asked.restore("a deck", &policy, &self.gone).await;
    }

    async fn ask_slides(&self, asked: &mut Asked<'_>) {
        let (what, policy, row) = ("a slide", policies::slides(), &self.slide);
        let content = json!({ "after": true });
        let after = slide::Model {
            content: content.clone(),
            ..row.clone()
        };
        asked.read(what, &policy, row).await;
        asked
            .insert(
                what,
                &policy,
                row,
                slide::New {
                    deck_id: row.deck_id,
                },
            )
            .await;
        let change = slide::Update {
            content: Set(content),
            ..Default::default()
        };
        asked.update(what, &policy, (row, &after), change).await;
        asked.delete(what, &policy, row).await;
        asked.restore(what, &policy, &self.gone_slide).await;
    }

    async fn ask_templates(&self, asked: &mut Asked<'_>) {
        let (what, policy, row) = ("a template", policies::templates(), &self.template);
        let after = template::Model {
            category: "after".into(),
            ..row.clone()
        };
        asked.read(what, &policy, row).await;
        asked
            .insert(what, &policy, row, template(Uuid::now_v7()))
            .await;
        let change = template::Update {
            category: Set("after".into()),
            ..Default::default()
        };
        asked.update(what, &policy, (row, &after), change).await;
        asked.delete(what, &policy, row).await;
        asked.restore(what, &policy, &self.gone_template).await;
    }

    async fn ask_collaborators(&self, asked: &mut Asked<'_>) {
        let policy = policies::collaborators();
        let change = || collaborator::Update {
            role: Set(collaborator::Role::Editor),
        };
        for (what, row) in [
            ("a collaborator", &self.collaborator),
            ("themselves as a collaborator", &self.themselves),
        ] {
            let after = collaborator::Model {
                role: collaborator::Role::Editor,
                ..row.clone()
            };
            asked.read(what, &policy, row).await;
            asked.update(what, &policy, (row, &after), change()).await;
            asked.delete(what, &policy, row).await;
        }
        let themselves = collaborator::Model {
            user_id: self.person,
            ..self.collaborator.clone()
        };
        let new = collaborator::New {
            deck_id: self.deck.id,
            user_id: self.person,
        };
        let new = new.role(collaborator::Role::Editor);
        asked
            .insert("themselves as a collaborator", &policy, &themselves, new)
            .await;
        asked
            .restore("a collaborator", &policy, &self.gone_collaborator)
            .await;
    }

    async fn ask_comments(&self, asked: &mut Asked<'_>) {
        let policy = policies::comments();
        for (what, row) in [
            ("a comment", &self.comment),
            ("a comment of theirs", &self.said),
        ] {
            asked.read(what, &policy, row).await;
            let after = comment::Model {
                body: "after".into(),
                ..row.clone()
            };
            let change = comment::Update {
                body: Set("after".into()),
                ..Default::default()
            };
            asked
                .update(&format!("{what}, its body"), &policy, (row, &after), change)
                .await;
            let after = comment::Model {
                resolved: true,
                ..row.clone()
            };
            let change = comment::Update {
                resolved: Set(true),
                ..Default::default()
            };
            asked
                .update(
                    &format!("{what}, that it is resolved"),
                    &policy,
                    (row, &after),
                    change,
                )
                .await;
            asked.delete(what, &policy, row).await;
        }
        let row = comment::Model {
            author_id: Some(self.person),
            ..self.comment.clone()
        };
        asked
            .insert("a comment of theirs", &policy, &row, saying(&self.slide))
            .await;
        asked
            .restore("a comment", &policy, &self.gone_comment)
            .await;
    }

    async fn ask_logs(&self, asked: &mut Asked<'_>) {
        asked
            .read("an event", &policies::deck_events(), &self.event)
            .await;
        let policy = policies::deck_versions();
        asked.read("a version", &policy, &self.version).await;
        let new = deck_version::New {
            deck_id: self.deck.id,
        };
        asked.insert("a version", &policy, &self.version, new).await;
        let policy = policies::exports();
        asked.read("an export", &policy, &self.export).await;
        asked
            .insert("an export", &policy, &self.export, taken(self.deck.id))
            .await;
        let policy = policies::views();
        asked.read("a view", &policy, &self.view).await;
        asked
            .insert("a view", &policy, &self.view, seen(&self.slide))
            .await;
    }
}

fn template(name: Uuid) -> template::New {
    template::New {
        name: name.to_string(),
        category: "any".into(),
    }
}

fn saying(slide: &slide::Model) -> comment::New {
    comment::New {
        deck_id: slide.deck_id,
        slide_id: slide.id,
        body: "said".into(),
    }
}

const fn taken(deck_id: deck::Id) -> export::New {
    export::New {
        deck_id,
        format: export::Format::Pdf,
    }
}

const fn seen(slide: &slide::Model) -> view::New {
    view::New {
        deck_id: slide.deck_id,
        slide_id: slide.id,
        seconds: 1,
    }
}
