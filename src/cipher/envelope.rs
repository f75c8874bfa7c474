//! What is stored: a version, the key's id, a nonce, what was encrypted, a tag.

use chacha20poly1305::{
    KeyInit, Tag, XChaCha20Poly1305, XNonce,
    aead::{AeadInOut, Generate},
};
use zeroize::Zeroizing;

use super::{
    derive::{derive, framed},
    keys::{Keys, SealingKey},
};
use crate::key::AnyKey;

/// The form of an envelope, its first byte.
const VERSION: u8 = 1;
/// Version and key id, in clear.
const HEADER: usize = 1 + 4;
const NONCE: usize = 24;
const TAG: usize = 16;
/// How many bytes a blind index has.
pub(super) const BLIND: usize = 16;

/// Where a value stands. What is sealed for one place opens in no other.
pub(super) struct Place<'p> {
    pub(super) workspace: &'p AnyKey,
    pub(super) schema: String,
    pub(super) table: &'p str,
    pub(super) column: &'p str,
}

impl Place<'_> {
    fn parts<T>(&self, of: impl FnOnce(&[&[u8]; 4]) -> T) -> T {
        let workspace = self.workspace.encode();
        of(&[
            workspace.as_bytes(),
            self.schema.as_bytes(),
            self.table.as_bytes(),
            self.column.as_bytes(),
        ])
    }

    /// What is authenticated with a value and not stored: the header, the place, the row.
    fn associated(&self, header: &[u8], row: &AnyKey) -> Zeroizing<Vec<u8>> {
        let row = row.encode();
        self.parts(|[workspace, schema, table, column]| {
            framed(&[header, workspace, schema, table, column, row.as_bytes()])
        })
    }
}

/// Why an envelope does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unopened {
    /// It is under a key that is not among those given.
    UnknownKey(i32),
    /// It is no envelope, or not what was sealed for this place under its key.
    Forged,
}

/// Encrypts a value for one place of one row.
pub(super) fn seal(key: &SealingKey, place: &Place<'_>, row: &AnyKey, value: &[u8]) -> Vec<u8> {
    let mut envelope = Vec::with_capacity(HEADER + NONCE + value.len() + TAG);
    envelope.push(VERSION);
    envelope.extend_from_slice(&key.id().to_be_bytes());
    let associated = place.associated(&envelope, row);
    let nonce = XNonce::generate();
    envelope.extend_from_slice(&nonce);
    let body = envelope.len();
    envelope.extend_from_slice(value);
    let tag = cipher(key)
        .encrypt_inout_detached(&nonce, &associated, (&mut envelope[body..]).into())
        .expect("a value is shorter than 256 GB");
    envelope.extend_from_slice(&tag);
    envelope
}

/// Decrypts what was sealed for this place of this row.
pub(super) fn open(
    keys: &Keys,
    place: &Place<'_>,
    row: &AnyKey,
    envelope: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let id = key_id(envelope).ok_or(Unopened::Forged)?;
    let (header, rest) = envelope.split_at(HEADER);
    let (nonce, rest) = rest.split_at(NONCE);
    let (body, tag) = rest.split_at(rest.len() - TAG);
    let key = keys.find(id).ok_or(Unopened::UnknownKey(id))?;
    let nonce = XNonce::try_from(nonce).map_err(|_| Unopened::Forged)?;
    let tag = Tag::try_from(tag).map_err(|_| Unopened::Forged)?;
    let associated = place.associated(header, row);
    let mut value = Zeroizing::new(body.to_vec());
    cipher(key)
        .decrypt_inout_detached(&nonce, &associated, value.as_mut_slice().into(), &tag)
        .map_err(|_| Unopened::Forged)?;
    Ok(value)
}

/// The id of the key that an envelope is under; `None` if it has not the form of one.
pub(super) fn key_id(envelope: &[u8]) -> Option<i32> {
    let whole = envelope.len() >= HEADER + NONCE + TAG;
    match envelope {
        [VERSION, id @ ..] if whole => id.first_chunk().map(|id| i32::from_be_bytes(*id)),
        _ => None,
    }
}

/// What stands for a value where it is looked for: the same for the same value in this place, whatever the row.
pub(super) fn blind(key: &SealingKey, place: &Place<'_>, value: &[u8]) -> Vec<u8> {
    let of_place = place.parts(|parts| derive(key.indexing().as_slice(), parts));
    derive(of_place.as_slice(), &[value])[..BLIND].to_vec()
}

fn cipher(key: &SealingKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.sealing().as_slice().try_into().expect("32 bytes"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use uuid::Uuid;

    use super::*;

    const WORKSPACE: AnyKey = AnyKey::BigInt(1);
    const ROW: AnyKey = AnyKey::BigInt(7);

    fn place() -> Place<'static> {
        Place {
            workspace: &WORKSPACE,
            schema: "creators".into(),
            table: "shops",
            column: "access_token",
        }
    }

    fn key(id: i32, byte: u8) -> SealingKey {
        SealingKey::new(id, [byte; 32]).unwrap()
    }

    fn keys() -> Keys {
        Keys::new(key(2, 2)).and(key(1, 1)).unwrap()
    }

    fn sealed(value: &[u8]) -> Vec<u8> {
        seal(keys().current(), &place(), &ROW, value)
    }

    #[test]
    fn what_was_sealed_opens_in_its_place() {
        for length in [0, 1, 15, 16, 17, 63, 64, 65, 255, 4_096, 100_003] {
            let value: Vec<u8> = (0..length)
                .map(|byte: usize| byte.to_le_bytes()[0])
                .collect();
            let envelope = sealed(&value);
            assert_eq!(envelope.len(), value.len() + 45);
            assert_eq!(key_id(&envelope), Some(2));
            assert_eq!(*open(&keys(), &place(), &ROW, &envelope).unwrap(), value);
        }
    }

    #[test]
    fn it_opens_in_no_other_place() {
        let envelope = sealed(b"hush");
        let opened = |place: &Place<'_>, row: &AnyKey| open(&keys(), place, row, &envelope);
        let other = AnyKey::BigInt(2);
        let text = AnyKey::Text("1".into());
        let uuid = AnyKey::Uuid(Uuid::from_u128(1));
        for workspace in [&other, &text, &uuid] {
            let place = Place {
                workspace,
                ..place()
            };
            assert_eq!(opened(&place, &ROW).unwrap_err(), Unopened::Forged);
        }
        let elsewhere = [
            Place {
                schema: "public".into(),
                ..place()
            },
            Place {
                table: "orders",
                ..place()
            },
            Place {
                column: "refresh_token",
                ..place()
            },
            // The same letters, cut at another place.
            Place {
                schema: "creator".into(),
                table: "sshops",
                ..place()
            },
        ];
        for place in &elsewhere {
            assert_eq!(opened(place, &ROW).unwrap_err(), Unopened::Forged);
        }
        for row in [AnyKey::BigInt(8), AnyKey::Text("7".into())] {
            assert_eq!(opened(&place(), &row).unwrap_err(), Unopened::Forged);
        }
        assert!(opened(&place(), &ROW).is_ok());
    }

    #[test]
    fn no_byte_can_be_changed_and_none_left_out() {
        let envelope = sealed(b"hush");
        for at in 0..envelope.len() {
            for bit in 0..8 {
                let mut forged = envelope.clone();
                forged[at] ^= 1 << bit;
                assert!(
                    open(&keys(), &place(), &ROW, &forged).is_err(),
                    "{at} {bit}"
                );
            }
            assert!(
                open(&keys(), &place(), &ROW, &envelope[..at]).is_err(),
                "{at}"
            );
            assert!(
                open(&keys(), &place(), &ROW, &envelope[at + 1..]).is_err(),
                "{at}"
            );
        }
        let longer = [envelope.as_slice(), &[0]].concat();
        assert!(open(&keys(), &place(), &ROW, &longer).is_err());
    }

    #[test]
    fn a_key_that_is_not_there_is_named() {
        let envelope = sealed(b"hush");
        let others = Keys::new(key(3, 3)).and(key(1, 1)).unwrap();
        let refused = open(&others, &place(), &ROW, &envelope).unwrap_err();
        assert_eq!(refused, Unopened::UnknownKey(2));
        // Another secret under the same id is no better.
        let twin = Keys::new(key(2, 3));
        let refused = open(&twin, &place(), &ROW, &envelope).unwrap_err();
        assert_eq!(refused, Unopened::Forged);
    }

    #[test]
    fn a_key_that_was_given_another_id_opens_nothing() {
        let mut envelope = sealed(b"hush");
        envelope[1..5].copy_from_slice(&1_i32.to_be_bytes());
        let renamed = Keys::new(key(1, 2));
        assert!(open(&renamed, &place(), &ROW, &envelope).is_err());
    }

    #[test]
    fn no_nonce_comes_twice() {
        const SEALED: usize = 100_000;
        let key = key(1, 1);
        let nonces: HashSet<Vec<u8>> = (0..SEALED)
            .map(|_| seal(&key, &place(), &ROW, b"")[HEADER..HEADER + NONCE].to_vec())
            .collect();
        assert_eq!(nonces.len(), SEALED);
    }

    #[test]
    fn a_blind_index_depends_on_value_column_workspace_and_key() {
        let of = |key: &SealingKey, place: &Place<'_>, value: &[u8]| blind(key, place, value);
        let first = of(&key(1, 1), &place(), b"cus_1");
        assert_eq!(first.len(), BLIND);
        assert_eq!(first, of(&key(1, 1), &place(), b"cus_1"));
        let others = [
            of(&key(1, 1), &place(), b"cus_2"),
            of(&key(1, 2), &place(), b"cus_1"),
            of(
                &key(1, 1),
                &Place {
                    workspace: &ROW,
                    ..place()
                },
                b"cus_1",
            ),
            of(
                &key(1, 1),
                &Place {
                    column: "customer",
                    ..place()
                },
                b"cus_1",
            ),
        ];
        assert!(!others.contains(&first));
    }
}
