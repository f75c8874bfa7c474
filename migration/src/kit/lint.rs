//! What a migration may not say in its own words, because the kit says it safely.

use std::fmt;

use super::tokens::{Token, tokens};

/// A statement that would widen access or pass over rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintError {
    problem: &'static str,
    hint: &'static str,
}

impl LintError {
    /// Says what to write instead.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        self.hint
    }
}

impl fmt::Display for LintError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.problem, self.hint)
    }
}

impl std::error::Error for LintError {}

/// Where the statements will run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Under the wall, where the owner sees no rows or those of one workspace.
    BehindTheWall,
    /// In [`Kit::as_owner`](super::Kit::as_owner), where it sees them all.
    AsOwner,
}

/// Refuses statements that pass over rows or widen access without saying so.
///
/// # Errors
///
/// Names the first such statement: a foreign key, a validation or a data step outside [`Kit::as_owner`](super::Kit::as_owner); a policy
/// for everybody; row security switched off; grants on all tables; a copy of a table without its wall; a definer function
/// without a pinned search path.
///
/// # Examples
///
/// ```
/// use tenantry_migration::kit::lint;
///
/// assert!(lint("COMMENT ON TABLE notes.notes IS 'never UPDATE this'").is_ok());
/// assert!(lint("UPDATE notes.notes SET title = trim(title)").is_err());
/// ```
pub fn lint(sql: &str) -> Result<(), LintError> {
    lint_at(sql, Place::BehindTheWall)
}

pub(super) fn lint_at(sql: &str, place: Place) -> Result<(), LintError> {
    tokens(sql)
        .split(|token| *token == Token::Symbol(';'))
        .try_for_each(|statement| check(statement, place))
}

const AS_OWNER: &str = "give it to Kit::as_owner";

fn refuse(problem: &'static str, hint: &'static str) -> Result<(), LintError> {
    Err(LintError { problem, hint })
}

/// Tells whether words follow each other.
fn says(statement: &[Token], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    statement.windows(phrase.len()).any(|window| {
        window
            .iter()
            .zip(&phrase)
            .all(|(token, word)| token.is(word))
    })
}

/// Tells whether all words occur, in this order, with anything between.
fn mentions(statement: &[Token], words: &[&str]) -> bool {
    let mut tokens = statement.iter();
    words.iter().all(|word| tokens.any(|token| token.is(word)))
}

fn check(statement: &[Token], place: Place) -> Result<(), LintError> {
    if statement.contains(&Token::Escaped) {
        return refuse(
            "a name or text with unicode escapes cannot be checked",
            "write it plainly",
        );
    }
    access(statement)?;
    definer(statement)?;
    copies(statement)?;
    if statement.first().is_some_and(|token| token.is("DO")) {
        return block(statement, place);
    }
    if place == Place::BehindTheWall {
        data(statement)
    } else {
        Ok(())
    }
}

/// A block runs now, so what it says counts as said here.
fn block(statement: &[Token], place: Place) -> Result<(), LintError> {
    for token in statement {
        if let Token::Text(body) = token {
            if tokens(body).iter().any(|token| token.is("EXECUTE")) {
                return refuse(
                    "statements that a block puts together cannot be checked",
                    "write them out",
                );
            }
            let body = tokens(body);
            // Statements of a block follow BEGIN, THEN, ELSE or LOOP as well as a semicolon.
            let starts = |token: &Token| {
                *token == Token::Symbol(';')
                    || ["BEGIN", "THEN", "ELSE", "LOOP"]
                        .iter()
                        .any(|word| token.is(word))
            };
            body.split(starts)
                .try_for_each(|statement| check(statement, place))?;
        }
    }
    Ok(())
}

/// Everybody is `PUBLIC`, bare or quoted.
fn to_everybody(statement: &[Token]) -> bool {
    let public = |token: &Token| token.is("PUBLIC") || *token == Token::Quoted("public".into());
    let Some(start) = statement.iter().rposition(|token| token.is("TO")) else {
        return false;
    };
    statement[start..].iter().any(public)
}

fn access(statement: &[Token]) -> Result<(), LintError> {
    let starts = |phrase: &str| says(statement.get(..2).unwrap_or_default(), phrase);
    let policy = starts("CREATE POLICY");
    let names_role = || statement.iter().any(|token| token.is("TO"));
    if (policy && !names_role())
        || ((policy || starts("ALTER POLICY")) && policy_is_public(statement))
    {
        return refuse(
            "a policy for everybody reaches roles that have no wall",
            "name the roles after TO",
        );
    }
    if says(statement, "DISABLE ROW LEVEL SECURITY") {
        return refuse("without row security the wall is gone", "leave it on");
    }
    if says(statement, "NO FORCE ROW LEVEL SECURITY") {
        return refuse(
            "without FORCE the owner and all who reach it see every workspace",
            AS_OWNER,
        );
    }
    if mentions(statement, &["GRANT", "ON", "ALL", "TABLES"]) && !starts("REVOKE ALL") {
        return refuse(
            "a grant on all tables includes partitions and tables without a wall",
            "name the tables",
        );
    }
    if starts("ALTER DEFAULT") && mentions(statement, &["GRANT", "ON", "TABLES"]) {
        return refuse(
            "a default grant reaches partitions, which have no wall",
            "grant on the table",
        );
    }
    if statement.iter().any(|token| token.is("GRANT"))
        && !starts("CREATE POLICY")
        && to_everybody(statement)
    {
        return refuse(
            "a grant to everybody reaches roles that have no wall",
            "name the roles after TO",
        );
    }
    Ok(())
}

/// The roles of a policy stand between TO and USING or WITH.
fn policy_is_public(statement: &[Token]) -> bool {
    let Some(start) = statement.iter().position(|token| token.is("TO")) else {
        return false;
    };
    let roles = statement[start..]
        .split(|token| token.is("USING") || token.is("WITH"))
        .next()
        .unwrap_or_default();
    roles
        .iter()
        .any(|token| token.is("PUBLIC") || *token == Token::Quoted("public".into()))
}

fn definer(statement: &[Token]) -> Result<(), LintError> {
    if !says(statement, "SECURITY DEFINER") {
        return Ok(());
    }
    let set = statement.windows(2).position(|pair| {
        pair[0].is("SET")
            && (pair[1].is("SEARCH_PATH") || pair[1] == Token::Quoted("search_path".into()))
    });
    // The list ends where no comma follows.
    let mut last = None;
    for token in set.map(|start| &statement[start + 2..]).unwrap_or_default() {
        match token {
            Token::Symbol('=' | ',') => last = None,
            token if token.is("TO") && last.is_none() => {}
            token if last.is_none() => last = Some(token),
            _ => break,
        }
    }
    let pinned = last.is_some_and(|token| match token {
        Token::Word(word) => word == "PG_TEMP",
        Token::Quoted(name) | Token::Text(name) => name == "pg_temp",
        Token::Escaped | Token::Symbol(_) => false,
    });
    if pinned {
        return Ok(());
    }
    refuse(
        "a definer function reads temporary tables of its caller",
        "add SET search_path = pg_catalog, pg_temp",
    )
}

fn copies(statement: &[Token]) -> Result<(), LintError> {
    let Some(first) = statement.first() else {
        return Ok(());
    };
    let head = statement
        .split(|token| *token == Token::Symbol('('))
        .next()
        .unwrap_or_default();
    let creates_table = first.is("CREATE") && head.iter().take(5).any(|token| token.is("TABLE"));
    let like = statement
        .windows(2)
        .any(|pair| matches!(pair[0], Token::Symbol('(' | ',')) && pair[1].is("LIKE"));
    let copied = says(statement, "AS SELECT")
        || says(statement, "AS WITH")
        || says(statement, "AS VALUES")
        || says(statement, "AS TABLE")
        || says(statement, "AS EXECUTE")
        || statement
            .windows(2)
            .any(|pair| pair[0].is("AS") && pair[1] == Token::Symbol('('));
    if (creates_table && (like || copied))
        || (first.is("CREATE") && says(head, "MATERIALIZED VIEW"))
    {
        return refuse(
            "a copy of a table has no wall",
            "declare the table with the kit",
        );
    }
    if first.is("SELECT") && statement.iter().any(|token| token.is("INTO")) {
        return refuse(
            "a copy of a table has no wall",
            "declare the table with the kit",
        );
    }
    Ok(())
}

fn data(statement: &[Token]) -> Result<(), LintError> {
    let Some(first) = statement.first() else {
        return Ok(());
    };
    if first.is("ALTER") && says(statement, "VALIDATE CONSTRAINT") {
        return refuse(
            "a constraint is validated against the rows that the owner sees, which may be none",
            AS_OWNER,
        );
    }
    if first.is("ALTER")
        && (says(statement, "FOREIGN KEY") || statement.iter().any(|token| token.is("REFERENCES")))
    {
        return refuse(
            "a foreign key is checked against the rows that the owner sees, which may be none",
            AS_OWNER,
        );
    }
    let changes = ["UPDATE", "DELETE", "MERGE", "TRUNCATE"];
    let is_query = [
        "WITH", "EXPLAIN", "PREPARE", "INSERT", "COPY", "SELECT", "PERFORM", "FOR", "IF", "RETURN",
        "DECLARE",
    ];
    let changed = |(position, token): (usize, &Token)| {
        let before = position.checked_sub(1).map(|position| &statement[position]);
        // SELECT … FOR UPDATE and FOR NO KEY UPDATE only lock.
        let locks = before.is_some_and(|before| before.is("FOR") || before.is("KEY"));
        changes.iter().any(|word| token.is(word)) && !locks
    };
    let inserts_query = statement.iter().any(|token| token.is("INSERT"))
        && statement
            .iter()
            .any(|token| token.is("SELECT") || token.is("TABLE"));
    let starts_change = changes.iter().any(|word| first.is(word));
    let hides_change = is_query.iter().any(|word| first.is(word))
        && (statement.iter().enumerate().any(changed) || inserts_query);
    let parenthesized = *first == Token::Symbol('(') && statement.iter().enumerate().any(changed);
    if starts_change || hides_change || parenthesized {
        return refuse(
            "a data step works on the rows that the owner sees, which may be none",
            AS_OWNER,
        );
    }
    Ok(())
}
