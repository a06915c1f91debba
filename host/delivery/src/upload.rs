//! A server as destination: one `PUT` for each file, the manifest last.

use crate::address::UploadAddress;
use crate::client::{self, UploadOptions};
use crate::credential::Credential;
use crate::destination::Arrival;
use crate::digest::Digest;
use crate::error::{Answer, DeliveryError};
use crate::file_stream::{Watch, pieces};
use crate::parcel::{Found, Parcel, ParcelFile};
use beacon_contract::FailKind;
use beacon_driver::Cancel;
use beacon_package::MANIFEST_NAME;
use reqwest::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use reqwest::{Body, Client, Method, RequestBuilder, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::fs::File;
use tokio::time::{sleep, timeout};
use url::Url;

/// How long nothing may move: no piece of a file leaves, no answer arrives.
const STILLNESS: Duration = Duration::from_secs(90);

/// The largest answer that can be a manifest.
const LARGEST_MANIFEST: usize = 16 << 20;

const TEST_FILE: &str = "beacon-destination-test.txt";
const TEST_TEXT: &[u8] = b"beacon tests whether it may write here. This file can be removed.\n";

/// A server that takes uploads. It holds a credential: no `Debug`, `Display`, `Clone`, `Serialize`.
pub struct Upload {
    address: UploadAddress,
    client: Client,
    authorization: Option<HeaderValue>,
}

/// What is sent with one `PUT`.
struct Content {
    body: Body,
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
    /// [`DeliveryError::AddressNotGranted`], [`DeliveryError::Credential`], [`DeliveryError::Authorities`].
    pub fn new(address: UploadAddress, credential: &Credential, options: UploadOptions) -> Result<Self, DeliveryError> {
        if !address.is_permitted(&options.addresses) {
            return Err(DeliveryError::AddressNotGranted { place: address.to_string() });
        }
        if !address.is_secure() && !matches!(credential, Credential::Open) {
            return Err(DeliveryError::Credential { why: "it is sent over https only" });
        }
        let authorization = credential.authorization()?;
        let client = client::new(options, credential.identity(), !address.is_secure())?;
        Ok(Self { address, client, authorization })
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
        let answer = self.send(self.request(Method::DELETE, url), &Watch::default(), cancel).await?;
        Ok(Answer::of(answer.status().as_u16()) == Answer::Done)
    }

    fn place(&self, parcel: &Parcel, file: &str) -> Url {
        self.address.below(&[parcel.name(), file])
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self.client.request(method, url);
        match &self.authorization {
            Some(value) => request.header(AUTHORIZATION, value.clone()),
            None => request,
        }
    }

    /// What lies there under the name of the package; `None` if the server does not let it be read.
    async fn look(&self, parcel: &Parcel, cancel: &Cancel) -> Result<Option<Found>, DeliveryError> {
        // A cache on the way would tell of another time.
        let request = self.request(Method::GET, self.place(parcel, MANIFEST_NAME)).header(CACHE_CONTROL, "no-cache");
        let answer = self.send(request, &Watch::default(), cancel).await?;
        let status = answer.status().as_u16();
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
    async fn whole(&self, mut answer: Response, cancel: &Cancel) -> Result<Option<Vec<u8>>, DeliveryError> {
        let mut bytes = Vec::new();
        loop {
            let piece = tokio::select! {
                piece = timeout(STILLNESS, answer.chunk()) => piece.map_err(|_| self.still())?,
                () = cancel.cancelled() => return Err(DeliveryError::Stopped),
            };
            let Some(piece) = piece.map_err(|error| self.broken(&error))? else { return Ok(Some(bytes)) };
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
        // A constant that is a token is always a method.
        let Ok(method) = Method::from_bytes(b"MKCOL") else { return Ok(()) };
        let request = self.request(method, self.address.folder(parcel.name()));
        // Whether it helped, the file that is sent again shows.
        self.send(request, &Watch::default(), cancel).await.map(drop)
    }

    async fn put(&self, url: &Url, name: &str, content: Content, cancel: &Cancel) -> Result<(), DeliveryError> {
        let Content { body, bytes, digest, media_type, watch } = content;
        let request = self
            .request(Method::PUT, url.clone())
            .header(CONTENT_TYPE, media_type)
            .header(CONTENT_LENGTH, bytes)
            .header("content-digest", digest.content_digest())
            .header("digest", digest.digest())
            .body(body);
        let status = self.send(request, &watch, cancel).await?.status().as_u16();
        if Answer::of(status) == Answer::Done { Ok(()) } else { Err(self.refused("PUT", name, status)) }
    }

    /// One exchange. It may take as long as something moves.
    async fn send(&self, request: RequestBuilder, watch: &Watch, cancel: &Cancel) -> Result<Response, DeliveryError> {
        let mut answer = std::pin::pin!(request.send());
        let mut seen = watch.pieces();
        loop {
            tokio::select! {
                answer = &mut answer => return answer.map_err(|error| self.broken(&error)),
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

    fn broken(&self, error: &reqwest::Error) -> DeliveryError {
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

impl Content {
    fn of(bytes: &[u8], media_type: &str) -> Self {
        Self {
            bytes: bytes.len() as u64,
            digest: Digest::of(bytes),
            body: Body::from(bytes.to_vec()),
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
            body: Body::wrap_stream(pieces(opened, file, Arc::clone(&watch))),
            bytes: file.bytes,
            digest: file.digest,
            media_type: file.media_type.clone(),
            watch,
        })
    }
}
