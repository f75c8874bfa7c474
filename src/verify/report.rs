//! What was found, for a terminal and for a program.

use std::fmt;

use serde::Serialize;

use super::Rule;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// A guarantee does not hold.
    Error,
    /// A guarantee is weaker than it could be, or will be slow.
    Warning,
    /// Worth knowing.
    Notice,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        })
    }
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The rule that is broken.
    pub rule: Rule,
    /// What breaks it, such as `challenges.submissions.score` or `role tenantry_app`.
    pub object: String,
    /// What is wrong, in one line.
    pub message: String,
    /// The SQL, or the call of the kit, that mends it.
    pub remedy: String,
}

/// Everything that was found, the worst first.
///
/// # Examples
///
/// ```
/// # fn show(report: &tenantry::verify::Report) -> Result<(), Box<dyn std::error::Error>> {
/// if !report.is_clean() {
///     eprintln!("{report}");
/// }
/// let for_programs = serde_json::to_string(report)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[must_use = "a report that nobody reads mends nothing"]
#[non_exhaustive]
pub struct Report {
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|a, b| {
            (a.severity, &a.object, a.rule, &a.message)
                .cmp(&(b.severity, &b.object, b.rule, &b.message))
        });
        findings.dedup();
        Self { findings }
    }

    /// Whether nothing worse than a notice was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity == Severity::Notice)
    }

    /// How many findings are this bad.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let Finding {
                severity,
                rule,
                object,
                message,
                remedy,
            } = finding;
            writeln!(f, "{severity:<8}{object}  [{rule}]")?;
            writeln!(f, "        {message}")?;
            for (at, line) in remedy.lines().enumerate() {
                writeln!(f, "      {} {line}", if at == 0 { ">" } else { " " })?;
            }
            writeln!(f)?;
        }
        if self.findings.is_empty() {
            return f.write_str("nothing found");
        }
        let counts = [Severity::Error, Severity::Warning, Severity::Notice].map(|severity| {
            let count = self.count(severity);
            format!("{count} {severity}{}", if count == 1 { "" } else { "s" })
        });
        f.write_str(&counts.join(", "))
    }
}

/// Collects what the rules find.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn error(
        &mut self,
        rule: Rule,
        object: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Error, rule, object, message, remedy);
    }

    pub(super) fn warning(
        &mut self,
        rule: Rule,
        object: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Warning, rule, object, message, remedy);
    }

    pub(super) fn notice(
        &mut self,
        rule: Rule,
        object: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Notice, rule, object, message, remedy);
    }

    pub(super) fn add(
        &mut self,
        severity: Severity,
        rule: Rule,
        object: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.0.push(Finding {
            severity,
            rule,
            object: object.into(),
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    pub(super) fn into_report(self) -> Report {
        Report::new(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_reads_well_in_a_terminal() {
        let mut findings = Findings::default();
        findings.notice(
            Rule::CommentMissing,
            "app.notes",
            "the table has no comment",
            "COMMENT ON TABLE app.notes IS '…';",
        );
        findings.error(
            Rule::RowSecurityNotForced,
            "app.notes",
            "row security is not forced",
            "ALTER TABLE app.notes FORCE ROW LEVEL SECURITY;",
        );
        let report = findings.into_report();
        assert!(!report.is_clean());
        insta::assert_snapshot!(report, @r"
        error   app.notes  [row-security-not-forced]
                row security is not forced
              > ALTER TABLE app.notes FORCE ROW LEVEL SECURITY;

        notice  app.notes  [comment-missing]
                the table has no comment
              > COMMENT ON TABLE app.notes IS '…';

        1 error, 0 warnings, 1 notice
        ");
        assert_eq!(Report::default().to_string(), "nothing found");
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["findings"][0]["rule"], "row-security-not-forced");
        assert_eq!(json["findings"][0]["severity"], "error");
    }

    #[test]
    fn every_rule_has_a_name_of_its_own_and_a_sentence() {
        let mut names: Vec<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            assert!(rule.sentence().ends_with('.'), "{rule}");
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.name());
        }
    }
}
