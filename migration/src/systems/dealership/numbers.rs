//! Order numbers: the next one of a dealership and a kind, given inside the insert.
//!
//! Whoever inserts locks the counter until their transaction ends, so the next one waits, and a transaction that is undone undoes its
//! number as well: no gap, no number twice.

use sea_orm_migration::sea_orm::DbErr;

use super::table;
use crate::{
    kit::{Column, Kit, Table},
    roles::{IDENTITY, OWNER},
};

pub(super) const KINDS: [&str; 4] = ["sales", "service", "recon", "carwash"];

/// Counters are neither deleted nor purged: a number is never given again.
pub(super) fn counters() -> Table {
    table(
        "order_counters",
        "The last order number of a dealership and a kind.",
    )
    .column(Column::uuid("dealership_id", "The dealership.").read_only())
    .column(
        Column::text("kind", "What is counted.")
            .one_of(KINDS)
            .read_only(),
    )
    .column(
        Column::bigint("last", "The last number that was given.")
            .default_sql("0")
            .read_only(),
    )
    .without_insert()
    .check("last_counts", "\"last\" >= 0")
    .unique(["dealership_id", "kind"])
    .references("dealership_id", "dealership", "dealerships")
    .readable_by(IDENTITY, ["workspace_id", "dealership_id", "kind", "last"])
    .insertable_by(IDENTITY, ["workspace_id", "dealership_id", "kind", "last"])
    .updatable_by(IDENTITY, ["last"])
}

pub(super) async fn create(kit: &Kit<'_>) -> Result<(), DbErr> {
    kit.create_function(
        IDENTITY,
        "dealership",
        "orders_number()",
        NUMBER,
        "Gives an order the next number of its dealership and kind.",
        &[OWNER],
    )
    .await?;
    kit.execute(TRIGGER).await
}

const TRIGGER: &str = "
CREATE OR REPLACE TRIGGER orders_number BEFORE INSERT ON dealership.orders
  FOR EACH ROW EXECUTE FUNCTION dealership.orders_number();
";

/// Where there is no such dealership in the workspace of the context, a policy or the foreign key refuses the row in a moment, whatever
/// its number; nobody waits for the counter of another workspace meanwhile.
const NUMBER: &str = "orders_number() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  code text;
  next bigint;
BEGIN
  SELECT d.code INTO code FROM dealership.dealerships d
  WHERE d.workspace_id = NEW.workspace_id AND d.workspace_id = (SELECT tenantry.workspace_id()) AND d.id = NEW.dealership_id;
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;
  INSERT INTO dealership.order_counters AS c (workspace_id, dealership_id, kind, last)
  VALUES (NEW.workspace_id, NEW.dealership_id, NEW.kind, 1)
  ON CONFLICT (workspace_id, dealership_id, kind) DO UPDATE SET last = c.last + 1
  RETURNING c.last INTO next;
  -- Not lpad alone, which would cut the seventh digit.
  NEW.order_number := code || '-' || upper(NEW.kind) || '-' || lpad(next::text, greatest(6, length(next::text)), '0');
  RETURN NEW;
END $function$";
