//! The index against a map in memory.

use crate::address_index::AddressIndex;
use crate::address_lookup::Found;
use crate::address_record::AddressRank;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const SEED: [u8; 16] = *b"0123456789abcdef";
const RANKS: [AddressRank; 3] = [AddressRank::PrincipalName, AddressRank::Mail, AddressRank::Alternate];

fn guid(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// Finds the owner as the house defines it: the best rank decides, if one person has it.
fn expected(users: &[(String, Vec<(usize, String)>)], address: &str) -> Option<Option<String>> {
    let mut by_rank: BTreeMap<usize, BTreeSet<&String>> = BTreeMap::new();
    for (id, addresses) in users {
        for (rank, own) in addresses {
            if own.to_lowercase() == address.to_lowercase() {
                by_rank.entry(*rank).or_default().insert(id);
            }
        }
    }
    let (_, owners) = by_rank.pop_first()?;
    Some((owners.len() == 1).then(|| owners.into_iter().next().unwrap().clone()))
}

fn addresses() -> impl Strategy<Value = Vec<(usize, String)>> {
    prop::collection::vec((0..3usize, "[aAäÄßİb]{1,3}"), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn finding_equals_a_map(
        users in prop::collection::vec((any::<bool>(), addresses()), 0..60),
        asked in prop::collection::vec("[aAäÄßİb]{0,3}", 1..60),
        memory in prop_oneof![Just(0usize), Just(700), Just(1 << 20)],
    ) {
        let folder = tempfile::tempdir().unwrap();
        let id = |(number, plain): (usize, bool)| if plain { guid(number) } else { format!("User {number}") };
        let users: Vec<_> =
            users.into_iter().enumerate().map(|(number, (plain, of))| (id((number, plain)), of)).collect();
        let mut index = AddressIndex::create(folder.path(), SEED, memory).unwrap();
        for (id, addresses) in &users {
            let ranked = addresses.iter().map(|(rank, address)| (RANKS[*rank], address.as_str()));
            index.add(id.as_bytes(), ranked).unwrap();
        }
        prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "files have no names");
        let mut lookup = index.finish().unwrap();
        let own = users.iter().flat_map(|(_, addresses)| addresses.iter().map(|(_, address)| address.to_uppercase()));
        for address in asked.iter().cloned().chain(own) {
            for _ in 0..2 {
                let found = lookup.find(address.as_bytes()).unwrap();
                let found = match found {
                    Found::Nobody => None,
                    Found::Several => Some(None),
                    Found::Person => Some(Some(String::from_utf8(lookup.user_id().to_vec()).unwrap())),
                };
                prop_assert_eq!(&found, &expected(&users, &address), "{}", address);
            }
        }
    }
}

#[test]
fn many_runs_are_merged_before_they_become_too_many_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut index = AddressIndex::create(folder.path(), SEED, 0).unwrap();
    for number in 0..500 {
        let address = format!("person{number}@contoso.example");
        index.add(guid(number).as_bytes(), [(AddressRank::Mail, address.as_str())]).unwrap();
    }
    let mut lookup = index.finish().unwrap();
    for number in 0..500 {
        let address = format!("Person{number}@CONTOSO.example");
        assert_eq!(lookup.find(address.as_bytes()).unwrap(), Found::Person);
        assert_eq!(lookup.user_id(), guid(number).as_bytes());
    }
    assert_eq!(lookup.find(b"person500@contoso.example").unwrap(), Found::Nobody);
    assert_eq!(lookup.find(b"\xff").unwrap(), Found::Nobody);
}
