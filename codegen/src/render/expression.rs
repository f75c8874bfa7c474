//! Expressions, laid out as rustfmt would: on one line if they are short, else one part per line.

use super::text::WIDTH;

/// Between the parentheses of a call, and the brackets of an array, rustfmt allows so much on one line.
const LIST_WIDTH: usize = 60;
/// Items of an array that are so short share lines.
const SHORT_ITEM: usize = 10;

#[derive(Clone, Debug)]
pub(super) enum Expression {
    /// What is never broken.
    Atom(String),
    /// A function and its arguments.
    Call(String, Vec<Self>),
    /// A reference to an array.
    Slice(Vec<Self>),
    /// A tuple.
    Tuple(Vec<Self>),
    /// A struct: always one field per line.
    Struct(String, Vec<String>),
}

impl Expression {
    pub(super) fn atom(text: impl Into<String>) -> Self {
        Self::Atom(text.into())
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Atom(format!("{text:?}"))
    }

    pub(super) fn call(function: impl Into<String>, arguments: Vec<Self>) -> Self {
        Self::Call(function.into(), arguments)
    }

    /// On one line; `None` where rustfmt would not have it so, whatever room there is.
    pub(super) fn flat(&self) -> Option<String> {
        match self {
            Self::Atom(text) => Some(text.clone()),
            Self::Struct(..) => None,
            Self::Call(..) | Self::Slice(_) | Self::Tuple(_) => {
                let (open, items, close) = self.parts();
                let items: Option<Vec<String>> = items.iter().map(Self::flat).collect();
                let inside = items?.join(", ");
                (inside.len() <= LIST_WIDTH).then(|| format!("{open}{inside}{close}"))
            }
        }
    }

    fn parts(&self) -> (String, &[Self], &'static str) {
        match self {
            Self::Call(function, arguments) => (format!("{function}("), arguments, ")"),
            Self::Slice(items) => ("&[".to_owned(), items, "]"),
            Self::Tuple(items) => ("(".to_owned(), items, ")"),
            Self::Atom(text) => (text.clone(), &[], ""),
            Self::Struct(name, _) => (name.clone(), &[], ""),
        }
    }

    /// On as many lines as needed. `indent` is that of the line it begins in, `start` the column, with room for what follows.
    pub(super) fn lines(&self, indent: usize, start: usize) -> Vec<String> {
        if let Some(flat) = self.flat().filter(|flat| start + flat.len() < WIDTH) {
            return vec![flat];
        }
        let (open, items, close) = self.parts();
        let margin = |by: usize, line: &str| format!("{}{line}", " ".repeat(indent + by));
        match self {
            Self::Atom(text) => vec![text.clone()],
            Self::Struct(name, fields) => {
                let mut lines = vec![format!("{name} {{")];
                lines.extend(fields.iter().map(|field| margin(4, field)));
                lines.push(margin(0, "}"));
                lines
            }
            // A single part that can be broken itself keeps the line.
            Self::Call(..) | Self::Slice(_) | Self::Tuple(_)
                if matches!(
                    items,
                    [Self::Call(..) | Self::Slice(_) | Self::Tuple(_) | Self::Struct(..)]
                ) =>
            {
                let mut lines = items[0].lines(indent, start + open.len());
                if let Some(first) = lines.first_mut() {
                    first.insert_str(0, &open);
                }
                if let Some(last) = lines.last_mut() {
                    last.push_str(close);
                }
                lines
            }
            Self::Call(..) | Self::Slice(_) | Self::Tuple(_) => {
                let mut lines = vec![open];
                if matches!(self, Self::Slice(_)) {
                    lines.extend(filled(items, indent + 4).iter().map(|line| margin(4, line)));
                } else {
                    lines.extend(broken(items, indent + 4).iter().map(|line| margin(4, line)));
                }
                lines.push(margin(0, close));
                lines
            }
        }
    }
}

/// One item per line.
fn broken(items: &[Expression], indent: usize) -> Vec<String> {
    items
        .iter()
        .map(|item| format!("{},", item.lines(indent, indent + 1).join("\n")))
        .collect()
}

/// As many items per line as there is room for, if all are short.
fn filled(items: &[Expression], indent: usize) -> Vec<String> {
    let flat: Option<Vec<String>> = items
        .iter()
        .map(|item| item.flat().filter(|item| item.len() <= SHORT_ITEM))
        .collect();
    let Some(flat) = flat else {
        return broken(items, indent);
    };
    let mut lines: Vec<String> = Vec::new();
    for item in flat {
        match lines.last_mut() {
            Some(line) if indent + line.len() + item.len() + 2 <= WIDTH => {
                line.push(' ');
                line.push_str(&item);
                line.push(',');
            }
            _ => lines.push(format!("{item},")),
        }
    }
    lines
}
