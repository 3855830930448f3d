//! Settings: one name each in `zhida.toml` (`listen = …`), the environment (`ZHIDA_LISTEN`) and on the command line
//! (`--listen`); the later wins.
//!
//! Raw values carry where they were written, so that a bad one is reported there; [`Settings`] holds checked values
//! only. This is the one place that reads the environment. It must not know what the settings are used for.

mod flags;
mod forms;
mod limits;
mod oidc;
mod raw;

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

pub use flags::Flags;
pub use limits::{Limits, RateSettings};
pub use oidc::OidcSettings;
pub use raw::{ConfigError, Origin};

use forms::{
    ADDRESS, COLLECTOR, CONTACTS, DATABASE, ORIGIN, ORIGINS, SECRET, WATCH, WEBHOOK_SECRET, contacts, is_address,
    is_days, is_filter, is_one_origin, is_web_address, origins,
};
use raw::Raw;

/// How long things are kept unless the settings say otherwise.
const RETENTION_DAYS: u32 = 365;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line an event.
    Text,
    /// One JSON object an event.
    Json,
}

/// How changes of the content are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// As the system tells of them.
    On,
    /// By going through the folder, where the system does not tell: on a network, in some containers.
    Poll,
    /// Not at all: the program is told.
    Off,
}

/// Checked settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The folder of articles.
    pub content: PathBuf,
    /// How its changes are noticed.
    pub watch: Watch,
    /// Whether somebody named it; else it is the usual one.
    pub content_named: bool,
    /// The folder that the program keeps its data in.
    pub data: PathBuf,
    /// `host:port`; the host may be a name, the port 0 for any that is free.
    pub listen: String,
    /// Where customers reach the server: scheme and host, without a slash at the end.
    pub public_url: Option<String>,
    /// Where finders of security holes write to, the first the one that is liked best: addresses with `mailto:`, `https:` or
    /// `tel:`.
    pub security_contact: Vec<String>,
    /// A filter that tracing-subscriber accepts; none leaves the choice to the command.
    pub log: Option<String>,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// Where traces are sent, if anywhere.
    pub otlp_endpoint: Option<String>,
    /// How much may be asked for.
    pub limits: Limits,
    /// A database server, where one is to be used instead of a file in the data folder.
    pub database_url: Option<String>,
    /// How many days things are kept; none keeps them for good.
    pub retention_days: Option<u32>,
    /// Where tickets are posted, if anywhere.
    pub webhook_url: Option<String>,
    /// What signs them, unchecked.
    pub webhook_secret: Option<String>,
    /// The `Authorization` header that is sent along.
    pub webhook_authorization: Option<String>,
    /// A file with the receiver's own JSON.
    pub webhook_template: Option<PathBuf>,
    /// The origins of the sites that may embed the widget; `*` stands for every one, `null` for pages without one.
    pub widget_origins: Vec<String>,
    /// How signed identities are checked, where they are.
    pub identity: Option<IdentitySettings>,
    /// Whom to ask who an agent is, where there is somebody.
    pub oidc: Option<OidcSettings>,
    /// Whether the reader's terminal may be sent colours: `NO_COLOR` is unset or empty.
    pub color: bool,
    /// The socket of whoever supervises the process, as systemd names it in `NOTIFY_SOCKET`.
    pub notify_socket: Option<OsString>,
}

/// How the identities that host pages hand over are checked.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentitySettings {
    /// What signs them; at least 32 bytes.
    pub secret: String,
    /// The audience that they must name.
    pub audience: String,
    /// Whether a conversation needs one.
    pub required: bool,
}

impl fmt::Debug for IdentitySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentitySettings(audience {:?}, required {}, secret hidden)", self.audience, self.required)
    }
}

/// Reads the settings from the file, the process's environment and the flags.
///
/// # Errors
/// When the file is unreadable, has an unknown key, or a value is of no use.
pub fn load(flags: &Flags) -> Result<Settings, ConfigError> {
    #[expect(clippy::disallowed_methods, reason = "this is the place that may read the environment")]
    load_from(flags, &|name| std::env::var_os(name))
}

/// Reads the settings with `variable` in place of the process's environment.
fn load_from(flags: &Flags, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Settings, ConfigError> {
    // Compose files and unit files often set a variable to nothing where they mean "unset".
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let mut raw = Raw::default();
    let named = flags.config.clone().or_else(|| variable("ZHIDA_CONFIG").map(PathBuf::from));
    raw.read_file(named.as_deref())?;
    raw.read_environment(&variable);
    raw.read_flags(flags);
    let settings = raw.check(variable("NO_COLOR").is_none())?;
    Ok(Settings { notify_socket: variable("NOTIFY_SOCKET"), ..settings })
}

impl Raw {
    fn check(&self, color: bool) -> Result<Settings, ConfigError> {
        Ok(Settings {
            content: self.path("content").unwrap_or_else(|| "content".into()),
            watch: match self.text("watch", WATCH, |t| ["on", "poll", "off"].contains(&t))?.as_deref() {
                Some("off") => Watch::Off,
                Some("poll") => Watch::Poll,
                _ => Watch::On,
            },
            content_named: self.path("content").is_some(),
            data: self.path("data").unwrap_or_else(|| "data".into()),
            listen: self.text("listen", ADDRESS, is_address)?.unwrap_or_else(|| "127.0.0.1:8080".to_owned()),
            public_url: self.text("public_url", ORIGIN, is_one_origin)?.map(|url| url.trim_end_matches('/').to_owned()),
            security_contact: self.read("security_contact", CONTACTS, contacts)?.unwrap_or_default(),
            log: self.text("log", "a log filter; write a level such as `info`, or `info,zhida=debug`", is_filter)?,
            log_format: match self
                .text("log_format", "a log format; write text or json", |t| t == "text" || t == "json")?
            {
                Some(format) if format == "json" => LogFormat::Json,
                _ => LogFormat::Text,
            },
            otlp_endpoint: self.text("otlp_endpoint", COLLECTOR, is_web_address)?,
            limits: self.limits()?,
            database_url: self.text("database_url", DATABASE, |t| t.starts_with("postgres"))?,
            retention_days: match self.text("retention_days", "a number of days, or off", is_days)?.as_deref() {
                Some("off") => None,
                Some(days) => days.parse().ok(),
                None => Some(RETENTION_DAYS),
            },
            webhook_url: self.text("webhook_url", "an address; write https://host/path", is_web_address)?,
            webhook_secret: self.text("webhook_secret", WEBHOOK_SECRET, |t| t.starts_with("whsec_"))?,
            webhook_authorization: self.text("webhook_authorization", "the value of a header", |t| {
                t.bytes().all(|b| (32..127).contains(&b))
            })?,
            webhook_template: self.path("webhook_template"),
            widget_origins: self.read("widget_origins", ORIGINS, origins)?.unwrap_or_default(),
            identity: self.identity()?,
            oidc: self.oidc()?,
            color,
            notify_socket: None,
        })
    }

    fn identity(&self) -> Result<Option<IdentitySettings>, ConfigError> {
        let secret = self.text("identity_secret", SECRET, |t| t.len() >= 32)?;
        let audience = self.text("identity_audience", "a name", |t| !t.trim().is_empty())?;
        let switch = |t: &str| t == "off" || (t == "on" && secret.is_some());
        let wanted = "possible; write off, or on and an identity_secret";
        let required = self.text("identity_required", wanted, switch)?.as_deref() == Some("on");
        let audience = audience.unwrap_or_else(|| "zhida".to_owned());
        Ok(secret.map(|secret| IdentitySettings { secret, audience, required }))
    }
}

/// Reads settings as a file has them.
#[cfg(test)]
fn from_toml(text: &str) -> Result<Settings, ConfigError> {
    let mut raw = Raw::default();
    raw.read_toml(std::path::Path::new("etc/zhida.toml"), text)?;
    raw.check(true)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_later_source_wins() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("zhida.toml");
        std::fs::write(&file, "listen = '127.0.0.1:1'\nlog = 'warn'\ncontent = 'a'\nlog_format = 'json'\n").unwrap();
        let variable = |name: &str| match name {
            "ZHIDA_LISTEN" => Some("127.0.0.1:2".into()),
            "ZHIDA_LOG" => Some("error".into()),
            "ZHIDA_CONTENT" => Some("".into()),
            _ => None,
        };
        let flags = Flags { config: Some(file.clone()), listen: Some("127.0.0.1:3".to_owned()), ..Flags::default() };
        let settings = load_from(&flags, &variable).unwrap();
        assert_eq!(settings.listen, "127.0.0.1:3");
        assert_eq!(settings.log.as_deref(), Some("error"));
        assert_eq!(settings.log_format, LogFormat::Json);
        assert_eq!(settings.content, dir.path().join("a"), "an empty variable is unset; the file's folder is the base");
    }

    #[test]
    fn every_setting_is_a_variable_and_a_flag() {
        let variable = |name: &str| {
            let value = match name {
                "ZHIDA_CONTENT" => "c",
                "ZHIDA_WATCH" => "poll",
                "ZHIDA_DATA" => "d",
                "ZHIDA_LISTEN" => "[::1]:0",
                "ZHIDA_PUBLIC_URL" => "https://help.example.com/",
                "ZHIDA_SECURITY_CONTACT" => "mailto:safe@example.com",
                "ZHIDA_LOG" => "debug",
                "ZHIDA_LOG_FORMAT" => "json",
                "ZHIDA_OTLP_ENDPOINT" => "http://127.0.0.1:4318",
                "ZHIDA_RATE_LIMIT" => "off",
                "ZHIDA_RATE_LIMITS" => "chat=30",
                "ZHIDA_TRUSTED_PROXIES" => "10.0.0.0/8",
                "ZHIDA_MAX_REQUESTS" => "100",
                "ZHIDA_MAX_CONNECTIONS" => "1000",
                "ZHIDA_MAX_CONNECTIONS_PER_CLIENT" => "50",
                "ZHIDA_DATABASE_URL" => "postgres://u@h/n",
                "ZHIDA_RETENTION_DAYS" => "off",
                "ZHIDA_WEBHOOK_URL" => "https://desk.example/hook",
                "ZHIDA_WEBHOOK_SECRET" => "whsec_x",
                "ZHIDA_WEBHOOK_AUTHORIZATION" => "Token t",
                "ZHIDA_WEBHOOK_TEMPLATE" => "t.json",
                "ZHIDA_WIDGET_ORIGINS" => "https://shop.example",
                "ZHIDA_IDENTITY_SECRET" => "0123456789abcdef0123456789abcdef",
                "ZHIDA_IDENTITY_AUDIENCE" => "help",
                "ZHIDA_IDENTITY_REQUIRED" => "on",
                "ZHIDA_OIDC_ISSUER" => "https://id.example.com/",
                "ZHIDA_OIDC_CLIENT_ID" => "zhida",
                "ZHIDA_OIDC_CLIENT_SECRET" => "hunter2",
                "ZHIDA_OIDC_CLAIM" => "sub",
                "NO_COLOR" => "1",
                "NOTIFY_SOCKET" => "/run/notify",
                _ => return None,
            };
            Some(value.into())
        };
        let by_variable = load_from(&Flags::default(), &variable).unwrap();
        assert_eq!(by_variable.content, Path::new("c"));
        assert!(by_variable.limits.rates.is_none() && !by_variable.color);
        let flags = Flags {
            config: None,
            content: Some("c".into()),
            watch: Some("poll".to_owned()),
            data: Some("d".into()),
            listen: Some("[::1]:0".to_owned()),
            public_url: Some("https://help.example.com".to_owned()),
            security_contact: Some("mailto:safe@example.com".to_owned()),
            log: Some("debug".to_owned()),
            log_format: Some("json".to_owned()),
            otlp_endpoint: Some("http://127.0.0.1:4318".to_owned()),
            rate_limit: Some("off".to_owned()),
            rate_limits: Some("chat=30".to_owned()),
            trusted_proxies: Some("10.0.0.0/8".to_owned()),
            max_requests: Some("100".to_owned()),
            max_connections: Some("1000".to_owned()),
            max_connections_per_client: Some("50".to_owned()),
            database_url: Some("postgres://u@h/n".to_owned()),
            retention_days: Some("off".to_owned()),
            webhook_url: Some("https://desk.example/hook".to_owned()),
            webhook_secret: Some("whsec_x".to_owned()),
            webhook_authorization: Some("Token t".to_owned()),
            webhook_template: Some("t.json".into()),
            widget_origins: Some("https://shop.example".to_owned()),
            identity_secret: Some("0123456789abcdef0123456789abcdef".to_owned()),
            identity_audience: Some("help".to_owned()),
            identity_required: Some("on".to_owned()),
            oidc_issuer: Some("https://id.example.com/".to_owned()),
            oidc_client_id: Some("zhida".to_owned()),
            oidc_client_secret: Some("hunter2".to_owned()),
            oidc_claim: Some("sub".to_owned()),
        };
        let by_flag = load_from(&flags, &|_| None).unwrap();
        assert_eq!(by_variable.notify_socket.as_deref(), Some("/run/notify".as_ref()));
        assert_eq!(by_flag, Settings { color: true, notify_socket: None, ..by_variable });
    }

    #[test]
    fn a_bad_line_is_named_with_its_remedy() {
        for (text, message) in [
            ("\nlisen = 'x'", "etc/zhida.toml:2: there is no setting `lisen`; did you mean `listen`?"),
            ("rate-limit = 'off'", "etc/zhida.toml:1: there is no setting `rate-limit`; did you mean `rate_limit`?"),
            ("listen = 8080", "etc/zhida.toml:1: listen: `8080` is not text; put it in double quotes"),
            (
                "listen = '8080'",
                "etc/zhida.toml:1: listen: `8080` is not an address; write host:port, such as 127.0.0.1:8080",
            ),
            ("rate_limit = 'no'", "etc/zhida.toml:1: rate_limit: `no` is not a choice; write on or off"),
        ] {
            assert_eq!(from_toml(text).unwrap_err().to_string(), message);
        }
        let nothing_like_it = from_toml("[server]\nport = 1").unwrap_err().to_string();
        let all = format!("there is no setting `server`; the settings are {}", raw::KEYS.join(", "));
        assert_eq!(nothing_like_it, format!("etc/zhida.toml:1: {all}"));
        let syntax = from_toml("listen = '127.0.0.1:1'\nlog = \n").unwrap_err().to_string();
        assert!(syntax.starts_with("etc/zhida.toml:2: "), "{syntax}");
    }

    #[test]
    fn origins_are_read_as_browsers_send_them() {
        let read = |text: &str| from_toml(&format!("widget_origins = '{text}'")).map(|s| s.widget_origins);
        assert_eq!(
            read("https://Shop.example/, http://localhost:3000 null").unwrap(),
            ["https://shop.example", "http://localhost:3000", "null"]
        );
        assert_eq!(read("https://shop.example:443").unwrap(), ["https://shop.example"]);
        for bad in
            ["shop.example", "https://shop.example/app", "https://u@shop.example", "ftp://shop.example", "https://a,b"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(from_toml("").unwrap().widget_origins.is_empty());
    }

    #[test]
    fn a_contact_for_finders_of_holes_is_an_address_that_they_can_use() {
        let read = |text: &str| from_toml(&format!("security_contact = '{text}'")).map(|s| s.security_contact);
        assert_eq!(
            read("mailto:safe@example.com, https://example.com/report tel:+86-10-1234").unwrap(),
            ["mailto:safe@example.com", "https://example.com/report", "tel:+86-10-1234"]
        );
        assert!(from_toml("").unwrap().security_contact.is_empty());
        for bad in
            ["safe@example.com", "http://example.com/report", "mailto:", "mailto:safe", "https://", "tel:", " , "]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_identity_needs_a_secret_that_nobody_guesses() {
        let short = from_toml("identity_secret = 'hunter2'").unwrap_err().to_string();
        assert!(short.contains("at least 32") && !short.contains("hunter2"), "{short}");
        assert!(from_toml("identity_required = 'on'").unwrap_err().to_string().contains("identity_secret"));
        assert_eq!(from_toml("identity_required = 'off'").unwrap().identity, None);
        let set = from_toml("identity_secret = '0123456789abcdef0123456789abcdef'").unwrap();
        assert!(set.identity.as_ref().is_some_and(|i| i.audience == "zhida" && !i.required));
        assert!(!format!("{set:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn a_password_is_not_repeated() {
        let error = from_toml("database_url = 'mysql://u:hunter2@h/n'").unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_missing_file_matters_only_when_it_was_named() {
        let flags = Flags { config: Some("no/such/file.toml".into()), ..Flags::default() };
        assert!(matches!(load_from(&flags, &|_| None), Err(ConfigError::Unreadable { .. })));
    }

    #[test]
    fn addresses_need_a_host_and_a_port() {
        for good in ["127.0.0.1:8080", "localhost:0", "[::1]:80", "0.0.0.0:65535"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", ":8080", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "a b:80"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
