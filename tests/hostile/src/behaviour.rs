//! What the module may be told to do.

/// One way to behave. The names are the values of the setting `behaviour`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says what the module does; the file of its family says how")]
pub enum Behaviour {
    Honest,
    // crash.rs
    LoopForever,
    EatMemory,
    Recurse,
    Trap,
    // guest.rs: the reply itself lies
    BadReplyPointer,
    BadOutputPointer,
    AbsurdLength,
    // breach.rs
    UnreadableWishes,
    UnknownCriticalWish,
    SameNumberTwice,
    TooManyOpen,
    NotesFlood,
    PlanTooLarge,
    Stall,
    WishAfterDone,
    // misfit_rows.rs
    UnknownTable,
    UnknownColumn,
    HostColumn,
    MissingColumn,
    WrongType,
    NullKey,
    WrongLengths,
    NotUtf8,
    // smuggle.rs
    ForbiddenHost,
    ForbiddenPath,
    ForbiddenHeader,
    PlainHttp,
    PrivateAddress,
    MetadataAddress,
    PrivateName,
    Redirected,
    UndeclaredSlot,
    StoredSlot,
    SlotElsewhere,
    // listing.rs
    DropRows,
    InventRows,
    SkipPartition,
    NarrowRoot,
    StopFollowing,
    InventContinuation,
    ClaimWithoutAsking,
    NeverClaim,
    OtherTenant,
    TwoTenants,
}

impl Behaviour {
    /// Every behaviour with its name.
    pub const ALL: &[(&str, Self)] = &[
        ("honest", Self::Honest),
        ("loop_forever", Self::LoopForever),
        ("eat_memory", Self::EatMemory),
        ("recurse", Self::Recurse),
        ("trap", Self::Trap),
        ("bad_reply_pointer", Self::BadReplyPointer),
        ("bad_output_pointer", Self::BadOutputPointer),
        ("absurd_length", Self::AbsurdLength),
        ("unreadable_wishes", Self::UnreadableWishes),
        ("unknown_critical_wish", Self::UnknownCriticalWish),
        ("same_number_twice", Self::SameNumberTwice),
        ("too_many_open", Self::TooManyOpen),
        ("notes_flood", Self::NotesFlood),
        ("plan_too_large", Self::PlanTooLarge),
        ("stall", Self::Stall),
        ("wish_after_done", Self::WishAfterDone),
        ("unknown_table", Self::UnknownTable),
        ("unknown_column", Self::UnknownColumn),
        ("host_column", Self::HostColumn),
        ("missing_column", Self::MissingColumn),
        ("wrong_type", Self::WrongType),
        ("null_key", Self::NullKey),
        ("wrong_lengths", Self::WrongLengths),
        ("not_utf8", Self::NotUtf8),
        ("forbidden_host", Self::ForbiddenHost),
        ("forbidden_path", Self::ForbiddenPath),
        ("forbidden_header", Self::ForbiddenHeader),
        ("plain_http", Self::PlainHttp),
        ("private_address", Self::PrivateAddress),
        ("metadata_address", Self::MetadataAddress),
        ("private_name", Self::PrivateName),
        ("redirected", Self::Redirected),
        ("undeclared_slot", Self::UndeclaredSlot),
        ("stored_slot", Self::StoredSlot),
        ("slot_elsewhere", Self::SlotElsewhere),
        ("drop_rows", Self::DropRows),
        ("invent_rows", Self::InventRows),
        ("skip_partition", Self::SkipPartition),
        ("narrow_root", Self::NarrowRoot),
        ("stop_following", Self::StopFollowing),
        ("invent_continuation", Self::InventContinuation),
        ("claim_without_asking", Self::ClaimWithoutAsking),
        ("never_claim", Self::NeverClaim),
        ("other_tenant", Self::OtherTenant),
        ("two_tenants", Self::TwoTenants),
    ];

    /// The behaviour of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, behaviour)| *behaviour)
    }
}
