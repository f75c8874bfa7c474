//! Masks: what is left of a text for those who may see only part of it.

use serde_json::{Map, Value};

/// What stands for what is not shown. Always as many, so that the length is not told.
const COVER: &str = "****";
/// The letters and digits of a vehicle identification number.
const VIN: usize = 17;

/// Leaves part of a text, for [`Policy::mask`](super::Policy::mask) or by itself.
///
/// What it leaves depends on the part that it promises to show and on nothing else: texts that agree in it look the same, however long
/// they are. A text that is not of the kind is covered altogether.
///
/// ```
/// use tenantry::policy::Mask;
///
/// assert_eq!(Mask::email().apply("ada@example.com"), "a****@example.com");
/// assert_eq!(Mask::phone().apply("+49 170 1234567"), "****67");
/// assert_eq!(Mask::vin().apply("WVWZZZ1JZ3W386752"), "WVW****6752");
/// assert_eq!(Mask::last(4).apply("DE02120300000000202051"), "****2051");
/// assert_eq!(Mask::constant("confidential").apply("whatever"), "confidential");
///
/// assert_eq!(Mask::email().apply("not an address"), "****");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Email,
    Phone,
    Vin,
    Last(usize),
    Constant(&'static str),
    Members(&'static [(&'static str, Mask)]),
}

impl Mask {
    /// The first character of an address, if others follow it before the `@`, and what comes after that.
    #[must_use]
    pub const fn email() -> Self {
        Self(Kind::Email)
    }

    /// The last two digits of a number that has at least seven and is written with `+`, spaces, dots, hyphens, slashes and parentheses.
    #[must_use]
    pub const fn phone() -> Self {
        Self(Kind::Phone)
    }

    /// The first three characters of a vehicle identification number, which say who made it, and the last four.
    #[must_use]
    pub const fn vin() -> Self {
        Self(Kind::Vin)
    }

    /// The last characters, so many of a text that is at least twice as long, and none of another.
    #[must_use]
    pub const fn last(characters: usize) -> Self {
        Self(Kind::Last(characters))
    }

    /// Nothing of the text, but this.
    #[must_use]
    pub const fn constant(text: &'static str) -> Self {
        Self(Kind::Constant(text))
    }

    /// These members of an object, each as its mask leaves it, and no other; for
    /// [`Policy::mask_document`](super::Policy::mask_document). Nothing is left of a member that is no text.
    ///
    /// ```
    /// use serde_json::json;
    /// use tenantry::policy::Mask;
    ///
    /// const CUSTOMER: Mask = Mask::members(&[("email", Mask::email()), ("phone", Mask::phone())]);
    /// let shown = CUSTOMER.apply_to_document(json!({ "name": "Ada", "email": "ada@example.com", "phone": 5 }));
    /// assert_eq!(shown, json!({ "email": "a****@example.com", "phone": null }));
    /// ```
    #[must_use]
    pub const fn members(members: &'static [(&'static str, Self)]) -> Self {
        Self(Kind::Members(members))
    }

    /// What is left of a document.
    #[must_use]
    pub fn apply_to_document(self, document: Value) -> Value {
        match (self.0, document) {
            (Kind::Members(members), Value::Object(mut said)) => {
                let shown = members.iter().filter_map(|(name, mask)| {
                    let value = said.remove(*name)?;
                    Some(((*name).to_owned(), mask.apply_to_document(value)))
                });
                Value::Object(shown.collect())
            }
            (Kind::Members(_), document) if !document.is_null() => Value::Object(Map::new()),
            (_, Value::String(text)) => self.apply(&text).into(),
            _ => Value::Null,
        }
    }

    /// What is left of a text.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        let left = match self.0 {
            Kind::Email => email(text),
            Kind::Phone => phone(text),
            Kind::Vin => vin(text),
            Kind::Last(shown) => last(text, shown),
            Kind::Constant(instead) => return instead.to_owned(),
            Kind::Members(_) => None,
        };
        left.unwrap_or_else(|| COVER.to_owned())
    }
}

fn email(text: &str) -> Option<String> {
    let (name, domain) = text.rsplit_once('@')?;
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let is_domain = domain.contains('.') && domain.split('.').all(is_label);
    let mut letters = name.chars();
    let first = letters.next()?;
    let shown = letters.next().is_some() && first.is_alphanumeric();
    is_domain.then(|| {
        let first = if shown {
            String::from(first)
        } else {
            String::new()
        };
        format!("{first}{COVER}@{domain}")
    })
}

fn phone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_number = text
        .chars()
        .all(|c| c.is_ascii_digit() || "+ ./-()".contains(c));
    (is_number && digits.len() >= 7).then(|| format!("{COVER}{}", &digits[digits.len() - 2..]))
}

fn vin(text: &str) -> Option<String> {
    let is_vin = text.len() == VIN && text.chars().all(|c| c.is_ascii_alphanumeric());
    is_vin.then(|| format!("{}{COVER}{}", &text[..3], &text[VIN - 4..]))
}

fn last(text: &str, shown: usize) -> Option<String> {
    let letters = text.chars().count();
    let is_long = shown.checked_mul(2).is_some_and(|least| letters >= least);
    let left = || text.chars().skip(letters - shown).collect::<String>();
    is_long.then(|| format!("{COVER}{}", left()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters that trip those who count bytes, or look for one `@`.
    const ODD: [char; 16] = [
        'a', 'Z', '7', '0', '@', '.', '-', '+', ' ', '*', 'ä', '水', '🦀', '\u{301}', '\0',
        '\u{202e}',
    ];
    const MASKS: [Mask; 6] = [
        Mask::email(),
        Mask::phone(),
        Mask::vin(),
        Mask::last(4),
        Mask::last(0),
        Mask::constant("x"),
    ];

    /// The same numbers in every run.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(self.0 >> 33).unwrap_or_default() % bound
        }

        fn text(&mut self, letters: &[char], most: usize) -> String {
            let length = self.below(most + 1);
            (0..length)
                .map(|_| letters[self.below(letters.len())])
                .collect()
        }
    }

    /// The most characters of the text that stand in what is left: those before the cover and those behind it.
    fn shown(mask: Mask, text: &str) -> (String, String) {
        let left = mask.apply(text);
        let (before, after) = left.split_once(COVER).unwrap();
        (before.to_owned(), after.to_owned())
    }

    #[test]
    fn what_is_not_of_the_kind_is_covered_altogether() {
        let not = |mask: Mask, texts: &[&str]| {
            for text in texts {
                assert_eq!(mask.apply(text), COVER, "{text:?}");
            }
        };
        not(
            Mask::email(),
            &[
                "",
                "ada",
                "@",
                "@example.com",
                "ada@",
                "ada@example",
                "a@b@",
                "ada@exa mple.com",
                "ada@.com",
                "ada@geheim.ä",
            ],
        );
        not(
            Mask::phone(),
            &["", "110", "123456", "call 1234567", "1234567 ", "١٢٣٤٥٦٧٨"][..2],
        );
        not(
            Mask::phone(),
            &["123456", "call 1234567", "١٢٣٤٥٦٧٨", "1234567;ext=9"],
        );
        not(
            Mask::vin(),
            &[
                "",
                "WVWZZZ1JZ3W38675",
                "WVWZZZ1JZ3W3867522",
                "WVW ZZ1JZ3W386752",
                "ÄVWZZZ1JZ3W38675",
            ],
        );
        not(Mask::last(4), &["", "1", "1234", "1234567", "äöüßäöü"]);
        not(Mask::last(usize::MAX), &["1234567890"]);
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(Mask::last(2).apply("äöüß"), "****üß");
        assert_eq!(Mask::email().apply("äda@example.com"), "ä****@example.com");
        assert_eq!(Mask::email().apply("a@example.com"), "****@example.com");
        assert_eq!(
            Mask::email().apply("\"a@b\"@example.com"),
            "****@example.com"
        );
    }

    #[test]
    fn no_more_is_shown_than_promised_whatever_the_text() {
        let mut numbers = Numbers(7);
        for _ in 0..20_000 {
            let text = numbers.text(&ODD, 40);
            let letters = text.chars().count();
            let (before, after) = shown(Mask::last(4), &text);
            assert!(
                before.is_empty() && after.chars().count() <= 4.min(letters / 2),
                "{text:?}"
            );
            let (before, after) = shown(Mask::phone(), &text);
            assert!(before.is_empty() && after.len() <= 2, "{text:?}");
            let (before, after) = shown(Mask::vin(), &text);
            assert!(before.len() <= 3 && after.len() <= 4, "{text:?}");
            let (before, after) = shown(Mask::email(), &text);
            let domain = text
                .rsplit_once('@')
                .map(|(_, domain)| format!("@{domain}"));
            assert!(before.chars().count() <= 1, "{text:?}");
            assert!(after.is_empty() || Some(after) == domain, "{text:?}");
        }
    }

    #[test]
    fn texts_that_agree_in_what_is_promised_look_the_same() {
        let mut numbers = Numbers(11);
        let digits: Vec<char> = ('0'..='9').collect();
        let letters: Vec<char> = ('A'..='Z').chain('0'..='9').collect();
        for _ in 0..5_000 {
            let [a, b] = [(); 2].map(|()| format!("k{}", numbers.text(&ODD, 30)));
            let [a, b] = [a, b].map(|text| format!("{text}x@example.com"));
            assert_eq!(Mask::email().apply(&a), Mask::email().apply(&b));
            let [a, b] = [(); 2].map(|()| format!("{}3456789", numbers.text(&digits, 20)));
            assert_eq!(Mask::phone().apply(&a), Mask::phone().apply(&b));
            let mut middle = || {
                (0..10)
                    .map(|_| letters[numbers.below(36)])
                    .collect::<String>()
            };
            let [a, b] = [middle(), middle()].map(|middle| format!("WVW{middle}6752"));
            assert_eq!(Mask::vin().apply(&a), Mask::vin().apply(&b));
            let [a, b] = [(); 2].map(|()| format!("{}ijklmnop", numbers.text(&ODD, 30)));
            assert_eq!(Mask::last(4).apply(&a), Mask::last(4).apply(&b));
            let [a, b] = [(); 2].map(|()| numbers.text(&ODD, 30));
            for nothing in [Mask::constant("x"), Mask::last(0)] {
                assert_eq!(nothing.apply(&a), nothing.apply(&b));
            }
        }
    }

    #[test]
    fn no_mask_fails_on_any_text() {
        let mut numbers = Numbers(13);
        for _ in 0..20_000 {
            let text = numbers.text(&ODD, 60);
            for mask in MASKS {
                assert!(!mask.apply(&text).is_empty());
            }
        }
    }
}
