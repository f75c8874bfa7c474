//! Names: from SQL's to Rust's, from many to one.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

/// A word as an identifier; raw where it is a keyword.
pub(crate) fn identifier(word: &str) -> String {
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
        "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
        "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe",
        "unsized", "use", "virtual", "where", "while", "yield",
    ];
    match word {
        "self" | "super" | "crate" => format!("{word}_column"),
        _ if KEYWORDS.contains(&word) => format!("r#{word}"),
        _ => word.to_owned(),
    }
}

/// The name of a field: the column's own where Rust can have it.
pub(crate) fn field(column: &str) -> String {
    let plain = column.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && column
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && column.chars().any(|c| c != '_');
    if plain {
        identifier(column)
    } else {
        identifier(&snake(column))
    }
}

/// The file of a module: the word without the marks of a raw identifier.
pub(crate) fn file(module: &str) -> String {
    let identifier = identifier(module);
    identifier.trim_start_matches("r#").to_owned()
}

/// Lower case with underscores, beginning with a letter.
pub(crate) fn snake(words: &str) -> String {
    prefixed(words.to_snake_case(), "n")
}

/// The variant that SeaORM makes of a field.
pub(crate) fn variant(field: &str) -> String {
    field.trim_start_matches("r#").to_upper_camel_case()
}

/// Upper camel case, beginning with a letter, as the variant of an enum.
pub(crate) fn value_variant(value: &str) -> String {
    let camel = match value {
        "+" => "Plus".to_owned(),
        "-" => "Minus".to_owned(),
        _ => value.to_upper_camel_case(),
    };
    let name = prefixed(camel, "Value");
    if name == "Self" {
        "SelfValue".to_owned()
    } else {
        name
    }
}

/// Upper case with underscores.
pub(crate) fn constant(words: &str) -> String {
    prefixed(words.trim_start_matches("r#").to_snake_case(), "n").to_uppercase()
}

fn prefixed(word: String, prefix: &str) -> String {
    if word.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        word
    } else {
        format!("{prefix}{word}")
    }
}

/// Words as prose has them.
pub(crate) fn prose(name: &str) -> String {
    name.trim_start_matches("r#").replace('_', " ")
}

/// The same with its article.
pub(crate) fn with_article(name: &str) -> String {
    let words = prose(name);
    let vowel = words.starts_with(['a', 'e', 'i', 'o', 'u'])
        && !words.starts_with("us")
        && !words.starts_with("uni");
    format!(
        "{} {words}",
        if vowel || words.starts_with("unin") {
            "an"
        } else {
            "a"
        }
    )
}

/// An SQL identifier, quoted where it has to be.
pub(crate) fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// One of several: the last word of a table's name in the singular.
///
/// It knows the common endings and a few irregular words; `Generator::singular` knows the others.
pub(crate) fn singular(table: &str) -> String {
    let (before, word) = match table.rfind('_') {
        Some(at) => table.split_at(at + 1),
        None => ("", table),
    };
    format!("{before}{}", singular_word(word))
}

fn singular_word(word: &str) -> String {
    const IRREGULAR: &[(&str, &str)] = &[
        ("people", "person"),
        ("children", "child"),
        ("men", "man"),
        ("women", "woman"),
        ("indices", "index"),
        ("vertices", "vertex"),
        ("matrices", "matrix"),
        ("criteria", "criterion"),
        ("analyses", "analysis"),
        ("bases", "base"),
        ("movies", "movie"),
        ("cookies", "cookie"),
        ("axes", "axis"),
        ("lives", "life"),
        ("shelves", "shelf"),
    ];
    const UNCHANGED: &[&str] = &[
        "news",
        "series",
        "species",
        "data",
        "media",
        "metadata",
        "analytics",
        "statistics",
        "settings",
        "sales",
    ];
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return (*one).to_owned();
    }
    let unchanged =
        UNCHANGED.contains(&word) || ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    // `statuses` and `bonuses`, but not `houses` and `pauses`.
    let of_us = word.len() > 5
        && word.ends_with("uses")
        && !word.ends_with("auses")
        && !word.ends_with("ouses");
    let two = of_us
        || ["sses", "shes", "ches", "xes", "zzes", "iases"]
            .iter()
            .any(|end| word.ends_with(end));
    match word.strip_suffix('s') {
        Some(_) if unchanged || word.len() < 3 => word.to_owned(),
        Some(_) if word.ends_with("ies") && word.len() > 4 => {
            format!("{}y", &word[..word.len() - 3])
        }
        Some(_) if two => word[..word.len() - 2].to_owned(),
        Some(one) => one.to_owned(),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_named_in_the_singular() {
        for (many, one) in [
            ("challenges", "challenge"),
            ("dealership_members", "dealership_member"),
            ("companies", "company"),
            ("addresses", "address"),
            ("statuses", "status"),
            ("status", "status"),
            ("boxes", "box"),
            ("purchases", "purchase"),
            ("aliases", "alias"),
            ("houses", "house"),
            ("people", "person"),
            ("waitlist", "waitlist"),
            ("analytics", "analytics"),
            ("user_skills", "user_skill"),
            ("batches", "batch"),
            ("api_keys", "api_key"),
        ] {
            assert_eq!(singular(many), one);
        }
    }

    #[test]
    fn columns_keep_their_names_where_rust_allows() {
        assert_eq!(field("type"), "r#type");
        assert_eq!(field("self"), "self_column");
        assert_eq!(field("line_1"), "line_1");
        assert_eq!(field("orderDate"), "order_date");
        assert_eq!(field("2nd line"), "n2nd_line");
    }

    #[test]
    fn articles_follow_the_sound() {
        assert_eq!(with_article("api_key"), "an api key");
        assert_eq!(with_article("user"), "a user");
        assert_eq!(with_article("challenge"), "a challenge");
    }
}
