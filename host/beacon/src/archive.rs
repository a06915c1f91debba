//! A few small files as one packed archive that every system can open: the ustar form of POSIX.1 (pax, "ustar
//! Interchange Format") within gzip. Own code, because it is one header, and a library would be one more to keep.

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use std::io::{self, Write as _};

/// Everything in an archive is in blocks of this size.
const BLOCK: usize = 512;

/// Where the checksum stands in a header, and how long it is.
const BEFORE_CHECKSUM: usize = 148;
const CHECKSUM: usize = 8;

/// Packs files, each with its name: at most 100 ASCII characters, as all names here are.
///
/// # Errors
/// A name that is too long, or a file of 8 GiB or more.
pub(crate) fn packed(files: &[(&str, Vec<u8>)], at: Timestamp) -> io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for (name, content) in files {
        packed.write_all(&header(name, content.len(), at)?)?;
        packed.write_all(content)?;
        packed.write_all(&vec![0; content.len().next_multiple_of(BLOCK) - content.len()])?;
    }
    // The end is two empty blocks.
    packed.write_all(&[0; 2 * BLOCK])?;
    packed.finish()
}

/// The header of an ordinary file that only its owner may read.
fn header(name: &str, size: usize, at: Timestamp) -> io::Result<Vec<u8>> {
    let seconds = at.as_second().max(0);
    let before = [
        field(name, 100)?,
        octal(0o600, 8)?,
        octal(0, 8)?,
        octal(0, 8)?,
        octal(size, 12)?,
        octal(usize::try_from(seconds).unwrap_or(0), 12)?,
    ]
    .concat();
    let after = [
        field("0", 1)?,
        field("", 100)?,
        field("ustar", 6)?,
        field("00", 2)?,
        // Names and numbers of users and devices, and the front of a long name: there are none.
        vec![0; BLOCK - BEFORE_CHECKSUM - CHECKSUM - 109],
    ]
    .concat();
    // Summed as if the checksum were spaces.
    let spaces = usize::from(b' ') * CHECKSUM;
    let sum = before.iter().chain(&after).map(|byte| usize::from(*byte)).sum::<usize>() + spaces;
    Ok([before, field(&format!("{sum:06o}\0 "), CHECKSUM)?, after].concat())
}

/// A number in digits, ended by a zero.
fn octal(number: usize, length: usize) -> io::Result<Vec<u8>> {
    let digits = length - 1;
    field(&format!("{number:0digits$o}\0"), length)
}

/// A text, filled up with zeros.
fn field(text: &str, length: usize) -> io::Result<Vec<u8>> {
    if text.len() > length {
        return Err(io::Error::other(format!("{text:?} does not fit into {length} bytes of an archive")));
    }
    let mut field = text.as_bytes().to_vec();
    field.resize(length, 0);
    Ok(field)
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, header, packed};
    use jiff::Timestamp;

    #[test]
    fn a_header_is_one_block_with_its_checksum() {
        let header = header("log.txt", 1_000, Timestamp::UNIX_EPOCH).expect("a header");
        assert_eq!(header.len(), BLOCK);
        assert_eq!(&header[..8], b"log.txt\0");
        assert_eq!(&header[100..108], b"0000600\0");
        assert_eq!(&header[124..136], b"00000001750\0");
        assert_eq!(&header[257..265], b"ustar\x0000");
        let sum: u32 = header
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
            .sum();
        assert_eq!(&header[148..156], format!("{sum:06o}\0 ").as_bytes());
    }

    #[test]
    fn a_name_that_does_not_fit_is_refused() {
        assert!(packed(&[(&"x".repeat(101), Vec::new())], Timestamp::UNIX_EPOCH).is_err());
    }
}
