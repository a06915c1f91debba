/// What was found about a connection, or what a person did with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// No run counts yet.
    Nothing,
    /// The last run was complete, and nothing else is wrong.
    Complete,
    /// The last package is not complete, a run is late, a credential dies soon, or a package does not arrive.
    Concern,
    /// Nobody has consented, or the consent does not hold any more.
    ConsentMissing,
    /// The last run left no package.
    Failed,
    /// A person stops its schedule.
    Pause,
    /// A person takes it out of use.
    Disable,
    /// A person lets it run again.
    Resume,
}

impl Event {
    /// All events.
    pub const ALL: [Self; 8] = [
        Self::Nothing,
        Self::Complete,
        Self::Concern,
        Self::ConsentMissing,
        Self::Failed,
        Self::Pause,
        Self::Disable,
        Self::Resume,
    ];
}
