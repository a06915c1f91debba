//! Every link between pages leads to a page, and to a heading that is there.

use crate::harness::document::Document;
use crate::harness::places;

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    let mut seen = 0;
    for page in Document::all() {
        let folder = page.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in page.links().into_iter().filter(|link| !link.starts_with("https://")) {
            seen += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match (file, file.strip_prefix("../")) {
                ("", _) => page.name.clone(),
                (_, Some(above)) => above.to_owned(),
                _ if folder.is_empty() => file.to_owned(),
                _ => format!("{folder}/{file}"),
            };
            let is_there = places::workspace().join(&target).is_file()
                && (anchor.is_empty() || Document::read(&target).anchors().iter().any(|known| known == anchor));
            if !is_there {
                dead.push(format!("{}: {link}", page.name));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
    assert!(seen > 40, "the search finds {seen}");
}
