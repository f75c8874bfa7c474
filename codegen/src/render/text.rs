//! Lines with their indentation.

use super::{docs, expression::Expression};

/// The width that rustfmt allows.
pub(super) const WIDTH: usize = 100;
/// The width that rustfmt allows between the parentheses of an attribute.
const ATTRIBUTE_WIDTH: usize = 70;

/// A text that grows line by line.
#[derive(Debug, Default)]
pub(super) struct Text {
    text: String,
    level: usize,
}

impl Text {
    pub(super) fn into_string(self) -> String {
        self.text
    }

    pub(super) fn indent(&self) -> usize {
        self.level * 4
    }

    pub(super) fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n(' ', self.indent()));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Writes `head {`, what is inside, and `}`; `head {}` if nothing is.
    pub(super) fn block(&mut self, head: &str, inside: impl FnOnce(&mut Self)) {
        let before = self.text.len();
        self.line(&format!("{head} {{"));
        let opened = self.text.len();
        self.level += 1;
        inside(self);
        self.level -= 1;
        if self.text.len() == opened {
            self.text.truncate(before);
            self.line(&format!("{head} {{}}"));
        } else {
            self.line("}");
        }
    }

    /// Writes a doc comment.
    pub(super) fn doc(&mut self, text: &str) {
        for line in docs::lines(text, WIDTH - self.indent() - 4) {
            self.line(format!("/// {line}").trim_end());
        }
    }

    /// Writes the doc comment of the file.
    pub(super) fn file_doc(&mut self, text: &str) {
        for line in docs::lines(text, WIDTH - 4) {
            self.line(format!("//! {line}").trim_end());
        }
    }

    /// Writes `#[name(…)]`.
    pub(super) fn attribute(&mut self, name: &str, arguments: &[String]) {
        let joined = arguments.join(", ");
        let line = format!("#[{name}({joined})]");
        if joined.len() <= ATTRIBUTE_WIDTH && self.indent() + line.len() <= WIDTH {
            self.line(&line);
            return;
        }
        self.line(&format!("#[{name}("));
        self.level += 1;
        for (at, argument) in arguments.iter().enumerate() {
            let comma = if at + 1 == arguments.len() { "" } else { "," };
            self.line(&format!("{argument}{comma}"));
        }
        self.level -= 1;
        self.line(")]");
    }

    /// Writes `#[derive(…)]`.
    pub(super) fn derive(&mut self, traits: &[&str]) {
        self.line(&format!("#[derive({})]", traits.join(", ")));
    }

    /// Writes `head = expression;`, on the line of the head if that is better.
    pub(super) fn assign(&mut self, head: &str, expression: &Expression) {
        let start = self.indent() + head.len() + 3;
        let flat = expression.flat();
        if flat.as_ref().is_some_and(|flat| start + flat.len() < WIDTH) {
            let flat = flat.unwrap_or_default();
            self.line(&format!("{head} = {flat};"));
            return;
        }
        if let Some(flat) = flat.filter(|flat| self.indent() + 4 + flat.len() < WIDTH) {
            self.line(&format!("{head} ="));
            self.level += 1;
            self.line(&format!("{flat};"));
            self.level -= 1;
            return;
        }
        let lines = expression.lines(self.indent(), start);
        self.line(&format!("{head} = {};", lines.join("\n")));
    }

    /// Writes an expression as a statement or, without the semicolon, as a value.
    pub(super) fn expression(&mut self, expression: &Expression, end: &str) {
        let lines = expression.lines(self.indent(), self.indent() + end.len());
        self.line(&format!("{}{end}", lines.join("\n")));
    }

    /// Writes a function, with one argument per line where they do not fit.
    pub(super) fn function(
        &mut self,
        name: &str,
        arguments: &[&str],
        rest: &str,
        body: impl FnOnce(&mut Self),
    ) {
        let head = format!("{name}({}){rest}", arguments.join(", "));
        if self.indent() + head.len() + 2 <= WIDTH {
            self.block(&head, body);
            return;
        }
        self.line(&format!("{name}("));
        self.level += 1;
        for argument in arguments {
            self.line(&format!("{argument},"));
        }
        self.level -= 1;
        self.block(&format!("){rest}"), body);
    }

    /// Writes a list of names to import.
    pub(super) fn import(&mut self, package: &str, names: &[&str]) {
        match names {
            [] => {}
            [one] => self.line(&format!("use {package}::{one};")),
            _ => {
                let line = format!("use {package}::{{{}}};", names.join(", "));
                // rustfmt leaves a column free here.
                if line.len() < WIDTH {
                    self.line(&line);
                } else {
                    self.import_lines(package, names);
                }
            }
        }
    }

    /// rustfmt fills the lines of a long list.
    fn import_lines(&mut self, package: &str, names: &[&str]) {
        self.line(&format!("use {package}::{{"));
        self.level += 1;
        let mut line = String::new();
        for name in names {
            if !line.is_empty() && self.indent() + line.len() + name.len() + 2 > WIDTH {
                self.line(&line);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(name);
            line.push(',');
        }
        self.line(&line);
        self.level -= 1;
        self.line("};");
    }
}
