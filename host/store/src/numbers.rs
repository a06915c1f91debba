//! Many numbers as a short text: ranges.

use std::fmt::{Display, Formatter, Result as FormatResult};

/// Numbers in ascending order, as `3-5,9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numbers(Vec<(u64, u64)>);

impl Numbers {
    /// Of numbers in ascending order.
    pub(crate) fn of(numbers: &[u64]) -> Self {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for number in numbers {
            match ranges.last_mut() {
                Some((_, last)) if last.saturating_add(1) == *number => *last = *number,
                _ => ranges.push((*number, *number)),
            }
        }
        Self(ranges)
    }

    /// Of a text; what is no range in it is left out.
    pub(crate) fn read(text: &str) -> Self {
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            Some((first.parse().ok()?, last.parse().ok()?))
        };
        Self(text.split(',').filter_map(range).collect())
    }

    /// The ranges, both ends included.
    pub(crate) fn ranges(&self) -> &[(u64, u64)] {
        &self.0
    }
}

impl Display for Numbers {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> FormatResult {
        for (position, (first, last)) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str(",")?;
            }
            if first == last {
                write!(formatter, "{first}")?;
            } else {
                write!(formatter, "{first}-{last}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn ranges_are_short_and_read_again() {
        let numbers = Numbers::of(&[3, 4, 5, 9, 11, 12]);
        assert_eq!(numbers.to_string(), "3-5,9,11-12");
        assert_eq!(Numbers::read("3-5,9,11-12"), numbers);
        assert_eq!(Numbers::read("x,4-,,7").ranges(), [(7, 7)]);
    }
}
