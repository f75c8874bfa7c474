//! The texts of statements, as clients have them run.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// What was heard of all connections; nothing before it is asked for.
#[derive(Debug, Default)]
pub(super) struct Heard(Mutex<Option<Vec<String>>>);

impl Heard {
    pub(super) fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    pub(super) fn hear(&self, text: String) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(heard) = heard.as_mut() {
            heard.push(text);
        }
    }

    pub(super) fn texts(&self) -> Vec<String> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clone().unwrap_or_default()
    }
}

/// The statements that one connection has prepared, by their names.
#[derive(Debug, Default)]
pub(super) struct Prepared(HashMap<Vec<u8>, String>);

impl Prepared {
    /// The text that a message has run, if it runs one.
    pub(super) fn runs(&mut self, message: &[u8]) -> Option<String> {
        let (kind, body) = (message.first()?, message.get(5..)?);
        let mut words = body.split(|byte| *byte == 0);
        match kind {
            b'Q' => words.next().map(text),
            // Parse: the name, the text.
            b'P' => {
                let (name, words) = (words.next()?, words.next()?);
                self.0.insert(name.to_vec(), text(words));
                None
            }
            // Bind: the portal, the name.
            b'B' => self.0.get(words.nth(1)?).cloned(),
            _ => None,
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
