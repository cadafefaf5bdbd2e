//! Which model an administrator gave which role.

use domain::Result;
use domain::model::ModelRole;

use crate::Connection;
use crate::error::explain;

/// The roles that were given, each with the name of its model; empty for the built-in coach.
pub async fn roles(connection: &mut Connection) -> Result<Vec<(ModelRole, String)>> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT role, model FROM model_roles").fetch_all(connection).await.map_err(explain)?;
    Ok(rows.into_iter().filter_map(|(role, model)| Some((role.parse().ok()?, model))).collect())
}

/// Gives `role` to `model`; to the built-in coach if that is empty.
pub async fn give_role(connection: &mut Connection, role: ModelRole, model: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO model_roles (role, model) VALUES ($1, $2) ON CONFLICT (role) DO UPDATE SET model = excluded.model",
    )
    .bind(role.slug())
    .bind(model.to_owned())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}
