//! What is wrong right now, for everybody: `incident.toml`. The file is there while an incident lasts.

use serde::{Deserialize, Serialize};

use crate::base::{ArticleId, Locale, Localized};
use crate::content::fields::{Fields, Findings, list};
use crate::content::node::Entry;
use crate::content::walk::Inventory;

/// How bad an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IncidentSeverity {
    /// Something to know, such as maintenance that is announced.
    Notice,
    /// Something works badly.
    Degraded,
    /// Something does not work.
    Outage,
}

/// Every severity as authors write it.
const SEVERITIES: [(&str, IncidentSeverity); 3] = [
    ("notice", IncidentSeverity::Notice),
    ("degraded", IncidentSeverity::Degraded),
    ("outage", IncidentSeverity::Outage),
];

impl IncidentSeverity {
    /// Returns the severity as authors write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        SEVERITIES.into_iter().find(|(_, s)| *s == self).map(|(name, _)| name).unwrap_or_default()
    }
}

/// An incident that every reader is told of, on every page and before the chat's answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// How bad it is.
    pub severity: IncidentSeverity,
    /// What does not work, since when, and what to do meanwhile: one or two sentences.
    pub text: Localized,
    /// The article that tells more.
    pub article: Option<ArticleId>,
}

/// Checks the keys of `incident.toml`; without the file there is no incident.
pub(crate) fn read(
    entries: Vec<Entry>,
    locales: &[Locale],
    inventory: &Inventory,
    findings: &mut Findings<'_>,
) -> Option<Incident> {
    if entries.is_empty() {
        return None;
    }
    let mut fields = Fields::new(1, entries, &["severity", "text", "article"], findings);
    let severity = match fields.text("severity") {
        None => IncidentSeverity::Notice,
        Some(written) => match SEVERITIES.into_iter().find(|(name, _)| *name == written.value) {
            Some((_, severity)) => severity,
            None => {
                let known = list(&SEVERITIES.map(|(name, _)| name));
                fields.findings.error(written.line, format!("`{}` is no severity: there are {known}", written.value));
                IncidentSeverity::Notice
            }
        },
    };
    let article = fields.text("article").and_then(|id| inventory.existing(&id, "article", fields.findings));
    let line = fields.line_of("text");
    let text = fields.localized("text", locales);
    if text.is_empty() {
        if line.is_none() {
            fields.findings.error(1, "`text` is missing; write what does not work and what to do meanwhile");
        }
        return None;
    }
    for locale in locales.iter().filter(|l| text.get_own(l).is_none()) {
        let message = format!("`text` has nothing for `{locale}`; its readers get another language");
        fields.findings.warning(line.unwrap_or(1), message);
    }
    Some(Incident { severity, text, article })
}
