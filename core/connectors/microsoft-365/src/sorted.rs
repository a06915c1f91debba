//! One way of sorting texts, because each kind of list that is sorted on its own costs kilobytes of code.

/// Each text once, in ascending order.
pub(crate) fn sorted<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut texts: Vec<&str> = texts.collect();
    sort(&mut texts);
    texts
}

fn sort(texts: &mut Vec<&str>) {
    texts.sort_unstable();
    texts.dedup();
}
