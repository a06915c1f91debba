//! A refused sign-in as one readable block: what it means, what to do, and what Microsoft's support will ask for.

use crate::trouble::Trouble;
use beacon_contract::{Refused, RefusedStage};

/// Adds what the other side said to the module's explanation.
pub fn explained(trouble: Trouble, refused: Option<&Refused>) -> Trouble {
    let Some(refused) = refused.filter(|refused| refused.stage != RefusedStage::Local) else {
        return match refused {
            Some(refused) if !refused.description.is_empty() => trouble.with(&refused.description),
            _ => trouble,
        };
    };
    let mut trouble = trouble;
    let codes: Vec<String> = refused.codes.iter().map(|code| format!("AADSTS{code}")).collect();
    let mut answer = format!("Answer: {}", refused.error);
    for part in refused.suberror.iter().chain(&codes) {
        answer.push_str(", ");
        answer.push_str(part);
    }
    if let Some(status) = refused.status {
        answer.push_str(&format!(" (HTTP {status})"));
    }
    trouble = trouble.with(answer);
    if let Some(id) = &refused.correlation_id {
        trouble = trouble.with(format!("Correlation ID: {id}"));
    }
    if let Some(time) = &refused.timestamp {
        trouble = trouble.with(format!("Time: {time}"));
    }
    let first_sentence = refused.description.split(" Trace ID").next().unwrap_or_default().trim();
    if first_sentence.is_empty() { trouble } else { trouble.with(format!("Microsoft says: {first_sentence}")) }
}
