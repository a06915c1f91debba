//! The command line of certificates and credential profiles.

use beacon_operations::DEFAULT_DAYS;
use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;

/// Where a secret may go if nobody says otherwise: the sign-in site of the global cloud.
const SIGN_IN_SITE: &str = "https://login.microsoftonline.com";

/// What becomes of a certificate that is not in use yet.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("step").args(["show", "try_out", "activate", "discard"]))]
pub(crate) struct NewCertificateArguments {
    /// Name of the connection, or of the profile
    pub(crate) name: String,
    /// Write the public part to this file as well (PEM)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["activate", "discard", "try_out"])]
    pub(crate) out: Option<PathBuf>,
    /// Days that it is valid
    #[arg(long, value_name = "DAYS", default_value_t = DEFAULT_DAYS, conflicts_with = "step", value_parser = clap::value_parser!(u16).range(1..=1095))]
    pub(crate) days: u16,
    /// Print the public part of the one that waits again
    #[arg(long)]
    pub(crate) show: bool,
    /// Sign in with the one that waits, and use it from now on if that works; a beacon that serves does it by itself
    #[arg(long = "try")]
    pub(crate) try_out: bool,
    /// Use the one that waits from now on, without trying it out
    #[arg(long)]
    pub(crate) activate: bool,
    /// Forget the one that waits
    #[arg(long)]
    pub(crate) discard: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Add a profile
    Add(ProfileAddArguments),
    /// List the profiles
    List,
    /// Show one profile and the connections that use it
    Show {
        /// Name of the profile
        name: String,
    },
    /// Change a profile: all its connections use what is new from now on
    Edit(ProfileEditArguments),
    /// Remove a profile with its credential; not while a connection uses it
    Remove {
        /// Name of the profile
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Make a certificate whose key stays in the vault, and print its public part to upload
    NewCertificate(NewCertificateArguments),
}

/// A secret or a certificate, from files.
#[derive(Debug, Args)]
#[group(id = "credential", multiple = true)]
pub(crate) struct CredentialArguments {
    /// File with the client secret (- reads it from the input)
    #[arg(long, value_name = "FILE", conflicts_with = "certificate")]
    pub(crate) secret: Option<PathBuf>,
    /// Day on which the secret expires, for example 2027-05-31
    #[arg(long, value_name = "DATE", requires = "secret")]
    pub(crate) expires: Option<String>,
    /// File with certificate and private key: PEM, or PKCS#12
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// File with the password of the PKCS#12 file (- reads it from the input)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) certificate_password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileAddArguments {
    /// Name: letters, digits, underscore and space; begins with a letter or digit
    pub(crate) name: String,
    /// Application (client) ID of the app registration
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: String,
    #[command(flatten)]
    pub(crate) credential: CredentialArguments,
    /// Sign-in site that the credential may go to, and no other; may be given several times
    #[arg(long = "origin", value_name = "URL", default_values_t = [SIGN_IN_SITE.to_owned()])]
    pub(crate) origins: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileEditArguments {
    /// Name of the profile
    pub(crate) name: String,
    /// New name
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    /// Another application (client) ID
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    #[command(flatten)]
    pub(crate) credential: CredentialArguments,
    /// Sign-in sites that the credential may go to from now on; needs the credential again
    #[arg(long = "origin", value_name = "URL")]
    pub(crate) origins: Vec<String>,
}
