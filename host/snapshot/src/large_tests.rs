//! More people than fit into one part, and more values than fit into a dictionary.

use crate::ExportFormat;
use crate::test_package::{E3, MAIL_PLAN, Made, TableRows, made, rows};
use beacon_api::{RowQuery, UseState, View};

/// Beyond one part of people.
const PEOPLE: u32 = 66_000;

/// A number that spreads over all others, so that names come in another order than ids.
fn spread(number: u32) -> u32 {
    number * 7_919 % PEOPLE
}

fn large() -> Made {
    let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let user = |number: u32| {
        let id = format!("{number:06}");
        let name = format!("Name {:06}", spread(number));
        texts(&[
            &id,
            &name,
            &format!("{id}@x.example"),
            &format!("Department {}", number % 3),
            &format!("title {name}"),
        ])
    };
    let assigned = (0..PEOPLE).step_by(2).map(|number| texts(&[&format!("{number:06}"), E3, "direct", "true"]));
    // Reports tell of the first and of the last part.
    let used = [7, PEOPLE - 2].map(|number| {
        texts(&[&format!("{number:06}@x.example"), "exchange", "any", "mail", "180", "true", "19999", "20000"])
    });
    made(&[vec![
        rows("products", &["sku_id"], &[&[E3]]),
        rows("product_plans", &["sku_id", "plan_id"], &[&[E3, MAIL_PLAN]]),
        rows(
            "applications",
            &["application_id", "application_name", "plan_ids", "measured_by"],
            &[&["exchange", "Exchange", MAIL_PLAN, "mail"]],
        ),
        TableRows {
            table: "users",
            columns: vec!["user_id", "display_name", "user_principal_name", "department", "job_title"],
            rows: (0..PEOPLE).map(user).collect(),
        },
        TableRows {
            table: "assignments",
            columns: vec!["user_id", "sku_id", "source", "counts_seat"],
            rows: assigned.collect(),
        },
        TableRows {
            table: "usage",
            columns: vec![
                "user_key",
                "application_id",
                "platform",
                "report",
                "period_days",
                "attributable",
                "last_activity_on",
                "refreshed_on",
            ],
            rows: used.to_vec(),
        },
    ]])
}

#[test]
fn people_beyond_one_part_are_people_as_well() {
    let made = large();
    let query = |sort: &str, offset: u64| RowQuery { sort: Some(sort.into()), offset, ..RowQuery::default() };
    let names = made.column(View::Users, "display_name", query("display_name", 65_500));
    let expected: Vec<_> = (65_500..65_600).map(|number| format!("Name {number:06}")).collect();
    assert_eq!(names, expected);
    // Too many titles for a dictionary: sorted and filtered all the same, but nothing to choose from.
    assert_eq!(made.column(View::Users, "display_name", query("job_title", 65_500)), expected);
    let filter = |filter: &str| RowQuery { filter: Some(filter.into()), ..RowQuery::default() };
    assert_eq!(made.column(View::Users, "display_name", filter("job_title:title Name 065999")), ["Name 065999"]);
    let columns = made.ask(View::Users, RowQuery::default()).columns;
    let choices = |id: &str| columns.iter().find(|column| column.id == id).unwrap().choices.len();
    assert_eq!((choices("job_title"), choices("department")), (0, 3));
    assert_eq!(made.ask(View::Users, filter("department:Department 2")).total, u64::from(PEOPLE / 3));
    let search = |text: &str| RowQuery { search: Some(text.into()), ..RowQuery::default() };
    assert_eq!(made.column(View::Users, "user_principal_name", search("065998@")), ["065998@x.example"]);
    assert_eq!(made.ask(View::Users, search("@x.")).total, u64::from(PEOPLE));

    let usage = made.ask(View::Usage, RowQuery::default());
    assert_eq!(usage.total, u64::from(PEOPLE / 2 + 1), "those who hold it, and one who does not");
    let used = made.column(View::Usage, "user_principal_name", filter("state:used_within"));
    assert_eq!(used, ["000007@x.example", "065998@x.example"]);
    let last = made.column(View::Usage, "user_principal_name", query("last_activity_on", 0));
    assert_eq!(last[..2], used[..]);
    let person = made.snapshots.person("c1", "065998", None).unwrap();
    assert_eq!((person.uses[0].state, person.licences.len()), (UseState::UsedWithin, 1));
    let product = made.snapshots.product("c1", E3, None).unwrap();
    assert_eq!(product.people, u64::from(PEOPLE / 2));
    assert_eq!(product.uses[0].people, [(UseState::UsedWithin, 1), (UseState::NoData, u64::from(PEOPLE / 2 - 1))]);
    let rows = made.snapshots.export(View::Users, &query("display_name", 0), ExportFormat::Csv, std::io::sink());
    assert_eq!(rows.unwrap(), u64::from(PEOPLE));
}
