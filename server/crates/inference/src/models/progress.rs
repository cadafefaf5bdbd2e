//! How a pull tells what it is doing, so that a terminal can draw a bar and a page can too.

/// What a pull is doing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Looking at this source (its path, address or requirement).
    Source(&'a str),
    /// Fetching a file whose length is known.
    Fetching {
        /// The artifact's name.
        file: &'a str,
        /// Bytes that are here, those of an earlier try included.
        done: u64,
        /// Bytes of the whole file.
        total: u64,
    },
    /// Fetching with pip, which does not say how far it is.
    Package(&'a str),
    /// Trying again after this failure.
    Again(&'a str),
    /// This source did not work, for the reason given; the next one is tried.
    Failed {
        /// The source.
        source: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// Writing the model file.
    Converting,
}

/// Hears of each [`Step`], often many times a second; it must return at once.
pub trait Progress: Send + Sync {
    /// The pull is at `step` now.
    fn at(&self, step: Step<'_>);
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn at(&self, _: Step<'_>) {}
}
