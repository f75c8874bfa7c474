//! Keys from keys, by HMAC-SHA-256.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// 32 bytes that are overwritten when they are dropped.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// What a key makes of several parts.
pub(super) fn derive(key: &[u8], parts: &[&[u8]]) -> Key {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(&framed(parts));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// The parts one after another, each behind its length, so that no other parts look the same.
pub(super) fn framed(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length = parts.iter().map(|part| part.len() + 8).sum();
    let mut framed = Zeroizing::new(Vec::with_capacity(length));
    for part in parts {
        framed.extend_from_slice(&(part.len() as u64).to_be_bytes());
        framed.extend_from_slice(part);
    }
    framed
}
