// What an encoding is chosen by.

import CKernels
import EvtCore

/// What one pass over integers tells of them.
struct IntProfile {
  var least = Int64.max
  var greatest = Int64.min
  var runs = 0
  /// Whether neighbours lie closer together than the values are spread.
  var mayGainByDelta = false

  var isConstant: Bool { runs <= 1 }
  /// The distance of the greatest value from the least.
  var spread: UInt64 { UInt64(bitPattern: greatest &- least) }

  init(_ values: UnsafeBufferPointer<Int64>) {
    guard let base = values.baseAddress, values.count > 0 else { return }
    let profile = evt_profile_ints(base, values.count)
    (least, greatest, runs) = (profile.least, profile.greatest, profile.runs)
    mayGainByDelta = Self.neighboursAreClose(values, spread: spread)
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
