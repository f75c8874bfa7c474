use std::{fs::File, io::Write};

use tenantry::{Database, Error, TenantContext};

fn log(database: &Database, context: &TenantContext, mut file: File) {
    let _ = database.transaction(context, async move |_| {
        let _ = file.write_all(b"tried");
        Ok::<_, Error>(())
    });
}

fn main() {}
