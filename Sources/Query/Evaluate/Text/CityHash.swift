// CityHash64 of version 1.0.2, the one that ClickHouse samples by.

/// The hash that Geoff Pike and Jyrki Alakuijala published; later versions give other values.
enum CityHash {
  private static let k0: UInt64 = 0xc3a5_c85c_97cb_3127
  private static let k1: UInt64 = 0xb492_b66f_be98_f273
  private static let k2: UInt64 = 0x9ae1_6a3b_2f90_404f
  private static let k3: UInt64 = 0xc949_d7c7_509e_6557

  private typealias Pair = (first: UInt64, second: UInt64)

  /// The hash of two hashes.
  static func combined(_ low: UInt64, _ high: UInt64) -> UInt64 {
    let multiplier: UInt64 = 0x9ddf_ea08_eb38_2d69
    let a = mixed((low ^ high) &* multiplier)
    return mixed((high ^ a) &* multiplier) &* multiplier
  }

  /// The hash of `bytes`.
  static func hash64(_ bytes: [UInt8]) -> UInt64 {
    switch bytes.count {
    case ...16: short(bytes)
    case ...32: medium(bytes)
    case ...64: upTo64(bytes)
    default: long(bytes)
    }
  }

  private static func mixed(_ value: UInt64) -> UInt64 { value ^ value >> 47 }

  private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    value >> bits | value << (64 - bits)
  }

  /// `count` bytes from `at` on, the lowest first.
  private static func read(_ bytes: [UInt8], _ at: Int, _ count: Int = 8) -> UInt64 {
    var value: UInt64 = 0
    for index in (at..<(at + count)).reversed() { value = value << 8 | UInt64(bytes[index]) }
    return value
  }

  private static func short(_ bytes: [UInt8]) -> UInt64 {
    let count = bytes.count
    let length = UInt64(count)
    if count > 8 {
      let last = read(bytes, count - 8)
      return combined(read(bytes, 0), rotated(last &+ length, length)) ^ last
    }
    if count >= 4 {
      return combined(length &+ read(bytes, 0, 4) << 3, read(bytes, count - 4, 4))
    }
    guard count > 0 else { return k2 }
    let y = UInt64(bytes[0]) + UInt64(bytes[count / 2]) << 8
    let z = length + UInt64(bytes[count - 1]) << 2
    return mixed(y &* k2 ^ z &* k3) &* k2
  }

  private static func medium(_ bytes: [UInt8]) -> UInt64 {
    let count = bytes.count
    let a = read(bytes, 0) &* k1
    let b = read(bytes, 8)
    let c = read(bytes, count - 8) &* k2
    let d = read(bytes, count - 16) &* k0
    return combined(
      rotated(a &- b, 43) &+ rotated(c, 30) &+ d,
      a &+ rotated(b ^ k3, 20) &- c &+ UInt64(count))
  }

  private static func upTo64(_ bytes: [UInt8]) -> UInt64 {
    let count = bytes.count
    /// The two halves of 32 bytes, from its four words and what `a` begins with.
    func half(_ start: UInt64, _ second: UInt64, _ third: UInt64, _ last: UInt64) -> Pair {
      let b = rotated(start &+ last, 52)
      let next = start &+ second
      let c = rotated(start, 37) &+ rotated(next, 7)
      let end = next &+ third
      return (end &+ last, b &+ rotated(end, 31) &+ c)
    }
    let v = half(
      read(bytes, 0) &+ (UInt64(count) &+ read(bytes, count - 16)) &* k0, read(bytes, 8),
      read(bytes, 16), read(bytes, 24))
    let w = half(
      read(bytes, 16) &+ read(bytes, count - 32), read(bytes, count - 24),
      read(bytes, count - 16), read(bytes, count - 8))
    let r = mixed((v.first &+ w.second) &* k2 &+ (w.first &+ v.second) &* k0)
    return mixed(r &* k0 &+ v.second) &* k2
  }

  /// A weak hash of the 32 bytes from `at` on.
  private static func weak(_ bytes: [UInt8], _ at: Int, _ a: UInt64, _ b: UInt64) -> Pair {
    let start = a &+ read(bytes, at)
    let last = read(bytes, at + 24)
    let end = start &+ read(bytes, at + 8) &+ read(bytes, at + 16)
    return (end &+ last, rotated(b &+ start &+ last, 21) &+ rotated(end, 44) &+ start)
  }

  private static func long(_ bytes: [UInt8]) -> UInt64 {
    let count = bytes.count
    let length = UInt64(count)
    var x = read(bytes, 0)
    var y = read(bytes, count - 16) ^ k1
    var z = read(bytes, count - 56) ^ k0
    var v = weak(bytes, count - 64, length, y)
    var w = weak(bytes, count - 32, length &* k1, k0)
    z = z &+ mixed(v.second) &* k1
    x = rotated(z &+ x, 39) &* k1
    y = rotated(y, 33) &* k1
    for at in stride(from: 0, to: (count - 1) / 64 * 64, by: 64) {
      x = rotated(x &+ y &+ v.first &+ read(bytes, at + 16), 37) &* k1
      y = rotated(y &+ v.second &+ read(bytes, at + 48), 42) &* k1
      x ^= w.second
      y ^= v.first
      z = rotated(z ^ w.first, 33)
      v = weak(bytes, at, v.second &* k1, x &+ w.first)
      w = weak(bytes, at + 32, z &+ w.second, y)
      swap(&z, &x)
    }
    return combined(
      combined(v.first, w.first) &+ mixed(y) &* k1 &+ z, combined(v.second, w.second) &+ x)
  }
}
