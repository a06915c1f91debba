//! One file for each screen.

mod audit;
mod bulk;
mod check;
mod completion;
mod connection;
mod connections;
mod consent;
mod consents;
mod data;
mod destinations;
mod execute;
mod expiry;
mod findings;
mod first_start;
mod form_field;
mod health;
mod in_host;
mod labels_field;
mod later;
mod leaving;
mod narrowing;
mod not_found;
mod offboard;
mod overview;
mod profile_choice;
mod proxy_block;
mod registration;
mod remove;
mod run;
mod runs;
mod schedule_choice;
mod schedules;
mod settings;
mod sign_in;
mod validation;

pub(crate) use first_start::FirstStart;
pub(crate) use not_found::NotFound;
pub(crate) use overview::OverviewScreen;
pub(crate) use sign_in::SignInScreen;

later::part! { setup:
    Connections = connections::Connections as connections_screen,
    NewConnection = connection::NewConnection as new_connection,
    ConnectionScreen = connection::ConnectionScreen as connection_screen,
    CheckScreen = check::CheckScreen as check_screen,
    Schedules = schedules::Schedules as schedules_screen,
    Destinations = destinations::Destinations as destinations_screen,
    Consents = consents::Consents as consents_screen,
    HealthScreen = health::HealthScreen as health_screen,
    Settings = settings::Settings as settings_screen,
}

later::part! { runs:
    Runs = runs::Runs as runs_screen,
    RunScreen = run::RunScreen as run_screen,
    AuditScreen = audit::AuditScreen as audit_screen,
}

later::part! { data:
    Users = data::Users as users,
    Applications = data::Applications as applications,
    Licences = data::Licences as licences,
    Usage = data::Usage as usage,
}
