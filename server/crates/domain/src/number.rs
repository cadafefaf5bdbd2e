//! Numbers as people read them.

/// A whole number, not below zero, with a comma before each group of three digits.
pub fn grouped(number: impl ToString) -> String {
    let digits = number.to_string();
    let comma = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits.char_indices().flat_map(|(place, digit)| comma(place).then_some(',').into_iter().chain([digit])).collect()
}

/// A size in bytes, with three digits or so: "512 B", "26.9 MB", "4.68 GB". Units are powers of 1,000.
pub fn bytes(bytes: u64) -> String {
    // Whole numbers alone: what formats others would be a large part of the browser's program.
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let (whole, rest) = (bytes / unit, bytes % unit * 100 / unit);
    match whole {
        0..10 => format!("{whole}.{rest:02} {name}"),
        10..100 => format!("{whole}.{} {name}", rest / 10),
        _ => format!("{} {name}", grouped(whole)),
    }
}

/// A number, not below zero, with one place behind the point: "31.6".
pub fn tenths(number: f32) -> String {
    let tenths = (number * 10.0).round() as u64;
    format!("{}.{}", grouped(tenths / 10), tenths % 10)
}

/// Bytes, such as those of a digest, as hexadecimal digits: two each, in lower case.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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

    #[test]
    fn one_place_is_enough_for_rates() {
        assert_eq!([0.0, 0.04, 0.05, 31.56, 1_234.5].map(tenths), ["0.0", "0.0", "0.1", "31.6", "1,234.5"]);
    }
}
