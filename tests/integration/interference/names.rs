//! Ids and times that no two runs share, as names by the order in which they are met.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tenantry::Cursor;

/// What the fixed ids of the seeds begin with. They stay as they are.
const FIXED: &str = "00000000-0000-0000-0000-";

/// The names that one run of one program has given.
#[derive(Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// The text with a name for each id and each time.
    pub(crate) fn clear(&mut self, text: &str) -> String {
        let (mut cleared, mut rest) = (String::new(), text);
        while let Some(first) = rest.chars().next() {
            let (kind, length) = match id(rest).or_else(|| time(rest)) {
                Some(("id", length)) if rest.starts_with(FIXED) => ("", length),
                Some(found) => found,
                None => ("", first.len_utf8()),
            };
            let (met, beyond) = rest.split_at(length);
            if kind.is_empty() {
                cleared += met;
            } else {
                let next = format!("{kind}#{}", self.0.len());
                cleared += self.0.entry(met.to_owned()).or_insert(next);
            }
            rest = beyond;
        }
        cleared
    }
}

fn id(text: &str) -> Option<(&'static str, usize)> {
    let shaped = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    let whole = text.as_bytes().get(..36)?;
    whole.iter().enumerate().all(shaped).then_some(("id", 36))
}

/// `2026-01-02T03:04:05.6Z`, or as many digits as microseconds since 1970 have.
fn time(text: &str) -> Option<(&'static str, usize)> {
    let bytes = text.as_bytes();
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if digits >= 15 {
        return Some(("at", digits));
    }
    let written = digits == 4 && bytes.get(4) == Some(&b'-') && bytes.get(10) == Some(&b'T');
    let part = |byte: &&u8| byte.is_ascii_digit() || b"-T:.+Z".contains(byte);
    written.then(|| ("at", bytes.iter().take_while(part).count()))
}

/// What a cursor says, without the seal that binds it to the workspace.
pub(crate) fn shape(cursor: &Cursor) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(cursor.as_str()).unwrap();
    String::from_utf8_lossy(&bytes[1..bytes.len() - 16]).into_owned()
}

#[test]
fn ids_and_times_are_named_by_their_order() {
    let mut names = Names::default();
    let cleared = names.clear(
        "Id(0193e0aa-0000-7000-8000-00000000000b) at 2026-01-02T03:04:05.678Z, \
         00000000-0000-0000-0000-000000000011 ü 0193e0aa-0000-7000-8000-00000000000b \
         {\"z\":1763725617123456} 12",
    );
    assert_eq!(
        cleared,
        "Id(id#0) at at#1, 00000000-0000-0000-0000-000000000011 ü id#0 {\"z\":at#2} 12"
    );
}
