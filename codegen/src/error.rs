//! Why nothing was generated.

use std::fmt;

/// What the generator does not understand, and how to mend it; all of it at once.
#[derive(Debug)]
#[non_exhaustive]
pub enum GenerateError {
    /// Something in the schema or the configuration has no Rust form.
    Schema(Vec<Problem>),
    /// The catalogue could not be read.
    Catalog(tenantry::Error),
}

/// One thing that the generator does not understand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Problem {
    /// What it is about, such as `shop.orders.weight`.
    pub subject: String,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// How to mend it, as a sentence.
    pub mend: String,
}

impl Problem {
    pub(crate) fn new(
        subject: impl Into<String>,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            subject: subject.into(),
            message: message.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  {}", self.subject, self.message, self.mend)
    }
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(problems) => {
                write!(
                    f,
                    "{} in the schema cannot be generated",
                    count(problems.len())
                )?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n{problem}"))
            }
            Self::Catalog(_) => f.write_str("the catalogue cannot be read"),
        }
    }
}

fn count(problems: usize) -> String {
    if problems == 1 {
        "one thing".to_owned()
    } else {
        format!("{problems} things")
    }
}

impl std::error::Error for GenerateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Schema(_) => None,
            Self::Catalog(source) => Some(source),
        }
    }
}
