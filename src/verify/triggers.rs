//! What rules ask of a trigger: whether it fires, for every change, and what it runs.

use crate::catalog::{Function, Trigger, TriggerMode};

use super::subject::Subject;

/// Whether it fires for every change in an ordinary session.
///
/// One that fires when replicating too is as good: which of both is right depends on whether rows are replicated.
pub(super) fn fires_always(trigger: &Trigger) -> bool {
    matches!(trigger.mode, TriggerMode::Origin | TriggerMode::Always)
        && trigger.columns.is_empty()
        && !has_condition(trigger)
}

/// Whether a `WHEN` leaves changes out.
pub(super) fn has_condition(trigger: &Trigger) -> bool {
    // What stands behind EXECUTE are arguments, which are no part of the condition.
    let head = trigger.definition.split(" EXECUTE ").next();
    head.is_some_and(|head| head.contains(" WHEN ("))
}

/// The function that it runs.
pub(super) fn function<'s>(subject: &'s Subject<'_>, trigger: &Trigger) -> Option<&'s Function> {
    subject.catalog.functions.iter().find(|function| {
        function.schema == trigger.function_schema && function.name == trigger.function
    })
}

/// Whether the body of a function holds these words, whatever its spaces; a comment does not count.
pub(super) fn runs(function: &Function, words: &str) -> bool {
    let squeezed = |text: &str| -> String {
        let said = text.chars().filter(|c| !c.is_whitespace());
        said.map(|c| c.to_ascii_lowercase()).collect()
    };
    let body = function.source.as_deref().unwrap_or_default();
    let body: String = body
        .lines()
        .map(|line| squeezed(line.split("--").next().unwrap_or_default()))
        .collect();
    body.contains(&squeezed(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{TriggerLevel, TriggerTiming};

    fn trigger(definition: &str) -> Trigger {
        Trigger {
            name: "t".into(),
            mode: TriggerMode::Origin,
            timing: TriggerTiming::Before,
            level: TriggerLevel::Row,
            events: vec!["UPDATE".into()],
            columns: Vec::new(),
            definition: definition.into(),
            function_schema: "app".into(),
            function: "f".into(),
            function_owner: "tenantry_owner".into(),
            security_definer: false,
        }
    }

    #[test]
    fn a_condition_leaves_changes_out() {
        let plain = "CREATE TRIGGER t BEFORE UPDATE ON app.notes FOR EACH ROW EXECUTE FUNCTION app.f(' WHEN (')";
        assert!(fires_always(&trigger(plain)));
        let narrowed = "CREATE TRIGGER t BEFORE UPDATE ON app.notes FOR EACH ROW WHEN ((old.a > 1)) EXECUTE FUNCTION app.f()";
        assert!(!fires_always(&trigger(narrowed)));
    }

    #[test]
    fn a_comment_runs_nothing() {
        let function = |source: &str| Function {
            schema: "app".into(),
            name: "f".into(),
            arguments: String::new(),
            returns: Some("trigger".into()),
            language: "plpgsql".into(),
            source: Some(source.into()),
            security_definer: false,
            owner: "tenantry_owner".into(),
            settings: Vec::new(),
            leakproof: false,
            public_execute: false,
            grants: Vec::new(),
            extension: None,
            comment: None,
        };
        let counts = "NEW.version := OLD.version + 1";
        assert!(runs(
            &function("BEGIN\n  new.version:=\n old.version  + 1; RETURN NEW; END"),
            counts
        ));
        assert!(!runs(
            &function("BEGIN\n  -- NEW.version := OLD.version + 1\n RETURN NEW; END"),
            counts
        ));
    }
}
