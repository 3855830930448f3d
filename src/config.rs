//! Settings: one name each in `zhida.toml` (`listen = …`), the environment (`ZHIDA_LISTEN`) and on the command line
//! (`--listen`); the later wins.
//!
//! Raw values carry where they were written, so that a bad one is reported there; [`Settings`] holds checked values
//! only. This is the one place that reads the environment. It must not know what the settings are used for.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::base::nearest;

/// Every setting's name, as `zhida.toml` spells it.
const KEYS: [&str; 16] = [
    "content",
    "data",
    "listen",
    "log",
    "log_format",
    "rate_limit",
    "database_url",
    "retention_days",
    "webhook_url",
    "webhook_secret",
    "webhook_authorization",
    "webhook_template",
    "widget_origins",
    "identity_secret",
    "identity_audience",
    "identity_required",
];

/// Settings whose value must not end up in a terminal or a log: they are or hold passwords.
const SECRETS: [&str; 5] =
    ["database_url", "webhook_url", "webhook_secret", "webhook_authorization", "identity_secret"];

/// How long things are kept unless the settings say otherwise.
const RETENTION_DAYS: u32 = 365;

/// The file that is read when `--config` names no other; it need not exist.
const DEFAULT_FILE: &str = "zhida.toml";

/// The settings as flags of the command line, unchecked.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Settings")]
pub struct Flags {
    /// Read settings from FILE [default: zhida.toml, where there is one]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// The folder of articles [default: content]
    #[arg(long, value_name = "DIR", global = true)]
    pub content: Option<PathBuf>,
    /// The folder that the program keeps its data in [default: data]
    #[arg(long, value_name = "DIR", global = true, hide_short_help = true)]
    pub data: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", global = true, hide_short_help = true)]
    pub listen: Option<String>,
    /// What to log to standard error: a level, or a filter such as `info,zhida=debug` [default: info for serve, else warn]
    #[arg(long, value_name = "FILTER", global = true, hide_short_help = true)]
    pub log: Option<String>,
    /// How to write the log [default: text]
    #[arg(long, value_parser = ["text", "json"], global = true, hide_short_help = true)]
    pub log_format: Option<String>,
    /// Whether requests are limited per client [default: on]
    #[arg(long, value_parser = ["on", "off"], global = true, hide_short_help = true)]
    pub rate_limit: Option<String>,
    /// A database server to use instead of SQLite in the data folder
    #[arg(long, value_name = "URL", global = true, hide_short_help = true)]
    pub database_url: Option<String>,
    /// How many days conversations, feedback and the like are kept, or off [default: 365]
    #[arg(long, value_name = "DAYS", global = true, hide_short_help = true)]
    pub retention_days: Option<String>,
    /// Where to post tickets
    #[arg(long, value_name = "URL", global = true, hide_short_help = true)]
    pub webhook_url: Option<String>,
    /// The secret that signs them: whsec_ and base64
    #[arg(long, value_name = "SECRET", global = true, hide_short_help = true)]
    pub webhook_secret: Option<String>,
    /// The Authorization header to send along
    #[arg(long, value_name = "VALUE", global = true, hide_short_help = true)]
    pub webhook_authorization: Option<String>,
    /// A file with the receiver's own JSON for a ticket
    #[arg(long, value_name = "FILE", global = true, hide_short_help = true)]
    pub webhook_template: Option<PathBuf>,
    /// The sites that may embed the widget, separated by commas: https://shop.example,https://www.shop.example
    #[arg(long, value_name = "ORIGINS", global = true, hide_short_help = true)]
    pub widget_origins: Option<String>,
    /// The secret that signs customers' identities; better a variable, because other users can see flags
    #[arg(long, value_name = "SECRET", global = true, hide_short_help = true)]
    pub identity_secret: Option<String>,
    /// The audience that identities must name [default: zhida]
    #[arg(long, value_name = "NAME", global = true, hide_short_help = true)]
    pub identity_audience: Option<String>,
    /// Whether only customers with a signed identity may use the chat [default: off]
    #[arg(long, value_parser = ["on", "off"], global = true, hide_short_help = true)]
    pub identity_required: Option<String>,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line an event.
    Text,
    /// One JSON object an event.
    Json,
}

/// Checked settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The folder of articles.
    pub content: PathBuf,
    /// The folder that the program keeps its data in.
    pub data: PathBuf,
    /// `host:port`; the host may be a name, the port 0 for any that is free.
    pub listen: String,
    /// A filter that tracing-subscriber accepts; none leaves the choice to the command.
    pub log: Option<String>,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// Whether requests are limited per client.
    pub rate_limit: bool,
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
    /// Whether the reader's terminal may be sent colours: `NO_COLOR` is unset or empty.
    pub color: bool,
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

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: it is the default.
    Default,
    /// A line of the settings file.
    File(PathBuf, usize),
    /// A variable of the environment.
    Variable(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path, line) => write!(f, "{}:{line}", path.display()),
            Origin::Variable(name) | Origin::Flag(name) => f.write_str(name),
        }
    }
}

/// Says why there are no settings to start with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The settings file cannot be read, or `--config` names one that is not there.
    #[error("cannot read the settings file {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The settings file is not TOML.
    #[error("{}:{line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// The settings file has a key that nobody reads.
    #[error("{}:{line}: there is no setting `{key}`; {hint}", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The key.
        key: String,
        /// The nearest setting, or all of them.
        hint: String,
    },
    /// A value is of no use.
    #[error("{origin}{}: `{value}` is not {wanted}", if matches!(origin, Origin::File(..)) { format!(": {key}") } else { String::new() })]
    Invalid {
        /// Where it was written.
        origin: Origin,
        /// The setting.
        key: &'static str,
        /// The value as written.
        value: String,
        /// What would do.
        wanted: &'static str,
    },
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
    raw.check(variable("NO_COLOR").is_none())
}

/// A value as written, and where.
#[derive(Debug, Clone)]
struct Written {
    value: OsString,
    origin: Origin,
}

/// Values as written, by setting; a later source replaces an earlier one.
#[derive(Debug, Default)]
struct Raw {
    values: BTreeMap<&'static str, Written>,
}

impl Raw {
    fn read_file(&mut self, named: Option<&Path>) -> Result<(), ConfigError> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && named.is_none() => return Ok(()),
            Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
        };
        self.read_toml(path, text.strip_prefix('\u{feff}').unwrap_or(&text))
    }

    fn read_toml(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let table = DeTable::parse(text).map_err(|e| ConfigError::Syntax {
            path: path.to_owned(),
            line: line_at(text, e.span().map_or(0, |s| s.start)),
            message: e.message().replace('\n', "; "),
        })?;
        let mut entries: Vec<_> = table.get_ref().iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let line = line_at(text, key.span().start);
            let written = key.get_ref().as_ref();
            let Some(known) = KEYS.into_iter().find(|k| *k == written) else {
                let key = written.to_owned();
                return Err(ConfigError::UnknownKey { path: path.to_owned(), line, hint: hint(&key), key });
            };
            let origin = Origin::File(path.to_owned(), line);
            let DeValue::String(value) = value.get_ref() else {
                let value = text.get(value.span()).unwrap_or_default().to_owned();
                let wanted = "text; put it in double quotes";
                return Err(ConfigError::Invalid { origin, key: known, value, wanted });
            };
            self.values.insert(known, Written { value: value.as_ref().into(), origin });
        }
        Ok(())
    }

    fn read_environment(&mut self, variable: &dyn Fn(&str) -> Option<OsString>) {
        // Other ZHIDA_ variables are left alone: Kubernetes makes up some for a service of that name.
        for key in KEYS {
            let name = format!("ZHIDA_{}", key.to_ascii_uppercase());
            if let Some(value) = variable(&name) {
                self.values.insert(key, Written { value, origin: Origin::Variable(name) });
            }
        }
    }

    fn read_flags(&mut self, flags: &Flags) {
        // Taken apart by name, so that a new flag that nobody reads does not compile.
        let Flags {
            config: _,
            content,
            data,
            listen,
            log,
            log_format,
            rate_limit,
            database_url,
            retention_days,
            webhook_url,
            webhook_secret,
            webhook_authorization,
            webhook_template,
            widget_origins,
            identity_secret,
            identity_audience,
            identity_required,
        } = flags;
        let paths = [("content", content), ("data", data), ("webhook_template", webhook_template)];
        let texts = [
            ("listen", listen),
            ("log", log),
            ("log_format", log_format),
            ("rate_limit", rate_limit),
            ("database_url", database_url),
            ("retention_days", retention_days),
            ("webhook_url", webhook_url),
            ("webhook_secret", webhook_secret),
            ("webhook_authorization", webhook_authorization),
            ("widget_origins", widget_origins),
            ("identity_secret", identity_secret),
            ("identity_audience", identity_audience),
            ("identity_required", identity_required),
        ];
        let paths = paths.into_iter().filter_map(|(key, p)| Some((key, p.as_ref()?.clone().into_os_string())));
        let texts = texts.into_iter().filter_map(|(key, t)| Some((key, OsString::from(t.as_ref()?))));
        for (key, value) in paths.chain(texts) {
            let origin = Origin::Flag(format!("--{}", key.replace('_', "-")));
            self.values.insert(key, Written { value, origin });
        }
    }

    fn check(&self, color: bool) -> Result<Settings, ConfigError> {
        Ok(Settings {
            content: self.path("content").unwrap_or_else(|| "content".into()),
            data: self.path("data").unwrap_or_else(|| "data".into()),
            listen: self.text("listen", ADDRESS, is_address)?.unwrap_or_else(|| "127.0.0.1:8080".to_owned()),
            log: self.text("log", "a log filter; write a level such as `info`, or `info,zhida=debug`", is_filter)?,
            log_format: match self
                .text("log_format", "a log format; write text or json", |t| t == "text" || t == "json")?
            {
                Some(format) if format == "json" => LogFormat::Json,
                _ => LogFormat::Text,
            },
            rate_limit: self.text("rate_limit", "a choice; write on or off", |t| t == "on" || t == "off")?.as_deref()
                != Some("off"),
            database_url: self.text("database_url", DATABASE, |t| t.starts_with("postgres"))?,
            retention_days: match self.text("retention_days", "a number of days, or off", is_days)?.as_deref() {
                Some("off") => None,
                Some(days) => days.parse().ok(),
                None => Some(RETENTION_DAYS),
            },
            webhook_url: self.text("webhook_url", "an address; write https://host/path", |t| {
                t.starts_with("https://") || t.starts_with("http://")
            })?,
            webhook_secret: self.text("webhook_secret", WEBHOOK_SECRET, |t| t.starts_with("whsec_"))?,
            webhook_authorization: self.text("webhook_authorization", "the value of a header", |t| {
                t.bytes().all(|b| (32..127).contains(&b))
            })?,
            webhook_template: self.path("webhook_template"),
            widget_origins: self
                .text("widget_origins", ORIGINS, |t| origins(t).is_some())?
                .and_then(|text| origins(&text))
                .unwrap_or_default(),
            identity: self.identity()?,
            color,
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

    /// Returns a folder; one that the settings file names is looked for beside that file.
    fn path(&self, key: &str) -> Option<PathBuf> {
        let written = self.values.get(key)?;
        match &written.origin {
            Origin::File(file, _) => Some(file.parent().unwrap_or(Path::new("")).join(&written.value)),
            _ => Some(PathBuf::from(&written.value)),
        }
    }

    fn text(
        &self,
        key: &'static str,
        wanted: &'static str,
        is_good: impl Fn(&str) -> bool,
    ) -> Result<Option<String>, ConfigError> {
        let Some(Written { value, origin }) = self.values.get(key) else { return Ok(None) };
        match value.to_str() {
            Some(text) if is_good(text) => Ok(Some(text.to_owned())),
            // A secret, or a database address with a password in it, must not end up in a terminal or a log.
            _ => Err(ConfigError::Invalid {
                origin: origin.clone(),
                key,
                value: if SECRETS.contains(&key) { "…".to_owned() } else { lossy(value) },
                wanted,
            }),
        }
    }
}

const SECRET: &str = "long enough; write at least 32 random characters";
const ORIGINS: &str = "a list of origins; write https://shop.example,https://www.shop.example without paths, or *";

const ADDRESS: &str = "an address; write host:port, such as 127.0.0.1:8080";
const DATABASE: &str = "a database address; write postgres://user@host/name, or leave it out for SQLite";

const WEBHOOK_SECRET: &str = "a webhook's secret; write whsec_ and the base64 of 24 to 64 random bytes";

fn is_days(text: &str) -> bool {
    text == "off" || text.parse::<u32>().is_ok_and(|days| (1..=36_500).contains(&days))
}

fn is_address(text: &str) -> bool {
    let bare_v6 = |host: &str| host.contains(':') && !(host.starts_with('[') && host.ends_with(']'));
    text.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !bare_v6(host) && !host.contains(char::is_whitespace) && port.parse::<u16>().is_ok()
    })
}

/// Reads a list of origins in the form in which browsers send them.
fn origins(text: &str) -> Option<Vec<String>> {
    let written = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
    let origin = |part: &str| match part {
        "*" | "null" => Some(part.to_owned()),
        _ => {
            let url = url::Url::parse(part).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
            let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
            (bare && url.username().is_empty()).then(|| url.origin().ascii_serialization())
        }
    };
    written.map(origin).collect()
}

fn is_filter(text: &str) -> bool {
    tracing_subscriber::EnvFilter::try_new(text).is_ok()
}

fn lossy(value: &OsStr) -> String {
    value.to_string_lossy().into_owned()
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

/// Returns what to write instead of an unknown key.
fn hint(key: &str) -> String {
    match nearest(key, &KEYS) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("the settings are {}", KEYS.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_toml(text: &str) -> Result<Settings, ConfigError> {
        let mut raw = Raw::default();
        raw.read_toml(Path::new("etc/zhida.toml"), text)?;
        raw.check(true)
    }

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
                "ZHIDA_DATA" => "d",
                "ZHIDA_LISTEN" => "[::1]:0",
                "ZHIDA_LOG" => "debug",
                "ZHIDA_LOG_FORMAT" => "json",
                "ZHIDA_RATE_LIMIT" => "off",
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
                "NO_COLOR" => "1",
                _ => return None,
            };
            Some(value.into())
        };
        let by_variable = load_from(&Flags::default(), &variable).unwrap();
        assert_eq!(by_variable.content, Path::new("c"));
        assert!(!by_variable.rate_limit && !by_variable.color);
        let flags = Flags {
            config: None,
            content: Some("c".into()),
            data: Some("d".into()),
            listen: Some("[::1]:0".to_owned()),
            log: Some("debug".to_owned()),
            log_format: Some("json".to_owned()),
            rate_limit: Some("off".to_owned()),
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
        };
        let by_flag = load_from(&flags, &|_| None).unwrap();
        assert_eq!(by_flag, Settings { color: true, ..by_variable });
    }

    #[test]
    fn a_bad_line_is_named_with_its_remedy() {
        for (text, message) in [
            ("\nlisen = 'x'", "etc/zhida.toml:2: there is no setting `lisen`; did you mean `listen`?"),
            ("rate-limit = 'off'", "etc/zhida.toml:1: there is no setting `rate-limit`; did you mean `rate_limit`?"),
            (
                "[server]\nport = 1",
                "etc/zhida.toml:1: there is no setting `server`; the settings are content, data, listen, log, \
                 log_format, rate_limit, database_url, retention_days, webhook_url, webhook_secret, \
                 webhook_authorization, webhook_template, widget_origins, identity_secret, identity_audience, \
                 identity_required",
            ),
            ("listen = 8080", "etc/zhida.toml:1: listen: `8080` is not text; put it in double quotes"),
            (
                "listen = '8080'",
                "etc/zhida.toml:1: listen: `8080` is not an address; write host:port, such as 127.0.0.1:8080",
            ),
            ("rate_limit = 'no'", "etc/zhida.toml:1: rate_limit: `no` is not a choice; write on or off"),
        ] {
            assert_eq!(from_toml(text).unwrap_err().to_string(), message);
        }
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
