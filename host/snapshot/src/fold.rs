//! Texts without regard to case, the same way when they are stored and when they are searched for.

/// Lower case by Unicode's full mapping. Control characters become spaces: they separate fields and people in the text
/// that is searched.
pub(crate) fn fold(text: &str) -> String {
    let plain = |byte: u8| if byte.is_ascii_control() { ' ' } else { char::from(byte.to_ascii_lowercase()) };
    if text.is_ascii() {
        return text.bytes().map(plain).collect();
    }
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_is_of_no_account_in_any_script() {
        for (one, other) in [("ÄÖÜ", "äöü"), ("ΑΘΗΝΑ", "αθηνα"), ("Жук", "жук"), ("O'Neil", "o'NEIL"), ("a\tb", "A B")]
        {
            assert_eq!(fold(one), fold(other));
        }
    }
}
