//! Templates: a desk's own JSON with our values in it.
//!
//! A template is a JSON document. `{{name}}` inside its strings stands for a value, so that no value can break the JSON.

use serde_json::Value;

use crate::webhook::payload::Payload;

/// The names that a template may use.
pub const NAMES: [&str; 9] =
    ["message_id", "ticket_id", "conversation_id", "subject", "body", "contact", "email", "locale", "codes"];

/// A desk's own form of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(Value);

/// Says why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It is not JSON.
    #[error("it is not JSON: {0}")]
    Json(String),
    /// It uses a name that stands for nothing.
    #[error("`{{{{{0}}}}}` stands for nothing; the names are {names}", names = NAMES.join(", "))]
    UnknownName(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When it is not JSON, or uses a name that stands for nothing.
    pub fn read(text: &str) -> Result<Self, TemplateError> {
        let value: Value = serde_json::from_str(text).map_err(|cause| TemplateError::Json(cause.to_string()))?;
        let mut unknown = None;
        let mut check = |name: &str| {
            if !NAMES.contains(&name) {
                unknown.get_or_insert(name.to_owned());
            }
            String::new()
        };
        fill(&value, &mut check);
        match unknown {
            Some(name) => Err(TemplateError::UnknownName(name)),
            None => Ok(Template(value)),
        }
    }

    /// Writes a message in the desk's form.
    #[must_use]
    pub fn render(&self, message_id: &str, payload: &Payload<'_>) -> String {
        let data = &payload.data;
        let mut value = |name: &str| match name {
            "message_id" => message_id.to_owned(),
            "ticket_id" => data.ticket_id.to_owned(),
            "conversation_id" => data.conversation_id.unwrap_or_default().to_owned(),
            "subject" => payload.subject(),
            "body" => payload.text(),
            "contact" => data.contact.to_owned(),
            "email" => email(data.contact, data.ticket_id),
            "locale" => data.locale.to_owned(),
            "codes" => data.codes.join(","),
            _ => String::new(),
        };
        fill(&self.0, &mut value).to_string()
    }
}

/// Returns the e-mail address in a contact. Desks insist on one, so that a customer who left none gets one that can
/// never be delivered to, told apart by the ticket.
fn email(contact: &str, ticket_id: &str) -> String {
    let word = contact
        .split(|c: char| c.is_whitespace() || ",;，；<>()（）".contains(c))
        .find(|word| word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')));
    word.map_or_else(|| format!("ticket-{}@customers.invalid", ticket_id.to_lowercase()), str::to_owned)
}

/// Returns the template with each `{{name}}` in its strings replaced.
fn fill(template: &Value, value: &mut impl FnMut(&str) -> String) -> Value {
    match template {
        Value::String(text) => {
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some((before, after)) = rest.split_once("{{") {
                let Some((name, later)) = after.split_once("}}") else { break };
                out.push_str(before);
                out.push_str(&value(name.trim()));
                rest = later;
            }
            out.push_str(rest);
            Value::String(out)
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| fill(item, value)).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, field)| (key.clone(), fill(field, value))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Ticket, TicketState};

    fn ticket(contact: &str) -> Ticket {
        Ticket {
            id: "7K3F-9Q2M".to_owned(),
            conversation_id: None,
            created_at: jiff::Timestamp::UNIX_EPOCH,
            updated_at: jiff::Timestamp::UNIX_EPOCH,
            locale: "zh-CN".to_owned(),
            state: TicketState::Open,
            assignee: None,
            contact: contact.to_owned(),
            note: "请\"回电\"\n{{body}}".to_owned(),
            articles: vec![],
            codes: vec!["E1101".to_owned()],
            draft: String::new(),
        }
    }

    #[test]
    fn values_cannot_break_the_json_nor_be_read_as_a_template() {
        let template =
            Template::read(r#"{"a": ["{{ body }}"], "{{key}}": 1, "b": "{{ticket_id}}/{{codes}}"}"#).unwrap();
        let ticket = ticket("li@example.com");
        let payload = Payload::new("ticket.created", jiff::Timestamp::UNIX_EPOCH, &ticket, None);
        let filled: Value = serde_json::from_str(&template.render("msg_1", &payload)).unwrap();
        assert_eq!(filled["b"], "7K3F-9Q2M/E1101");
        assert!(filled["a"][0].as_str().unwrap().contains("请\"回电\"\n{{body}}"), "{filled}");
    }

    #[test]
    fn an_unknown_name_is_told() {
        let error = Template::read(r#"{"a": "{{tiket_id}}"}"#).unwrap_err();
        assert!(
            error.to_string().starts_with("`{{tiket_id}}` stands for nothing; the names are message_id,"),
            "{error}"
        );
        assert!(Template::read("{").unwrap_err().to_string().starts_with("it is not JSON"));
    }

    #[test]
    fn an_address_is_found_among_other_words() {
        assert_eq!(email("13812345678，li@example.com", "7K3F-9Q2M"), "li@example.com");
        assert_eq!(email("13812345678", "7K3F-9Q2M"), "ticket-7k3f-9q2m@customers.invalid");
    }

    #[test]
    fn the_documented_templates_can_be_used() {
        for name in ["zammad", "zendesk", "chatwoot"] {
            let path = format!("{}/docs/webhooks/{name}.json", env!("CARGO_MANIFEST_DIR"));
            let template = Template::read(&std::fs::read_to_string(path).unwrap()).unwrap();
            let ticket = ticket("");
            let payload = Payload::new("ticket.created", jiff::Timestamp::UNIX_EPOCH, &ticket, None);
            let filled = template.render("msg_1", &payload);
            assert!(filled.contains("7K3F-9Q2M") && filled.contains("E1101"), "{name}: {filled}");
        }
    }
}
