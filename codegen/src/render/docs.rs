//! Comments of the database as docs of Rust.

/// What a first paragraph may have at most, before it is told to be shorter.
const FIRST_PARAGRAPH: usize = 200;

/// Brings a comment into lines of at most `width`.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in with_summary(text).lines() {
        let (mut current, mut open) = (String::new(), false);
        for word in line.split_whitespace() {
            let word = if open { word.to_owned() } else { marked(word) };
            open ^= word.matches('`').count() % 2 == 1;
            if !current.is_empty() && current.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(&word);
        }
        lines.push(current);
    }
    lines
}

/// Ends the first line with a full stop, and sets a long one's first sentence apart.
fn with_summary(text: &str) -> String {
    let text = text.trim();
    let (first, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut first = first.trim_end().to_owned();
    if !first.ends_with(['.', '!', '?', ':', '`']) || first.ends_with('`') && !first.contains(". ")
    {
        first.push('.');
    }
    if first.chars().count() > FIRST_PARAGRAPH
        && let Some(end) = first.find(". ")
    {
        first.replace_range(end + 1..end + 2, "\n\n");
    }
    if rest.is_empty() {
        first
    } else {
        format!("{first}\n\n{rest}")
    }
}

/// Marks a word as code if it looks like it, and takes the meaning from signs that rustdoc would read.
fn marked(word: &str) -> String {
    let is_inner = |c: char| c.is_alphanumeric() || c == '_';
    let start = word.find(is_inner).unwrap_or(word.len());
    let end = word.rfind(is_inner).map_or(start, |at| {
        at + word[at..].chars().next().map_or(1, char::len_utf8)
    });
    let (before, inner, after) = (&word[..start], &word[start..end], &word[end..]);
    if word.contains('`') {
        return word.to_owned();
    }
    if is_code(inner) {
        return format!("{}`{inner}`{}", escaped(before), escaped(after));
    }
    escaped(word)
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if matches!(c, '<' | '>' | '[' | ']' | '*') {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

fn is_code(word: &str) -> bool {
    const NAMES: &[&str] = &[
        "PostgreSQL",
        "GitHub",
        "GitLab",
        "JavaScript",
        "OAuth",
        "SQLite",
        "MySQL",
        "YouTube",
    ];
    let joined = word.trim_matches('_').contains('_') || word.contains("::");
    let camel = word.starts_with(char::is_alphabetic)
        && word.chars().all(char::is_alphanumeric)
        && word
            .strip_suffix('s')
            .unwrap_or(word)
            .chars()
            .filter(|c| c.is_uppercase())
            .count()
            > 1
        && word
            .strip_suffix('s')
            .unwrap_or(word)
            .chars()
            .any(char::is_lowercase);
    joined || camel && !NAMES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_comments_are_marked_as_code() {
        assert_eq!(
            lines("Set when deleted_at is (a UUIDv7)", 80),
            ["Set when `deleted_at` is (a `UUIDv7`)."]
        );
        assert_eq!(
            lines("`a b_c` and array[1]", 80),
            ["`a b_c` and array\\[1\\]."]
        );
    }

    #[test]
    fn long_comments_are_broken_and_begin_with_a_summary() {
        let long = format!("A first sentence. {}", "word ".repeat(50));
        let lines = lines(&long, 60);
        assert_eq!(lines[..2], ["A first sentence.", ""]);
        assert!(lines.iter().all(|line| line.len() <= 60));
    }
}
