//! From the position of a scroll bar to rows, and back.
//!
//! No browser draws an element of any height. A list that is taller is scrolled in larger steps, in such a way that both
//! ends of the bar are both ends of the list to the pixel; what a step leaves out is kept beside the bar's position, so
//! that wheel and keys reach every row.

/// Height of a row in pixels, as in the stylesheet. The head of the table is as high.
pub(crate) const ROW: f64 = 34.0;

/// Taller than this an element is not drawn, or not precisely, by some browser.
pub(crate) const TALLEST: f64 = 15_000_000.0;

/// Rows above and below what is seen.
const SPARE: u64 = 8;

/// The rows that are in the page change in steps of so many.
const STEP: u64 = 8;

/// Places of rows are counted from a multiple of so many: pixels from the top of the whole list are too many.
const ANCHOR: u64 = 512;

/// What the scroll bar says. Heights are in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Scrolling {
    /// Rows of the whole list.
    pub(crate) rows: u64,
    /// Height of what is seen, without the head.
    pub(crate) view: f64,
    /// Position of the bar.
    pub(crate) top: f64,
    /// What its position does not say: less than one of its steps.
    pub(crate) rest: f64,
}

impl Scrolling {
    /// Height that the list gets.
    pub(crate) fn tall(self) -> f64 {
        self.whole().min(TALLEST)
    }

    /// Whether one step of the bar is more than one pixel of the list.
    pub(crate) fn is_scaled(self) -> bool {
        self.whole() > TALLEST
    }

    /// Rows from the first that has to be in the page to the one behind the last.
    pub(crate) fn window(self) -> (u64, u64) {
        let from = self.first().saturating_sub(SPARE) / STEP * STEP;
        let rows = to_rows((self.view / ROW).ceil()) + 2 * SPARE + STEP;
        (from, self.rows.min(from + rows))
    }

    /// The first row that is seen, be it in part.
    pub(crate) fn first(self) -> u64 {
        to_rows((self.pixel() / ROW).floor())
    }

    /// The row from which the places of rows in the page are counted, for a window that begins at `from`.
    pub(crate) fn anchor(from: u64) -> u64 {
        from / ANCHOR * ANCHOR
    }

    /// Where the rows have to begin within the drawn height, for rows whose places are counted from `anchor`.
    pub(crate) fn shift(self, anchor: u64) -> f64 {
        self.top - self.pixel() + pixels(anchor)
    }

    /// Rows of a page, less one that stays in sight.
    pub(crate) fn page(self) -> u64 {
        to_rows((self.view / ROW).floor()).saturating_sub(1).max(1)
    }

    /// Moved by so many pixels of the list.
    pub(crate) fn moved(self, by: f64) -> Self {
        self.at(self.pixel() + by)
    }

    /// Moved by as little as shows all of a row; itself if it does already.
    pub(crate) fn showing(self, row: u64) -> Self {
        let (above, below) = (pixels(row), pixels(row) + ROW - self.view);
        let pixel = self.pixel();
        if pixel > above {
            self.at(above)
        } else if pixel < below {
            self.at(below)
        } else {
            self
        }
    }

    /// With this pixel of the list at the top.
    fn at(self, pixel: f64) -> Self {
        let pixel = pixel.clamp(0.0, self.farthest());
        let scale = self.scale();
        // Bars stand on whole pixels.
        let top = (pixel / scale).round().clamp(0.0, self.lowest());
        let rest = if self.is_scaled() { pixel - top * scale } else { 0.0 };
        Self { top, rest, ..self }
    }

    /// The pixel of the list that is at the top.
    fn pixel(self) -> f64 {
        // A screen with fractions of pixels stops less than one of them before the end.
        let at_end = self.is_scaled() && self.rest == 0.0 && self.lowest() - self.top < 1.0;
        let pixel = if at_end { self.farthest() } else { self.top * self.scale() + self.rest };
        pixel.clamp(0.0, self.farthest())
    }

    fn whole(self) -> f64 {
        pixels(self.rows)
    }

    /// The last position of the bar.
    fn lowest(self) -> f64 {
        (self.tall() - self.view).max(0.0)
    }

    /// The pixel of the list that is at the top then.
    fn farthest(self) -> f64 {
        (self.whole() - self.view).max(0.0)
    }

    fn scale(self) -> f64 {
        if self.is_scaled() { self.farthest() / self.lowest().max(1.0) } else { 1.0 }
    }
}

/// Height of so many rows.
#[expect(clippy::cast_precision_loss, reason = "rows are below 2^53")]
pub(crate) fn pixels(rows: u64) -> f64 {
    rows as f64 * ROW
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows, not negative")]
fn to_rows(rows: f64) -> u64 {
    rows.max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing, less than a screen, what fits, one more than fits, a million people, and all that they use.
    const SIZES: [u64; 7] = [0, 3, 120, 441_176, 441_177, 1_000_000, 36_000_000];

    fn list(rows: u64) -> Scrolling {
        Scrolling { rows, view: 606.0, ..Scrolling::default() }
    }

    /// Place of a row below the head, as the browser computes it.
    fn seen_at(scrolling: Scrolling, row: u64) -> f64 {
        let (from, to) = scrolling.window();
        assert!((from..to).contains(&row), "{row} is not in the page: {from}..{to}, {scrolling:?}");
        let anchor = Scrolling::anchor(from);
        scrolling.shift(anchor) + pixels(row - anchor) - scrolling.top
    }

    #[test]
    fn both_ends_of_the_bar_are_both_ends_of_the_list() {
        for rows in SIZES.into_iter().filter(|rows| *rows > 0) {
            let begin = list(rows);
            assert!(begin.tall() <= TALLEST);
            assert_eq!((begin.first(), seen_at(begin, 0)), (0, 0.0), "{rows}");
            let lowest = (begin.tall() - begin.view).max(0.0);
            for top in [lowest, (lowest - 0.6).max(0.0)] {
                let end = Scrolling { top, ..begin };
                let bottom = seen_at(end, rows - 1) + ROW;
                let gap = bottom - end.view.min(pixels(rows));
                assert!(if end.is_scaled() { gap.abs() < 1e-6 } else { gap.abs() < 1.0 }, "{rows}: {gap}");
            }
        }
    }

    #[test]
    fn what_has_to_be_in_the_page_covers_what_is_seen_and_is_little() {
        for rows in SIZES {
            for part in 0..=1_000_u32 {
                let begin = list(rows);
                let top = (begin.tall() - begin.view).max(0.0) * f64::from(part) / 1_000.0;
                let scrolling = Scrolling { top, ..begin };
                let (from, to) = scrolling.window();
                assert!(to - from <= 60 && to <= rows, "{rows}: {from}..{to}");
                let last = (scrolling.first() + 18).min(rows);
                assert!(from <= scrolling.first() && last <= to, "{rows}: {from}..{to} at {top}");
            }
        }
    }

    #[test]
    fn every_row_is_shown_whole_wherever_one_comes_from() {
        for rows in SIZES.into_iter().filter(|rows| *rows > 0) {
            let mut scrolling = list(rows);
            let places = [0, rows - 1, rows / 2, rows / 2 + 1, rows / 2 + 40, rows / 3, 1, rows - 1, rows / 7, 0];
            for row in places.into_iter().map(|row| row.min(rows - 1)) {
                scrolling = scrolling.showing(row);
                let place = seen_at(scrolling, row);
                assert!(place > -0.01 && place + ROW < scrolling.view + 0.01, "{rows}, {row}: {place}, {scrolling:?}");
                assert_eq!(scrolling.showing(row), scrolling, "{rows}, {row}");
            }
        }
    }

    #[test]
    fn a_wheel_passes_every_row() {
        for rows in SIZES {
            let mut scrolling = list(rows).showing(rows / 2);
            for _ in 0..2_000 {
                let next = scrolling.moved(100.0);
                assert!(next.first() <= scrolling.first() + 3, "{rows}: {scrolling:?} to {next:?}");
                scrolling = next;
            }
            let (back, again) = (scrolling.moved(-100.0), scrolling.moved(-100.0).moved(100.0));
            assert!(rows < 60 || back.first() < scrolling.first(), "{rows}");
            assert_eq!(again.first(), scrolling.first(), "{rows}");
        }
    }

    #[test]
    fn a_page_leaves_one_row_in_sight() {
        assert_eq!(list(1_000).page(), 16);
        assert_eq!(Scrolling::default().page(), 1);
    }
}
