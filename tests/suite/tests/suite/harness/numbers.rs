//! How large the large tests are: small enough for every landing, or as large as the environment says.

/// The number in an environment variable, or `usual`.
#[track_caller]
pub(crate) fn number(variable: &str, usual: u64) -> u64 {
    let Some(given) = std::env::var_os(variable) else { return usual };
    let number = given.to_str().and_then(|text| text.parse().ok());
    number.unwrap_or_else(|| panic!("{variable} has to be a whole number, not {given:?}"))
}
