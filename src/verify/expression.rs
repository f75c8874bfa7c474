//! The text of policies, as far as rules must understand it.
//!
//! Not a parser of SQL: PostgreSQL has parsed it already and writes it in one form, with all names qualified.

/// A piece of the text of an expression. Words keep their case; literals lose their content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Word(&'t str),
    Quoted(&'t str),
    Literal,
    Symbol(char),
}

impl Token<'_> {
    fn is(&self, word: &str) -> bool {
        matches!(self, Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    /// Whether this is the name of a column (or of anything), quoted or not.
    pub(super) fn names(&self, name: &str) -> bool {
        matches!(self, Token::Word(found) | Token::Quoted(found) if *found == name)
    }
}

/// Cuts text into tokens. A cast to a type stays: its words are no columns in practice.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => {
                let end = closing(&rest[1..], first);
                found.push(if first == '"' {
                    Token::Quoted(&rest[1..=end])
                } else {
                    Token::Literal
                });
                (end + 2).min(rest.len())
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let end = rest
                    .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                    .unwrap_or(rest.len());
                found.push(Token::Word(&rest[..end]));
                end
            }
            _ => {
                if !first.is_whitespace() {
                    found.push(Token::Symbol(first));
                }
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    found
}

/// Where the quote ends; a doubled one stands for itself.
fn closing(rest: &str, quote: char) -> usize {
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character == quote
            && characters
                .next_if(|(_, following)| *following == quote)
                .is_none()
        {
            return at;
        }
    }
    rest.len()
}

/// The functions that tell the workspace of the context, by the type of the scope column.
const READERS: [&str; 3] = ["workspace_id", "workspace_bigint", "workspace_text"];

/// The reader for a scope column of this type.
pub(super) fn reader(type_name: &str) -> Option<&'static str> {
    match type_name {
        "uuid" => Some("workspace_id"),
        "int8" | "int4" | "int2" => Some("workspace_bigint"),
        "text" | "varchar" => Some("workspace_text"),
        _ => None,
    }
}

/// Finds the column that a wall compares with the workspace of the context, however the wall is written.
pub(super) fn wall_column(text: &str) -> Option<String> {
    let tokens = tokens(text);
    let reads = tokens.windows(3).any(|three| {
        three[0].is("tenantry")
            && three[1] == Token::Symbol('.')
            && READERS.iter().any(|reader| three[2].is(reader))
    });
    let equals = tokens
        .iter()
        .position(|token| *token == Token::Symbol('='))?;
    let column = tokens[..equals].iter().find_map(|token| match token {
        Token::Word(name) | Token::Quoted(name) => Some((*name).replace("\"\"", "\"")),
        Token::Literal | Token::Symbol(_) => None,
    })?;
    (reads && column != "tenantry" && !column.eq_ignore_ascii_case("select")).then_some(column)
}

/// Whether this is exactly the wall: the column equals the reader in a sub-select.
pub(super) fn is_wall(text: &str, column: &str, reader: &str) -> bool {
    let packed = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let text = packed(text);
    let right = format!("=(SELECTtenantry.{reader}()AS{reader}))");
    let name = packed(column);
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    [&name, &quoted]
        .into_iter()
        .any(|name| text == format!("({name}{right}") || text == format!("(({name})::text{right}"))
}

/// The wall as it should be written.
pub(super) fn wall(column: &str, reader: &str) -> String {
    format!(
        "{} = (SELECT tenantry.{reader}())",
        super::names::identifier(column)
    )
}

/// Tells how an expression opens up where there is no context, if it does.
pub(super) fn fails_open(text: &str, scope: Option<&str>) -> Option<&'static str> {
    let tokens = tokens(text);
    if tokens.iter().any(|token| token.is("current_setting")) {
        return Some("reads a setting directly, which anyone can forge");
    }
    if tokens.iter().any(|token| token.is("coalesce")) {
        return Some("puts something in the place of what is missing (COALESCE)");
    }
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let after = tokens.get(at + 1);
        if token.is("or")
            && (before.is_some_and(|token| token.is("true"))
                || after.is_some_and(|token| token.is("true")))
        {
            return Some("is always true (OR true)");
        }
        if token.is("is") && after.is_some_and(|token| token.is("null")) {
            let of_scope = before
                .zip(scope)
                .is_some_and(|(token, name)| token.names(name));
            if of_scope || (before == Some(&Token::Symbol(')')) && reads_context(&tokens[..at])) {
                return Some("holds when there is no context (IS NULL)");
            }
        }
    }
    None
}

/// Whether the group of parentheses that ends here calls a function of the kernel.
fn reads_context(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().rev() {
        match token {
            Token::Symbol(')') => depth += 1,
            Token::Symbol('(') => depth -= 1,
            _ if token.is("tenantry") => return true,
            _ => {}
        }
        if depth == 0 {
            // `tenantry.f()`: the parentheses are those of the call.
            return tokens[..at]
                .iter()
                .rev()
                .take(3)
                .any(|token| token.is("tenantry"));
        }
    }
    false
}

/// Whether a reader of the context stands outside of a sub-select, where it is called for each row.
pub(super) fn reads_context_per_row(text: &str) -> bool {
    let tokens = tokens(text);
    let mut selects = vec![false];
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Symbol('(') => selects.push(false),
            Token::Symbol(')') => drop(selects.pop()),
            _ if token.is("select") => {
                if let Some(here) = selects.last_mut() {
                    *here = true;
                }
            }
            _ if token.is("tenantry")
                && tokens.get(at + 1) == Some(&Token::Symbol('.'))
                && !selects.contains(&true) =>
            {
                return true;
            }
            _ => {}
        }
    }
    false
}

/// Whether it looks something up in a table: a FROM that belongs to a SELECT, not to EXTRACT or IS DISTINCT.
pub(super) fn reads_tables(text: &str) -> bool {
    let mut selects = vec![false];
    let mut distinct = false;
    for token in tokens(text) {
        match token {
            Token::Symbol('(') => selects.push(false),
            Token::Symbol(')') => drop(selects.pop()),
            _ if token.is("select") => {
                if let Some(here) = selects.last_mut() {
                    *here = true;
                }
            }
            _ if token.is("from") && !distinct && selects.last() == Some(&true) => return true,
            _ => {}
        }
        distinct = token.is("distinct");
    }
    false
}

/// Whether it names this column.
pub(super) fn mentions(text: &str, column: &str) -> bool {
    tokens(text).iter().any(|token| token.names(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: &str = "(workspace_id = ( SELECT tenantry.workspace_id() AS workspace_id))";

    #[test]
    fn the_wall_is_known_by_its_text() {
        assert!(is_wall(WALL, "workspace_id", "workspace_id"));
        assert!(is_wall(
            "((\"Org\")::text = ( SELECT tenantry.workspace_text() AS workspace_text))",
            "Org",
            "workspace_text"
        ));
        for other in [
            "(workspace_id = tenantry.workspace_id())",
            "((workspace_id = ( SELECT tenantry.workspace_id() AS workspace_id)) OR true)",
            "(owner_id = ( SELECT tenantry.workspace_id() AS workspace_id))",
            "true",
        ] {
            assert!(!is_wall(other, "workspace_id", "workspace_id"), "{other}");
        }
    }

    #[test]
    fn the_scope_column_is_read_off_the_wall() {
        assert_eq!(wall_column(WALL).as_deref(), Some("workspace_id"));
        let loose = "((\"Org\" = tenantry.workspace_text()) OR true)";
        assert_eq!(wall_column(loose).as_deref(), Some("Org"));
        assert_eq!(wall_column("(id = 1)"), None);
        assert_eq!(wall_column("(SELECT tenantry.workspace_id() = id)"), None);
    }

    #[test]
    fn what_opens_without_a_context_is_found() {
        for open in [
            "((workspace_id = ( SELECT tenantry.workspace_id() AS workspace_id)) OR true)",
            "(( SELECT tenantry.actor_id() AS actor_id) IS NULL)",
            "((tenantry.actor_id() IS NULL) OR (a = 1))",
            "(COALESCE(tenantry.actor_id(), a) = a)",
            "((workspace_id)::text = current_setting('app.workspace'::text, true))",
            "((workspace_id IS NULL) OR (a = 1))",
        ] {
            assert!(fails_open(open, Some("workspace_id")).is_some(), "{open}");
        }
        for closed in [
            WALL,
            "(assigned_to IS NULL)",
            "((f(a) IS NULL) AND (a = 'OR true'::text))",
            "((status = 'published'::text) AND (deleted_at IS NULL))",
        ] {
            assert_eq!(fails_open(closed, Some("workspace_id")), None, "{closed}");
        }
    }

    #[test]
    fn a_call_outside_of_a_sub_select_is_found() {
        assert!(!reads_context_per_row(WALL));
        assert!(reads_context_per_row("(owner_id = tenantry.actor_id())"));
        let role = "( SELECT ((tenantry.role() = ANY (ARRAY['a'::text])) OR (tenantry.actor_kind() = 'job'::text)))";
        assert!(!reads_context_per_row(role));
        assert!(reads_context_per_row(&format!(
            "({role} OR (owner_id = tenantry.actor_id()))"
        )));
    }

    #[test]
    fn a_look_up_is_told_from_other_words() {
        assert!(reads_tables(
            "(EXISTS ( SELECT 1 FROM app.members m WHERE (m.id = owner_id)))"
        ));
        assert!(!reads_tables(
            "((a IS DISTINCT FROM b) AND (EXTRACT(epoch FROM c) > 1))"
        ));
        assert!(!reads_tables(
            "(a = ( SELECT tenantry.actor_id() AS actor_id))"
        ));
    }

    #[test]
    fn quotes_have_an_end_or_run_to_it() {
        assert_eq!(tokens("'it''s' \"a\"\"b\" 'open").len(), 3);
        assert!(mentions("(\"Deleted\" IS NULL)", "Deleted"));
        assert!(!mentions("(a = 'deleted_at'::text)", "deleted_at"));
    }
}
