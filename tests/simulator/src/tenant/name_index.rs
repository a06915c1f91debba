//! People in the order of their principal names, made on first need: four bytes a person, so that a page of a range
//! costs the same in a directory of a hundred and of a million.

use super::Tenant;

/// A range of principal names; both bounds belong to it, and case does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameRange {
    from: Option<String>,
    to: Option<String>,
}

impl NameRange {
    pub(crate) fn new(from: Option<&str>, to: Option<&str>) -> Self {
        Self { from: from.map(str::to_ascii_lowercase), to: to.map(str::to_ascii_lowercase) }
    }

    pub(crate) fn contains(&self, lower_case_name: &str) -> bool {
        self.from.as_ref().is_none_or(|from| lower_case_name >= from.as_str()) && !self.is_past(lower_case_name)
    }

    pub(crate) fn is_before(&self, lower_case_name: &str) -> bool {
        self.from.as_ref().is_some_and(|from| lower_case_name < from.as_str())
    }

    pub(crate) fn is_past(&self, lower_case_name: &str) -> bool {
        self.to.as_ref().is_some_and(|to| lower_case_name > to.as_str())
    }
}

/// The first sixteen bytes as a number that sorts like them: most comparisons need no more.
fn head(name: &str) -> u128 {
    let mut bytes = [0; 16];
    for (target, source) in bytes.iter_mut().zip(name.bytes()) {
        *target = source;
    }
    u128::from_be_bytes(bytes)
}

/// Positions of the generated people, ordered by generated name in lower case.
pub(super) fn build(tenant: &Tenant) -> Vec<u32> {
    let count = u32::try_from(tenant.generated_count()).unwrap_or(u32::MAX);
    let mut names = String::new();
    let mut order: Vec<(u128, u32)> = Vec::with_capacity(count as usize);
    let mut ends: Vec<u32> = Vec::with_capacity(count as usize + 1);
    ends.push(0);
    for position in 0..count {
        let name = tenant.generated_name(u64::from(position)).to_ascii_lowercase();
        order.push((head(&name), position));
        names.push_str(&name);
        ends.push(u32::try_from(names.len()).unwrap_or(u32::MAX));
    }
    let name = |position: u32| {
        let at = position as usize;
        match (ends.get(at), ends.get(at + 1)) {
            (Some(start), Some(end)) => names.get(*start as usize..*end as usize).unwrap_or_default(),
            _ => "",
        }
    };
    order.sort_unstable_by(|(left_head, left), (right_head, right)| {
        left_head.cmp(right_head).then_with(|| name(*left).cmp(name(*right)))
    });
    order.into_iter().map(|(_, position)| position).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TenantOptions;

    #[test]
    fn the_order_is_that_of_the_names() {
        let tenant = Tenant::new(&TenantOptions { users: 3_000, ..TenantOptions::default() });
        let lower = |position: u64| tenant.generated_name(position).to_ascii_lowercase();
        let mut expected: Vec<u64> = (0..3_000).collect();
        expected.sort_by_key(|position| lower(*position));
        assert_eq!(build(&tenant).into_iter().map(u64::from).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn bounds_belong_to_the_range_and_case_does_not_matter() {
        let range = NameRange::new(Some("B"), Some("d"));
        let inside = ["a", "b", "bx", "d", "da"].map(|name| range.contains(name));
        assert_eq!(inside, [false, true, true, true, false]);
        assert!(NameRange::default().contains("x"));
    }
}
