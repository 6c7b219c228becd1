// Sorting of many integers.

/// Sorts by digits, without comparing.
enum RadixSort {
  private static let digitBits = 8

  /// Sorts `values` ascending by these of their bits, a multiple of 8; those that are equal there
  /// keep their order.
  static func sort<Value: FixedWidthInteger & UnsignedInteger>(
    _ values: inout [Value], bits: Range<Int>
  ) {
    guard values.count > 1 else { return }
    var other = [Value](repeating: 0, count: values.count)
    for shift in stride(from: bits.lowerBound, to: bits.upperBound, by: digitBits) {
      var starts = [Int](repeating: 0, count: 257)
      for value in values { starts[digit(value, shift) + 1] += 1 }
      // All are equal here.
      if starts.contains(values.count) { continue }
      for digit in 1..<257 { starts[digit] += starts[digit - 1] }
      for value in values {
        let digit = digit(value, shift)
        other[starts[digit]] = value
        starts[digit] += 1
      }
      swap(&values, &other)
    }
  }

  @inline(__always)
  private static func digit(_ value: some FixedWidthInteger, _ shift: Int) -> Int {
    Int(truncatingIfNeeded: value >> shift) & 0xFF
  }
}
