//! Numbers as people read them.

/// A whole number, not below zero, with a comma before each group of three digits.
pub fn grouped(number: impl ToString) -> String {
    let digits = number.to_string();
    let comma = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits.char_indices().flat_map(|(place, digit)| comma(place).then_some(',').into_iter().chain([digit])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_groups() {
        let written = [0, 12, 123, 1_234, 123_456, 1_234_567].map(grouped);
        assert_eq!(written, ["0", "12", "123", "1,234", "123,456", "1,234,567"]);
    }
}
