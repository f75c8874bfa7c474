use tenantry::Access;

#[derive(Debug)]
enum Administrator {}

impl Access for Administrator {}

fn main() {}
