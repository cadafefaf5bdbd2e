//! Turning 32-bit numbers into the bytes of each storage.

use half::f16;

use super::Storage;

/// Numbers in a block of Q8_0.
const BLOCK: usize = 32;

/// The bytes of `values` in `storage`; for Q8_0 their count must be a multiple of 32.
pub(super) fn encode(values: &[f32], storage: Storage) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len() * 4);
    match storage {
        Storage::F32 => values.iter().for_each(|x| bytes.extend_from_slice(&x.to_le_bytes())),
        Storage::F16 => values.iter().for_each(|x| bytes.extend_from_slice(&f16::from_f32(*x).to_le_bytes())),
        Storage::Q8 => values.chunks(BLOCK).for_each(|block| push_q8(&mut bytes, block)),
    }
    bytes
}

/// As `quantize_row_q8_0_ref` of ggml-quants.c: the scale is the largest magnitude over 127, and
/// halves are rounded away from zero.
fn push_q8(bytes: &mut Vec<u8>, values: &[f32]) {
    let largest = values.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
    let scale = largest / 127.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    bytes.extend_from_slice(&f16::from_f32(scale).to_le_bytes());
    // At most 127 in magnitude after rounding, so nothing is cut off.
    bytes.extend(values.iter().map(|x| (x * inverse).round() as i8 as u8));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q8_rounds_halves_away_from_zero() {
        let mut values = [0.0; BLOCK];
        // With 127 as the largest the scale is 1, so that the numbers stay as they are.
        values[..5].copy_from_slice(&[127.0, 2.5, -2.5, 0.4, -127.0]);
        let bytes = encode(&values, Storage::Q8);
        assert_eq!(bytes.len(), 34);
        assert_eq!(bytes[..2], f16::from_f32(1.0).to_le_bytes());
        assert_eq!(bytes[2..7].iter().map(|b| *b as i8).collect::<Vec<_>>(), [127, 3, -3, 0, -127]);
    }

    #[test]
    fn q8_of_zeros_is_zeros() {
        assert_eq!(encode(&[0.0; 64], Storage::Q8), [0; 68]);
    }

    #[test]
    fn q8_comes_back_within_half_a_step() {
        let values: Vec<f32> = (0..BLOCK).map(|i| (i as f32 * 0.7).sin() * 0.03).collect();
        let bytes = encode(&values, Storage::Q8);
        let scale = f16::from_le_bytes([bytes[0], bytes[1]]).to_f32();
        for (value, byte) in values.iter().zip(&bytes[2..]) {
            assert!((value - scale * f32::from(*byte as i8)).abs() <= scale * 0.51 + 127.0 * scale * 0.0005);
        }
    }

    #[test]
    fn f16_rounds_to_nearest() {
        assert_eq!(encode(&[1.0, -0.5, 65504.0], Storage::F16), [0x00, 0x3c, 0x00, 0xb8, 0xff, 0x7b]);
    }
}
