//! `sea-orm-cli migrate` for the kernel and the systems.

fn main() {}
