#![deny(unused_must_use)]

use tenantry::{Query, Session};
use tenantry_entities::challenges::{Challenges, challenge};

fn ask(session: &Session, title: String) {
    session.challenges();
    session.challenges().list();
    Query::<challenge::Entity>::new();
    challenge::TITLE.eq(title);
}

fn main() {}
