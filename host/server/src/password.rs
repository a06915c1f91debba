//! Passwords of the page's accounts: argon2id with the library's recommended parameters (OWASP's second choice:
//! 19 MiB, two passes, one lane). Hashing takes tens of milliseconds on purpose and runs on a thread of its own.

use crate::problem::Refusal;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use zeroize::Zeroizing;

/// Shorter ones are guessed too quickly; longer than the maximum would only be work.
const SHORTEST: usize = 12;
const LONGEST: usize = 1_024;

/// The hash of a new password, a PHC string.
pub(crate) async fn hash(password: Zeroizing<String>) -> Result<String, Refusal> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        let title = format!("A password has at least {SHORTEST} characters, and this one has {length}.");
        return Err(Refusal::settings("account.password", &title, "Choose a longer one, for example four words.")
            .about("password"));
    }
    run(move || {
        let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).ok()?;
        Argon2::default().hash_password(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
    })
    .await?
    .ok_or_else(|| Refusal::defect("account.hash", "The password cannot be hashed."))
}

/// Whether a password is the one of a hash. Without a hash it takes as long and says no, so that nobody learns which
/// accounts there are.
pub(crate) async fn fits(password: Zeroizing<String>, hash: Option<String>) -> Result<bool, Refusal> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    run(move || {
        let Some(hash) = hash else {
            let salt = SaltString::encode_b64(&[0; 16]);
            // Only for the time it takes.
            let _ = salt.map(|salt| Argon2::default().hash_password(password.as_bytes(), &salt).is_ok());
            return false;
        };
        let hash = PasswordHash::new(&hash);
        hash.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Refusal::defect("account.hash", "The password cannot be checked."))
}
