//! Secrets that a caller carries: an API key, an invitation. Shown once, kept as a keyed hash.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::{
    Access, Error, ErrorKind, Result, Rows, Scoped, WorkspaceId,
    key::{AnyKey, hex},
};

/// The key under which an application hashes the secrets that it hands out.
///
/// Whoever reads the database, or a backup of it, finds hashes; without this key there is nothing
/// to compare a guess with.
#[derive(Clone)]
pub struct TokenKey(Vec<u8>);

impl TokenKey {
    /// Takes a secret of at least 32 bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it is shorter.
    pub fn new(secret: impl Into<Vec<u8>>) -> Result<Self> {
        let secret = secret.into();
        if secret.len() < 32 {
            return Err(
                Error::new(ErrorKind::Invalid, "the secret is shorter than 32 bytes")
                    .with_field("secret"),
            );
        }
        Ok(Self(secret))
    }

    /// The keyed hash of a token, which is what is stored.
    fn hash(&self, text: &str) -> Vec<u8> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"tenantry token\0");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// The plain text of a token. It is shown once, to whoever it was made for, and kept nowhere.
///
/// It has no `Display` and is not serialised, and `Debug` says nothing of it: to hand it out,
/// [`expose`](Token::expose) it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The text, to be handed to its holder and to nobody else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A token that was just made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Minted {
    /// What its holder gets.
    pub token: Token,
    /// What the database keeps.
    pub hash: Vec<u8>,
    /// Eight characters of it, by which people tell their tokens apart.
    pub display: String,
}

/// A token that someone presents: whose workspace it names, and what it may be kept as.
///
/// It proves nothing before its hash was found in that workspace.
#[derive(Clone)]
pub struct Presented {
    workspace: WorkspaceId,
    hashes: Vec<Vec<u8>>,
}

impl Presented {
    /// The workspace that the token names.
    #[must_use]
    pub const fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    /// The hash of the token, under the current key and under those before it.
    #[must_use]
    pub fn hashes(&self) -> &[Vec<u8>] {
        &self.hashes
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Presented({})", self.workspace)
    }
}

/// What makes tokens of a workspace: its rows, and fakes of them.
pub trait Mints {
    /// Makes a token: the prefix, the workspace in clear, 32 random bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the database was connected without a
    /// [`token_key`](crate::DatabaseBuilder::token_key).
    fn mint(&self, prefix: &'static str) -> Result<Minted>;
}

impl<E: Scoped, A: Access> Mints for Rows<'_, E, A> {
    fn mint(&self, prefix: &'static str) -> Result<Minted> {
        let tokens = &self.session().database().inner.tokens;
        tokens.mint(prefix, self.workspace())
    }
}

/// The keys of a database: the one that hashes, and those before it, which still recognise.
#[derive(Clone, Debug, Default)]
pub struct TokenKeys(Vec<TokenKey>);

impl TokenKeys {
    pub(crate) fn add(&mut self, key: TokenKey) {
        self.0.push(key);
    }

    /// Makes a token of a workspace.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if there is no key.
    pub fn mint(&self, prefix: &'static str, workspace: &WorkspaceId) -> Result<Minted> {
        let key = self.0.first().ok_or_else(no_key)?;
        let secret = random();
        let text = format!("{prefix}_{}_{secret}", clear(&workspace.0));
        Ok(Minted {
            hash: key.hash(&text),
            display: secret[..8].to_owned(),
            token: Token(text),
        })
    }

    /// Takes a token apart; `None` if it has not the form of one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if there is no key.
    pub fn present(&self, prefix: &str, text: &str) -> Result<Option<Presented>> {
        if self.0.is_empty() {
            return Err(no_key());
        }
        let Some(workspace) = workspace_of(prefix, text) else {
            return Ok(None);
        };
        let hashes = self.0.iter().map(|key| key.hash(text)).collect();
        Ok(Some(Presented { workspace, hashes }))
    }
}

impl From<TokenKey> for TokenKeys {
    fn from(key: TokenKey) -> Self {
        Self(vec![key])
    }
}

fn no_key() -> Error {
    Error::new(ErrorKind::Invalid, "there is no key to hash tokens with")
        .with_hint("Give `Database::builder` a `token_key`.")
}

/// 32 random bytes. A version 4 UUID carries 122 random bits of the system's source; three of them
/// hold more than the hash can.
fn random() -> String {
    use sha2::Digest;
    let mut seed = Sha256::new();
    for _ in 0..3 {
        seed.update(Uuid::new_v4().as_bytes());
    }
    hex(&seed.finalize())
}

/// A workspace id between two underscores: no character of it is one.
fn clear(workspace: &AnyKey) -> String {
    match workspace {
        AnyKey::Uuid(uuid) => uuid.simple().to_string(),
        AnyKey::BigInt(number) => format!("n{number}"),
        AnyKey::Text(text) => format!("t{}", hex(text.as_bytes())),
    }
}

fn workspace_of(prefix: &str, text: &str) -> Option<WorkspaceId> {
    /// Longer than any that is made.
    const LONGEST: usize = 1_024;
    if text.len() > LONGEST {
        return None;
    }
    let (workspace, secret) = text
        .strip_prefix(prefix)?
        .strip_prefix('_')?
        .split_once('_')?;
    let is_hex = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    if secret.len() != 64 || !is_hex(secret) {
        return None;
    }
    let id: WorkspaceId = match workspace.as_bytes().first()? {
        b'n' => workspace[1..].parse::<i64>().ok()?.into(),
        b't' => unhex(&workspace[1..])?.into(),
        _ if workspace.len() == 32 && is_hex(workspace) => Uuid::try_parse(workspace).ok()?.into(),
        _ => return None,
    };
    // One spelling for each, so that no other token has the same parts.
    (!id.0.is_blank() && clear(&id.0) == workspace).then_some(id)
}

fn unhex(text: &str) -> Option<String> {
    let bytes = (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect::<Option<Vec<u8>>>()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> TokenKeys {
        TokenKey::new([7; 32]).unwrap().into()
    }

    #[test]
    fn a_token_names_its_workspace_and_shows_nothing_else() {
        let ids: [WorkspaceId; 4] = [
            Uuid::now_v7().into(),
            (-7_i64).into(),
            "a_b ü".into(),
            42_i64.into(),
        ];
        for workspace in ids {
            let minted = keys().mint("tk", &workspace).unwrap();
            let presented = keys()
                .present("tk", minted.token.expose())
                .unwrap()
                .unwrap();
            assert_eq!(presented.workspace(), &workspace);
            assert_eq!(presented.hashes(), std::slice::from_ref(&minted.hash));
            assert!(minted.token.expose().contains(&minted.display));
            let shown = format!("{minted:?} {presented:?} {:?}", minted.token);
            assert!(!shown.contains(minted.token.expose()), "{shown}");
        }
    }

    #[test]
    fn two_tokens_are_never_alike() {
        let workspace = WorkspaceId::from(1_i64);
        let made = || keys().mint("tk", &workspace).unwrap().token;
        assert_ne!(made(), made());
    }

    #[test]
    fn what_is_no_token_names_no_workspace() {
        let workspace = Uuid::now_v7();
        let token = keys().mint("tk", &workspace.into()).unwrap().token;
        let text = token.expose();
        for odd in [
            "",
            "tk",
            "tk__",
            &text[1..],
            &text[..text.len() - 1],
            &format!("{text}0"),
            &text.replace("tk_", "ti_"),
            &text.to_uppercase(),
            &text.replacen(&workspace.simple().to_string(), &workspace.to_string(), 1),
            &format!("tk_n007_{}", "0".repeat(64)),
            &format!("tk_n0_{}", "0".repeat(64)),
            &format!("tk_tä_{}", "0".repeat(64)),
            &format!("tk_t_{}", "0".repeat(64)),
            &"tk_".repeat(2_000),
        ] {
            assert!(keys().present("tk", odd).unwrap().is_none(), "{odd}");
        }
    }

    #[test]
    fn a_key_before_the_current_one_still_recognises() {
        let workspace = WorkspaceId::from(1_i64);
        let old = keys().mint("tk", &workspace).unwrap();
        let mut rotated = TokenKeys::from(TokenKey::new([8; 32]).unwrap());
        rotated.add(TokenKey::new([7; 32]).unwrap());
        let presented = rotated.present("tk", old.token.expose()).unwrap().unwrap();
        assert!(presented.hashes().contains(&old.hash));
    }

    #[test]
    fn without_a_key_nothing_is_made() {
        let refused = TokenKeys::default().mint("tk", &1_i64.into()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert!(TokenKey::new([0; 31]).is_err());
    }
}
