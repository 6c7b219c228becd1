// Classes of characters and the bytes that UTF-8 makes of them.

/// A set of code points.
struct RegexSet: Sendable {
  private(set) var ranges: [ClosedRange<UInt32>] = []
  /// Set for raw bytes, which stand for themselves.
  private var rawBytes: ClosedRange<UInt8>?

  static let pointMax: UInt32 = 0x10FFFF

  init(_ ranges: ClosedRange<UInt32>...) { self.ranges = ranges }

  /// Raw bytes.
  static func bytes(_ range: ClosedRange<UInt8>) -> RegexSet {
    var set = RegexSet()
    set.rawBytes = range
    return set
  }

  static let digit = RegexSet(0x30...0x39)
  static let word = RegexSet(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
  static let space = RegexSet(0x09...0x0A, 0x0C...0x0D, 0x20...0x20)

  mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

  mutating func formUnion(_ other: RegexSet) { ranges += other.ranges }

  /// All code points that are not in the set.
  var inverted: RegexSet {
    var result = RegexSet()
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { result.insert(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    if next <= Self.pointMax { result.insert(next...Self.pointMax) }
    return result
  }

  /// The set with the other case of its letters.
  var foldingCase: RegexSet {
    var result = self
    for range in ranges {
      if range.count > 2_000 { continue }
      for point in range {
        guard let scalar = UnicodeScalar(point) else { continue }
        for other in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
          let scalars = Array(other.unicodeScalars)
          if scalars.count == 1 { result.insert(scalars[0].value...scalars[0].value) }
        }
      }
    }
    return result
  }

  /// The sequences of bytes that encode the set's code points.
  var byteSequences: [[ClosedRange<UInt8>]] {
    if let rawBytes { return [[rawBytes]] }
    return ranges.flatMap { Self.sequences($0.lowerBound, min($0.upperBound, Self.pointMax)) }
  }

  /// Splits a range until all its code points differ in whole bytes only.
  private static func sequences(_ low: UInt32, _ high: UInt32) -> [[ClosedRange<UInt8>]] {
    guard low <= high else { return [] }
    for limit: UInt32 in [0x7F, 0x7FF, 0xFFFF] where low <= limit && high > limit {
      return sequences(low, limit) + sequences(limit + 1, high)
    }
    if high <= 0x7F { return [[UInt8(low)...UInt8(high)]] }
    for bits: UInt32 in [6, 12, 18] {
      let mask: UInt32 = 1 << bits - 1
      guard low & ~mask != high & ~mask else { continue }
      if low & mask != 0 {
        return sequences(low, low | mask) + sequences((low | mask) + 1, high)
      }
      if high & mask != mask {
        return sequences(low, (high & ~mask) - 1) + sequences(high & ~mask, high)
      }
    }
    return [zip(encoded(low), encoded(high)).map { $0...$1 }]
  }

  private static func encoded(_ point: UInt32) -> [UInt8] {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | point >> shift & 0x3F) }
    if point <= 0x7FF { return [UInt8(0xC0 | point >> 6), tail(0)] }
    if point <= 0xFFFF { return [UInt8(0xE0 | point >> 12), tail(6), tail(0)] }
    return [UInt8(0xF0 | point >> 18), tail(12), tail(6), tail(0)]
  }
}
