//! Every state of use, in each place where it is shown.

use crate::test_package::{COMPANY, E3, FREE, contoso, crowd, made, plain};
use beacon_api::{RowQuery, UseState, View};

const ANNA: &str = "00000000-0000-0000-0000-000000000001";

fn query(filter: &str) -> RowQuery {
    RowQuery { filter: Some(filter.to_owned()), ..RowQuery::default() }
}

#[test]
fn everybody_is_in_the_state_that_the_reports_tell() {
    let made = made(&[contoso()]);
    let state = |application: &str, days| {
        let query = RowQuery { days: Some(days), ..query(&format!("application_name:{application}")) };
        let rows = made.ask(View::Usage, query);
        let places = ["user_principal_name", "state"]
            .map(|id| 2 + rows.columns.iter().position(|column| column.id == id).unwrap());
        let text =
            |row: &Vec<_>| format!("{} {}", plain(&row[places[0]]).split_once('@').unwrap().0, plain(&row[places[1]]));
        rows.rows.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(state("Exchange", 90), ["anna used_within", "boris used_before", "clara never_used", "dora no_data"]);
    assert_eq!(state("Exchange", 7), ["anna used_before", "boris used_before", "clara never_used", "dora no_data"]);
    assert_eq!(state("Exchange", 180), ["anna used_within", "boris used_within", "clara never_used", "dora no_data"]);
    assert_eq!(state("Word", 90), ["anna used_within", "boris used_before", "clara used_unclear", "dora never_used"]);
    let concealed = ["anna never_used", "boris not_attributable", "clara not_attributable", "dora not_attributable"];
    assert_eq!(state("Teams", 90), concealed);
    // Anna has Visio off by one source only, Dora by her only one; Emil's assignment counts no seat.
    assert_eq!(state("Visio", 90), ["anna not_measured", "boris not_measured", "clara not_measured"]);
    let of = |state: &str| made.ask(View::Usage, query(&format!("state:{state}"))).total;
    let counts =
        ["used_within", "used_before", "used_unclear", "never_used", "no_data", "not_attributable", "not_measured"];
    assert_eq!(counts.map(of), [2, 2, 1, 3, 1, 3, 3]);
    assert_eq!(made.ask(View::Usage, RowQuery::default()).total, 15);
}

#[test]
fn applications_count_their_people() {
    let made = made(&[contoso(), contoso()]);
    let counts = |connection: Option<&str>| {
        let rows =
            made.ask(View::Applications, RowQuery { connection: connection.map(str::to_owned), ..RowQuery::default() });
        rows.rows.iter().map(|row| row.iter().map(plain).collect::<Vec<_>>().join(",")).collect::<Vec<_>>()
    };
    let one = [
        "c1,exchange,Exchange,4,1,0,1,1,1,0,0,2024-10-04,Tenant 1",
        "c1,teams,Teams,4,0,0,0,1,0,3,0,2024-10-04,Tenant 1",
        "c1,visio,Visio,3,0,0,0,0,0,0,3,-,Tenant 1",
        "c1,word,Word,4,1,1,1,1,0,0,0,2024-10-04,Tenant 1",
    ];
    assert_eq!(counts(Some("c1")), one);
    assert_eq!(counts(None)[0], ",exchange,Exchange,8,2,0,2,2,2,0,0,2024-10-04,Tenant 1, Tenant 2");
}

/// The package's own counting is done another way; both have to say the same.
#[test]
fn the_package_itself_counts_the_same_people() {
    for tables in [contoso(), crowd(400, 9)] {
        let made = made(&[tables]);
        for days in [7, 30, 90, 180] {
            let summary = beacon_package::read_use(&made.root.path().join("package-1"), days).unwrap();
            let rows = made.ask(View::Applications, RowQuery { days: Some(days), ..RowQuery::default() });
            assert_eq!(rows.total, summary.applications.len() as u64);
            for (row, told) in rows.rows.iter().zip(summary.applications) {
                let expected = [
                    told.people,
                    told.used_within,
                    told.used_unclear,
                    told.used_before,
                    told.never_used,
                    told.no_data,
                    told.not_attributable,
                    told.not_measured,
                ];
                let counts: Vec<_> = row[3..11].iter().map(|count| count.as_u64().unwrap()).collect();
                assert_eq!(counts, expected, "{} over {days} days", told.application_id);
                assert_eq!(row[11].as_str(), told.oldest_figure_on.as_deref());
            }
        }
    }
}

#[test]
fn one_person_with_everything() {
    let made = made(&[contoso()]);
    let anna = made.snapshots.person("c1", ANNA, None).unwrap();
    assert_eq!(anna.display_name.as_deref(), Some("Anna Äpfel"));
    assert_eq!(anna.last_sign_in_at.as_deref(), Some("2025-06-15T15:06:40Z"));
    let fact = |name: &str| anna.facts.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(fact("Account enabled"), Some("Yes"));
    assert_eq!(fact("Other addresses"), Some("smtp:a@x.example"));
    assert_eq!(fact("Given name"), Some("Anna"));
    assert_eq!(fact("Job title"), None);
    let licences: Vec<_> = anna.licences.iter().map(|one| (one.product_name.as_str(), one.sources.join("+"))).collect();
    let expected =
        [("Microsoft 365 E3", "direct+All staff".to_owned()), ("Microsoft Power Automate Free", "direct".to_owned())];
    assert_eq!(licences, expected);
    assert!(anna.licences.iter().all(|one| one.counts_seat && one.error.is_none()));
    let uses: Vec<_> = anna.uses.iter().map(|one| (one.application_name.as_str(), one.state)).collect();
    let expected = [
        ("Exchange", UseState::UsedWithin),
        ("Word", UseState::UsedWithin),
        ("Teams", UseState::NeverUsed),
        ("Visio", UseState::NotMeasured),
    ];
    assert_eq!(uses, expected);
    assert_eq!(anna.uses[0].last_activity_on.as_deref(), Some("2024-09-24"));
    assert_eq!(anna.uses[0].refreshed_on.as_deref(), Some("2024-10-04"));
    // An attempt is not a sign-in.
    let clara = made.snapshots.person("c1", &ANNA.replace('1', "3"), None).unwrap();
    assert_eq!(clara.last_sign_in_at, None);
    assert_eq!(clara.licences[0].sources, ["group-2"]);
    let emil = made.snapshots.person("c1", &ANNA.replace('1', "5"), None).unwrap();
    assert_eq!(emil.display_name, None);
    assert_eq!(emil.licences[0].error.as_deref(), Some("CountViolation"));
    assert!(!emil.licences[0].counts_seat);
}

#[test]
fn one_product_with_everything() {
    let made = made(&[contoso()]);
    let pane = made.snapshots.product("c1", E3, None).unwrap();
    assert_eq!((pane.product_name.as_str(), pane.people, pane.seats.enabled), ("Microsoft 365 E3", 4, 100));
    assert_eq!(pane.plans.len(), 4);
    assert_eq!(pane.plans[0].status.as_deref(), Some("Success"));
    assert_eq!(pane.subscriptions, ["SPE_E3: Enabled, 100 seats, next date 2027-01-15"]);
    let exchange = &pane.uses[0];
    assert_eq!(exchange.application_name, "Exchange");
    let states = [UseState::UsedWithin, UseState::UsedBefore, UseState::NeverUsed, UseState::NoData];
    assert_eq!(exchange.people, states.map(|state| (state, 1)));
    let free = made.snapshots.product("c1", FREE, None).unwrap();
    assert_eq!((free.people, free.uses.len()), (1, 0));
    let differences = made.snapshots.product_differences("c1").unwrap();
    let e3 = differences.iter().find(|one| one.sku_id == E3).unwrap();
    assert_eq!((e3.admin_center, e3.here), (7, 4));
    assert_eq!(e3.people, ["emil@x.example: assigned with the error CountViolation"]);
    let free = differences.iter().find(|one| one.sku_id == FREE).unwrap();
    assert_eq!((free.admin_center, free.here, free.people.len()), (1, 1, 0));
    assert!(differences.iter().all(|one| one.sku_id != COMPANY), "nobody has a seat of it");
}

#[test]
fn only_purchases_are_seats() {
    let made = made(&[contoso(), contoso()]);
    let one = made.snapshots.overview(Some("c2")).unwrap();
    let totals = one.totals;
    assert_eq!((totals.users, totals.enabled_users, totals.licensed_users), (5, 3, 4));
    assert_eq!((totals.products, totals.seats, totals.assigned, totals.applications), (2, 105, 7, 4));
    assert_eq!(one.totals, made.facts[1].totals);
    let all = made.snapshots.overview(None).unwrap();
    assert_eq!((all.connections, all.totals.users, all.totals.seats), (2, 10, 210));
    assert_eq!((all.totals.products, all.totals.applications), (2, 4), "the same ones in both");
    assert_eq!(all.oldest_import_at.as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(all.products[0].1, "Microsoft 365 E3");
    assert_eq!(all.uses[0].application_name, "Word");
    let kinds = made.column(View::Licences, "offer", RowQuery::default());
    assert_eq!(kinds, ["purchased", "for the organisation", "free"]);
    let seats =
        made.column(View::Licences, "available", RowQuery { sort: Some("consumed".into()), ..RowQuery::default() });
    assert_eq!(seats, ["2000000", "19998", "196"]);
}

#[test]
fn what_a_reader_must_know_is_said() {
    let made = made(&[contoso(), contoso()]);
    let rows = made.ask(View::Users, RowQuery::default());
    let said = |code: &str| rows.notices.iter().filter(|notice| notice.code == code).collect::<Vec<_>>();
    assert_eq!(said("table.skipped").len(), 4, "activations and storage of both");
    let skipped = said("table.skipped")[0];
    assert_eq!(skipped.title, "The table activations was not imported. The permission is missing.");
    assert_eq!((skipped.advice.as_str(), skipped.warning), ("Grant it.", false));
    assert_eq!(said("usage.concealed")[1].connection_name, "Tenant 2");
    let date = said("report.date")[0];
    assert_eq!(date.title, "The figures in usage are of 2024-10-04.");
    assert!(date.warning, "they are more than a year older than the import");
}
