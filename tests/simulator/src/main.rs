//! `tenant-simulator`: a simulated Microsoft 365 tenant for people and for programs in other languages.

use anyhow::Context as _;
use beacon_simulator::{Cloud, Latency, Simulator, SimulatorOptions, TenantOptions, role};
use clap::{Parser, ValueEnum};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

/// A simulated Microsoft 365 tenant (Entra ID and Microsoft Graph) on this machine.
#[derive(Parser)]
#[command(version, after_help = "Example:\n  tenant-simulator --users 2000 --ca-file ca.pem\n\nEnds on Ctrl-C.")]
struct Arguments {
    /// Number of users, 3 to 1,000,000 and more.
    #[arg(long, default_value_t = 1_000)]
    users: u64,
    /// Equal seeds give equal tenants.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Cloud the tenant lives in.
    #[arg(long, value_enum, default_value_t = CloudName::Global)]
    cloud: CloudName,
    /// The tenant owns no Entra ID P1 or P2.
    #[arg(long)]
    without_premium: bool,
    /// Port of the sign-in site; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    login_port: u16,
    /// Port of the Graph site; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    graph_port: u16,
    /// Port of the report site; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    reports_port: u16,
    /// Throttle as Microsoft's services do: resource units, sign-in data, reports.
    #[arg(long)]
    quotas: bool,
    /// Answer after this many milliseconds, half of the time.
    #[arg(long)]
    latency_ms: Option<f64>,
    /// Spread of the latency: standard deviation of its logarithm.
    #[arg(long, default_value_t = 0.5, requires = "latency_ms")]
    latency_sigma: f64,
    /// Port of the control interface; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// Serve sign-in and Graph on one port.
    #[arg(long)]
    single_origin: bool,
    /// Give the administrator, who may consent, the role for reading usage as well.
    #[arg(long)]
    administrator_reads_usage: bool,
    /// Write the certificate that clients must trust to this file.
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// Write addresses, ids and credentials as JSON to this file once everything is ready.
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// End when standard input closes; a parent process that dies takes the simulator along.
    #[arg(long)]
    until_stdin_closes: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum CloudName {
    Global,
    GccHigh,
    Dod,
    China,
}

impl From<CloudName> for Cloud {
    fn from(name: CloudName) -> Self {
        match name {
            CloudName::Global => Self::Global,
            CloudName::GccHigh => Self::GccHigh,
            CloudName::Dod => Self::Dod,
            CloudName::China => Self::China,
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let simulator = Simulator::start(SimulatorOptions {
        tenant: TenantOptions {
            seed: arguments.seed,
            users: arguments.users,
            cloud: arguments.cloud.into(),
            premium: !arguments.without_premium,
        },
        login_port: arguments.login_port,
        graph_port: arguments.graph_port,
        control_port: arguments.control_port,
        reports_port: arguments.reports_port,
        quotas: arguments.quotas,
        latency: arguments.latency_ms.map(|median_ms| Latency {
            median_ms,
            sigma: arguments.latency_sigma,
            seed: arguments.seed,
        }),
        largest_page: None,
        single_origin: arguments.single_origin,
        domain: None,
        now: None,
    })
    .await
    .context("the simulator did not start")?;

    if arguments.administrator_reads_usage {
        let roles = [role::CLOUD_APPLICATION_ADMINISTRATOR, role::PRIVILEGED_ROLE_ADMINISTRATOR, role::REPORTS_READER];
        simulator.set_roles(&simulator.administrator(), &roles).context("the tenant has no administrator")?;
    }
    if let Some(path) = &arguments.ca_file {
        simulator.write_ca(path).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    write_introduction(&simulator, &arguments).context("the introduction could not be printed")?;
    if let Some(path) = &arguments.ready_file {
        write_ready_file(&simulator, path).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    wait_for_the_end(arguments.until_stdin_closes).await?;
    simulator.shutdown().await;
    Ok(())
}

/// Written beside and renamed, so that a reader never sees half of it.
fn write_ready_file(simulator: &Simulator, path: &std::path::Path) -> anyhow::Result<()> {
    let half = path.with_extension("writing");
    std::fs::write(&half, serde_json::to_vec_pretty(&simulator.describe())?)?;
    std::fs::rename(&half, path)?;
    Ok(())
}

fn write_introduction(simulator: &Simulator, arguments: &Arguments) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let (login, tenant) = (simulator.login_origin(), simulator.tenant_id());
    writeln!(out, "Simulated tenant with {} users (seed {})\n", simulator.tenant().user_count(), arguments.seed)?;
    writeln!(out, "  Cloud                    Custom")?;
    writeln!(out, "  Login root               {login}")?;
    writeln!(out, "  Graph root               {}", simulator.graph_origin())?;
    writeln!(out, "  Report site              {}", simulator.report_origin())?;
    writeln!(out, "  Tenant                   {tenant}  ({})", simulator.tenant().default_domain())?;
    writeln!(out, "  Token endpoint           {login}/{tenant}/oauth2/v2.0/token")?;
    writeln!(out, "  Authorization endpoint   {login}/{tenant}/oauth2/v2.0/authorize")?;
    writeln!(out, "\n  Own app, client id       {}", simulator.own_client_id())?;
    writeln!(out, "  Own app, client secret   {}", simulator.own_client_secret())?;
    writeln!(out, "  Vendor's app, client id  {}", simulator.vendor_client_id())?;
    writeln!(out, "  Redirect URI             http://localhost  (any port)\n")?;
    for account in simulator.accounts() {
        writeln!(out, "  Account                  {}  password {}", account.user_principal_name, account.password)?;
    }
    match &arguments.ca_file {
        Some(path) => writeln!(out, "\n  Trust this certificate   {}", path.display())?,
        None => writeln!(out, "\n  Clients must trust its certificate: start with --ca-file FILE")?,
    }
    writeln!(out, "  Control interface        {}", simulator.control_origin())?;
    writeln!(out, "\nReady.")?;
    out.flush()
}

async fn wait_for_the_end(until_stdin_closes: bool) -> anyhow::Result<()> {
    let (closed, stdin_closed) = tokio::sync::oneshot::channel();
    if until_stdin_closes {
        // A thread of its own: a blocked read must not keep the runtime from ending.
        std::thread::spawn(move || {
            let mut rest = Vec::new();
            let _ = std::io::stdin().lock().read_to_end(&mut rest);
            let _ = closed.send(());
        });
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = stdin_closed => {}
        }
    } else {
        tokio::signal::ctrl_c().await?;
    }
    Ok(())
}
