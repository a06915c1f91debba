//! The person at the terminal: sign-in addresses, loopback answers, pasted answers, device codes.

use crate::arguments::Way;
use crate::terminal::{Style, Terminal};
use beacon_driver::{Abandoned, Attempt, DeviceCode, Interaction};
use futures_util::future::BoxFuture;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use zeroize::Zeroizing;

/// How long a person may take to sign in; Microsoft's own pages give up earlier.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How long a browser may take to send one request line.
const REQUEST: Duration = Duration::from_secs(10);

/// Signs in at the terminal.
pub(crate) struct AtTerminal {
    terminal: Terminal,
    way: Option<Way>,
}

impl AtTerminal {
    pub(crate) fn new(terminal: Terminal, way: Option<Way>) -> Self {
        Self { terminal, way }
    }
}

/// The loopback redirect addresses of RFC 8252 section 7.3.
fn is_loopback(redirect_uri: &Url) -> bool {
    redirect_uri.scheme() == "http" && matches!(redirect_uri.host_str(), Some("localhost" | "127.0.0.1"))
}

impl Interaction for AtTerminal {
    fn begin(&self, registered: &str) -> BoxFuture<'_, Result<Box<dyn Attempt>, Abandoned>> {
        let registered = registered.to_owned();
        Box::pin(async move {
            let url = Url::parse(&registered).map_err(|_| Abandoned::Failed)?;
            let terminal = self.terminal.clone();
            if is_loopback(&url) && self.way != Some(Way::Paste) {
                return Listening::open(terminal, url).await.map(|attempt| Box::new(attempt) as Box<dyn Attempt>);
            }
            if self.way == Some(Way::Browser) {
                terminal.note("The redirect URI of this connection is not a loopback address: use --way paste.");
                return Err(Abandoned::Failed);
            }
            Ok(Box::new(Pasting { terminal, redirect_uri: registered }) as Box<dyn Attempt>)
        })
    }

    fn show(&self, code: &DeviceCode) -> Result<(), Abandoned> {
        let minutes = code.expires_in.as_secs() / 60;
        self.terminal.note(&format!(
            "Open this address on any device, and enter the code within {minutes} minutes:\n\n  {}\n  {}\n",
            code.verification_uri,
            self.terminal.paint(Style::Bold, &code.user_code)
        ));
        Ok(())
    }
}

/// Waits for the browser on a loopback port.
struct Listening {
    terminal: Terminal,
    listener: TcpListener,
    redirect_uri: String,
    base: Url,
}

impl Listening {
    /// The port is ignored when the redirect is compared (RFC 8252 section 7.3), so any free one will do, unless the
    /// operator chose one.
    async fn open(terminal: Terminal, registered: Url) -> Result<Self, Abandoned> {
        let listener =
            TcpListener::bind(("127.0.0.1", registered.port().unwrap_or(0))).await.map_err(|_| Abandoned::Failed)?;
        let port = listener.local_addr().map_err(|_| Abandoned::Failed)?.port();
        let mut base = registered;
        base.set_port(Some(port)).map_err(|()| Abandoned::Failed)?;
        let plain: String = base.clone().into();
        let redirect_uri = if base.path() == "/" { plain.trim_end_matches('/').to_owned() } else { plain };
        Ok(Self { terminal, listener, redirect_uri, base })
    }

    async fn answer(&self) -> Result<Zeroizing<String>, Abandoned> {
        loop {
            let (stream, _) = self.listener.accept().await.map_err(|_| Abandoned::Failed)?;
            // A browser opens connections it never uses, and asks for icons: those are answered and waited past.
            let read = tokio::time::timeout(REQUEST, serve(stream, &self.base)).await;
            if let Ok(Some(address)) = read {
                return Ok(address);
            }
        }
    }
}

/// Reads one request; the redirected address if it is the answer of the sign-in page.
async fn serve(stream: TcpStream, base: &Url) -> Option<Zeroizing<String>> {
    let mut stream = BufReader::new(stream);
    let mut line = Zeroizing::new(String::new());
    (&mut stream).read_line_capped(&mut line).await?;
    let target = line.strip_prefix("GET ")?.split(' ').next()?;
    let url = base.join(target).ok().filter(|url| url.origin() == base.origin())?;
    let found = url.query_pairs().any(|(name, _)| name == "code" || name == "error");
    let (status, text) = if found {
        ("200 OK", "You are signed in. Close this window and go back to the terminal.")
    } else {
        ("404 Not Found", "There is nothing here.")
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>m365-beacon</title><p>{text}</p></html>"
    );
    let response = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\ncontent-security-policy: default-src 'none'\r\n\
         connection: close\r\n\r\n{page}",
        page.len()
    );
    stream.write_all(response.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()?;
    found.then(|| Zeroizing::new(url.into()))
}

/// A request line within limits.
trait ReadCapped {
    async fn read_line_capped(self, line: &mut String) -> Option<()>;
}

impl ReadCapped for &mut BufReader<TcpStream> {
    /// 16 KiB: codes are about 1 KiB, and nothing on loopback may make us hold more.
    async fn read_line_capped(self, line: &mut String) -> Option<()> {
        use tokio::io::AsyncReadExt as _;
        self.take(16 << 10).read_line(line).await.ok().filter(|read| *read > 0).map(|_| ())
    }
}

impl Attempt for Listening {
    fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    fn wait(self: Box<Self>, address: String) -> BoxFuture<'static, Result<Zeroizing<String>, Abandoned>> {
        Box::pin(async move {
            self.terminal.note(&format!(
                "Open this address in a browser on this machine, sign in and accept:\n\n{address}\n\n\
                 Waiting for the browser to come back …"
            ));
            tokio::time::timeout(PATIENCE, self.answer()).await.map_err(|_| Abandoned::TimedOut)?
        })
    }
}

/// Waits for the redirected address to be pasted.
struct Pasting {
    terminal: Terminal,
    redirect_uri: String,
}

impl Attempt for Pasting {
    fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    fn wait(self: Box<Self>, address: String) -> BoxFuture<'static, Result<Zeroizing<String>, Abandoned>> {
        Box::pin(async move {
            self.terminal.note(&format!(
                "Open this address in a browser, sign in and accept:\n\n{address}\n\n\
                 The browser then shows a page that begins with {}.\n\
                 Copy the whole address from its address bar, paste it here, and press Enter:",
                self.redirect_uri
            ));
            let terminal = self.terminal.clone();
            match tokio::task::spawn_blocking(move || terminal.ask("")).await {
                Ok(Some(line)) if !line.trim().is_empty() => Ok(line),
                Ok(Some(_)) => Err(Abandoned::GivenUp),
                _ => Err(Abandoned::Failed),
            }
        })
    }
}
