//! The simulation's own certificate authority and the server certificate for `localhost`, `127.0.0.1` and the names below
//! the domain of the sites.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Key or certificate could not be made.
    #[error("the simulator's certificate could not be made")]
    Make(#[from] rcgen::Error),
    /// The TLS library refused what was made.
    #[error("the TLS settings were refused")]
    Tls(#[from] rustls::Error),
}

/// What the TLS listeners need, and what clients must trust.
pub(crate) struct Authority {
    pub(crate) ca_pem: String,
    /// PEM of both private keys; they are on the list of secrets.
    pub(crate) private_keys: [String; 2],
    pub(crate) server: Arc<ServerConfig>,
}

/// Makes a fresh authority and a server certificate signed by it, for the sites below `domain`, too.
pub(crate) fn issue(domain: Option<&str>) -> Result<Authority, CertificateError> {
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_key = KeyPair::generate()?;
    // Names that differ: a client that trusts hundreds of simulated tenants would try all keys of one name, and give up.
    let mark = URL_SAFE_NO_PAD.encode(ca_key.public_key_raw().last_chunk::<9>().unwrap_or(&[0; 9]));
    ca.distinguished_name.push(DnType::CommonName, format!("Simulated Microsoft sign-in, test authority {mark}"));
    let ca_certificate = ca.self_signed(&ca_key)?;
    let issuer = Issuer::new(ca, &ca_key);

    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    names.extend(domain.map(|domain| format!("*.{domain}")));
    let mut server = CertificateParams::new(names)?;
    server.distinguished_name.push(DnType::CommonName, "localhost");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.use_authority_key_identifier_extension = true;
    let server_key = KeyPair::generate()?;
    let server_certificate = server.signed_by(&server_key, &issuer)?;

    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![server_certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Authority {
        ca_pem: ca_certificate.pem(),
        private_keys: [ca_key.serialize_pem(), server_key.serialize_pem()],
        server: Arc::new(config),
    })
}
