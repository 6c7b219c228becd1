// How many bits integers need, and which of them are better left out as exceptions.

import CKernels
import EvtCore

/// A frame of reference: reference, width, and the values that do not fit it.
struct FramePlan {
  let reference: Int64
  let width: Int
  let exceptions: Int
  /// The size that the plan leads to.
  let bits: Int

  init(_ values: UnsafeBufferPointer<Int64>, _ profile: IntProfile) {
    let spreadWidth = UInt64.bitWidth - profile.spread.leadingZeroBitCount
    self.init(
      values, reference: profile.least, widest: spreadWidth, exceptionWidth: spreadWidth)
    guard profile.least < 0, let base = values.baseAddress else { return }
    let leastNonNegative = evt_least_non_negative(base, values.count)
    guard leastNonNegative != .max else { return }
    let farthest = evt_greatest_distance(base, values.count, leastNonNegative)
    let other = FramePlan(
      values, reference: leastNonNegative,
      widest: UInt64.bitWidth - farthest.leadingZeroBitCount, exceptionWidth: spreadWidth)
    if other.bits < bits { self = other }
  }

  /// The best plan with `reference`, from which the farthest value needs `widest` bits.
  private init(
    _ values: UnsafeBufferPointer<Int64>, reference: Int64, widest: Int, exceptionWidth: Int
  ) {
    var choice = WidthChoice(count: values.count, widest: widest, exceptionWidth: exceptionWidth)
    // Mostly one bit less is too little for a quarter of the values, which ends the search.
    let mayBeNarrower =
      widest > 0
      && choice.consider(
        width: widest - 1, outside: Self.count(values, reference, beyond: widest - 1))
    if mayBeNarrower, let base = values.baseAddress {
      var histogram = [Int](repeating: 0, count: UInt64.bitWidth + 1)
      histogram.withUnsafeMutableBufferPointer { histogram in
        histogram.withMemoryRebound(to: UInt.self) { histogram in
          if let histogram = histogram.baseAddress {
            evt_count_widths(base, values.count, reference, histogram)
          }
        }
      }
      choice.consider(histogram, below: widest - 1)
    }
    self.init(reference: reference, choice)
  }

  /// The plan with `reference` that was found best.
  init(reference: Int64, _ choice: WidthChoice) {
    self.reference = reference
    (width, exceptions, bits) = (choice.width, choice.exceptions, choice.bits + 80)
  }

  /// How many values need more than `width` bits.
  private static func count(
    _ values: UnsafeBufferPointer<Int64>, _ reference: Int64, beyond width: Int
  ) -> Int {
    guard let base = values.baseAddress else { return 0 }
    return Int(evt_count_beyond(base, values.count, reference, (1 << UInt64(width)) - 1))
  }

  /// Appends `values` as a packed or patched stream.
  func encode(_ values: UnsafeBufferPointer<Int64>, into writer: inout ByteWriter) {
    appendHead(into: &writer)
    guard exceptions > 0 else { return pack(values, into: &writer) }
    let fits: UInt64 = (1 << UInt64(width)) - 1
    var gaps: [Int64] = [], outliers: [Int64] = []
    gaps.reserveCapacity(exceptions)
    outliers.reserveCapacity(exceptions)
    var last = -1
    let inside = [Int64](unsafeUninitializedCapacity: values.count) { inside, count in
      for index in 0..<values.count {
        let value = values[index]
        inside[index] = value
        guard UInt64(bitPattern: value &- reference) > fits else { continue }
        inside[index] = reference
        gaps.append(Int64(index - last))
        outliers.append(value)
        last = index
      }
      count = values.count
    }
    inside.withUnsafeBufferPointer { pack($0, into: &writer) }
    Self.append(gaps: gaps, outliers: outliers, into: &writer)
  }

  /// Appends what stands before the bits of a stream.
  func appendHead(into writer: inout ByteWriter) {
    let tag = exceptions > 0 ? IntStream.Tag.patched : .packed
    writer.append(tag.rawValue)
    writer.appendZigzag(reference)
    writer.append(UInt8(width))
  }

  /// Appends what stands behind the bits of a patched stream.
  static func append(gaps: [Int64], outliers: [Int64], into writer: inout ByteWriter) {
    writer.appendVarint(UInt64(gaps.count))
    for list in [gaps, outliers] {
      list.withUnsafeBufferPointer { list in
        FramePlan(plainly: IntProfile(list)).encode(list, into: &writer)
      }
    }
  }

  /// Appends the distances of values that all fit.
  private func pack(_ values: UnsafeBufferPointer<Int64>, into writer: inout ByteWriter) {
    let count = values.count
    writer.append(count: (count * width + 7) / 8) { target in
      guard let base = target.bindMemory(to: UInt8.self).baseAddress,
        let values = values.baseAddress
      else { return }
      evt_frame_pack(values, count, reference, UInt32(width), base)
    }
  }

  /// A frame that holds every value.
  private init(plainly profile: IntProfile) {
    reference = profile.least
    width = UInt64.bitWidth - profile.spread.leadingZeroBitCount
    exceptions = 0
    bits = 0
  }
}
