//! What a tenant has a product by. Only a purchase counts as seats that cost money.
//!
//! Free products report 10,000 or 1,000,000 units, so their units say nothing; but so may a large purchase, so units
//! alone say nothing either. The product's own name decides, and its subscriptions for trials.

use crate::catalog::Product;

/// Purchased, as far as anybody can tell.
pub(crate) const PURCHASED: &str = "purchased";
/// For the tenant as a whole; people have no seats in it.
pub(crate) const COMPANY: &str = "for the organisation";
/// Free of charge, taken by people themselves or offered to everybody.
pub(crate) const FREE: &str = "free";
/// Every subscription of it is a trial.
pub(crate) const TRIAL: &str = "trial";

/// Free products that neither part number nor name tells to be.
const KNOWN_FREE: [&str; 7] = [
    "MICROSOFT_BUSINESS_CENTER",
    "POWERAPPS_DEV",
    "POWERAPPS_INDIVIDUAL_USER",
    "POWER_BI_STANDARD",
    "RIGHTSMANAGEMENT_ADHOC",
    "STREAM",
    "WINDOWS_STORE",
];

/// Words in part numbers and names of free products.
const FREE_WORDS: [&str; 4] = ["FREE", "VIRAL", "EXPLORATORY", "VTRIAL"];

/// Words in part numbers and names of trials.
const TRIAL_WORDS: [&str; 1] = ["TRIAL"];

/// `trials` are all subscriptions of the product: whether each is a trial.
pub(crate) fn offer_of(product: &Product, trials: &[bool]) -> &'static str {
    let part_number = product.part_number.as_deref().unwrap_or_default().to_ascii_uppercase();
    let name = product.name.as_deref().unwrap_or_default().to_ascii_uppercase();
    let words: Vec<_> = [&part_number, &name]
        .into_iter()
        .flat_map(|text| text.split(|character: char| !character.is_alphanumeric()))
        .collect();
    let has_any = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if product.applies_to.as_deref() == Some("Company") {
        COMPANY
    } else if has_any(&FREE_WORDS) || KNOWN_FREE.contains(&part_number.as_str()) {
        FREE
    } else if has_any(&TRIAL_WORDS) || (!trials.is_empty() && trials.iter().all(|is_trial| *is_trial)) {
        TRIAL
    } else {
        PURCHASED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_bought_is_purchased() {
        let check = |part_number: &str, applies_to: &str, trials: &[bool], expected| {
            let product = Product {
                part_number: Some(part_number.into()),
                applies_to: Some(applies_to.into()),
                units: [10_000, 0, 0, 0],
                ..Product::default()
            };
            assert_eq!(offer_of(&product, trials), expected, "{part_number}");
        };
        check("SPE_E3", "User", &[false, true], PURCHASED);
        check("SPE_E3", "User", &[], PURCHASED);
        check("SPE_E3", "User", &[true], TRIAL);
        check("FLOW_FREE", "User", &[], FREE);
        check("POWERAPPS_VIRAL", "User", &[false], FREE);
        check("POWER_BI_STANDARD", "User", &[false], FREE);
        check("SHAREPOINTSTORAGE", "Company", &[false], COMPANY);
        check("FREEDOM_PLAN", "User", &[false], PURCHASED);
    }
}
