//! A set of people, one bit each.

/// People by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PeopleSet {
    words: Vec<u64>,
    people: usize,
}

impl PeopleSet {
    pub(crate) fn empty(people: usize) -> Self {
        Self { words: vec![0; people.div_ceil(64)], people }
    }

    pub(crate) fn everybody(people: usize) -> Self {
        Self::of((0..people).map(|_| true))
    }

    /// In the order of people: whether each is in it.
    pub(crate) fn of(members: impl ExactSizeIterator<Item = bool>) -> Self {
        let mut set = Self::empty(members.len());
        for (person, is_member) in members.enumerate() {
            if is_member {
                set.insert(person);
            }
        }
        set
    }

    pub(crate) fn insert(&mut self, person: usize) {
        if person < self.people
            && let Some(word) = self.words.get_mut(person / 64)
        {
            *word |= 1 << (person % 64);
        }
    }

    pub(crate) fn contains(&self, person: usize) -> bool {
        self.words.get(person / 64).is_some_and(|word| word >> (person % 64) & 1 == 1)
    }

    /// Keeps those who are in both.
    pub(crate) fn and(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub(crate) fn people(&self) -> usize {
        self.people
    }

    /// How many are in it.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.words).flat_map(|(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros();
                rest &= rest.wrapping_sub(1);
                (bit < 64).then(|| place * 64 + bit)
            })
        })
    }
}
