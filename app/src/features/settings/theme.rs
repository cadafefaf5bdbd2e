//! The theme: light, dark, or that of the system, kept on the device.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::api::choose_theme;
use crate::seam;
use crate::ui::Icon;

/// How the pages look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
    /// Whichever the system says.
    #[default]
    System,
}

impl Theme {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];
    /// The light background as a hexadecimal colour, for the browser's own bars.
    pub const PAPER: &'static str = "#fcfaf6";
    /// The dark background as a hexadecimal colour, for the browser's own bars.
    pub const INK: &'static str = "#182135";

    /// The word that is kept and sent.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    /// The theme of that word; anything unknown is the system's.
    pub fn from_slug(slug: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.slug() == slug).unwrap_or_default()
    }

    /// The value of `data-theme`; none leaves it to the system.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Light => Some("lodestar-light"),
            Self::Dark => Some("lodestar-dark"),
            Self::System => None,
        }
    }

    /// The theme that this device keeps.
    pub fn kept() -> Self {
        Self::from_slug(&seam::preference("theme").unwrap_or_default())
    }

    /// Its word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Light => "Light",
            Self::Dark => "Dark",
            Self::System => "System",
        }
    }

    /// Its icon.
    pub fn icon(self) -> Icon {
        match self {
            Self::Light => Icon::Sun,
            Self::Dark => Icon::Moon,
            Self::System => Icon::Monitor,
        }
    }
}

/// The theme in use and how to change it, for everything inside the signed-in frame.
#[derive(Clone, Copy)]
pub struct Themes(RwSignal<Theme>);

impl Themes {
    /// Starts with the theme that this device keeps.
    pub fn new() -> Self {
        Self(RwSignal::new(Theme::kept()))
    }

    /// The theme in use.
    pub fn current(self) -> Theme {
        self.0.get()
    }

    /// Shows the page in `theme` at once and keeps it.
    pub fn choose(self, theme: Theme) {
        self.0.set(theme);
        show(theme);
        leptos::task::spawn_local(async move {
            // If it cannot be kept, the page still looks as wanted, and the next visit tells.
            let _ = choose_theme(theme.slug().to_owned()).await;
        });
    }
}

impl Default for Themes {
    fn default() -> Self {
        Self::new()
    }
}

/// Puts `theme` on the document.
fn show(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    // Neither fails with a valid attribute name.
    let _ = match theme.name() {
        Some(name) => root.set_attribute("data-theme", name),
        None => root.remove_attribute("data-theme"),
    };
}

#[cfg(test)]
mod tests {
    use super::Theme;

    #[test]
    fn words_lead_back_to_their_theme() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_slug(theme.slug()), theme);
        }
        assert_eq!(Theme::from_slug("\"><script>"), Theme::System);
    }
}
