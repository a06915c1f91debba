//! A server as destination: one `PUT` for each file, the manifest last.

use crate::address::UploadAddress;
use crate::client::{self, UploadOptions};
use crate::credential::Credential;
use crate::destination::Arrival;
use crate::digest::Digest;
use crate::error::{Answer, DeliveryError};
use crate::file_stream::{Watch, pieces};
use crate::parcel::{Found, Parcel, ParcelFile};
use beacon_contract::{FailKind, Settings};
use beacon_driver::{Cancel, EgressPolicy, RawResponse, Refusal, Route, SendError, Sender, SentBody, SentRequest};
use beacon_package::MANIFEST_NAME;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::fs::File;
use tokio::time::sleep;
use url::Url;
use zeroize::Zeroizing;

/// How long nothing may move: no piece of a file leaves, no answer arrives.
const STILLNESS: Duration = Duration::from_secs(90);

/// The largest answer that can be a manifest.
const LARGEST_MANIFEST: usize = 16 << 20;

const TEST_FILE: &str = "beacon-destination-test.txt";
const TEST_TEXT: &[u8] = b"beacon tests whether it may write here. This file can be removed.\n";

/// A server that takes uploads. It holds a credential: no `Debug`, `Display`, `Clone`, `Serialize`.
pub struct Upload {
    address: UploadAddress,
    sender: Sender,
    authorization: Option<Zeroizing<String>>,
}

/// What is sent with one `PUT`.
struct Content {
    body: SentBody,
    bytes: u64,
    digest: Digest,
    media_type: String,
    watch: Arc<Watch>,
}

/// What a server answers to a file for which there is no folder: RFC 4918 (9.7.1) wants the first, nginx gives the second.
const FOLDER_MISSING: [u16; 2] = [409, 500];

impl Upload {
    /// A server, with a client of its own.
    ///
    /// # Errors
    /// [`DeliveryError::AddressNotGranted`], [`DeliveryError::NotAName`], [`DeliveryError::Credential`],
    /// [`DeliveryError::Authorities`], [`DeliveryError::NoLine`].
    pub fn new(address: UploadAddress, credential: &Credential, options: UploadOptions) -> Result<Self, DeliveryError> {
        check(&address, &options)?;
        if !address.is_secure() && !matches!(credential, Credential::Open) {
            return Err(DeliveryError::Credential { why: "it is sent over https only" });
        }
        let authorization = credential.authorization()?;
        let sender = client::new(options, credential.identity(), !address.is_secure())?;
        Ok(Self { address, sender, authorization })
    }

    pub(crate) async fn deliver(&self, parcel: &Parcel, cancel: &Cancel) -> Result<Arrival, DeliveryError> {
        match self.look(parcel, cancel).await? {
            Some(Found::Whole) => return Ok(Arrival::AlreadyThere),
            Some(Found::Other) => return Err(DeliveryError::Occupied { name: parcel.name().to_owned() }),
            Some(Found::Nothing) | None => {}
        }
        let mut makes_folder = true;
        for file in parcel.files() {
            self.put_file(parcel, file, &mut makes_folder, cancel).await?;
        }
        let manifest = parcel.manifest();
        let content = || Content::of(manifest, "application/json");
        self.put(&self.place(parcel, MANIFEST_NAME), MANIFEST_NAME, content(), cancel).await?;
        // Only what can be had back has arrived. Whoever may write and not read is believed.
        match self.look(parcel, cancel).await? {
            Some(Found::Whole) | None => Ok(Arrival::Sent),
            Some(Found::Other | Found::Nothing) => {
                Err(DeliveryError::NotKept { place: self.address.to_string(), file: MANIFEST_NAME.to_owned() })
            }
        }
    }

    pub(crate) async fn test(&self, cancel: &Cancel) -> Result<bool, DeliveryError> {
        let url = self.address.below(&[TEST_FILE]);
        self.put(&url, TEST_FILE, Content::of(TEST_TEXT, "text/plain"), cancel).await?;
        let answer = self.send(self.request("DELETE", url), &Watch::default(), cancel).await?;
        Ok(Answer::of(answer.status) == Answer::Done)
    }

    fn place(&self, parcel: &Parcel, file: &str) -> Url {
        self.address.below(&[parcel.name(), file])
    }

    fn request(&self, method: &'static str, url: Url) -> SentRequest {
        let authorization = self.authorization.clone();
        SentRequest { method, url, headers: Vec::new(), authorization, body: SentBody::empty() }
    }

    /// What lies there under the name of the package; `None` if the server does not let it be read.
    async fn look(&self, parcel: &Parcel, cancel: &Cancel) -> Result<Option<Found>, DeliveryError> {
        // A cache on the way would tell of another time.
        let mut request = self.request("GET", self.place(parcel, MANIFEST_NAME));
        request.headers.push(("cache-control", "no-cache".to_owned()));
        let answer = self.send(request, &Watch::default(), cancel).await?;
        let status = answer.status;
        match Answer::of(status) {
            Answer::Done => Ok(Some(match self.whole(answer, cancel).await? {
                Some(manifest) => parcel.judge(&manifest),
                None => Found::Nothing,
            })),
            Answer::NotFound => Ok(Some(Found::Nothing)),
            // If writing is forbidden as well, the first file will show.
            Answer::Forbidden | Answer::NotAllowed => Ok(None),
            _ => Err(self.refused("GET", MANIFEST_NAME, status)),
        }
    }

    /// The body of an answer; `None` if it is larger than any manifest.
    async fn whole(&self, mut answer: RawResponse, cancel: &Cancel) -> Result<Option<Vec<u8>>, DeliveryError> {
        let mut bytes = Vec::new();
        loop {
            // The line itself gives up on a body that does not move.
            let piece: Result<Option<Bytes>, SendError> = tokio::select! {
                piece = answer.body.try_next() => piece,
                () = cancel.cancelled() => return Err(DeliveryError::Stopped),
            };
            let Some(piece) = piece.map_err(|error| self.broken(error))? else { return Ok(Some(bytes)) };
            bytes.extend_from_slice(&piece);
            if bytes.len() > LARGEST_MANIFEST {
                return Ok(None);
            }
        }
    }

    /// Sends one file, whether or not something has its name there. Servers that do not make folders by themselves
    /// (RFC 4918, section 9.7.1) are asked to, once.
    async fn put_file(
        &self,
        parcel: &Parcel,
        file: &ParcelFile,
        makes_folder: &mut bool,
        cancel: &Cancel,
    ) -> Result<(), DeliveryError> {
        let url = self.place(parcel, &file.name);
        loop {
            let content = Content::open(parcel, file).await?;
            let watch = Arc::clone(&content.watch);
            let sent = self.put(&url, &file.name, content, cancel).await;
            return match sent {
                _ if watch.is_altered() => Err(parcel.altered(&file.name)),
                Err(DeliveryError::Refused { status, .. })
                    if FOLDER_MISSING.contains(&status) && std::mem::take(makes_folder) =>
                {
                    self.make_folder(parcel, cancel).await?;
                    continue;
                }
                sent => sent,
            };
        }
    }

    async fn make_folder(&self, parcel: &Parcel, cancel: &Cancel) -> Result<(), DeliveryError> {
        let request = self.request("MKCOL", self.address.folder(parcel.name()));
        // Whether it helped, the file that is sent again shows.
        self.send(request, &Watch::default(), cancel).await.map(drop)
    }

    async fn put(&self, url: &Url, name: &str, content: Content, cancel: &Cancel) -> Result<(), DeliveryError> {
        let Content { body, bytes, digest, media_type, watch } = content;
        let headers = vec![
            ("content-type", media_type),
            ("content-length", bytes.to_string()),
            ("content-digest", digest.content_digest()),
            ("digest", digest.digest()),
        ];
        let request = SentRequest { headers, body, ..self.request("PUT", url.clone()) };
        let status = self.send(request, &watch, cancel).await?.status;
        if Answer::of(status) == Answer::Done { Ok(()) } else { Err(self.refused("PUT", name, status)) }
    }

    /// One exchange. It may take as long as something moves.
    async fn send(&self, request: SentRequest, watch: &Watch, cancel: &Cancel) -> Result<RawResponse, DeliveryError> {
        let mut answer = std::pin::pin!(self.sender.send(request));
        let mut seen = watch.pieces();
        loop {
            tokio::select! {
                answer = &mut answer => return answer.map_err(|error| self.broken(error)),
                () = cancel.cancelled() => return Err(DeliveryError::Stopped),
                () = sleep(STILLNESS) => {
                    let now = watch.pieces();
                    if now == seen {
                        return Err(self.still());
                    }
                    seen = now;
                }
            }
        }
    }

    fn refused(&self, method: &'static str, file: &str, status: u16) -> DeliveryError {
        let place = self.address.to_string();
        if Answer::of(status) == Answer::Full {
            return DeliveryError::Full { place };
        }
        DeliveryError::Refused { place, method, file: file.to_owned(), status }
    }

    fn broken(&self, error: SendError) -> DeliveryError {
        client::described(error, self.address.to_string())
    }

    fn still(&self) -> DeliveryError {
        DeliveryError::Line {
            place: self.address.to_string(),
            code: "delivery.timeout",
            kind: FailKind::Retry,
            message: format!("nothing moved for {} seconds", STILLNESS.as_secs()),
        }
    }
}

/// Whether a server may be sent to, as far as its address tells: a name is looked at when it is resolved.
fn check(address: &UploadAddress, options: &UploadOptions) -> Result<(), DeliveryError> {
    let place = || address.to_string();
    if !address.is_secure() {
        // Straight to this machine, whatever proxy there is.
        let permitted = address.is_permitted(&options.addresses);
        return if permitted { Ok(()) } else { Err(DeliveryError::AddressNotGranted { place: place() }) };
    }
    let route = match &options.proxy {
        None => Route::Direct,
        Some(proxy) => Route::Proxy { bypass: proxy.bypass.clone() },
    };
    let policy = EgressPolicy::new(Vec::new(), Vec::new(), Settings::default(), options.addresses.clone(), route);
    policy.check_endpoint(&address.below(&[])).map_err(|refusal| match refusal {
        Refusal::NotAName { .. } => DeliveryError::NotAName { place: place() },
        _ => DeliveryError::AddressNotGranted { place: place() },
    })
}

impl Content {
    fn of(bytes: &[u8], media_type: &str) -> Self {
        Self {
            bytes: bytes.len() as u64,
            digest: Digest::of(bytes),
            body: SentBody::of(bytes.to_vec()),
            media_type: media_type.to_owned(),
            watch: Arc::default(),
        }
    }

    async fn open(parcel: &Parcel, file: &ParcelFile) -> Result<Self, DeliveryError> {
        let unreadable = |source| parcel.unreadable(&file.name, source);
        let opened = File::open(parcel.folder().join(&file.name)).await.map_err(unreadable)?;
        if opened.metadata().await.map_err(unreadable)?.len() != file.bytes {
            return Err(parcel.altered(&file.name));
        }
        let watch = Arc::new(Watch::default());
        Ok(Self {
            body: SentBody::pieces(pieces(opened, file, Arc::clone(&watch))),
            bytes: file.bytes,
            digest: file.digest,
            media_type: file.media_type.clone(),
            watch,
        })
    }
}
