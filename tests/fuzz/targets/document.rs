//! The fuzz target [`document`](salla_loyalty_points_fuzz::document).
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| salla_loyalty_points_fuzz::document::run(input));
