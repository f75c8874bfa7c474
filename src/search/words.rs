//! What people type, as PostgreSQL's parser takes it.

/// So many characters of a text count. It bounds the time that a search takes to read its question.
const LONGEST: usize = 1_000;

/// Keeps a minus only in front of a word or a phrase, or inside a word.
///
/// PostgreSQL reads each of several minuses as one more negation, and gives up at the 32nd with an error.
pub(super) fn plain(text: &str) -> String {
    let letters: Vec<char> = text.chars().take(LONGEST).collect();
    let begins = |at: usize| {
        letters
            .get(at)
            .is_some_and(|letter| letter.is_alphanumeric())
    };
    let kept = letters
        .iter()
        .enumerate()
        .map(|(at, &letter)| match letter {
            '\0' => ' ',
            '-' if !(begins(at + 1) || letters.get(at + 1) == Some(&'"') && begins(at + 2)) => ' ',
            _ => letter,
        });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_minus_stands_before_a_word() {
        assert_eq!(plain("-a well-known -\"b c\""), "-a well-known -\"b c\"");
        assert_eq!(plain("--a - b -\"\" -! a-"), " -a   b  \"\"  ! a ");
        assert_eq!(plain("a\0b"), "a b");
        assert_eq!(plain(&"ä".repeat(5_000)).chars().count(), 1_000);
    }
}
