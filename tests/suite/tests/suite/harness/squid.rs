//! A real proxy beside the test: squid, in a folder and on ports of its own.

use super::places;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The account that squid knows.
pub(crate) const USERNAME: &str = "beacon";
/// Its password: with what a header, a line or an address could choke on.
pub(crate) const PASSWORD: &str = "Pr0xy:pa55 word/+42";
/// The same as squid's helper keeps it (`openssl passwd -6`).
const PASSWORD_HASH: &str =
    "$6$beaconproxytest$/gV/Db9m8L4ADq61H7dlbLPggr40IoEbBDQ63C1iAA50BIC2mtWbNt693HkrVgoON7Mf7aO3R.8Y4wJ68rdqM0";

/// Where Debian puts squid's helpers.
const HELPERS: &str = "/usr/lib/squid";

/// A slow machine with much to do still starts a proxy within this time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Below it lie the tenant's sites; nobody but the proxy resolves it.
pub(crate) const DOMAIN: &str = "simulated.test";

/// Who is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Whoever gives user name and password.
    Basic,
    /// The same, but nobody to the host of report files.
    WithoutReports,
    /// Whoever signs in as Windows does: NTLM or Negotiate.
    Windows,
    /// Everybody, and what is inside TLS is read: certificates are made by the proxy.
    Inspecting,
}

/// A running squid. It ends with the value.
pub(crate) struct Squid {
    child: Child,
    folder: TempDir,
    plain: u16,
    secure: u16,
    ca_pem: String,
}

impl Squid {
    /// Starts one that trusts the tenant whose authority is `tenant_ca`.
    pub(crate) fn start(manner: Manner, tenant_ca: &str) -> Self {
        // A port that was free may be taken before squid opens it.
        (0..5).find_map(|_| Self::try_start(manner, tenant_ca)).expect("squid starts on free ports")
    }

    fn try_start(manner: Manner, tenant_ca: &str) -> Option<Self> {
        let folder = TempDir::new().expect("a temporary folder");
        let (plain, secure) = (free_port(), free_port());
        let ca_pem = prepare(folder.path(), tenant_ca);
        let inside = folder.path().join("squid.conf");
        fs::write(&inside, configuration(folder.path(), manner, plain, secure)).expect("a file");
        if manner == Manner::Inspecting {
            let made = Command::new(format!("{HELPERS}/security_file_certgen"))
                .args(["-c", "-s"])
                .arg(folder.path().join("state/certificates"))
                .args(["-M", "1MB"])
                .stdout(Stdio::null())
                .status();
            assert!(made.is_ok_and(|status| status.success()), "squid's certificate helper works");
        }
        open_to_squid(folder.path());
        let child = Command::new(places::squid())
            .args(["-N", "-f"])
            .arg(&inside)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = child.unwrap_or_else(|error| match error.kind() {
            ErrorKind::NotFound => panic!("squid is missing: run `cargo xtask setup`"),
            _ => panic!("squid does not start: {error}"),
        });
        let mut squid = Self { child, folder, plain, secure, ca_pem };
        squid.is_ready().then_some(squid)
    }

    /// Waits until it takes connections; `false` if it ended.
    fn is_ready(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.plain)).is_err() {
            if self.child.try_wait().expect("a process of our own").is_some() {
                return false;
            }
            assert!(Instant::now() < deadline, "squid takes no connections:\n{}", self.said("cache.log"));
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    /// Host and port, spoken to plainly.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.plain)
    }

    /// The address inside TLS.
    pub(crate) fn secure_url(&self) -> String {
        format!("https://localhost:{}", self.secure)
    }

    /// The address of the port inside TLS, as if it were plain.
    pub(crate) fn secure_port_as_plain(&self) -> String {
        format!("http://localhost:{}", self.secure)
    }

    /// The authority behind its own certificate, and behind those that it makes.
    pub(crate) fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The lines of its log: each request with status and method.
    pub(crate) fn log(&self) -> Vec<String> {
        self.said("access.log").lines().map(str::to_owned).collect()
    }

    fn said(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join("state").join(file)).unwrap_or_default()
    }
}

impl Drop for Squid {
    fn drop(&mut self) {
        // One that ended by itself was noticed by the test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Writes certificates, passwords and names; gives back the authority's certificate.
fn prepare(folder: &Path, tenant_ca: &str) -> String {
    fs::create_dir(folder.join("state")).expect("a folder");
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "Authority of the proxy");
    let authority_key = KeyPair::generate().expect("a key");
    let authority_certificate = authority.self_signed(&authority_key).expect("a certificate");
    let ca_pem = authority_certificate.pem();
    let issuer = Issuer::new(authority, &authority_key);
    let own = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let own_key = KeyPair::generate().expect("a key");
    let own_pem = own.signed_by(&own_key, &issuer).expect("a certificate").pem();
    let write = |name: &str, text: String| fs::write(folder.join(name), text).expect("a file");
    write("authority.pem", format!("{ca_pem}{}", authority_key.serialize_pem()));
    write("own.pem", format!("{own_pem}{}", own_key.serialize_pem()));
    write("tenant.pem", tenant_ca.to_owned());
    write("passwords", format!("{USERNAME}:{PASSWORD_HASH}\n"));
    write("hosts", format!("127.0.0.1 login.{DOMAIN} graph.{DOMAIN} reports.{DOMAIN} files.{DOMAIN}\n"));
    ca_pem
}

/// As root squid gives up its rights; what it needs has to be open to whoever it becomes.
fn open_to_squid(folder: &Path) {
    let mut paths = vec![folder.to_owned()];
    while let Some(path) = paths.pop() {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).expect("a folder of our own");
        let inside = fs::read_dir(&path).into_iter().flatten().flatten();
        paths.extend(inside.map(|entry| entry.path()));
    }
}

fn configuration(folder: &Path, manner: Manner, plain: u16, secure: u16) -> String {
    let here = |name: &str| -> String { PathBuf::from(folder).join(name).display().to_string() };
    let always = format!(
        "pid_filename none\n\
         access_log stdio:{access}\n\
         cache_log {log}\n\
         coredump_dir {state}\n\
         hosts_file {hosts}\n\
         dns_nameservers 127.0.0.1\n\
         visible_hostname proxy.{DOMAIN}\n\
         cache deny all\n\
         cache_mem 1 MB\n\
         netdb_filename none\n\
         pinger_enable off\n\
         shutdown_lifetime 0 seconds\n\
         https_port 127.0.0.1:{secure} tls-cert={own}\n",
        access = here("state/access.log"),
        log = here("state/cache.log"),
        state = here("state"),
        hosts = here("hosts"),
        own = here("own.pem"),
    );
    let port = format!("http_port 127.0.0.1:{plain}");
    let basic = format!(
        "{port}\n\
         auth_param basic program {HELPERS}/basic_ncsa_auth {}\n\
         auth_param basic children 1\n\
         auth_param basic realm proxy.{DOMAIN}, with \"quotes\"\n",
        here("passwords")
    );
    let known = "acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n";
    let specific = match manner {
        Manner::Basic => format!("{basic}{known}"),
        Manner::WithoutReports => {
            format!("{basic}acl reports dstdomain reports.{DOMAIN}\nhttp_access deny reports\n{known}")
        }
        Manner::Windows => format!(
            "{port}\n\
             auth_param negotiate program {HELPERS}/negotiate_kerberos_auth -s GSS_C_NO_NAME\n\
             auth_param negotiate children 1\n\
             auth_param ntlm program {HELPERS}/ntlm_fake_auth\n\
             auth_param ntlm children 1\n\
             {known}"
        ),
        Manner::Inspecting => format!(
            "{port} ssl-bump tls-cert={authority} generate-host-certificates=on dynamic_cert_mem_cache_size=1MB\n\
             sslcrtd_program {HELPERS}/security_file_certgen -s {certificates} -M 1MB\n\
             sslcrtd_children 1\n\
             tls_outgoing_options cafile={tenant}\n\
             ssl_bump bump all\n\
             http_access allow all\n",
            authority = here("authority.pem"),
            certificates = here("state/certificates"),
            tenant = here("tenant.pem"),
        ),
    };
    format!("{always}{specific}")
}
