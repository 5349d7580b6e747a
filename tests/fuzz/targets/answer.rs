//! The fuzz target [`answer`](salla_loyalty_points_fuzz::answer).
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| salla_loyalty_points_fuzz::answer::run(input));
