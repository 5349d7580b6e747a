//! The fuzz target [`markdown`](salla_loyalty_points_fuzz::markdown).
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| salla_loyalty_points_fuzz::markdown::run(input));
