//! Names, from clean and dirty lists.

use crate::names::{NameSource, NameTable};
use crate::{PackageError, ProductList, update_names};

const HEAD: &str = "\u{feff}Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,\
    Service_Plans_Included_Friendly_Names\r\n";

/// A list of enough products: a known one with all the dirt, and others that nobody knows.
fn dirty() -> String {
    let mut list = HEAD.to_owned();
    list.push_str(
        "Office\u{a0}365 E3,\u{a0}ENTERPRISEPACK ,6FD2C87F-B296-42F0-B197-1E91E994B900\u{a0},EXCHANGE_S_ENTERPRISE\t,",
    );
    list.push_str("efb87545-963c-4e0d-99df-69c6916d9eb0,Exchange Online  (Plan 2)\r\n");
    list.push_str("Another name,ENTERPRISEPACK,6fd2c87f-b296-42f0-b197-1e91e994b900,EXCHANGE_S_ENTERPRISE,");
    list.push_str("efb87545-963c-4e0d-99df-69c6916d9eb0,Another plan name\r\n");
    list.push_str("\"Planner, \"\"new\"\"\",PLANNER,00000000-0000-0000-0000-000000000001,P,");
    list.push_str("00000000-0000-0000-0000-0000000000aa,Plan\r\n");
    for number in 2..60 {
        let line = format!(
            "Product {number},SAME,00000000-0000-0000-0000-{number:012},P,00000000-0000-0000-0000-0000000000aa,Plan\r\n"
        );
        list.push_str(&line);
    }
    list
}

fn why(list: &str) -> String {
    ProductList::read(list.as_bytes()).unwrap_err().to_string()
}

#[test]
fn dirt_is_cleaned_and_the_first_line_of_an_id_counts() {
    let names = NameTable::parse_microsoft_csv(dirty().as_bytes()).unwrap();
    assert_eq!((names.products().len(), names.plans().len()), (60, 2));
    let id = "6fd2c87f-b296-42f0-b197-1e91e994b900";
    assert_eq!(names.product_name(id, None), Some("Office 365 E3"));
    assert_eq!(names.product_name(&id.to_uppercase(), None), Some("Office 365 E3"));
    assert_eq!(names.product_name("unknown", Some("enterprisepack")), Some("Office 365 E3"));
    assert_eq!(names.product_name("unknown", Some("SAME")), None, "an ambiguous part number names nothing");
    assert_eq!(names.product_name("00000000-0000-0000-0000-000000000001", None), Some("Planner, \"new\""));
    assert_eq!(names.plan_name("efb87545-963c-4e0d-99df-69c6916d9eb0"), Some("Exchange Online (Plan 2)"));
    assert_eq!(names.products()[id].code, "ENTERPRISEPACK");
}

#[test]
fn a_wrong_file_is_refused_with_the_reason() {
    assert_eq!(why("a,b\n1,2\n"), "the product names are unusable: the column Product_Display_Name is missing");
    assert!(why(&dirty().replacen("Service_Plan_Id", "Plan_Id", 1)).ends_with("the column Service_Plan_Id is missing"));
    let bad_id = dirty().replace("00000000-0000-0000-0000-000000000001", "none");
    let blank_line = dirty().replacen("\r\n", "\r\n\r\n", 1);
    assert!(ProductList::read(blank_line.as_bytes()).is_ok());
    assert!(why(&bad_id).ends_with("line 4 has no product id but \"none\""), "{}", why(&bad_id));
    let few: String = dirty().split_inclusive('\n').take(20).collect();
    assert!(why(&few).contains("only 18 products"), "{}", why(&few));
    let unknown = dirty().replace("6FD2C87F", "00000000").replace("6fd2c87f", "00000000");
    assert!(why(&unknown).contains("none of the best-known products"));
}

#[test]
fn an_update_happens_at_once_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (list, data) = (folder.path().join("list.csv"), folder.path().join("data/names.tsv"));
    std::fs::write(&list, dirty()).unwrap();
    let names = update_names(&list, &data).unwrap();
    assert_eq!(NameTable::load(&data).unwrap(), names);
    assert_eq!(names.digest().len(), 64);
    std::fs::write(&list, "nonsense").unwrap();
    assert!(update_names(&list, &data).is_err());
    assert_eq!(NameTable::load(&data).unwrap(), names, "a failed update leaves the names as they were");
    std::fs::write(&data, "beacon-names\t1\nproduct\tx\n").unwrap();
    let error = NameTable::load(&data).unwrap_err();
    assert!(matches!(&error, PackageError::Names { why } if why == "line 2 does not have four parts"), "{error}");
}

#[test]
fn the_embedded_names_are_whole_and_in_their_own_form() {
    let names = NameTable::embedded();
    assert!(names.products().len() > 150 && names.plans().len() > 300);
    assert_eq!(names.to_text(), include_str!("../names/common.tsv"));
    assert_eq!(names.product_name("05e9a617-0261-4cee-bb44-138d3ef5d965", None), Some("Microsoft 365 E3"));
    assert_eq!(names.plan_name("efb87545-963c-4e0d-99df-69c6916d9eb0"), Some("EXCHANGE ONLINE (PLAN 2)"));
}
