// How many bits integers need, and which of them are better left out as exceptions.

import CKernels
import EvtCore

/// What one pass over integers tells of them.
struct IntProfile {
  var least = Int64.max
  var greatest = Int64.min
  /// The least value that is not negative, if there are negative ones too.
  var leastNonNegative = Int64.max
  var runs = 0
  /// Whether neighbours lie closer together than the values are spread.
  var mayGainByDelta = false

  var isConstant: Bool { runs <= 1 }

  init(_ values: UnsafeBufferPointer<Int64>) {
    guard let first = values.first else { return }
    var previous = first
    var runs = 1
    var least = first, greatest = first, nonNegative = Int64.max
    for value in values {
      least = min(least, value)
      greatest = max(greatest, value)
      if value >= 0 { nonNegative = min(nonNegative, value) }
      runs += value == previous ? 0 : 1
      previous = value
    }
    self.least = least
    self.greatest = greatest
    leastNonNegative = nonNegative
    self.runs = runs
    mayGainByDelta = Self.neighboursAreClose(values, spread: UInt64(bitPattern: greatest &- least))
  }

  /// Judges by up to 512 neighbours, evenly spread.
  private static func neighboursAreClose(
    _ values: UnsafeBufferPointer<Int64>, spread: UInt64
  ) -> Bool {
    guard values.count > 8, spread > 16 else { return false }
    let step = max(1, values.count / 512)
    var close = 0, seen = 0
    for index in stride(from: 1, to: values.count, by: step) {
      let delta = values[index] &- values[index - 1]
      if delta.magnitude <= spread / 8 { close += 1 }
      seen += 1
    }
    return close * 2 > seen
  }
}

/// A frame of reference: reference, width, and the values that do not fit it.
struct FramePlan {
  let reference: Int64
  let width: Int
  let exceptions: Int
  /// The size that the plan leads to.
  let bits: Int

  init(_ values: UnsafeBufferPointer<Int64>, _ profile: IntProfile) {
    let spread = UInt64(bitPattern: profile.greatest &- profile.least)
    let spreadWidth = 64 - spread.leadingZeroBitCount
    var best = FramePlan(values, reference: profile.least, exceptionWidth: spreadWidth)
    if profile.least < 0, profile.leastNonNegative != .max {
      let other = FramePlan(
        values, reference: profile.leastNonNegative, exceptionWidth: spreadWidth)
      if other.bits < best.bits { best = other }
    }
    self = best
  }

  private init(_ values: UnsafeBufferPointer<Int64>, reference: Int64, exceptionWidth: Int) {
    var histogram = [Int](repeating: 0, count: 65)
    histogram.withUnsafeMutableBufferPointer { histogram in
      for value in values {
        let distance = UInt64(bitPattern: value &- reference)
        histogram[64 - distance.leadingZeroBitCount] += 1
      }
    }
    let widest = histogram.lastIndex { $0 > 0 } ?? 0
    var bestWidth = widest, bestExceptions = 0
    var bestBits = values.count * widest
    var outside = 0
    for width in stride(from: widest - 1, through: 0, by: -1) {
      outside += histogram[width + 1]
      if outside * 4 > values.count { break }
      guard outside > 0 else { continue }
      let gapWidth = Int.bitWidth - (values.count / outside).leadingZeroBitCount + 2
      let size = values.count * width + outside * (gapWidth + exceptionWidth) + 128
      if size < bestBits { (bestBits, bestWidth, bestExceptions) = (size, width, outside) }
    }
    self.reference = reference
    self.width = bestWidth
    self.exceptions = bestExceptions
    self.bits = bestBits + 80
  }

  /// Appends `values` as a packed or patched stream.
  func encode(_ values: UnsafeBufferPointer<Int64>, into writer: inout ByteWriter) {
    let tag = exceptions > 0 ? IntStream.Tag.patched : .packed
    writer.append(tag.rawValue)
    writer.appendZigzag(reference)
    writer.append(UInt8(width))
    let fits: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
    var gaps: [Int64] = [], outliers: [Int64] = []
    var last = -1
    let packed = [UInt64](unsafeUninitializedCapacity: values.count) { packed, count in
      for index in 0..<values.count {
        let distance = UInt64(bitPattern: values[index] &- reference)
        if distance <= fits {
          packed[index] = distance
        } else {
          packed[index] = 0
          gaps.append(Int64(index - last))
          outliers.append(values[index])
          last = index
        }
      }
      count = values.count
    }
    writer.append(count: (values.count * width + 7) / 8) { target in
      guard let base = target.bindMemory(to: UInt8.self).baseAddress else { return }
      evt_bit_pack(packed, packed.count, UInt32(width), base)
    }
    guard exceptions > 0 else { return }
    writer.appendVarint(UInt64(gaps.count))
    for list in [gaps, outliers] {
      list.withUnsafeBufferPointer { list in
        let profile = IntProfile(list)
        FramePlan(plainly: profile).encode(list, into: &writer)
      }
    }
  }

  /// A frame that holds every value.
  private init(plainly profile: IntProfile) {
    let spread = UInt64(bitPattern: profile.greatest &- profile.least)
    reference = profile.least
    width = 64 - spread.leadingZeroBitCount
    exceptions = 0
    bits = 0
  }
}

/// Values with the lengths of their runs.
struct RunLists {
  private(set) var values: [Int64] = []
  private(set) var lengthsLessOne: [Int64] = []

  init(_ source: UnsafeBufferPointer<Int64>, count: Int) {
    values.reserveCapacity(count)
    lengthsLessOne.reserveCapacity(count)
    var start = 0
    for index in 1...source.count
    where index == source.count || source[index] != source[start] {
      values.append(source[start])
      lengthsLessOne.append(Int64(index - start - 1))
      start = index
    }
  }

  var estimatedBits: Int {
    [values, lengthsLessOne].reduce(64) { sum, list in
      list.withUnsafeBufferPointer { sum + FramePlan($0, IntProfile($0)).bits }
    }
  }
}
