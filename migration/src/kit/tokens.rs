//! Cuts SQL into words, so that quotes, comments and dollar-quotes cannot hide or fake one.

/// One token of SQL text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or bare name, in upper case.
    Word(String),
    /// A quoted name, as written between the quotes.
    Quoted(String),
    /// A literal, whatever its quotes, and what stands between them.
    Text(String),
    /// A name or literal with unicode escapes, which may spell anything.
    Escaped,
    /// Any other character.
    Symbol(char),
}

impl Token {
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found == word)
    }
}

/// Cuts text into tokens; what is not closed runs to the end, as PostgreSQL would refuse it anyway.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    let mut scanner = Scanner { rest: sql };
    let mut found = Vec::new();
    while let Some(token) = scanner.next() {
        found.extend(token);
    }
    found
}

struct Scanner<'a> {
    rest: &'a str,
}

impl Scanner<'_> {
    /// Takes the next token; `Some(None)` is a space or a comment.
    fn next(&mut self) -> Option<Option<Token>> {
        let first = self.rest.chars().next()?;
        if first.is_whitespace() {
            self.skip(first.len_utf8());
            return Some(None);
        }
        if self.rest.starts_with("--") {
            let end = self.rest.find(['\n', '\r']).unwrap_or(self.rest.len());
            self.skip(end);
            return Some(None);
        }
        if self.rest.starts_with("/*") {
            self.comment();
            return Some(None);
        }
        Some(Some(self.token(first)))
    }

    fn token(&mut self, first: char) -> Token {
        let lower = self
            .rest
            .as_bytes()
            .iter()
            .take(3)
            .map(u8::to_ascii_lowercase)
            .collect::<Vec<u8>>();
        match lower.as_slice() {
            [b'e', b'\'', ..] => {
                self.skip(1);
                Token::Text(self.quoted('\'', true))
            }
            [b'b' | b'x' | b'n', b'\'', ..] => {
                self.skip(1);
                Token::Text(self.quoted('\'', false))
            }
            [b'u', b'&', quote @ (b'\'' | b'"')] => {
                self.skip(2);
                self.quoted(char::from(*quote), false);
                Token::Escaped
            }
            [b'\'', ..] => Token::Text(self.quoted('\'', false)),
            [b'"', ..] => Token::Quoted(self.quoted('"', false)),
            [b'$', ..] => self.dollar(),
            _ if first == '_' || first.is_alphanumeric() || !first.is_ascii() => self.word(),
            _ => {
                self.skip(first.len_utf8());
                Token::Symbol(first)
            }
        }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn word(&mut self) -> Token {
        let part = |letter: char| {
            letter == '_' || letter == '$' || letter.is_alphanumeric() || !letter.is_ascii()
        };
        let end = self
            .rest
            .find(|letter| !part(letter))
            .unwrap_or(self.rest.len());
        let word = self.rest[..end].to_ascii_uppercase();
        self.skip(end);
        Token::Word(word)
    }

    /// Comments nest.
    fn comment(&mut self) {
        let mut depth = 0_u32;
        loop {
            if self.rest.starts_with("/*") {
                depth += 1;
                self.skip(2);
            } else if self.rest.starts_with("*/") {
                depth -= 1;
                self.skip(2);
                if depth == 0 {
                    return;
                }
            } else if let Some(letter) = self.rest.chars().next() {
                self.skip(letter.len_utf8());
            } else {
                return;
            }
        }
    }

    /// Takes what stands between quotes; a doubled quote is one, and a backslash counts only in the `E` form.
    fn quoted(&mut self, quote: char, backslash: bool) -> String {
        let mut text = String::new();
        self.skip(1);
        while let Some(letter) = self.rest.chars().next() {
            self.skip(letter.len_utf8());
            if letter == quote {
                if !self.rest.starts_with(quote) {
                    return text;
                }
                self.skip(1);
            } else if backslash && letter == '\\' {
                let escaped = self.rest.chars().next().unwrap_or_default();
                self.skip(escaped.len_utf8().min(self.rest.len()));
                text.push(escaped);
                continue;
            }
            text.push(letter);
        }
        text
    }

    /// Takes `$tag$ … $tag$`; a dollar that opens nothing is a symbol, as in `$1`.
    fn dollar(&mut self) -> Token {
        let tag = self.rest[1..].find('$').map(|end| &self.rest[..end + 2]);
        let is_tag = |tag: &&str| {
            let inner = &tag[1..tag.len() - 1];
            !inner.starts_with(|letter: char| letter.is_ascii_digit())
                && inner
                    .chars()
                    .all(|letter| letter == '_' || letter.is_alphanumeric() || !letter.is_ascii())
        };
        let Some(tag) = tag.filter(is_tag) else {
            self.skip(1);
            return Token::Symbol('$');
        };
        let body = &self.rest[tag.len()..];
        let end = body.find(tag).unwrap_or(body.len());
        let text = body[..end].to_owned();
        self.rest = body.get(end + tag.len()..).unwrap_or_default();
        Token::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    fn words(sql: &str) -> String {
        let words = tokens(sql).into_iter().filter_map(|token| match token {
            Token::Word(word) => Some(word),
            Token::Quoted(name) => Some(format!("<{name}>")),
            Token::Text(_) => Some("·".into()),
            Token::Escaped => Some("?".into()),
            Token::Symbol(_) => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn quotes_and_comments_hide_nothing() {
        assert_eq!(words("a -- b\nc /* d /* e */ f */ g"), "A C G");
        assert_eq!(words(r#"'it''s' "o""k" E'a\'b' x"#), r#"· <o"k> · X"#);
        assert_eq!(words(r"'a\' b"), "· B");
        assert_eq!(words("$$ x $$ y $t$ $$ z $t$ w $1 + $2"), "· Y · W 1 2");
        assert_eq!(words("U&\"d\\0061t\" u&'x' up"), "? ? UP");
        assert_eq!(words("a$b$c 'open"), "A$B$C ·");
        assert_eq!(words("/* open"), "");
        assert_eq!(words("ünï 'é' e'\\"), "üNï · ·");
    }
}
