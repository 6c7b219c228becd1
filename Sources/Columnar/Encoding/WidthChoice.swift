// Which width a frame of reference should have.

/// The search for the width of a frame, from wide to narrow.
struct WidthChoice {
  private let count: Int
  private let exceptionWidth: Int
  private(set) var width: Int
  private(set) var exceptions = 0
  /// The size that `width` leads to.
  private(set) var bits: Int

  /// Begins with a frame for all of `count` values, the farthest of which needs `widest` bits.
  init(count: Int, widest: Int, exceptionWidth: Int) {
    self.count = count
    self.exceptionWidth = exceptionWidth
    width = widest
    bits = count * widest
  }

  /// Considers the frame of `width` bits, which `outside` values do not fit. Returns false when
  /// that are too many, and will be for any narrower frame.
  mutating func consider(width: Int, outside: Int) -> Bool {
    if outside * 4 > count { return false }
    guard outside > 0 else { return true }
    let gapWidth = Int.bitWidth - (count / outside).leadingZeroBitCount + 2
    let size = count * width + outside * (gapWidth + exceptionWidth) + 128
    if size < bits { (bits, self.width, exceptions) = (size, width, outside) }
    return true
  }

  /// Considers all frames narrower than `limit`; `histogram` tells how many values need each width.
  mutating func consider(_ histogram: [Int], below limit: Int) {
    var outside = histogram[limit...].reduce(0, +)
    for width in stride(from: limit - 1, through: 0, by: -1) {
      outside += width + 1 < limit ? histogram[width + 1] : 0
      guard consider(width: width, outside: outside) else { return }
    }
  }
}
