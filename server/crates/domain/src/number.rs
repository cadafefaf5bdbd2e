//! Numbers as people read them.

/// A whole number, not below zero, with a comma before each group of three digits.
pub fn grouped(number: impl ToString) -> String {
    let digits = number.to_string();
    let comma = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits.char_indices().flat_map(|(place, digit)| comma(place).then_some(',').into_iter().chain([digit])).collect()
}

/// A size in bytes, with three digits or so: "512 B", "26 MB", "4.68 GB". Units are powers of 1,000.
pub fn bytes(bytes: u64) -> String {
    let (value, unit) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (bytes as f64 / 1e3, "kB"),
        1_000_000..1_000_000_000 => (bytes as f64 / 1e6, "MB"),
        _ => (bytes as f64 / 1e9, "GB"),
    };
    let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_groups() {
        let written = [0, 12, 123, 1_234, 123_456, 1_234_567].map(grouped);
        assert_eq!(written, ["0", "12", "123", "1,234", "123,456", "1,234,567"]);
    }

    #[test]
    fn sizes_have_a_unit_and_few_digits() {
        let written = [0, 999, 1_500, 26_911_360, 4_683_074_240, 64_000_000_000, 118_000_000_000].map(bytes);
        assert_eq!(written, ["0 B", "999 B", "1.50 kB", "26.9 MB", "4.68 GB", "64.0 GB", "118 GB"]);
    }
}
