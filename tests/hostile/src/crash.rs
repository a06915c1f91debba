//! Ways to bring the sandbox to its limits.

use crate::Behaviour;
use std::hint::black_box;

/// Does what `behaviour` says, if it is a crash; then it does not come back.
pub(crate) fn crash(behaviour: Behaviour) {
    match behaviour {
        Behaviour::LoopForever => {
            let mut turns = 0u64;
            while black_box(turns) < u64::MAX {
                turns = turns.wrapping_add(1) >> 1;
            }
        }
        Behaviour::EatMemory => {
            let mut eaten: Vec<Vec<u8>> = Vec::new();
            while black_box(eaten.len()) < usize::MAX {
                eaten.push(vec![1; 1 << 20]);
            }
        }
        Behaviour::Recurse => {
            black_box(deeper(black_box(1 << 30)));
        }
        Behaviour::Trap => std::process::abort(),
        _ => {}
    }
}

/// Not a tail call and not a sum, so no optimiser turns it into a loop.
fn deeper(levels: u32) -> u32 {
    if levels == 0 { 1 } else { deeper(levels - 1).rotate_left(levels % 31).wrapping_mul(31) ^ levels }
}
