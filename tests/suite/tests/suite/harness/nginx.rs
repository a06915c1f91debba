//! A real web server with WebDAV uploads, on free ports, in a folder of its own.

use super::{Scene, places};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long it may take to start on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often other ports are tried: somebody may take a free one in the moment before the server does.
const ATTEMPTS: u32 = 5;

/// Credentials that the server accepts; each is a secret.
pub(crate) const TOKEN: &str = "n0t-a-real-token-0f5a1c";
pub(crate) const USERNAME: &str = "beacon";
pub(crate) const PASSWORD: &str = "n0t-a-real-password-77e2";

/// What uploads need.
const UPLOADS: &str = "dav_methods PUT DELETE MKCOL; create_full_put_path on;";

/// A running server.
pub(crate) struct Nginx {
    folder: TempDir,
    child: Option<Child>,
    ports: Ports,
    /// PEM of the authority that signed its certificate.
    pub(crate) authority: String,
    /// PEM of a certificate that the strict server accepts, and of its key.
    pub(crate) client: (String, String),
    /// The same, signed by nobody it knows.
    pub(crate) stranger: (String, String),
}

#[derive(Clone, Copy)]
struct Ports {
    plain: u16,
    secure: u16,
    strict: u16,
}

struct Signed {
    certificate: String,
    key: String,
}

impl Nginx {
    /// Starts it.
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        for inner in ["root", "body", "other"] {
            std::fs::create_dir(folder.path().join(inner)).expect("a folder");
        }
        let (authority, server, client) = certificates();
        let (_, _, stranger) = certificates();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
        write("authority.pem", &authority);
        write("server.pem", &server.certificate);
        write("server.key", &server.key);
        write("users", &format!("{USERNAME}:{{PLAIN}}{PASSWORD}\n"));
        let mut nginx = Self {
            folder,
            child: None,
            ports: free_ports(),
            authority,
            client: (client.certificate, client.key),
            stranger: (stranger.certificate, stranger.key),
        };
        for _ in 0..ATTEMPTS {
            if nginx.try_start() {
                return nginx;
            }
            nginx.ports = free_ports();
        }
        panic!("nginx does not start: {}", nginx.complaints());
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("a process of our own");
            child.wait().expect("a process of our own");
        }
    }

    /// Starts it again, at the same ports.
    pub(crate) fn restart(&mut self) {
        assert!(self.try_start(), "nginx does not start again: {}", self.complaints());
    }

    fn try_start(&mut self) -> bool {
        std::fs::write(self.folder.path().join("nginx.conf"), self.configuration()).expect("a file");
        let mut command = Command::new(places::nginx());
        command.arg("-p").arg(self.folder.path()).arg("-c").arg("nginx.conf").arg("-e").arg("error.log");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("nginx: run `cargo xtask setup`");
        let deadline = Instant::now() + PATIENCE;
        loop {
            if child.try_wait().expect("a process of our own").is_some() {
                return false;
            }
            let listens = |port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
            if [self.ports.plain, self.ports.secure, self.ports.strict].into_iter().all(listens) {
                self.child = Some(child);
                return true;
            }
            assert!(Instant::now() < deadline, "nginx is not ready: {}", self.complaints());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn complaints(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }

    /// Port of the server without TLS.
    pub(crate) fn plain_port(&self) -> u16 {
        self.ports.plain
    }

    /// Port of the server with TLS.
    pub(crate) fn secure_port(&self) -> u16 {
        self.ports.secure
    }

    /// Address of a place on the server with TLS.
    pub(crate) fn secure(&self, place: &str) -> String {
        format!("https://localhost:{}/{place}/", self.ports.secure)
    }

    /// Address of a place on the server with TLS by a name that only a proxy resolves.
    pub(crate) fn behind_proxy(&self, place: &str) -> String {
        format!("https://files.{}:{}/{place}/", super::squid::DOMAIN, self.ports.secure)
    }

    /// Address of a place on the server that wants a client certificate.
    pub(crate) fn strict(&self, place: &str) -> String {
        format!("https://localhost:{}/{place}/", self.ports.strict)
    }

    /// The folder behind a place.
    pub(crate) fn folder(&self, place: &str) -> PathBuf {
        self.folder.path().join("root").join(place)
    }

    /// Packages that arrived at a place, finished or not.
    pub(crate) fn arrived(&self, place: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder(place)).into_iter().flatten();
        entries.map(|entry| entry.expect("a readable folder").path()).collect()
    }

    /// What was asked of a place, as `METHOD path status`.
    pub(crate) fn asked(&self, place: &str) -> Vec<String> {
        let log = std::fs::read_to_string(self.folder.path().join("access.log")).unwrap_or_default();
        let prefix = format!("/{place}/");
        log.lines()
            .filter(|line| line.split(' ').nth(1).is_some_and(|path| path.starts_with(&prefix)))
            .map(str::to_owned)
            .collect()
    }

    /// Lets the programs of a scene trust it beside the tenant.
    pub(crate) fn is_trusted_by(&self, scene: &Scene) {
        let path = scene.input("ca.pem", "");
        scene.tenant.write_ca(&path).expect("a file");
        let tenant = std::fs::read_to_string(&path).expect("a file");
        std::fs::write(&path, format!("{tenant}\n{}", self.authority)).expect("a file");
    }

    fn configuration(&self) -> String {
        let Ports { plain, secure, strict } = self.ports;
        let mut refusals = String::new();
        for status in [401, 403, 404, 405, 409, 500, 503, 507] {
            refusals += &format!("location /says-{status}/ {{ if ($request_method = PUT) {{ return {status}; }} }}\n");
        }
        format!(
            r#"
daemon off;
master_process off;
pid nginx.pid;
worker_rlimit_nofile 4096;
events {{ worker_connections 1024; }}
http {{
  log_format asked '$request_method $uri $status $http_content_digest';
  access_log access.log asked;
  client_body_temp_path body;
  proxy_temp_path other/proxy; fastcgi_temp_path other/fastcgi; uwsgi_temp_path other/uwsgi; scgi_temp_path other/scgi;
  client_max_body_size 64m;
  ssl_certificate server.pem;
  ssl_certificate_key server.key;
  map $http_authorization $known {{ default 0; "Bearer {TOKEN}" 1; }}
  root root;
  server {{
    listen 127.0.0.1:{plain};
    location / {{ {UPLOADS} }}
  }}
  server {{
    listen 127.0.0.1:{secure} ssl;
    location / {{ {UPLOADS} }}
    location /bearer/ {{ if ($known = 0) {{ return 401; }} {UPLOADS} }}
    location /basic/ {{ auth_basic "beacon"; auth_basic_user_file users; {UPLOADS} }}
    location /makes-no-folders/ {{ dav_methods PUT DELETE MKCOL; }}
    location /only-put/ {{ dav_methods PUT; create_full_put_path on; }}
    location /takes-nothing/ {{ }}
    location /small/ {{ client_max_body_size 1k; {UPLOADS} }}
    location /shows-nothing/ {{ if ($request_method = GET) {{ return 403; }} {UPLOADS} }}
    location /forgets/ {{ if ($request_method = PUT) {{ return 201; }} }}
    location /moved/ {{ return 307 https://localhost:{secure}/open/; }}
    {refusals}
  }}
  server {{
    listen 127.0.0.1:{strict} ssl;
    ssl_client_certificate authority.pem;
    ssl_verify_client on;
    location / {{ {UPLOADS} }}
  }}
}}
"#
        )
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether this is a package that `beacon` calls sound.
#[track_caller]
pub(crate) fn assert_whole(scene: &Scene, package: &Path) {
    scene.beacon(&["--json", "package", "verify", &package.display().to_string()]).exits(0);
}

/// Three ports that nobody listens at.
fn free_ports() -> Ports {
    let sockets = [0; 3].map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port"));
    let [plain, secure, strict] = sockets.map(|socket| socket.local_addr().expect("an address").port());
    Ports { plain, secure, strict }
}

/// An authority with a certificate for a server on this machine and one for a client.
fn certificates() -> (String, Signed, Signed) {
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.distinguished_name.push(DnType::CommonName, "Authority of a test's file server");
    let ca_key = KeyPair::generate().expect("a key");
    let pem = ca.self_signed(&ca_key).expect("a certificate").pem();
    let issuer = Issuer::new(ca, &ca_key);
    let sign = |names: &[&str], usage| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.distinguished_name.push(DnType::CommonName, "beacon test");
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &issuer).expect("a certificate");
        Signed { certificate: certificate.pem(), key: key.serialize_pem() }
    };
    let server = sign(&["localhost", "127.0.0.1", "files.simulated.test"], ExtendedKeyUsagePurpose::ServerAuth);
    let client = sign(&[], ExtendedKeyUsagePurpose::ClientAuth);
    (pem, server, client)
}
