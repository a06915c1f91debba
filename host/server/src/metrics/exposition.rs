//! Figures as monitoring reads them.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use std::collections::BTreeMap;

/// Labels of one figure, by name.
type Labels = Vec<(&'static str, String)>;

/// What kind of figure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It goes up and down.
    Gauge,
    /// It only grows; its name ends in `_total`.
    Counter,
}

/// All figures of one name.
#[derive(Debug)]
pub(super) struct Family {
    name: &'static str,
    help: &'static str,
    kind: Kind,
    figures: BTreeMap<Labels, f64>,
}

impl Family {
    pub(super) fn new(name: &'static str, help: &'static str, kind: Kind) -> Self {
        Self { name, help, kind, figures: BTreeMap::new() }
    }

    pub(super) fn with(mut self, labels: impl IntoIterator<Item = (&'static str, String)>, value: f64) -> Self {
        self.set(labels, value);
        self
    }

    pub(super) fn set(&mut self, labels: impl IntoIterator<Item = (&'static str, String)>, value: f64) {
        self.figures.insert(labels.into_iter().collect(), value);
    }

    /// Adds to the figure of these labels: without a label for each connection, their sum is told.
    pub(super) fn add(&mut self, labels: impl IntoIterator<Item = (&'static str, String)>, value: f64) {
        *self.figures.entry(labels.into_iter().collect()).or_default() += value;
    }

    /// Keeps the smaller one.
    pub(super) fn least(&mut self, labels: impl IntoIterator<Item = (&'static str, String)>, value: f64) {
        let figure = self.figures.entry(labels.into_iter().collect()).or_insert(value);
        *figure = figure.min(value);
    }
}

#[derive(Debug)]
struct All(Vec<Family>);

impl Collector for All {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        for family in &self.0 {
            let kind = match family.kind {
                Kind::Gauge => MetricType::Gauge,
                Kind::Counter => MetricType::Counter,
            };
            let mut metric = encoder.encode_descriptor(family.name, family.help, None, kind)?;
            for (labels, value) in &family.figures {
                match (family.kind, labels.is_empty()) {
                    (Kind::Gauge, true) => metric.encode_gauge(value)?,
                    (Kind::Gauge, false) => metric.encode_family(labels)?.encode_gauge(value)?,
                    (Kind::Counter, true) => metric.encode_counter::<NoLabelSet, _, f64>(value, None)?,
                    (Kind::Counter, false) => {
                        metric.encode_family(labels)?.encode_counter::<NoLabelSet, _, f64>(value, None)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The text. Families without a figure are left out.
pub(super) fn exposed(mut families: Vec<Family>) -> Result<String, std::fmt::Error> {
    families.retain(|family| !family.figures.is_empty());
    let mut registry = Registry::with_prefix("beacon");
    registry.register_collector(Box::new(All(families)));
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{Family, Kind, exposed};

    #[test]
    fn figures_have_names_and_labels_as_the_format_wants_them() {
        let mut runs = Family::new("runs", "Ended runs", Kind::Counter);
        runs.add([("outcome", "complete".to_owned())], 2.0);
        runs.add([("outcome", "complete".to_owned())], 1.0);
        let backlog = Family::new("due_runs", "Runs that are owed", Kind::Gauge).with([], 4.0);
        let odd = Family::new("odd", "Odd", Kind::Gauge).with([("name", "a \"b\" \\ c".to_owned())], 0.5);
        let empty = Family::new("empty", "Nothing", Kind::Gauge);
        let text = exposed(vec![runs, backlog, odd, empty]).unwrap();
        let expected = "# HELP beacon_runs Ended runs\n# TYPE beacon_runs counter\n\
                        beacon_runs_total{outcome=\"complete\"} 3.0\n\
                        # HELP beacon_due_runs Runs that are owed\n# TYPE beacon_due_runs gauge\nbeacon_due_runs 4.0\n\
                        # HELP beacon_odd Odd\n# TYPE beacon_odd gauge\n\
                        beacon_odd{name=\"a \\\"b\\\" \\\\ c\"} 0.5\n# EOF\n";
        assert_eq!(text, expected);
    }
}
