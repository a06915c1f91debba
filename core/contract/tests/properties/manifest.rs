//! The manifest and its form.

use crate::arbitrary::json;
use beacon_contract::{
    Choice, Condition, ConditionalDefault, EgressRule, Field, FieldId, FieldKind, Form, Manifest, ManifestError,
    OriginPattern, PathPattern, Settings, Template,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A manifest with one of everything.
fn whole() -> Value {
    json!({
        "id": "example", "version": "1.2.3", "contract": {"minimum": 1, "maximum": 1}, "minimum_host": "0.1.0",
        "publisher": "somebody", "source_type": "Example", "source_type_aliases": ["Sample"],
        "deprecation": {"replaced_by": "better", "note": "Use the other one."},
        "form": {"fields": [
            {"id": "root", "label": "Root", "kind": {"type": "text", "format": "https_origin"}},
            {"id": "token", "label": "Token", "kind": {"type": "text", "format": "later"}, "required": true,
             "defaults": [{"when": [{"field": "root", "is": ["https://a"]}], "value": "{root}/token"}]},
            {"id": "flow", "label": "Flow", "kind": {"type": "choice", "choices": [{"value": "a", "label": "A"}]}},
            {"id": "more", "label": "More", "kind": {"type": "toggle"}, "advanced": true, "help": "Rarely needed.",
             "visible_when": [{"field": "flow", "is": ["a"]}], "defaults": [{"value": "true"}]},
            {"id": "secret", "label": "Secret", "kind": {"type": "secret", "slot": "secret"}},
        ]},
        "profiles": [{
            "id": "main", "kinds": ["client_secret"], "authorization_endpoint": "token", "token_endpoint": "token",
            "device_endpoint": "token", "client_id": "token", "redirect_uri": "token", "tenant": "token",
            "tenant_placeholders": ["common"], "scope_set": "flow",
            "scopes": [{"name": "a", "scopes": ["{root}/read"]}], "application_scope": "{root}/.default",
            "claims": ["tid"], "refresh_token": "secret", "client_secret": "secret", "client_certificate": "secret",
        }],
        "slots": [
            {"name": "bearer", "kind": {"type": "bearer", "profile": "main"}, "origins": [{"setting": "root"}], "label": "L"},
            {"name": "secret", "kind": {"type": "stored"}, "origins": [{"exact": "https://login.test"}], "label": "S"},
        ],
        "egress": [
            {"origin": {"setting": "root"}, "method": "GET", "path": "/v1/*"},
            {"origin": {"suffix": ".files.test"}, "method": "POST", "path": "/**", "repeatable": true, "redirect_only": true,
             "lane": "slow"},
        ],
        "lanes": [{"name": "slow", "requests": 14, "seconds": 600}],
        "chains": [{
            "table": "users", "origin": {"setting": "root"}, "method": "GET", "path": "/v1/users", "query": ["$top"],
            "partition": {"parameter": "$filter", "property": "name"},
            "continuation": {"next": "next", "items": "value"}, "item_key": "id",
            "count": "/v1/users/count", "lane": "slow",
        }],
        "tables": [
            {"table": "users", "mandatory": true, "origin": {"type": "chain"}},
            {"table": "usage", "mandatory": false, "origin": {"type": "report"}},
            {"table": "assignments", "mandatory": false, "origin": {"type": "derived", "from": "users"}},
        ],
        "texts": {"example.code": {"title": "Something.", "advice": "Do something."}},
    })
}

fn read(manifest: &Value) -> Result<Manifest, ManifestError> {
    Manifest::from_json(manifest.to_string().as_bytes())
}

/// Adds a member to every object whose members have names of the contract. An origin has exactly one member, and the
/// members of `texts` are codes.
fn with_member(value: &mut Value, added: &Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| with_member(entry, added)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match name.as_str() {
                    "texts" => {
                        member.as_object_mut().expect("a map").values_mut().for_each(|text| with_member(text, added))
                    }
                    "exact" | "setting" | "suffix" => return,
                    _ => with_member(member, added),
                }
            }
            members.insert("later".to_owned(), added.clone());
        }
        _ => {}
    }
}

/// Every way into a part of the manifest.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(entries) => {
            (0..).zip(entries).for_each(|(number, entry): (u32, _)| pointers(entry, &format!("{at}/{number}"), found))
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| pointers(member, &format!("{at}/{name}"), found))
        }
        _ => {}
    }
}

/// A form whose defaults build on each other, so that each is `times` as long as the one before it.
fn growing(times: usize) -> Form {
    let field = |number: usize| {
        let before = number.checked_sub(1).map(|number| format!("{{f{number}}}").repeat(times));
        let value = Template::new(before.unwrap_or_else(|| "0123456789".to_owned()));
        Field {
            id: format!("f{number}").parse::<FieldId>().expect("a field"),
            label: String::new(),
            help: String::new(),
            kind: FieldKind::Text { format: None },
            required: false,
            defaults: vec![ConditionalDefault { when: Vec::new(), value }],
            visible_when: Vec::new(),
            advanced: false,
        }
    };
    Form { fields: (0..60).map(field).collect() }
}

#[test]
fn one_of_everything_is_read_and_written() {
    let manifest = read(&whole()).expect("a manifest");
    assert_eq!(Manifest::from_json(&manifest.to_json()).expect("own manifests are readable"), manifest);
}

/// Sixty defaults that double would be longer than any memory.
#[test]
fn defaults_that_grow_end() {
    let effective = growing(2).effective(&Settings::default());
    assert!(effective.0.len() < 60, "the longer ones have no value");
    assert!(effective.0.values().all(|value| value.as_str().is_some_and(|text| text.len() <= 8 << 10)));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    for (at, wrong, says) in [
        ("/version", json!("1.2"), "must be versions"),
        ("/minimum_host", json!("+1.2.3"), "must be versions"),
        ("/contract", json!({"minimum": 2, "maximum": 9}), "speaks contract 2 to 9"),
        ("/form/fields/1/id", json!("root"), "field root stands twice"),
        ("/form/fields/4/kind/slot", json!("other"), "field secret names the unknown slot other"),
        ("/slots/0/name", json!("secret"), "slot secret stands twice"),
        ("/slots/0/origins", json!([]), "slot bearer needs exact origins"),
        ("/slots/0/origins/0", json!({"suffix": ".a.test"}), "slot bearer needs exact origins"),
        ("/slots/0/origins/0", json!({"setting": "other"}), "slot bearer names the unknown field other"),
        ("/slots/1/origins/0", json!({"exact": "http://login.test"}), "which is no origin"),
        ("/slots/0/kind/profile", json!("other"), "slot bearer names the unknown profile other"),
        ("/profiles/0/client_secret", json!("other"), "profile main names the unknown slot other"),
        ("/profiles/0/scope_set", json!("other"), "profile main names the unknown field other"),
        ("/egress/0/origin/setting", json!("other"), "an egress rule names the unknown field other"),
        ("/egress/1/origin/suffix", json!(".test"), "which is no suffix"),
        ("/lanes/0/seconds", json!(0), "lane slow lets nothing through"),
        ("/chains/0/table", json!("salaries"), "table salaries is not in the dataset"),
        ("/chains/0/table", json!("groups"), "table users has no chain"),
        ("/tables/0/table", json!("assignments"), "table assignments stands twice"),
        ("/tables/0/table", json!("salaries"), "table salaries is not in the dataset"),
        ("/tables/2/origin/from", json!("groups"), "derived from groups, which has no chain"),
    ] {
        let mut manifest = whole();
        *manifest.pointer_mut(at).expect("a part of the manifest") = wrong;
        let error = read(&manifest).expect_err(says).to_string();
        assert!(error.contains(says), "{at}: {error}");
    }
    let mut manifest = whole();
    let profile = manifest["profiles"][0].clone();
    manifest["profiles"].as_array_mut().expect("a list").push(profile);
    assert!(read(&manifest).expect_err("refused").to_string().contains("profile main stands twice"));
}

fn field() -> impl Strategy<Value = Field> {
    let kind = prop_oneof![
        Just(FieldKind::Text { format: None }),
        Just(FieldKind::Toggle),
        prop::collection::vec("[a-c]", 0..3).prop_map(|values| FieldKind::Choice {
            choices: values
                .into_iter()
                .map(|value| Choice { label: value.clone(), value, help: String::new() })
                .collect(),
        }),
    ];
    let condition = ("[a-c]", prop::collection::vec("[a-c]", 0..3))
        .prop_map(|(field, is)| Condition { field: field.parse().expect("a field"), is });
    let when = || prop::collection::vec(condition.clone(), 0..2);
    let default =
        (when(), "[a-c{}]{0,6}").prop_map(|(when, value)| ConditionalDefault { when, value: Template::new(value) });
    ("[a-c]", kind, any::<bool>(), prop::collection::vec(default, 0..3), when()).prop_map(
        |(id, kind, required, defaults, visible_when)| Field {
            label: id.clone(),
            id: id.parse().expect("a field"),
            help: String::new(),
            kind,
            required,
            defaults,
            visible_when,
            advanced: false,
        },
    )
}

proptest! {
    #[test]
    fn what_a_later_version_adds_is_ignored(added in json()) {
        let mut later = whole();
        with_member(&mut later, &added);
        prop_assert_eq!(read(&later).expect("readable"), read(&whole()).expect("readable"));
    }

    /// A manifest with any part replaced by anything is refused, or it is read the same again.
    #[test]
    fn any_other_part_is_refused_or_readable_again(at in any::<prop::sample::Index>(), part in json()) {
        let mut manifest = whole();
        let mut all = Vec::new();
        pointers(&manifest, "", &mut all);
        *manifest.pointer_mut(&all[at.index(all.len())]).expect("a part of the manifest") = part;
        if let Ok(manifest) = read(&manifest) {
            let again = Manifest::from_json(&manifest.to_json()).expect("own manifests are readable");
            prop_assert_eq!(again, manifest);
        }
    }

    #[test]
    fn changed_bytes_end_without_panic(changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..4)) {
        let bytes = crate::messages::changed(whole().to_string().into_bytes(), &changes);
        let _ = Manifest::from_json(&bytes);
    }

    /// Filling a form twice changes nothing, and only settings without a field are called unknown.
    #[test]
    fn a_form_is_filled_once(fields in prop::collection::vec(field(), 0..5), given in prop::collection::btree_map("[a-d]", json(), 0..3)) {
        let mut fields = fields;
        // A field that stands twice is refused with its manifest.
        let mut seen = BTreeSet::new();
        fields.retain(|field: &Field| seen.insert(field.id.clone()));
        let form = Form { fields };
        let given = Settings(given);
        let effective = form.effective(&given);
        prop_assert!(effective.0.keys().all(|id| form.field(id).is_some()));
        prop_assert_eq!(form.effective(&effective), effective.clone());
        let unknown = form.check(&given, &BTreeSet::new()).iter().filter(|error| error.code == "form.unknown").count();
        prop_assert_eq!(unknown, given.0.keys().filter(|id| form.field(id).is_none()).count());
    }

    #[test]
    fn a_rule_is_written_as_it_is_read(path in "(/[a-z*]{0,3}){1,3}", setting in "[a-z_]{1,5}", repeatable: bool, redirect_only: bool, lane in prop::option::of("[a-z]{0,3}")) {
        let origin = OriginPattern::Setting(setting.parse().expect("a field"));
        let Ok(path) = PathPattern::new(path) else { return Ok(()) };
        let rule = EgressRule { origin, method: beacon_contract::Method::Post, path, repeatable, redirect_only, lane };
        let json = serde_json::to_vec(&rule).expect("JSON");
        prop_assert_eq!(serde_json::from_slice::<EgressRule>(&json).expect("a rule"), rule);
    }
}
