//! Closed lists of values, found in the text of a check.
//!
//! PostgreSQL writes `status IN ('a', 'b')` as `(status = ANY (ARRAY['a'::text, 'b'::text]))`. Understood are that form, a
//! single `=`, the same joined by OR, with `IS NULL` beside it, and any of these among other conditions joined by AND.

use super::Vocabulary;

/// Finds the lists that the whole expression demands.
pub(super) fn parse(expression: &str) -> Vec<Vocabulary> {
    let Some(tokens) = tokens(expression) else {
        return Vec::new();
    };
    split(strip(&tokens), "AND")
        .into_iter()
        .filter_map(list)
        .collect()
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Symbol(char),
}

/// Cuts into tokens, without casts; `None` if a quote has no end.
fn tokens(expression: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
        } else if let Some(after) = rest.strip_prefix("::") {
            rest = skip_type(after);
        } else if first == '\'' || first == '"' {
            let (text, after) = quoted(&rest[1..], first)?;
            tokens.push(if first == '"' {
                Token::Word(text)
            } else {
                Token::Text(text)
            });
            rest = after;
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                .unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            tokens.push(Token::Symbol(first));
            rest = &rest[first.len_utf8()..];
        }
    }
    Some(tokens)
}

/// Reads to the closing quote; a doubled one stands for itself.
fn quoted(rest: &str, quote: char) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        if character != quote {
            text.push(character);
        } else if rest[at + 1..].starts_with(quote) {
            text.push(quote);
            characters.next();
        } else {
            return Some((text, &rest[at + 1..]));
        }
    }
    None
}

/// Skips a type such as `text`, `character varying(20)[]` or `"my schema".citext`.
fn skip_type(mut rest: &str) -> &str {
    loop {
        rest = if let Some(after) = rest.strip_prefix('"') {
            after.split_once('"').map_or("", |(_, after)| after)
        } else {
            rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
        };
        match rest
            .strip_prefix('.')
            .or_else(|| rest.strip_prefix(" varying").map(|_| &rest[1..]))
        {
            Some(after) => rest = after,
            None => break,
        }
    }
    if rest.starts_with('(') {
        rest = rest.split_once(')').map_or("", |(_, after)| after);
    }
    while let Some(after) = rest.strip_prefix("[]") {
        rest = after;
    }
    rest
}

fn depth(token: &Token) -> i32 {
    match token {
        Token::Symbol('(' | '[') => 1,
        Token::Symbol(')' | ']') => -1,
        _ => 0,
    }
}

/// Takes off parentheses that enclose everything.
fn strip(mut tokens: &[Token]) -> &[Token] {
    while let [Token::Symbol('('), inner @ .., Token::Symbol(')')] = tokens {
        let mut level = 0;
        if inner.iter().any(|token| {
            level += depth(token);
            level < 0
        }) {
            break;
        }
        tokens = inner;
    }
    tokens
}

/// Splits at a word that stands outside of all parentheses.
fn split<'t>(tokens: &'t [Token], word: &str) -> Vec<&'t [Token]> {
    let mut level = 0;
    tokens
        .split(|token| {
            level += depth(token);
            level == 0 && *token == Token::Word(word.to_owned())
        })
        .map(strip)
        .collect()
}

/// Reads one condition as a list; the parts of an OR must be about the same column.
fn list(condition: &[Token]) -> Option<Vocabulary> {
    let mut found: Option<Vocabulary> = None;
    let mut nullable = None;
    for part in split(condition, "OR") {
        if let [Token::Word(column), Token::Word(is), Token::Word(null)] = part
            && is == "IS"
            && null == "NULL"
        {
            nullable = Some(column);
            continue;
        }
        let (column, values) = comparison(part)?;
        match &mut found {
            None => found = Some(Vocabulary { column, values }),
            Some(list) if list.column == column => list.values.extend(values),
            Some(_) => return None,
        }
    }
    found.filter(|list| nullable.is_none_or(|column| *column == list.column))
}

/// Reads `column = 'a'` and `column = ANY (ARRAY['a', 'b'])`.
fn comparison(tokens: &[Token]) -> Option<(String, Vec<String>)> {
    let equals = tokens
        .iter()
        .position(|token| *token == Token::Symbol('='))?;
    let (left, right) = (strip(&tokens[..equals]), strip(&tokens[equals + 1..]));
    let [Token::Word(column)] = left else {
        return None;
    };
    if let [Token::Text(value)] = right {
        return Some((column.clone(), vec![value.clone()]));
    }
    let [Token::Word(any), rest @ ..] = right else {
        return None;
    };
    let [
        Token::Word(array),
        Token::Symbol('['),
        items @ ..,
        Token::Symbol(']'),
    ] = strip(rest)
    else {
        return None;
    };
    if any != "ANY" || array != "ARRAY" {
        return None;
    }
    let values = items
        .split(|token| *token == Token::Symbol(','))
        .map(|item| match strip(item) {
            [Token::Text(value)] => Some(value.clone()),
            _ => None,
        });
    Some((column.clone(), values.collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expression: &str) -> String {
        let lists = parse(expression);
        lists
            .iter()
            .map(|list| format!("{}: {}", list.column, list.values.join("|")))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn lists_of_text_are_found() {
        assert_eq!(
            shown("(status = ANY (ARRAY['a'::text, 'b c'::text]))"),
            "status: a|b c"
        );
        assert_eq!(
            shown(
                "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"
            ),
            "status: a|b"
        );
        assert_eq!(shown("(status = 'it''s'::text)"), "status: it's");
        assert_eq!(shown("(((s = 'a'::text) OR (s = 'b'::text)))"), "s: a|b");
    }

    #[test]
    fn a_list_beside_null_or_other_conditions_is_found() {
        assert_eq!(
            shown("((kind IS NULL) OR (kind = ANY (ARRAY['a'::text, 'b'::text])))"),
            "kind: a|b"
        );
        assert_eq!(
            shown(
                "((\"Kind\" = ANY (ARRAY['a'::text])) AND (length(name) > 3) AND (role = 'x'::text))"
            ),
            "Kind: a; role: x"
        );
    }

    #[test]
    fn what_leaves_other_values_open_is_no_list() {
        for open in [
            "((kind = 'a'::text) OR (length(kind) > 3))",
            "((kind = 'a'::text) OR (role = 'b'::text))",
            "((role IS NULL) OR (kind = 'a'::text))",
            "(kind <> ALL (ARRAY['a'::text]))",
            "(lower(kind) = 'a'::text)",
            "(kind = other)",
            "(NOT (kind = 'a'::text))",
            "(amount = ANY (ARRAY[1, 2]))",
        ] {
            assert_eq!(shown(open), "", "{open}");
        }
    }
}
