//! Values as written: in the file, in the environment and as flags, and where each was written.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::base::nearest;
use crate::config::flags::Flags;

/// Every setting's name, as `zhida.toml` spells it.
pub(super) const KEYS: &[&str] = &[
    "content",
    "watch",
    "data",
    "listen",
    "public_url",
    "security_contact",
    "log",
    "log_format",
    "otlp_endpoint",
    "rate_limit",
    "rate_limits",
    "trusted_proxies",
    "max_requests",
    "max_connections",
    "max_connections_per_client",
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
    "oidc_issuer",
    "oidc_client_id",
    "oidc_client_secret",
    "oidc_claim",
];

/// Settings whose value must not end up in a terminal or a log: they are or hold passwords.
const SECRETS: &[&str] = &[
    "database_url",
    "webhook_url",
    "webhook_secret",
    "webhook_authorization",
    "identity_secret",
    "oidc_client_secret",
];

/// The file that is read when `--config` names no other; it need not exist.
const DEFAULT_FILE: &str = "zhida.toml";

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

/// A value as written, and where.
#[derive(Debug, Clone)]
struct Written {
    value: OsString,
    origin: Origin,
}

/// Values as written, by setting; a later source replaces an earlier one.
#[derive(Debug, Default)]
pub(super) struct Raw {
    values: BTreeMap<&'static str, Written>,
}

impl Raw {
    pub(super) fn read_file(&mut self, named: Option<&Path>) -> Result<(), ConfigError> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && named.is_none() => return Ok(()),
            Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
        };
        self.read_toml(path, text.strip_prefix('\u{feff}').unwrap_or(&text))
    }

    pub(super) fn read_toml(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
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
            let Some(known) = KEYS.iter().copied().find(|k| *k == written) else {
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

    pub(super) fn read_environment(&mut self, variable: &dyn Fn(&str) -> Option<OsString>) {
        // Other ZHIDA_ variables are left alone: Kubernetes makes up some for a service of that name.
        for &key in KEYS {
            let name = format!("ZHIDA_{}", key.to_ascii_uppercase());
            if let Some(value) = variable(&name) {
                self.values.insert(key, Written { value, origin: Origin::Variable(name) });
            }
        }
    }

    pub(super) fn read_flags(&mut self, flags: &Flags) {
        // Taken apart by name, so that a new flag that nobody reads does not compile.
        let Flags {
            config: _,
            content,
            watch,
            data,
            listen,
            public_url,
            security_contact,
            log,
            log_format,
            otlp_endpoint,
            rate_limit,
            rate_limits,
            trusted_proxies,
            max_requests,
            max_connections,
            max_connections_per_client,
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
            oidc_issuer,
            oidc_client_id,
            oidc_client_secret,
            oidc_claim,
        } = flags;
        let paths = [("content", content), ("data", data), ("webhook_template", webhook_template)];
        let texts = [
            ("watch", watch),
            ("listen", listen),
            ("public_url", public_url),
            ("security_contact", security_contact),
            ("log", log),
            ("log_format", log_format),
            ("otlp_endpoint", otlp_endpoint),
            ("rate_limit", rate_limit),
            ("rate_limits", rate_limits),
            ("trusted_proxies", trusted_proxies),
            ("max_requests", max_requests),
            ("max_connections", max_connections),
            ("max_connections_per_client", max_connections_per_client),
            ("database_url", database_url),
            ("retention_days", retention_days),
            ("webhook_url", webhook_url),
            ("webhook_secret", webhook_secret),
            ("webhook_authorization", webhook_authorization),
            ("widget_origins", widget_origins),
            ("identity_secret", identity_secret),
            ("identity_audience", identity_audience),
            ("identity_required", identity_required),
            ("oidc_issuer", oidc_issuer),
            ("oidc_client_id", oidc_client_id),
            ("oidc_client_secret", oidc_client_secret),
            ("oidc_claim", oidc_claim),
        ];
        let paths = paths.into_iter().filter_map(|(key, p)| Some((key, p.as_ref()?.clone().into_os_string())));
        let texts = texts.into_iter().filter_map(|(key, t)| Some((key, OsString::from(t.as_ref()?))));
        for (key, value) in paths.chain(texts) {
            let origin = Origin::Flag(format!("--{}", key.replace('_', "-")));
            self.values.insert(key, Written { value, origin });
        }
    }

    /// Returns a folder; one that the settings file names is looked for beside that file.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        let written = self.values.get(key)?;
        match &written.origin {
            Origin::File(file, _) => Some(file.parent().unwrap_or(Path::new("")).join(&written.value)),
            _ => Some(PathBuf::from(&written.value)),
        }
    }

    pub(super) fn text(
        &self,
        key: &'static str,
        wanted: &'static str,
        is_good: impl Fn(&str) -> bool,
    ) -> Result<Option<String>, ConfigError> {
        self.read(key, wanted, |text| is_good(text).then(|| text.to_owned()))
    }

    /// Reads a setting as something else than text.
    pub(super) fn read<T>(
        &self,
        key: &'static str,
        wanted: &'static str,
        understood: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(Written { value, origin }) = self.values.get(key) else { return Ok(None) };
        match value.to_str().and_then(understood) {
            Some(read) => Ok(Some(read)),
            // A secret, or a database address with a password in it, must not end up in a terminal or a log.
            None => Err(ConfigError::Invalid {
                origin: origin.clone(),
                key,
                value: if SECRETS.contains(&key) { "…".to_owned() } else { lossy(value) },
                wanted,
            }),
        }
    }
}

fn lossy(value: &OsStr) -> String {
    value.to_string_lossy().into_owned()
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

/// Returns what to write instead of an unknown key.
fn hint(key: &str) -> String {
    match nearest(key, KEYS) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("the settings are {}", KEYS.join(", ")),
    }
}
