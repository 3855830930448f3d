//! The settings as flags of the command line.

use std::path::PathBuf;

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
    /// How changes of the content are noticed: by the system, by looking, or not at all [default: on]
    #[arg(long, value_parser = ["on", "poll", "off"], global = true, hide_short_help = true)]
    pub watch: Option<String>,
    /// The folder that the program keeps its data in [default: data]
    #[arg(long, value_name = "DIR", global = true, hide_short_help = true)]
    pub data: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", global = true, hide_short_help = true)]
    pub listen: Option<String>,
    /// Where customers reach the server, such as https://help.example.com [default: what each request says]
    #[arg(long, value_name = "URL", global = true, hide_short_help = true)]
    pub public_url: Option<String>,
    /// Where finders of security holes write to, such as mailto:security@example.com; it is told at /.well-known/security.txt
    #[arg(long, value_name = "URI", global = true, hide_short_help = true)]
    pub security_contact: Option<String>,
    /// What to log to standard error: a level, or a filter such as `info,zhida=debug` [default: info for serve, else warn]
    #[arg(long, value_name = "FILTER", global = true, hide_short_help = true)]
    pub log: Option<String>,
    /// How to write the log [default: text]
    #[arg(long, value_parser = ["text", "json"], global = true, hide_short_help = true)]
    pub log_format: Option<String>,
    /// Where to send traces by OTLP over HTTP, such as http://127.0.0.1:4318
    #[arg(long, value_name = "URL", global = true, hide_short_help = true)]
    pub otlp_endpoint: Option<String>,
    /// Whether requests are limited per client [default: on]
    #[arg(long, value_parser = ["on", "off"], global = true, hide_short_help = true)]
    pub rate_limit: Option<String>,
    /// Requests a minute that one client may make, by kind: chat=1200, search=3000
    #[arg(long, value_name = "LIMITS", global = true, hide_short_help = true)]
    pub rate_limits: Option<String>,
    /// The proxies that tell who sends a request, by address or network
    #[arg(long, value_name = "NETWORKS", global = true, hide_short_help = true)]
    pub trusted_proxies: Option<String>,
    /// How many requests are worked on at a time [default: 1024]
    #[arg(long, value_name = "NUMBER", global = true, hide_short_help = true)]
    pub max_requests: Option<String>,
    /// How many connections are open at a time [default: 16000]
    #[arg(long, value_name = "NUMBER", global = true, hide_short_help = true)]
    pub max_connections: Option<String>,
    /// How many of them one client may hold [default: an eighth]
    #[arg(long, value_name = "NUMBER", global = true, hide_short_help = true)]
    pub max_connections_per_client: Option<String>,
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
    /// The identity provider that agents sign in with, as it calls itself
    #[arg(long, value_name = "URL", global = true, hide_short_help = true)]
    pub oidc_issuer: Option<String>,
    /// This server's name at the identity provider
    #[arg(long, value_name = "ID", global = true, hide_short_help = true)]
    pub oidc_client_id: Option<String>,
    /// Its secret there; better a variable, because other users can see flags
    #[arg(long, value_name = "SECRET", global = true, hide_short_help = true)]
    pub oidc_client_secret: Option<String>,
    /// The claim that is the agent's name here [default: email]
    #[arg(long, value_name = "CLAIM", global = true, hide_short_help = true)]
    pub oidc_claim: Option<String>,
}
