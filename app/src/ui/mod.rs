//! Shared components: they take plain values and callbacks, and know no feature.
//!
//! - [`Icon`]: `{Icon::Check.view()}`; [`Logo`].
//! - Frames: [`AppFrame`] around signed-in pages, [`PublicFrame`] around the others.
//! - A page begins with a [`PageHeader`].
//! - Forms: [`TextField`], [`PasswordField`], [`SelectField`], [`TextAreaField`], [`RadioCards`],
//!   [`FormError`], [`SubmitButton`]; [`failure_of`] and [`about`] bring an action's failure to them.
//! - States: [`Notice`], [`EmptyState`], [`Failed`], [`FailedPage`], [`Skeleton`].
//! - [`Toasts`]: a word on what happened elsewhere.
//! - Figures: [`ScoreBar`], [`Tile`], [`ScrollTable`], [`Day`].
//! - [`ButtonLink`]: a link that looks like a button; [`CopyButton`].
//!
//! Form controls are uncontrolled: they start with a value and belong to the browser afterwards,
//! so what was typed before hydration stays. Read them through the form's data or a `NodeRef`.

mod button;
mod choice;
mod copy;
mod field;
mod figure;
mod form;
mod frame;
mod icon;
mod keys;
mod labelled;
mod logo;
mod palette;
mod person_menu;
mod shortcuts;
mod state;
mod toast;

pub use button::{ButtonLink, Look, SubmitButton};
pub use choice::{Choice, RadioCards};
pub use copy::CopyButton;
pub use field::{PasswordField, SelectField, TextAreaField, TextField};
pub use figure::{Day, ScoreBar, ScrollTable, Tile};
pub use form::{FormError, about, failure_of};
pub use frame::{AppFrame, PageHeader, PageTitle, PublicFrame};
pub use icon::Icon;
pub use keys::{keep_single_keys, single_keys};
pub use logo::Logo;
pub use palette::{Command, Palette};
pub use shortcuts::KeyList;
pub(crate) use state::sign_in_path_for;
pub use state::{EmptyState, Failed, FailedPage, Notice, Skeleton, Tone};
pub use toast::{Toast, ToastPlace, Toasts};
