//! The one door to the tooling of this repository.

fn main() {}
