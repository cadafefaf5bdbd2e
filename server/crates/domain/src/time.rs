//! Time as the product stores it: whole milliseconds since 1970 in UTC.

use serde::{Deserialize, Serialize};

/// Where the time comes from; a rule never asks for it itself.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// A moment in UTC, in milliseconds since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = 1_795_132_800_000_i64))]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `millis` milliseconds after 1970.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// The moment `hours` hours earlier.
    pub fn hours_before(self, hours: i64) -> Self {
        Self(self.0 - hours * 3_600_000)
    }

    /// The moment `seconds` seconds later.
    pub fn seconds_later(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000)))
    }

    /// The beginning of its calendar day in UTC.
    pub fn start_of_day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(DAY))
    }

    /// The calendar day in UTC by ISO 8601, like "2026-11-20".
    pub fn iso_day(self) -> String {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The calendar day in UTC as people write it here, like "20 Nov 2026".
    pub fn day(self) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        format!("{day} {} {year}", MONTHS[month - 1])
    }

    /// The minute in UTC as people write it here, like "20 Nov 2026, 08:05 UTC".
    pub fn minute(self) -> String {
        let minutes = self.0.rem_euclid(DAY) / 60_000;
        format!("{}, {:02}:{:02} UTC", self.day(), minutes / 60, minutes % 60)
    }
}

/// Year, month (1 to 12) and day of the month, from days since 1970-01-01, by the algorithm
/// `civil_from_days` of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).
fn civil(days: i64) -> (i64, usize, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), usize::try_from(month).unwrap_or(1), day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight() {
        for (moment, start) in
            [(0, 0), (DAY - 1, 0), (DAY, DAY), (-1, -DAY), (1_795_132_800_000 + 5, 1_795_132_800_000)]
        {
            assert_eq!(Timestamp::from_millis(moment).start_of_day(), Timestamp::from_millis(start));
        }
    }

    #[test]
    fn days_are_written_as_people_do() {
        assert_eq!(Timestamp::from_millis(0).day(), "1 Jan 1970");
        assert_eq!(Timestamp::from_millis(1_795_132_800_000).day(), "20 Nov 2026");
        assert_eq!(Timestamp::from_millis(951_782_400_000).day(), "29 Feb 2000");
        assert_eq!(Timestamp::from_millis(-1).day(), "31 Dec 1969");
        assert_eq!(Timestamp::from_millis(951_782_400_000).iso_day(), "2000-02-29");
    }

    #[test]
    fn minutes_are_written_with_their_zone() {
        let morning = Timestamp::from_millis(1_795_132_800_000).seconds_later(8 * 3_600 + 5 * 60 + 59);
        assert_eq!(morning.minute(), "20 Nov 2026, 08:05 UTC");
        assert_eq!(Timestamp::from_millis(-1).minute(), "31 Dec 1969, 23:59 UTC");
    }
}
