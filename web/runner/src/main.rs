//! The program that `www/worker.js` loads.

fn main() {
    beacon_runner::serve();
}
