//! Generated text: what it takes in tokens, and how many of them a person may use in a day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::STANDARD_PLAN;
use crate::number::grouped;
use crate::{Error, ErrorKind, Result, Timestamp};

/// What requests to a model took together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consumption {
    /// Requests, repeats among them.
    pub requests: u64,
    /// Requests that were answered with a kept answer, without the model.
    pub repeats: u64,
    /// Requests without a regular end: left by their reader, late, or failed.
    pub unfinished: u64,
    /// Tokens of the prompts.
    pub prompt: u64,
    /// Those of them that had been read before.
    pub reused: u64,
    /// Tokens that were written.
    pub written: u64,
}

impl Consumption {
    /// What counts towards a quota: the tokens that a model had to read or write.
    pub fn tokens(&self) -> u64 {
        self.prompt.saturating_sub(self.reused).saturating_add(self.written)
    }
}

/// What one feature took of one model in a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DailyUse {
    /// The beginning of the day, in UTC.
    pub day: Timestamp,
    /// What the text was for, such as "interview"; "api" for programs.
    pub feature: String,
    /// The model's name.
    pub model: String,
    /// What it took.
    pub consumption: Consumption,
}

/// How many tokens people may use in a day, by their plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotas(BTreeMap<String, u64>);

impl Quotas {
    /// The quotas in tokens by the plan's name; 0 is as many as they like.
    pub fn new(by_plan: BTreeMap<String, u64>) -> Self {
        Self(by_plan)
    }

    /// The most tokens in a day for people of `plan`, if there is a limit. A plan that has no quota
    /// of its own has that of the standard plan.
    pub fn limit(&self, plan: &str) -> Option<u64> {
        self.0.get(plan).or_else(|| self.0.get(STANDARD_PLAN)).copied().filter(|limit| *limit > 0)
    }

    /// Whether there is a limit for anybody.
    pub fn any(&self) -> bool {
        self.0.values().any(|limit| *limit > 0)
    }

    /// Whether people can be given `plan`.
    pub fn has(&self, plan: &str) -> bool {
        plan == STANDARD_PLAN || self.0.contains_key(plan)
    }

    /// The plans that people can be given, the standard one first.
    pub fn plans(&self) -> Vec<&str> {
        let others = self.0.keys().map(String::as_str).filter(|plan| *plan != STANDARD_PLAN);
        [STANDARD_PLAN].into_iter().chain(others).collect()
    }
}

/// What a person used today, and what they may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Today {
    /// The name of the person's plan.
    pub plan: String,
    /// What was used since 00:00 UTC.
    pub consumption: Consumption,
    /// The most [`Consumption::tokens`] in a day, if there is a limit.
    pub limit: Option<u64>,
}

impl Today {
    /// Tokens that are left, if there is a limit.
    pub fn left(&self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.consumption.tokens()))
    }

    /// Whether one more text may be generated. What was begun within the quota is written to its
    /// end, so the last text of a day may go beyond it.
    ///
    /// # Errors
    /// [`ErrorKind::TooMany`] when today's tokens are used up.
    pub fn check(&self) -> Result<()> {
        match (self.limit, self.left()) {
            (Some(limit), Some(0)) => Err(Error::new(
                ErrorKind::TooMany,
                format!(
                    "You have used today's {} tokens for generated text. More at 00:00 UTC; the built-in coach goes on without a model.",
                    grouped(limit)
                ),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today(used: u64, limit: Option<u64>) -> Today {
        let consumption = Consumption { prompt: used + 500, reused: 500, ..Consumption::default() };
        Today { plan: STANDARD_PLAN.to_owned(), consumption, limit }
    }

    #[test]
    fn a_quota_is_used_up_by_its_last_token() {
        assert_eq!(today(19_999, Some(20_000)).check(), Ok(()));
        let error = today(20_000, Some(20_000)).check().unwrap_err();
        assert_eq!((error.kind, error.kind.status()), (ErrorKind::TooMany, 429));
        assert!(error.message.starts_with("You have used today's 20,000 tokens for generated text."), "{error}");
        assert_eq!((today(30_000, Some(20_000)).left(), today(1, Some(20_000)).left()), (Some(0), Some(19_999)));
        assert_eq!((today(u64::MAX - 500, None).check(), today(1, None).left()), (Ok(()), None));
    }

    #[test]
    fn plans_without_a_quota_have_the_standard_one() {
        let quotas = |plans: &[(&str, u64)]| {
            Quotas::new(plans.iter().map(|(plan, limit)| ((*plan).to_owned(), *limit)).collect())
        };
        let both = quotas(&[("standard", 100), ("school", 0)]);
        assert_eq!((both.limit("standard"), both.limit("school"), both.limit("gone")), (Some(100), None, Some(100)));
        assert!(both.any() && both.has("school") && !both.has("gone"));
        assert_eq!(both.plans(), ["standard", "school"]);
        let none = quotas(&[("standard", 0)]);
        assert!(!none.any() && !Quotas::default().any() && Quotas::default().has(STANDARD_PLAN));
        assert_eq!((none.limit("standard"), Quotas::default().limit("x")), (None, None));
        assert_eq!(quotas(&[("trial", 5)]).limit("standard"), None);
    }
}
