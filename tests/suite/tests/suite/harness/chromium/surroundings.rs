//! What a page cannot ask of its browser, and a person can: another zone, a small screen, paper.

use super::Browser;
use fantoccini::wd::PrintConfiguration;
use serde_json::json;

impl Browser {
    /// Moves the browser to a time zone, for pages that are opened from now on.
    #[track_caller]
    pub(crate) fn in_zone(&self, zone: &str) {
        self.protocol("Emulation.setTimezoneOverride", json!({ "timezoneId": zone }));
    }

    /// Shows the page on a screen of this size.
    #[track_caller]
    pub(crate) fn on_screen(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.protocol("Emulation.setDeviceMetricsOverride", size);
    }

    /// Prints the page as its reader would; the pages of paper.
    #[track_caller]
    pub(crate) fn prints(&self) -> usize {
        let paper = self.wait(self.session().print(PrintConfiguration::default())).expect("a print");
        let pages = memchr::memmem::find_iter(&paper, b"/Type /Page\n").count();
        assert!(pages > 0, "no page is found in {} bytes", paper.len());
        pages
    }
}
