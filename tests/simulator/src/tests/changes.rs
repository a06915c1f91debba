//! A directory that changes while somebody reads it, and ranges of names through all of that.

use super::client::{Bench, json};
use crate::{Change, FaultKind, FaultRule, Period, Report, SimulatorOptions};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const USERS: &str = "/v1.0/users";
const LIST: &str = "/v1.0/users?$select=id,userPrincipalName&$top=50";

fn names(people: &[Value]) -> Vec<String> {
    people.iter().map(|person| person["userPrincipalName"].as_str().unwrap().to_owned()).collect()
}

async fn count(bench: &Bench, token: &str, query: &str) -> u64 {
    let url = format!("{}{USERS}/$count{query}", bench.simulator.graph_origin());
    let answer = bench.http.get(url).bearer_auth(token).header("ConsistencyLevel", "eventual").send().await.unwrap();
    answer.text().await.unwrap().parse().unwrap()
}

#[tokio::test]
async fn changes_before_a_page_show_from_that_page_on() {
    let bench = Bench::start(400).await;
    let token = bench.application_token().await;
    let rename = Change::Rename { position: 210, new_upn: "new.name@contoso.example".into() };
    for (page, change) in [
        (3, rename),
        (3, Change::Delete { position: 10 }),
        (3, Change::Delete { position: 300 }),
        (4, Change::Create { user_principal_name: None }),
    ] {
        bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::DirectoryChange { change }).on_page(page));
    }
    let before: Vec<String> = bench.simulator.ground_truth().users().map(|user| user.id.to_string()).collect();
    let people = bench.all_pages(&token, LIST).await;
    let ids: Vec<&str> = people.iter().map(|person| person["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 400, "one less, one more");
    assert!(ids.contains(&before[10].as_str()) && !ids.contains(&before[300].as_str()));
    assert!(names(&people).contains(&"new.name@contoso.example".to_owned()));
    let truth = bench.simulator.ground_truth();
    assert_eq!(truth.users().count(), 399);
    assert!(truth.users().any(|user| user.index == 400));
    let renamed = bench.simulator.tenant().user(210);
    assert!(renamed.proxy_addresses.contains(&"SMTP:new.name@contoso.example".to_owned()));
    assert_eq!(bench.simulator.tenant().index_of_principal_name("NEW.name@contoso.example"), Some(210));
    assert_eq!(bench.graph(&token, &format!("{USERS}/{}", before[300])).await.status(), 404);

    assert_eq!(count(&bench, &token, "").await, 399);
    assert!(bench.simulator.change(Change::Delete { position: 300 }).is_err());
}

#[tokio::test]
async fn deleted_people_return_their_licences_and_show_in_reports_two_days_later() {
    let bench = Bench::start(300).await;
    let token = bench.application_token().await;
    let truth = bench.simulator.ground_truth();
    let facts = truth.usage_in(Report::EmailActivity, Period::D180).filter(|fact| fact.user_id.is_some());
    let fact = facts.into_iter().find(|fact| fact.position > 3).unwrap();
    let user = bench.simulator.tenant().user(fact.position);
    let units = async || {
        let (_, body) = bench.graph_json(&token, "/v1.0/subscribedSkus?$select=consumedUnits").await;
        let units = body["value"].as_array().unwrap().iter().map(|sku| sku["consumedUnits"].as_u64().unwrap());
        units.sum::<u64>()
    };
    let before = units().await;
    bench.simulator.change(Change::Delete { position: fact.position }).unwrap();
    assert_eq!(units().await, before - user.assigned_licenses.len() as u64);
    let reported = |bench: &Bench| {
        let truth = bench.simulator.ground_truth();
        truth.usage_in(Report::EmailActivity, Period::D180).find(|other| other.position == fact.position).unwrap()
    };
    let soon = reported(&bench);
    assert_eq!((soon.user_id, soon.is_deleted), (None, false), "the report is older than the deletion");
    bench.simulator.clock().advance(Duration::from_secs(3 * 86_400));
    let later = reported(&bench);
    assert!(later.is_deleted && later.deleted_on.is_some());
}

#[tokio::test]
async fn a_new_name_reaches_the_reports_two_days_later() {
    let bench = Bench::start(100).await;
    let truth = bench.simulator.ground_truth();
    let facts = truth.usage_in(Report::EmailActivity, Period::D30);
    let fact = facts.into_iter().find(|fact| fact.user_id.is_some() && fact.position > 3).unwrap();
    let new_upn = "x.changed@contoso.example".to_owned();
    bench.simulator.change(Change::Rename { position: fact.position, new_upn: new_upn.clone() }).unwrap();
    let reported = || {
        let truth = bench.simulator.ground_truth();
        let mut facts = truth.usage_in(Report::EmailActivity, Period::D30);
        facts.find(|other| other.position == fact.position).unwrap().reported_name.to_lowercase()
    };
    assert_eq!(reported(), fact.reported_name.to_lowercase());
    bench.simulator.clock().advance(Duration::from_secs(3 * 86_400));
    assert_eq!(reported(), new_upn);
}

#[tokio::test]
async fn ranges_have_both_bounds_and_split_a_directory() {
    let bench = Bench::start(700).await;
    let token = bench.application_token().await;
    let list = |filter: &str| format!("{LIST}&$filter={}", filter.replace(' ', "%20"));
    let everybody = names(&bench.all_pages(&token, LIST).await);
    let mut sorted: Vec<String> = everybody.iter().map(|name| name.to_lowercase()).collect();
    sorted.sort_unstable();
    let (low, high) = (sorted[100].to_uppercase(), sorted[399].clone());
    let filter = format!("userPrincipalName ge '{low}' and userPrincipalName le '{high}'");
    let inside = names(&bench.all_pages(&token, &list(&filter)).await);
    let inside: Vec<String> = inside.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(inside, sorted[100..=399]);
    assert_eq!(count(&bench, &token, &format!("?$filter={}", filter.replace(' ', "%20"))).await, 300);
    let below = names(&bench.all_pages(&token, &list(&format!("userPrincipalName le '{low}'"))).await);
    let above = names(&bench.all_pages(&token, &list(&format!("userPrincipalName ge '{high}'"))).await);
    assert_eq!((below.len(), above.len()), (101, 301));
    for operator in ["lt", "gt", "eq"] {
        let (status, body) = bench.graph_json(&token, &list(&format!("userPrincipalName {operator} 'k'"))).await;
        assert_eq!((status, body["error"]["code"].as_str()), (400, Some("Request_UnsupportedQuery")), "{operator}");
    }
    assert!(bench.all_pages(&token, &list("userPrincipalName ge 'x' and userPrincipalName le 'b'")).await.is_empty());
}

#[tokio::test]
async fn faults_strike_filtered_lists_and_only_the_query_they_name() {
    let bench = Bench::start(500).await;
    let token = bench.application_token().await;
    let low = format!("{LIST}&$filter=userPrincipalName%20le%20'l'");
    let high = format!("{LIST}&$filter=userPrincipalName%20ge%20'l'");
    let right = bench.all_pages(&token, &low).await;
    let only_low = |fault: FaultKind, page| FaultRule::once(USERS, fault).on_page(page).with_query("le 'l'");

    bench.simulator.add_fault(only_low(FaultKind::EmptyPage, 2));
    assert_eq!(bench.all_pages(&token, &low).await, right);
    bench.simulator.add_fault(only_low(FaultKind::DuplicateAcrossPages, 1));
    assert_eq!(bench.all_pages(&token, &high).await.len() + right.len(), 500, "the other half is left alone");
    assert_eq!(bench.all_pages(&token, &low).await.len(), right.len() + 1);
    bench.simulator.add_fault(only_low(FaultKind::StuckLink, 1));
    let (_, stuck) = bench.graph_json(&token, &low).await;
    let link = stuck["@odata.nextLink"].as_str().unwrap().replace("%27", "'");
    assert!(link.ends_with(&low));
    bench.simulator.add_fault(only_low(FaultKind::ExpiredPageToken, 1));
    assert_eq!(bench.graph_json(&token, &low).await.1["error"]["code"], "Directory_ExpiredPageToken");
    bench.simulator.add_fault(only_low(FaultKind::CutBody, 1));
    assert!(bench.graph(&token, &low).await.bytes().await.is_err());
    bench.simulator.add_fault(FaultRule::once("/v1.0/users/$count", FaultKind::LaggingCount { difference: -7 }));
    assert_eq!(count(&bench, &token, "").await, 493);
    bench.simulator.add_fault(FaultRule::once(USERS, FaultKind::LaggingCount { difference: 4 }));
    let url = format!("{}{LIST}&$count=true", bench.simulator.graph_origin());
    let counted = bench.http.get(url).bearer_auth(&token).header("ConsistencyLevel", "eventual").send().await.unwrap();
    assert_eq!(json(counted).await["@odata.count"], 504);

    let victim = bench.simulator.tenant().index_of_principal_name(&names(&right)[120]).unwrap();
    let (change, new_upn) = (Change::Delete { position: victim }, "aaa.first@contoso.example".to_owned());
    bench.simulator.add_fault(only_low(FaultKind::DirectoryChange { change }, 2));
    let renamed = bench.simulator.tenant().index_of_principal_name(&names(&right)[130]).unwrap();
    let change = Change::Rename { position: renamed, new_upn };
    bench.simulator.add_fault(only_low(FaultKind::DirectoryChange { change }, 2));
    let after = bench.all_pages(&token, &low).await;
    assert_eq!(after.len(), right.len() - 2, "one is gone, one moved to a page that was read already");
    let again: BTreeSet<String> = names(&bench.all_pages(&token, &low).await).into_iter().collect();
    assert!(again.contains("aaa.first@contoso.example"));
}

#[tokio::test]
async fn report_downloads_can_fail_on_order() {
    let bench = Bench::start(50).await;
    let token = bench.application_token().await;
    let path = "/v1.0/reports/getM365AppUserDetail(period='D30')";
    let dead_at_birth = FaultRule::once("/v1.0/reports/getM365AppUserDetail*", FaultKind::ExpiredDownload);
    bench.simulator.add_fault(dead_at_birth);
    let link = bench.link(&token, path).await;
    assert_eq!(bench.http.get(link).send().await.unwrap().status(), 403);
    let link = bench.link(&token, path).await;
    bench.simulator.add_fault(FaultRule::once("/data/*", FaultKind::ExpiredDownload));
    assert_eq!(bench.http.get(&link).send().await.unwrap().status(), 403);
    bench.simulator.add_fault(FaultRule::once("/data/*", FaultKind::CutBody));
    assert!(bench.http.get(&link).send().await.unwrap().bytes().await.is_err());
    let to = "http://127.0.0.1:1/data/v1.0/download".to_owned();
    bench.simulator.add_fault(FaultRule::once("/v1.0/reports/*", FaultKind::Redirect { to: to.clone() }));
    assert_eq!(bench.link(&token, path).await, to);
    assert_eq!(bench.http.get(&link).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn reports_and_ranges_of_many_people_are_streamed() {
    let bench = Bench::with(SimulatorOptions::with_users(200_000)).await;
    let token = bench.application_token().await;
    let link = bench.link(&token, "/v1.0/reports/getTeamsUserActivityUserDetail(period='D7')").await;
    let started = Instant::now();
    let mut file = bench.http.get(link).send().await.unwrap();
    let mut size = file.chunk().await.unwrap().unwrap().len();
    let until_first = started.elapsed();
    while let Some(piece) = file.chunk().await.unwrap() {
        size += piece.len();
    }
    assert!(size > 30_000_000, "{size}");
    assert!(until_first * 4 < started.elapsed(), "the first piece waits for the last");

    let filter = "$filter=userPrincipalName%20ge%20'm'%20and%20userPrincipalName%20le%20'n'";
    let started = Instant::now();
    let (_, page) = bench.graph_json(&token, &format!("{USERS}?$select=id&$top=999&{filter}")).await;
    let with_index = started.elapsed();
    assert_eq!(page["value"].as_array().unwrap().len(), 999);
    let next = page["@odata.nextLink"].as_str().unwrap();
    let started = Instant::now();
    assert_eq!(bench.http.get(next).bearer_auth(&token).send().await.unwrap().status(), 200);
    assert!(started.elapsed() < with_index, "a page of a range looks at everybody");
}
