//! Deterministic draws: the same (seed, domain, index) gives the same sequence, for ever and on every machine.
//!
//! SplitMix64 (Steele, Lea, Flood 2014): tiny, fast, and good enough to spread attributes over people. Not for keys.

/// One independent sequence of draws.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

/// What a sequence is for; two domains never share draws, so adding an attribute to one leaves the other as it was.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Domain {
    Tenant = 1,
    Group,
    Subscription,
    Licences,
    Person,
    Identity,
    Token,
    Usage,
    Storage,
    SignIn,
    Latency,
    Concealment,
    Change,
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The output function of SplitMix64: a bijection on 64 bits.
pub(crate) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl Dice {
    pub(crate) fn new(seed: u64, domain: Domain, index: u64) -> Self {
        let start = mix(seed.wrapping_add(GOLDEN_GAMMA)).wrapping_add(domain as u64);
        Self(mix(start).wrapping_add(mix(index.wrapping_add(GOLDEN_GAMMA))))
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        mix(self.0)
    }

    /// A number in `0..limit`; the bias of the multiplication is far below anything a test could see.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.draw()) * u128::from(limit)) >> 64) as u64
    }

    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    #[expect(clippy::indexing_slicing, reason = "below(N) is smaller than N")]
    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, items: &[T; N]) -> T {
        items[self.below(N as u64) as usize]
    }

    /// A random-looking version 4 GUID.
    pub(crate) fn guid(&mut self) -> uuid::Uuid {
        let bits = (u128::from(self.draw()) << 64) | u128::from(self.draw());
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }

    /// `N` bytes, for opaque strings such as codes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            for (target, source) in chunk.iter_mut().zip(self.draw().to_le_bytes()) {
                *target = source;
            }
        }
        bytes
    }
}
