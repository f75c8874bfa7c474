//! Typed operations of the tenantry systems.
