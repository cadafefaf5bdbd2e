//! Which model has which role.

use domain::model::ModelRole;
use store::{Store, model};

use crate::support::on_both;

on_both! {
    the_last_model_that_was_given_a_role_has_it
}

async fn give(store: &Store, role: ModelRole, name: &'static str) {
    let give = store.transaction(move |connection| Box::pin(model::give_role(connection, role, name)));
    give.await.unwrap();
}

async fn the_last_model_that_was_given_a_role_has_it(store: Store) {
    assert_eq!(model::roles(&mut store.read().await.unwrap()).await.unwrap(), []);
    give(&store, ModelRole::Fast, "small").await;
    give(&store, ModelRole::Reasoning, "large").await;
    give(&store, ModelRole::Fast, "").await;
    let mut roles = model::roles(&mut store.read().await.unwrap()).await.unwrap();
    roles.sort_unstable();
    assert_eq!(roles, [(ModelRole::Reasoning, "large".to_owned()), (ModelRole::Fast, String::new())]);
}
