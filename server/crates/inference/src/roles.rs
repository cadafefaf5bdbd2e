//! Which model does what, and how it draws its words unless a request says otherwise.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::model::ModelRole;

use crate::Engine;

/// How the words of an answer are drawn; the fields are those of [`crate::Request`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// [`crate::Request::temperature`].
    pub temperature: f32,
    /// [`crate::Request::top_p`].
    pub top_p: f32,
    /// [`crate::Request::min_p`].
    pub min_p: f32,
}

impl Sampling {
    /// What suits the models of a role.
    pub fn of(role: ModelRole) -> Self {
        match role {
            // What the authors of Qwen2.5 set in its generation_config.json.
            ModelRole::Reasoning => Self { temperature: 0.7, top_p: 0.8, min_p: 0.0 },
            // Short and steady, with some variety.
            ModelRole::Fast => Self { temperature: 0.6, top_p: 0.95, min_p: 0.05 },
            // A wrong letter breaks a program.
            ModelRole::Coding => Self { temperature: 0.2, top_p: 0.95, min_p: 0.05 },
            // It draws nothing.
            ModelRole::Embedding => Self { temperature: 0.0, top_p: 1.0, min_p: 0.0 },
        }
    }
}

/// The engine of each role, which may change while the product runs. Clones share it.
#[derive(Clone, Default)]
pub struct Roles(Arc<RwLock<BTreeMap<ModelRole, Arc<dyn Engine>>>>);

impl Roles {
    /// One engine for all roles.
    pub fn all(engine: &Arc<dyn Engine>) -> Self {
        let roles = Self::default();
        roles.give_all(engine);
        roles
    }

    /// Gives every role to `engine`.
    pub fn give_all(&self, engine: &Arc<dyn Engine>) {
        for role in ModelRole::WRITING {
            self.set(role, Some(Arc::clone(engine)));
        }
    }

    /// The engine of `role`; none where the built-in coach does its work.
    pub fn get(&self, role: ModelRole) -> Option<Arc<dyn Engine>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&role).cloned()
    }

    /// The engine that is called `name`, whatever its role.
    pub fn named(&self, name: &str) -> Option<Arc<dyn Engine>> {
        let roles = self.0.read().unwrap_or_else(PoisonError::into_inner);
        roles.values().find(|engine| engine.name() == name).cloned()
    }

    /// The names of all engines, each once.
    pub fn names(&self) -> Vec<String> {
        let roles = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<_> = roles.values().map(|engine| engine.name().to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Gives `role` to another engine, or to none. What is being written goes on.
    pub fn set(&self, role: ModelRole, engine: Option<Arc<dyn Engine>>) {
        let mut roles = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match engine {
            Some(engine) => roles.insert(role, engine),
            None => roles.remove(&role),
        };
    }
}

impl std::fmt::Debug for Roles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Roles").field(&self.names()).finish()
    }
}
