//! The fuzz target [`changes`](salla_loyalty_points_fuzz::changes).
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| salla_loyalty_points_fuzz::changes::run(input));
