#![deny(unused_must_use)]

use tenantry::Session;
use tenantry_entities::challenges::Challenges;

fn ask(session: &Session) {
    session.challenges();
    session.challenges().list();
}

fn main() {}
