//! What a directory request costs, and how much there is (section 4 of the protocol reference).

/// Resource units per ten seconds for an application in a tenant of this size.
pub(super) fn units_per_window(users: u64) -> u64 {
    match users {
        0..50 => 3_500,
        50..=500 => 5_000,
        _ => 8_000,
    }
}

/// Resource units of a request; `None` for requests that other services answer.
pub(crate) fn resource_units(resource: &[&str], query: &str) -> Option<u64> {
    let base: i64 = match resource {
        ["reports" | "copilot" | "admin" | "oidc", ..] => return None,
        ["users" | "me", .., "licenseDetails"] => 2,
        ["users" | "me", .., "transitiveMemberOf"] => 2,
        ["me" | "users", _, "memberOf"] => 2,
        ["users"] | ["users", _] => 2,
        ["subscribedSkus"] => 3,
        ["groups", _, "members"] => 3,
        ["groups", _, "transitiveMembers"] => 5,
        ["directoryObjects", "getByIds"] => 3,
        _ => 1,
    };
    let options: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.trim_start_matches('$').to_ascii_lowercase(), value.into_owned()))
        .collect();
    let given = |wanted: &str| options.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let small_page = given("top").and_then(|top| top.parse().ok()).is_some_and(|top: u64| top < 20);
    let cost =
        base - i64::from(given("select").is_some()) + i64::from(given("expand").is_some()) - i64::from(small_page);
    Some(cost.max(1).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_those_of_the_reference() {
        for (resource, query, expected) in [
            (&["users"][..], "", Some(2)),
            (&["users"], "$select=id&$top=999", Some(1)),
            (&["users"], "%24select=id&$expand=manager", Some(2)),
            (&["users"], "$select=id&$top=5", Some(1)),
            (&["subscribedSkus"], "", Some(3)),
            (&["subscribedSkus"], "$select=skuId", Some(2)),
            (&["groups", "x", "transitiveMembers"], "", Some(5)),
            (&["directoryObjects", "getByIds"], "$select=id", Some(2)),
            (&["organization"], "", Some(1)),
            (&["reports", "getX"], "", None),
        ] {
            assert_eq!(resource_units(resource, query), expected, "{resource:?}?{query}");
        }
    }

    #[test]
    fn quotas_go_by_size() {
        assert_eq!([49, 50, 500, 501].map(units_per_window), [3_500, 5_000, 5_000, 8_000]);
    }
}
