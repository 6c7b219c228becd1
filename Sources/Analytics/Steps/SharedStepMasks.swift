// Step sets that turn up while segments are read.

import Synchronization

/// The table of step sets that several threads add to. Which thread came first decides
/// the ids, but never an answer: ids are only looked up.
final class SharedStepMasks: Sendable {
  private let masks: Mutex<StepMasks>

  /// Creates the table, which begins with `masks`.
  init(_ masks: StepMasks) { self.masks = Mutex(masks) }

  /// The table as it stands.
  var snapshot: StepMasks { masks.withLock { $0 } }

  /// Returns the id of the set `id` with `step`, and whether it has step 1.
  func joining(_ id: UInt32, step: Int) throws(AnalyticsError) -> (id: UInt32, isEntry: Bool) {
    let joined = masks.withLock { masks in
      var mask = Array(masks.mask(id))
      mask[step >> 6] |= 1 << UInt64(step & 63)
      return (masks.id(ofMask: mask), mask[0] & 1 == 1)
    }
    guard joined.0 < PackedEvent.markLimit else {
      throw .invalid(
        "the conditions of the steps hold in more than \(PackedEvent.markLimit) combinations: "
          + "use fewer steps or conditions")
    }
    return joined
  }
}

/// The steps of the rows of a block, while conditions add to them; remembers each pair it met.
struct StepJoiner {
  private let shared: SharedStepMasks
  private let stepCount: Int
  /// By id and step: the id of the set with the step, `.max` where not yet known.
  private var joined: [UInt32] = []
  /// By id: whether the set has step 1.
  private(set) var areEntries: [Bool]

  init(_ shared: SharedStepMasks) {
    self.shared = shared
    let masks = shared.snapshot
    stepCount = masks.stepCount
    areEntries = (0..<masks.count).map { masks.contains(UInt32($0), step: 0) }
  }

  /// Returns the id of the set `id` with `step`.
  @inline(__always)
  mutating func join(_ id: UInt32, step: Int) throws(AnalyticsError) -> UInt32 {
    let place = Int(id) * stepCount + step
    if place < joined.count, joined[place] != .max { return joined[place] }
    return try add(id, step: step, place: place)
  }

  @inline(never)
  private mutating func add(
    _ id: UInt32, step: Int, place: Int
  ) throws(AnalyticsError) -> UInt32 {
    let (result, isEntry) = try shared.joining(id, step: step)
    joined += [UInt32](repeating: .max, count: max(0, place + 1 - joined.count))
    joined[place] = result
    areEntries += [Bool](repeating: false, count: max(0, Int(result) + 1 - areEntries.count))
    areEntries[Int(result)] = isEntry
    return result
  }
}
