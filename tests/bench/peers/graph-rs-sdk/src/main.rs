//! Everybody of the simulated tenant by graph-rs-sdk, one line of JSON for each person.
//!
//! Settings come as one line of JSON on standard input; the outcome is the one JSON object on standard output.

use futures_util::StreamExt as _;
use graph_rs_sdk::{GraphClient, GraphClientConfiguration, ODataQuery as _};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};

#[derive(Deserialize)]
struct Settings {
    login: String,
    graph: String,
    tenant: String,
    client_id: String,
    client_secret: String,
    select: String,
    expand: String,
    page_size: u32,
    output: String,
}

#[derive(Clone, Debug, serde::Serialize, Deserialize)]
struct Page {
    #[serde(rename = "@odata.nextLink", default)]
    next: Option<String>,
    #[serde(default)]
    value: Vec<Value>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let settings: Settings = serde_json::from_str(&line)?;
    let mut rows = 0_u64;
    let read = read(&settings, &mut rows).await;
    println!("{}", json!({ "rows": rows, "error": read.err().map(|error| error.to_string()) }));
    Ok(())
}

/// The library signs in at Microsoft's own address only, so it is handed a token.
async fn token(settings: &Settings) -> Result<String, Box<dyn Error>> {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &settings.client_id),
        ("client_secret", &settings.client_secret),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let address = format!("{}/{}/oauth2/v2.0/token", settings.login, settings.tenant);
    let answer: Value = reqwest::Client::new().post(address).form(&form).send().await?.json().await?;
    Ok(answer["access_token"].as_str().ok_or("no token")?.to_owned())
}

/// As its documentation shows paging, with every option on that makes it more patient.
async fn read(settings: &Settings, rows: &mut u64) -> Result<(), Box<dyn Error>> {
    let patient = GraphClientConfiguration::new()
        .access_token(token(settings).await?)
        .retry(Some(3))
        .wait_for_retry_after_headers(true);
    let mut client = GraphClient::from(patient);
    client.use_test_endpoint(&url::Url::parse(&format!("{}/v1.0", settings.graph))?);
    let select: Vec<&str> = settings.select.split(',').collect();
    let mut pages = client
        .users()
        .list_user()
        .select(&select)
        .expand(&[settings.expand.as_str()])
        .top(settings.page_size.to_string())
        .paging()
        .stream::<Page>()?;
    let mut file = BufWriter::new(File::create(&settings.output)?);
    while let Some(page) = pages.next().await {
        for person in page?.into_body()?.value {
            serde_json::to_writer(&mut file, &person)?;
            file.write_all(b"\n")?;
            *rows += 1;
        }
    }
    file.flush()?;
    Ok(())
}
