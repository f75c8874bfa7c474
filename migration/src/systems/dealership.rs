//! The dealerships of a group, who works there, and orders with numbers that leave no gap.

mod numbers;

use std::time::Duration;

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::{
    KeyType,
    kit::{Column, Kit, Purge, Searchable, Table, Weight},
    roles::{APP, IDENTITY, OWNER, READER},
};

pub(super) struct CreateDealership;

impl MigrationName for CreateDealership {
    fn name(&self) -> &'static str {
        "m20260101_000004_dealership"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for CreateDealership {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema(
            "dealership",
            "The dealerships of a group, who works there, and orders.",
        )
        .await?;
        kit.create_table(&dealerships()).await?;
        kit.create_table(&members()).await?;
        kit.create_table(&orders()).await?;
        kit.create_table(&numbers::counters()).await?;
        kit.create_function(
            IDENTITY,
            "dealership",
            "standing(uuid, uuid)",
            STANDING,
            "The dealerships of a person, by what they are there.",
            &[APP, READER],
        )
        .await?;
        numbers::create(&kit).await?;
        kit.create_function(
            IDENTITY,
            "dealership",
            "orders_assignee()",
            ASSIGNEE,
            "Refuses to assign an order to who is no member of the workspace any more.",
            &[OWNER],
        )
        .await?;
        kit.execute(TRIGGER).await?;
        kit.finish().await
    }
}

/// What was deleted can come back for so long.
const RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// All of them, and those where they are this or that. Part of the context, so that policies need not ask this table of every row.
const STANDING: &str = "standing(workspace uuid, person uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT jsonb_object_agg(held.name, held.ids)
  FROM (
    SELECT coalesce('dealership_' || m.role, 'dealerships') AS name, jsonb_agg(m.dealership_id) AS ids
    FROM dealership.dealership_members m
    WHERE m.workspace_id = workspace AND m.user_id = person AND m.deleted_at IS NULL
    GROUP BY GROUPING SETS ((m.role), ()) HAVING count(*) > 0
  ) AS held
$function$";

/// After the row, as a foreign key, so that whoever may not write it learns nothing. A foreign key alone would take who has left, since
/// their row is kept. Locked, so that nobody leaves meanwhile.
const ASSIGNEE: &str = "orders_assignee() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  PERFORM FROM accounts.members m
  WHERE m.workspace_id = NEW.workspace_id AND m.user_id = NEW.assigned_to AND m.deleted_at IS NULL FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the order is assigned to no member'
      USING ERRCODE = '23503', SCHEMA = 'dealership', TABLE = 'orders', CONSTRAINT = 'orders_assigned_to_fkey';
  END IF;
  RETURN NULL;
END $function$";

const TRIGGER: &str = "
CREATE OR REPLACE TRIGGER orders_assignee_insert AFTER INSERT ON dealership.orders
  FOR EACH ROW WHEN (NEW.assigned_to IS NOT NULL) EXECUTE FUNCTION dealership.orders_assignee();
CREATE OR REPLACE TRIGGER orders_assignee_update AFTER UPDATE OF assigned_to ON dealership.orders
  FOR EACH ROW WHEN (NEW.assigned_to IS NOT NULL AND NEW.assigned_to IS DISTINCT FROM OLD.assigned_to)
  EXECUTE FUNCTION dealership.orders_assignee();
";

fn table(name: &str, comment: &str) -> Table {
    Table::new("dealership", name, comment)
        .scope("workspace_id", KeyType::Uuid)
        .scope_references("accounts", "workspaces")
        .key("id", KeyType::Uuid)
        .stamped()
        .versioned()
        .governed()
}

/// Never purged, and a code is never given again: order numbers begin with it.
fn dealerships() -> Table {
    table("dealerships", "A dealership of the group.")
        .soft_delete()
        .audited()
        .column(
            Column::text(
                "code",
                "What its order numbers begin with; nobody else in the group ever has it.",
            )
            .max_length(50)
            .immutable(),
        )
        .column(Column::text("name", "What people call it.").max_length(255))
        .column(Column::jsonb("address", "Where it is, as a document.").nullable())
        .column(Column::jsonb("settings", "What the application keeps for it.").default_text("{}"))
        .check("code_form", "\"code\" ~ '^[A-Z0-9]+$'")
        .unique(["code"])
        .liveness_key()
        .index("name", ["name", "id"])
        .readable_by(IDENTITY, ["workspace_id", "id", "code"])
}

fn members() -> Table {
    table(
        "dealership_members",
        "A member of the workspace who works at a dealership.",
    )
    .soft_delete()
    .audited()
    .purged_by(Purge::after(RETENTION))
    .column(Column::uuid("dealership_id", "The dealership.").immutable())
    .column(Column::uuid("user_id", "The member of the workspace.").immutable())
    .column(
        Column::text("role", "What they are there.")
            .one_of(["user", "manager", "admin"])
            .default_text("user"),
    )
    .column(
        Column::jsonb(
            "permissions",
            "What they may beyond that, in the application's words.",
        )
        .default_text("{}"),
    )
    .column(
        Column::uuid("invited_by", "Who brought them.")
            .nullable()
            .immutable(),
    )
    .column(
        Column::timestamptz("joined_at", "Since when they work there.")
            .default_sql("now()")
            .immutable(),
    )
    .unique_live(["dealership_id", "user_id"])
    .references("dealership_id", "dealership", "dealerships")
    .never_outlives_parent()
    .references_column("user_id", "accounts", "members", "user_id")
    .readable_by(
        IDENTITY,
        [
            "workspace_id",
            "dealership_id",
            "user_id",
            "role",
            "deleted_at",
        ],
    )
}

fn orders() -> Table {
    table("orders", "An order of a customer at a dealership.")
        .soft_delete()
        .audited()
        .purged_by(Purge::after(RETENTION))
        .column(Column::uuid("dealership_id", "Where it was taken.").immutable())
        .column(
            Column::text(
                "order_number",
                "Its name: the code of the dealership, the kind and the next number of both. The database gives it, without gaps.",
            )
            .default_text("")
            .read_only(),
        )
        .column(
            Column::text("kind", "What is to be done.")
                .one_of(numbers::KINDS)
                .immutable(),
        )
        .column(
            Column::text("status", "How far it is.")
                .one_of(["draft", "pending", "in_progress", "completed", "cancelled"])
                .default_text("pending"),
        )
        .column(
            Column::boolean("is_active", "Whether somebody has to do something.")
                .generated("\"status\" IN ('pending', 'in_progress')"),
        )
        .column(Column::jsonb(
            "customer_info",
            "Who orders: name, email, phone, address.",
        ))
        .column(Column::jsonb("vehicle_info", "The car: vin, make, model, year.").nullable())
        .column(Column::jsonb("service_details", "What is to be done to it.").nullable())
        .column(
            Column::jsonb("metadata", "What the application keeps for it.").default_text("{}"),
        )
        .column(
            Column::uuid("assigned_to", "The member of the workspace who sees to it.").nullable(),
        )
        .check("customer_info_object", "jsonb_typeof(\"customer_info\") = 'object'")
        .unique(["order_number"])
        .index(
            "status",
            ["dealership_id", "status", "created_at DESC", "id DESC"],
        )
        .index(
            "kind",
            ["dealership_id", "kind", "created_at DESC", "id DESC"],
        )
        .index(
            "queue",
            ["dealership_id", "is_active", "updated_at DESC", "id DESC"],
        )
        .references("dealership_id", "dealership", "dealerships")
        .never_outlives_parent()
        .references_column("assigned_to", "accounts", "members", "user_id")
        .searchable(
            Searchable::in_language("simple")
                .text("order_number", Weight::A)
                .text_at("customer_info", ["name"], Weight::B)
                .text_at("vehicle_info", ["vin"], Weight::B),
        )
        .containment("vehicle_info")
        .containment("metadata")
}
