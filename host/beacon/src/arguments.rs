//! The command line.

use crate::audit_arguments::AuditCommand;
use crate::consent_arguments::ConsentCommand;
use crate::credential_arguments::{NewCertificateArguments, ProfileCommand};
use crate::delivery_arguments::{DeliveryCommand, DestinationCommand, PackagesCommand};
use crate::files::ask_secret;
use crate::log_arguments::LogArguments;
use crate::many_arguments::{AddManyArguments, EditManyArguments};
use crate::moving_arguments::{ConfigExportArguments, ConfigImportArguments, ImportLegacyArguments};
use crate::notification_arguments::NotificationCommand;
use crate::proxy_arguments::ProxyCommand;
use crate::secrets_arguments::SecretsCommand;
use crate::selection_arguments::{SelectionArguments, SomeArguments, WhichArguments};
use crate::tenant_arguments::TenantCommand;
use beacon_operations::audit::DEFAULT_KEEP_DAYS;
use beacon_operations::keys::{KeySource, PassphraseSource};
use beacon_operations::{OrganisationDefaults, Place, Trouble};
use beacon_server::SyslogAddress;
use beacon_vault::ProviderKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use jiff::civil::Date;
use std::net::SocketAddr;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  beacon connection add Contoso --set tenant=contoso.onmicrosoft.com \\
      --set client_id=00000000-0000-0000-0000-000000000000 --secret client_secret=secret.txt
  beacon connection test Contoso
  beacon run Contoso
  beacon package show DIR

Exit codes:
  0  done; an import is complete     5  a setting has to be changed
  1  unexpected                      6  the connector module misbehaved or was refused
  2  wrong usage                     7  try again later: network, throttling, disk
  3  imported, but not complete      8  the package does not verify
  4  somebody has to sign in         9  the packages are different
  21  of several connections some were imported, and some were not
  10 to 20  of `beacon doctor`     130  cancelled";

const DOCTOR_EXITS: &str = "\
Exit codes; of several failures the one to begin with:
  0   nothing to do                 15  data folder or disk
  10  warnings only                 16  keys: secrets that do not open
  11  network                       17  a module or the page is not what was put in
  12  proxy                         18  a credential is dead, or nobody consented
  13  TLS                           19  packages do not arrive
  14  clock                         20  nobody keeps the schedules";

/// Imports Microsoft 365 tenants through sandboxed connectors and writes packages that prove their own completeness.
#[derive(Debug, Parser)]
#[command(name = "beacon", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// Folder for connections, runs and packages [default: the platform's data folder]
    #[arg(long, global = true, env = "BEACON_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Configuration file [default: beacon.toml in the platform's configuration folder]
    #[arg(long, global = true, env = "BEACON_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// File with the keys of the stored secrets [default: in the platform's configuration folder]
    #[arg(long, global = true, env = "BEACON_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Who holds the keys of the stored secrets, for a new installation: systemd-credential, os-keyring, key-file, passphrase
    #[arg(long, global = true, env = "BEACON_KEY_PROVIDER", value_name = "PROVIDER")]
    pub(crate) key_provider: Option<ProviderKind>,
    /// File with the passphrase of the keys, where a passphrase locks them
    #[arg(long, global = true, env = "BEACON_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Where the service manager put the credentials of this process.
    #[arg(long, global = true, hide = true, env = "CREDENTIALS_DIRECTORY", value_name = "DIR")]
    pub(crate) credentials_directory: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Trust these certificate authorities as well (PEM), for proxies that inspect TLS
    #[arg(long, global = true, env = "BEACON_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Allow connections to these private addresses, for example 10.1.0.0/16
    #[arg(long, global = true, env = "BEACON_ALLOW_ADDRESS", value_name = "CIDR", value_delimiter = ',')]
    pub(crate) allow_address: Vec<IpNet>,
    #[command(flatten)]
    pub(crate) log: LogArguments,
    /// What the configuration file wants filled in for new connections.
    #[arg(skip)]
    pub(crate) defaults: OrganisationDefaults,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Connections: one for each tenant
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// Consents: links for the people who may consent, and where each of them stands
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// Credentials that several connections use: one client id with its secret or certificate
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Customers: a tenant with all its connections
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Import connections now, or all that are due
    Run(RunArguments),
    /// Schedules: when connections are imported by themselves
    #[command(subcommand)]
    Schedule(ScheduleCommand),
    /// Serve the setup page
    Serve(ServeArguments),
    /// Get into the page of a beacon that serves
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Usage that Microsoft only gives as files: Visio, Project, Copilot Chat, reports of sovereign clouds
    #[command(subcommand)]
    Usage(UsageCommand),
    /// The default proxy of this beacon
    #[command(subcommand)]
    Proxy(ProxyCommand),
    /// Packages: what an import leaves behind
    #[command(subcommand)]
    Package(PackageCommand),
    /// All packages of this data folder
    #[command(subcommand)]
    Packages(PackagesCommand),
    /// Destinations: where packages go
    #[command(subcommand)]
    Destination(DestinationCommand),
    /// Deliveries: packages on their way to destinations
    #[command(subcommand)]
    Delivery(DeliveryCommand),
    /// How connections stand, what to do, and since when
    Health {
        /// Name of one connection
        name: Option<String>,
        #[command(flatten)]
        selection: SelectionArguments,
    },
    /// Examine everything that keeps imports from working, or will within 30 days; changes nothing
    #[command(after_help = DOCTOR_EXITS)]
    Doctor {
        /// Name of one connection
        name: Option<String>,
    },
    /// Write what whoever helps needs to know into one file: no secrets, and no names unless you say so
    Diagnostics(DiagnosticsArguments),
    /// Notifications: who is told when the state of a connection changes
    #[command(subcommand)]
    Notification(NotificationCommand),
    /// The audit trail: who changed what
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Connector modules
    #[command(subcommand)]
    Module(ModuleCommand),
    /// The vault: the keys of the stored secrets
    #[command(subcommand)]
    Secrets(SecretsCommand),
    /// Settings of this beacon
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Let the system start the beacon
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Names of products and service plans
    #[command(subcommand)]
    Names(NamesCommand),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// Add a connection
    Add(AddArguments),
    /// Add many connections from a CSV file: all of them, or none
    AddMany(AddManyArguments),
    /// List the connections
    List {
        #[command(flatten)]
        selection: SelectionArguments,
    },
    /// Show one connection with its settings and last run
    Show {
        /// Name of the connection
        name: String,
    },
    /// Change a connection
    Edit(EditArguments),
    /// Change many connections: all of them, or none
    EditMany(EditManyArguments),
    /// Remove a connection with its secrets; packages stay
    Remove {
        /// Name of the connection
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Keep schedules from starting connections for a while; what comes due meanwhile is left out
    Pause(SomeArguments),
    /// Let paused or disabled connections run again
    Resume(SomeArguments),
    /// Take connections out of use: nothing starts them
    Disable(SomeArguments),
    /// Sign in and consent, so that imports run by themselves
    Consent(ConsentArguments),
    /// Make a certificate whose key stays in the vault, and print its public part to upload
    NewCertificate(NewCertificateArguments),
    /// Take over the connections of an older beacon from a CSV or JSON file: all of them, or none
    ImportLegacy(ImportLegacyArguments),
    /// Check what works and what is missing
    Test {
        /// Name of the connection
        name: String,
        #[command(flatten)]
        module: ModuleArgument,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ModuleArgument {
    /// Use this module file instead of the built-in one; packages say "untrusted module"
    #[arg(long = "module", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SettingsArguments {
    /// Set a field, for example tenant=contoso.onmicrosoft.com
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,
    /// Store a secret from a file (- reads it from the input), for example client_secret=secret.txt
    #[arg(long, value_name = "SLOT=FILE")]
    pub(crate) secret: Vec<String>,
    /// Day on which a secret expires, for example client_secret=2027-05-31
    #[arg(long, value_name = "SLOT=DATE")]
    pub(crate) secret_expires: Vec<String>,
    /// File with the password of a certificate that is given as PKCS#12 (- reads it from the input)
    #[arg(long, value_name = "FILE", requires = "secret")]
    pub(crate) certificate_password_file: Option<PathBuf>,
    /// Use the app registration and the credential of this profile, see `beacon profile`
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Proxy for everything: https://host:port, http://host:port or host:port
    #[arg(long, value_name = "SERVER")]
    pub(crate) proxy_server: Option<String>,
    /// User name for the proxy
    #[arg(long, value_name = "NAME")]
    pub(crate) proxy_username: Option<String>,
    /// File with the password for the proxy (- reads it from the input)
    #[arg(long, value_name = "FILE")]
    pub(crate) proxy_password_file: Option<PathBuf>,
    /// Hosts that the proxy is not used for: names, .domains, addresses, ranges such as 10.0.0.0/8
    #[arg(long, value_name = "LIST")]
    pub(crate) proxy_bypass: Option<String>,
    /// Use no proxy, not even the default of the installation
    #[arg(long, conflicts_with_all = ["proxy_server", "proxy_username", "proxy_password_file", "proxy_bypass"])]
    pub(crate) no_proxy: bool,
    /// Allow a second connection of the same tenant
    #[arg(long)]
    pub(crate) second_connection: bool,
    #[command(flatten)]
    pub(crate) module: ModuleArgument,
}

#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// Name: letters, digits, underscore and space; begins with a letter or digit
    pub(crate) name: String,
    /// Which connector [default: Microsoft 365]
    #[arg(long, value_name = "TYPE")]
    pub(crate) source_type: Option<String>,
    /// Give it this label: letters, digits, - _ . =, for example gold or region=eu; may be given several times
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Vec<String>,
    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

#[derive(Debug, Args)]
pub(crate) struct EditArguments {
    /// Name of the connection
    pub(crate) name: String,
    /// New name; runs and packages stay with it
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    /// Take a field back to its default
    #[arg(long, value_name = "FIELD")]
    pub(crate) unset: Vec<String>,
    /// Use a credential of its own instead of a profile
    #[arg(long, conflicts_with = "profile")]
    pub(crate) no_profile: bool,
    /// Give it this label; may be given several times
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Vec<String>,
    /// Take this label from it; may be given several times
    #[arg(long, value_name = "LABEL")]
    pub(crate) remove_label: Vec<String>,
    /// Use the default proxy of the installation, see `beacon proxy`; new connections do
    #[arg(
        long,
        conflicts_with_all = ["proxy_server", "proxy_username", "proxy_password_file", "proxy_bypass", "no_proxy"]
    )]
    pub(crate) default_proxy: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
}

/// How the answer of the sign-in page comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// Caught on a loopback port; needs a loopback redirect URI
    Browser,
    /// Pasted from the address bar
    Paste,
    /// A code entered on another device
    Device,
}

#[derive(Debug, Args)]
pub(crate) struct ConsentArguments {
    /// Name of the connection
    pub(crate) name: String,
    /// How the answer comes back [default: browser if the redirect URI is loopback, else paste]
    #[arg(long, value_enum)]
    pub(crate) way: Option<Way>,
    /// Keep the consent without asking for confirmation
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) module: ModuleArgument,
}

/// Which files a package holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One Parquet file for each table
    Parquet,
    /// One CSV file for each table
    Csv,
    /// Both
    Both,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["names", "all", "label", "state", "name_part", "due"]))]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) which: WhichArguments,
    /// Import everything that is due by its schedule, for a scheduler from outside; a beacon that serves does it itself
    #[arg(long, conflicts_with_all = ["names", "all", "label", "state", "name_part"])]
    pub(crate) due: bool,
    /// How many of several imports may be at work at the same time; a beacon that serves keeps to its own number
    #[arg(long, env = "BEACON_PARALLEL_RUNS", value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) parallel: u8,
    /// Folder for the package [default: packages in the data folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Which files the package holds
    #[arg(long, value_enum, default_value = "parquet")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) module: ModuleArgument,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScheduleCommand {
    /// Add a schedule
    Add(ScheduleAddArguments),
    /// List the schedules with their next times
    List,
    /// Show one schedule: its connections, its next five times, what became of the last ones
    Show {
        /// Name of the schedule
        name: String,
    },
    /// Change a schedule
    Edit(ScheduleEditArguments),
    /// Remove a schedule; its connections are not scheduled any more
    Remove {
        /// Name of the schedule
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Let connections follow a schedule
    #[command(alias = "link")]
    Assign {
        /// Name of the schedule
        schedule: String,
        #[command(flatten)]
        connections: SomeArguments,
    },
    /// Take connections off their schedule
    #[command(alias = "unlink")]
    Unassign(SomeArguments),
    /// Make all connections of a schedule due now
    Trigger {
        /// Name of the schedule
        name: String,
    },
}

/// How often; one of them.
#[derive(Debug, Args)]
#[group(id = "rule", multiple = false)]
pub(crate) struct RuleArguments {
    /// Every so many minutes, 5 to 1440
    #[arg(long, value_name = "N")]
    pub(crate) every_minutes: Option<u16>,
    /// Once an hour, at this minute
    #[arg(long, value_name = "MINUTE")]
    pub(crate) hourly: Option<u8>,
    /// Once a day, for example 06:00
    #[arg(long, value_name = "TIME")]
    pub(crate) daily: Option<String>,
    /// On days of the week, for example "Mon,Thu 06:00"
    #[arg(long, value_name = "DAYS TIME")]
    pub(crate) weekly: Option<String>,
    /// Once a month, for example "1 06:00" or "last 06:00"
    #[arg(long, value_name = "DAY TIME")]
    pub(crate) monthly: Option<String>,
    /// By a cron expression of five fields, for example "0 6 * * 1-5"
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) cron: Option<String>,
}

/// What else a schedule says.
#[derive(Debug, Args)]
pub(crate) struct TimingArguments {
    #[command(flatten)]
    pub(crate) rule: RuleArguments,
    /// Time zone, for example Europe/Berlin [default: that of this machine]
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
    /// What becomes of times that passed while nothing served [default: run-once]
    #[arg(long, value_enum)]
    pub(crate) missed: Option<MissedPolicy>,
    /// Let each connection start up to so many minutes later, each by a share of its own
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u16).range(0..=720))]
    pub(crate) jitter: Option<u16>,
    /// Start imports within this part of a day only, for example 20:00-06:00; those due outside wait
    #[arg(long, value_name = "FROM-UNTIL")]
    pub(crate) window: Option<String>,
    /// How many of its connections may run at the same time [default: 1]
    #[arg(long, value_name = "N")]
    pub(crate) parallel: Option<u32>,
}

/// What becomes of times that passed while nothing served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MissedPolicy {
    /// However many there were, run once as soon as possible
    RunOnce,
    /// Wait for the next time
    Skip,
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleAddArguments {
    /// Name: letters, digits, underscore and space; begins with a letter or digit
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) timing: TimingArguments,
    /// Connections that follow it; may be given several times
    #[arg(long = "connection", value_name = "NAME")]
    pub(crate) connections: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleEditArguments {
    /// Name of the schedule
    pub(crate) name: String,
    /// New name
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    #[command(flatten)]
    pub(crate) timing: TimingArguments,
    /// Start imports at any time of the day
    #[arg(long, conflicts_with = "window")]
    pub(crate) no_window: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Port on this machine; another free one if it is taken
    #[arg(long, env = "BEACON_PORT", value_name = "PORT", default_value_t = 8365)]
    pub(crate) port: u16,
    /// Address to listen on instead, to be reached over the network; needs a certificate
    #[arg(long, env = "BEACON_LISTEN", value_name = "ADDRESS:PORT", conflicts_with = "port")]
    pub(crate) listen: Option<SocketAddr>,
    /// Name under which it is reached over the network
    #[arg(long, env = "BEACON_HOST", value_name = "NAME", requires = "listen")]
    pub(crate) host: Option<String>,
    /// Certificate chain, PEM
    #[arg(long, env = "BEACON_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its private key, PEM
    #[arg(long, env = "BEACON_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// How long a sign-in in a browser is waited for, in seconds
    #[arg(long, env = "BEACON_SIGN_IN_SECONDS", value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=3000))]
    pub(crate) sign_in_seconds: u64,
    /// How many imports may be at work at the same time
    #[arg(long, env = "BEACON_PARALLEL_RUNS", value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) parallel_runs: u8,
    /// Serve figures for monitoring at /metrics: without a token file only to whoever asks from this machine
    #[arg(long, env = "BEACON_METRICS", value_name = "TRUE|FALSE", num_args = 0..=1, default_value = "false", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) metrics: bool,
    /// File with a bearer token; whoever brings it may read the figures
    #[arg(long, env = "BEACON_METRICS_TOKEN_FILE", value_name = "FILE")]
    pub(crate) metrics_token_file: Option<PathBuf>,
    /// Serve figures for each connection, and not only sums
    #[arg(long, env = "BEACON_METRICS_PER_CONNECTION", value_name = "TRUE|FALSE", num_args = 0..=1, default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) metrics_per_connection: bool,
    /// Days for which entries of the audit trail are kept
    #[arg(long, env = "BEACON_AUDIT_KEEP_DAYS", value_name = "DAYS", default_value_t = DEFAULT_KEEP_DAYS, value_parser = clap::value_parser!(u16).range(1..=36500))]
    pub(crate) audit_keep_days: u16,
    /// Send the audit trail to this syslog server: udp://HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT or unix:/dev/log
    #[arg(long, env = "BEACON_AUDIT_SYSLOG", value_name = "ADDRESS")]
    pub(crate) audit_syslog: Option<SyslogAddress>,
    /// Write address and one-time link to this file as JSON, once it serves
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// Offer this connection ready-made, for demonstrations: JSON as the page sends it
    #[arg(long, value_name = "FILE")]
    pub(crate) preset: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DiagnosticsArguments {
    /// The file, for its owner alone; one that is there is replaced
    #[arg(long, value_name = "FILE", default_value = "beacon-diagnostics.tar.gz")]
    pub(crate) out: PathBuf,
    /// Leave names of connections, tenants, schedules, destinations, profiles and accounts in it
    #[arg(long)]
    pub(crate) with_names: bool,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Print a new one-time link
    Link,
    /// Remove all accounts and print a link that sets a new administrator's password
    Reset {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PackageCommand {
    /// Check a package: files, rows, keys, references, hashes
    Verify {
        /// Folder of the package
        folder: PathBuf,
    },
    /// Show what is in a package
    Show {
        /// Folder of the package
        folder: PathBuf,
    },
    /// Count who uses which application: within so many days, before, never, or nobody knows
    Use {
        /// Folder of the package
        folder: PathBuf,
        /// Days of the rule, counted back from the day of the figures
        #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=180))]
        days: u16,
    },
    /// Compare two packages of one tenant: what was added, changed, removed
    Diff {
        /// Folder of the earlier package
        old: PathBuf,
        /// Folder of the later package
        new: PathBuf,
        /// How many differences to list; all are counted
        #[arg(long, value_name = "ROWS", default_value_t = 20)]
        limit: usize,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum UsageCommand {
    /// Take an export of the Microsoft 365 admin center (Reports, Usage, Export); replaces an older one
    Import(UsageImportArguments),
    /// List what was imported
    List {
        /// Name of the connection
        name: String,
    },
    /// Remove what was imported of an application; packages stay
    Remove {
        /// Name of the connection
        name: String,
        /// Id of the application
        application: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UsageImportArguments {
    /// Name of the connection
    pub(crate) name: String,
    /// The exported CSV file
    pub(crate) file: PathBuf,
    /// Which application it is about: visio, project, copilot_chat, or an id of the table applications
    #[arg(long, value_name = "ID")]
    pub(crate) application: String,
    /// Day of the figures, if the file does not say it, for example 2027-05-31
    #[arg(long, value_name = "DATE")]
    pub(crate) refreshed_on: Option<String>,
    /// Column with the last activity, if several could be meant
    #[arg(long, value_name = "COLUMN")]
    pub(crate) date_column: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// Write a systemd unit with a user of its own, and start it
    Install(ServiceArguments),
    /// Stop it and remove the unit; data and configuration stay
    Remove(ServiceArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ServiceArguments {
    /// Write below this folder instead, and start nothing: for images and packages
    #[arg(long, value_name = "DIR", default_value = "/")]
    pub(crate) root: PathBuf,
    /// The program that the unit starts [default: this one]
    #[arg(long, value_name = "FILE")]
    pub(crate) program: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting and where its value comes from: command line, environment, file, built in
    Show,
    /// Write connections, schedules, destinations and all they need into one file, to move to another host
    Export(ConfigExportArguments),
    /// Take in what `config export` wrote: all of it, or nothing
    Import(ConfigImportArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModuleCommand {
    /// Show identity, permissions, limits and digest of a module file
    Inspect {
        /// Module file
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum NamesCommand {
    /// Replace the names by Microsoft's published CSV
    Update {
        /// The CSV file
        file: PathBuf,
    },
    /// Show which names are in use
    Show,
}

impl Arguments {
    /// Where the installation lies.
    pub(crate) fn place(&self) -> Place {
        Place {
            data: self.data.clone(),
            keys: KeySource {
                provider: self.key_provider,
                key_file: self.key_file.clone(),
                credentials: self.credentials_directory.clone(),
                passphrase: match &self.passphrase_file {
                    Some(file) => PassphraseSource::File(file.clone()),
                    None => PassphraseSource::Ask(ask_secret),
                },
            },
            ca_file: self.ca_file.clone(),
            allowed: self.allow_address.clone(),
            defaults: self.defaults.clone(),
        }
    }
}

/// `NAME=VALUE`, split at the first equals sign.
pub(crate) fn split_pair<'a>(text: &'a str, argument: &str) -> Result<(&'a str, &'a str), Trouble> {
    text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        let title = format!("{argument} needs NAME=VALUE, got {text:?}");
        Trouble::settings("beacon.pair", title, "Put an equals sign between name and value.")
    })
}

/// A date after an argument.
pub(crate) fn parse_date(text: &str, argument: &str) -> Result<Date, Trouble> {
    text.parse().map_err(|_| {
        let title = format!("{argument} needs a date like 2027-05-31, got {text:?}");
        Trouble::settings("beacon.date", title, "Write year, month and day.")
    })
}
