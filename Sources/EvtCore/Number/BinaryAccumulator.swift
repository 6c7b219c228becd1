// An exact sum of doubles by their binary values.

/// A fixed-point number wide enough for the sum of any doubles, held in 32-bit chunks with room for
/// carries. After R. M. Neal, "Fast exact summation using small and large superaccumulators"
/// (2015), the small one.
struct BinaryAccumulator: Sendable {
  /// Chunk i counts units of 2^(32 i − 1074).
  private var chunks = [Int64](repeating: 0, count: 70)
  private var addedSinceCarry = 0

  /// Adds the exact value of `value`, which is finite.
  mutating func add(_ value: Double) {
    guard value != 0 else { return }
    let raw = Int(value.exponentBitPattern)
    let mantissa = raw == 0 ? value.significandBitPattern : value.significandBitPattern | 1 << 52
    let position = max(raw, 1) - 1
    let wide = UInt128(mantissa) << UInt128(position & 31)
    let chunk = position >> 5
    let low = Int64(UInt32(truncatingIfNeeded: wide))
    let middle = Int64(UInt32(truncatingIfNeeded: wide >> 32))
    let high = Int64(UInt32(truncatingIfNeeded: wide >> 64))
    if value < 0 {
      chunks[chunk] -= low
      chunks[chunk + 1] -= middle
      chunks[chunk + 2] -= high
    } else {
      chunks[chunk] += low
      chunks[chunk + 1] += middle
      chunks[chunk + 2] += high
    }
    addedSinceCarry += 1
    if addedSinceCarry == 1 << 30 { carry() }
  }

  /// Adds all of `other`.
  mutating func merge(_ other: BinaryAccumulator) {
    var other = other
    other.carry()
    carry()
    for index in chunks.indices { chunks[index] += other.chunks[index] }
    addedSinceCarry = 1
  }

  /// The sum in units of 2^-1074.
  var units: BigInteger {
    var carried = self
    carried.carry()
    var total = BigInteger.zero
    for chunk in carried.chunks.reversed() {
      total = total.shiftedLeft(by: 32) + BigInteger(Int128(chunk))
    }
    return total
  }

  /// Brings every chunk but the last into 0..<2^32.
  private mutating func carry() {
    var carry: Int64 = 0
    for index in 0..<(chunks.count - 1) {
      let value = chunks[index] + carry
      carry = value >> 32
      chunks[index] = value & 0xFFFF_FFFF
    }
    chunks[chunks.count - 1] += carry
    addedSinceCarry = 0
  }
}
