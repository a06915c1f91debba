//! Searches, filters, sorting and paging, and questions that make no sense.

use crate::test_package::{contoso, crowd, made};
use crate::{SnapshotError, Snapshots};
use beacon_api::{RowQuery, View};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn search(text: &str) -> RowQuery {
    RowQuery { search: Some(text.to_owned()), ..RowQuery::default() }
}

fn sorted(column: &str, descending: bool) -> RowQuery {
    RowQuery { sort: Some(column.to_owned()), descending, ..RowQuery::default() }
}

fn filtered(filter: &str) -> RowQuery {
    RowQuery { filter: Some(filter.to_owned()), ..RowQuery::default() }
}

#[test]
fn a_search_finds_any_part_in_any_case() {
    let made = made(&[contoso()]);
    let check = |text: &str, expected: &[&str]| {
        let found = made.column(View::Users, "user_principal_name", search(text));
        let names: Vec<_> = found.iter().map(|name| name.split('@').next().unwrap()).collect();
        assert_eq!(names, expected, "{text:?}");
    };
    check("ANNA", &["anna"]);
    check("nna ä", &["anna"]);
    check("ÄPF", &["anna"]);
    check("ä", &["anna"]);
    check("or", &["boris", "dora"]);
    check("sales", &["anna", "boris"]);
    check("e2", &["boris"]);
    check("100%", &["boris"]);
    check("%", &["boris"]);
    check("_", &["boris"]);
    check("\"near\"", &["boris"]);
    check("*", &["boris"]);
    check("b*", &["boris"]);
    check("NEAR(a b)", &[]);
    check("anna OR boris", &[]);
    check("'; DROP TABLE people; --", &[]);
    check("anna@x.exampleanna", &[]);
    check("  ", &["anna", "boris", "clara", "dora", "emil"]);
    // The name of an application finds everybody of it; a person all of theirs.
    let usage = |text: &str| made.ask(View::Usage, search(text)).total;
    assert_eq!((usage("visio"), usage("anna"), usage("o")), (3, 4, 11));
    assert_eq!(made.ask(View::Licences, search("power AUTO")).total, 1);
    assert_eq!(made.ask(View::Applications, search("TEAM")).total, 1);
}

#[test]
fn sorted_both_ways_with_nothing_last() {
    let made = made(&[contoso()]);
    let names = |query| made.column(View::Users, "display_name", query);
    let up = ["=Clara", "Anna Äpfel", "boris 100% \"NEAR\" _b*", "Dora", "-"];
    assert_eq!(names(sorted("display_name", false)), up);
    let down = ["Dora", "boris 100% \"NEAR\" _b*", "Anna Äpfel", "=Clara", "-"];
    assert_eq!(names(sorted("display_name", true)), down);
    let departments = |down| made.column(View::Users, "department", sorted("department", down));
    assert_eq!(departments(false), ["R|D", "Sales", "sales", "-", "-"]);
    assert_eq!(departments(true), ["Sales", "sales", "R|D", "-", "-"]);
    let created = made.column(View::Users, "created_at", sorted("created_at", true));
    assert_eq!(created, ["2023-11-14T22:13:20.000001Z", "2020-09-13T12:26:40Z", "-", "-", "-"]);
    let used =
        made.column(View::Users, "applications_used", RowQuery { days: Some(90), ..sorted("applications_used", true) });
    assert_eq!(used, ["2", "0", "0", "0", "0"]);
    let products = made.column(View::Users, "products", sorted("products", true));
    assert_eq!(products, ["2", "1", "1", "1", "0"]);
    let last = |down| made.column(View::Usage, "last_activity_on", sorted("last_activity_on", down));
    assert_eq!(last(false)[..3], ["2024-06-26", "2024-09-24", "-"]);
    assert_eq!(last(true)[..3], ["2024-09-24", "2024-06-26", "-"]);
    let states = made.column(View::Usage, "state", sorted("state", false));
    assert_eq!((states[0].as_str(), states[14].as_str()), ("used_within", "not_measured"));
    let names = made.column(View::Usage, "application_name", sorted("application_name", true));
    assert_eq!((names[0].as_str(), names[14].as_str()), ("Word", "Exchange"));
}

#[test]
fn filters_compare_whole_values() {
    let made = made(&[contoso()]);
    let check = |view, filter: &str, expected| assert_eq!(made.ask(view, filtered(filter)).total, expected, "{filter}");
    check(View::Users, "department:Sales", 1);
    check(View::Users, "department:Sales|department:sales", 2);
    check(View::Users, r"department:R\|D", 1);
    check(View::Users, "department:", 2);
    check(View::Users, "department:nobody", 0);
    check(View::Users, "account_enabled:true|user_type:Member", 2);
    check(View::Users, "account_enabled:", 1);
    check(View::Users, "display_name:Dora", 1);
    check(View::Users, "display_name:", 1);
    check(View::Users, "products:1", 3);
    check(View::Users, "created_at:2020-09-13T12:26:40Z", 1);
    check(View::Users, &format!("product:{}", crate::test_package::FREE), 1);
    check(View::Users, "product:none", 0);
    check(View::Usage, "application_name:Word|state:never_used", 1);
    check(View::Usage, "department:Sales", 4);
    check(View::Licences, "offer:free", 1);
    check(View::Applications, "application_name:Word", 1);
}

#[test]
fn columns_say_what_can_be_chosen() {
    let made = made(&[contoso(), contoso()]);
    let columns = made.ask(View::Users, RowQuery::default()).columns;
    let column = |id: &str| columns.iter().find(|column| column.id == id).unwrap();
    assert_eq!(column("user_type").choices, ["Member", "Guest"]);
    assert_eq!(column("account_enabled").choices, ["true", "false"]);
    assert_eq!(column("department").choices, ["R|D", "Sales", "sales"]);
    assert!(column("display_name").choices.is_empty() && column("display_name").sortable);
    assert!(column("connection_name").shown && !column("mail").shown);
    let columns = made.ask(View::Usage, RowQuery { connection: Some("c1".into()), ..RowQuery::default() }).columns;
    assert_eq!(columns.iter().find(|column| column.id == "state").unwrap().choices.len(), 7);
    assert!(!columns[0].shown, "one connection needs no name");
}

#[test]
fn beyond_the_end_there_is_nothing() {
    let made = made(&[contoso(), contoso()]);
    for view in View::ALL {
        for offset in [1_000, u64::MAX] {
            let rows = made.ask(view, RowQuery { offset, ..RowQuery::default() });
            assert!(rows.rows.is_empty() && rows.total > 0, "{view:?}");
        }
    }
}

#[test]
fn a_question_that_makes_no_sense_names_its_field() {
    let made = made(&[contoso()]);
    let check = |view, query: RowQuery, field: &str, code: &str| {
        let error = made.snapshots.rows(view, &query).unwrap_err();
        assert_eq!((error.field(), error.code()), (Some(field), code), "{query:?}");
        assert!(!error.advice().is_empty() && error.is_bad_question());
    };
    for view in View::ALL {
        check(view, sorted("x'); DROP TABLE people", false), "sort", "data.column_unknown");
        check(view, filtered("nothing:1"), "filter", "data.column_unknown");
        check(view, filtered("without a colon"), "filter", "data.filter_unclear");
        check(view, RowQuery { limit: Some(501), ..RowQuery::default() }, "limit", "data.limit");
        check(view, RowQuery { limit: Some(0), ..RowQuery::default() }, "limit", "data.limit");
        check(view, RowQuery { days: Some(91), ..RowQuery::default() }, "days", "data.days");
        check(
            view,
            RowQuery { connection: Some("c9".into()), ..RowQuery::default() },
            "connection",
            "data.connection_unknown",
        );
        check(view, search(&"x".repeat(201)), "search", "data.search");
    }
    check(View::Users, filtered("account_enabled:perhaps"), "filter", "data.filter_unclear");
    check(View::Users, filtered("used_90:1"), "filter", "data.column_unknown");
    check(View::Usage, filtered("state:idle"), "filter", "data.filter_unclear");
    let error = made.snapshots.person("c1", "nobody", None).unwrap_err();
    assert_eq!(error.code(), "data.person_unknown");
    let error = made.snapshots.product("c1", "nothing", None).unwrap_err();
    assert_eq!(error.code(), "data.product_unknown");
    assert_eq!(made.snapshots.person("", "x", None).unwrap_err().field(), Some("connection"));
    let nobody = Snapshots::default();
    assert_eq!(nobody.rows(View::Users, &RowQuery::default()).unwrap().total, 0);
    assert!(matches!(nobody.product_differences("c1"), Err(SnapshotError::UnknownConnection(_))));
}

#[test]
fn several_tenants_are_one_list() {
    let made = made(&[crowd(300, 1), crowd(200, 2), crowd(1, 3)]);
    let limit = Some(500);
    for (column, descending) in [("display_name", false), ("display_name", true), ("department", true)] {
        let names = made.column(View::Users, column, RowQuery { limit, ..sorted(column, descending) });
        let rest = made.column(View::Users, column, RowQuery { limit, offset: 500, ..sorted(column, descending) });
        let all: Vec<_> = names.into_iter().chain(rest).collect();
        let mut expected = all.clone();
        expected.sort_by_key(|name| name.to_lowercase());
        if descending {
            expected.reverse();
        }
        expected.sort_by_key(|name| name == "-");
        assert_eq!((all.len(), &all), (501, &expected), "{column}");
    }
    let mixed = made.column(View::Users, "connection_name", sorted("display_name", false));
    assert!(mixed.iter().collect::<BTreeSet<_>>().len() > 1, "both large ones are on the first page");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn paging_gives_each_row_once_and_in_the_order_of_one_page(
        sizes in prop::collection::vec(0u32..70, 1..4),
        page in 1u32..40,
        descending: bool,
        searching: bool,
    ) {
        let tenants: Vec<_> = (0..).zip(&sizes).map(|(seed, size)| crowd(*size, seed * 100)).collect();
        let made = made(&tenants);
        let sorts = [
            (View::Users, vec!["", "display_name", "department", "applications_used", "account_enabled"]),
            (View::Usage, vec!["", "display_name", "department", "application_name", "state", "last_activity_on"]),
        ];
        for (view, sorts) in sorts {
            for sort in sorts {
                let query = RowQuery {
                    sort: Some(sort.to_owned()),
                    descending,
                    search: searching.then(|| "Name 1".to_owned()),
                    limit: Some(500),
                    ..RowQuery::default()
                };
                let whole = made.ask(view, query.clone());
                prop_assert_eq!(whole.total, whole.rows.len() as u64);
                let keys: BTreeSet<_> =
                    whole.rows.iter().map(|row| format!("{} {}", row[0], row[1])).collect();
                prop_assert_eq!(keys.len() as u64, whole.total, "each once");
                let mut paged = Vec::new();
                for offset in (0..=whole.total).step_by(page as usize) {
                    let part = made.ask(view, RowQuery { offset, limit: Some(page), ..query.clone() });
                    prop_assert_eq!(part.total, whole.total);
                    paged.extend(part.rows);
                }
                prop_assert_eq!(&paged, &whole.rows, "{:?} by {}", view, sort);
            }
        }
    }
}
